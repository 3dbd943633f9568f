//! Goes over all commits of a range: what each says, and which blobs it brought.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use gix::hashtable::HashMap;
use gix::objs::{CommitRefIter, Kind};
use gix::{ObjectId, oid};

use super::commit::Parsed;
use super::crew;
use super::objects::{Objects, Trouble};
use super::origins::Origins;
use super::tree::{self, Change};
use super::walk::Walked;
use super::work::Work;
use crate::context::Seen;
use crate::origin::Tally;
use crate::scan::reader::Reader;

/// Commits that a thread takes at once.
const SHARE: usize = 16;

/// What the commits of a range hold.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) blobs: Blobs,
    /// Which commit, by its index, brought which blob, by its index.
    pub(super) brought: Vec<(u32, u32)>,
    /// What was found in the messages of commits, by their index.
    pub(super) messages: Vec<(u32, Seen)>,
    /// Bytes of these messages.
    pub(super) bytes: u64,
    pub(super) tally: Tally,
    /// Where other repositories are.
    pub(super) submodules: BTreeSet<Vec<u8>>,
    pub(super) troubles: Vec<(ObjectId, Trouble)>,
}

/// Surveys the commits.
pub(super) fn survey(work: &Work<'_>, origins: &Origins, walked: &Walked) -> Survey {
    let known: Mutex<Blobs> = Mutex::default();
    let threads = crew::threads(work.jobs, walked.commits.len(), SHARE);
    let mut parts = crew::share(&walked.commits, SHARE, threads, |shares| {
        let mut surveyor = Surveyor::new(work, origins, &known);
        for (first, commits) in shares {
            for (i, id) in commits.iter().enumerate() {
                surveyor.commit((first + i) as u32, *id);
            }
        }
        surveyor.survey
    });
    let mut whole = parts.pop().unwrap_or_default();
    for part in parts {
        whole.brought.extend(part.brought);
        whole.messages.extend(part.messages);
        whole.bytes += part.bytes;
        whole.tally.merge(part.tally);
        whole.submodules.extend(part.submodules);
        whole.troubles.extend(part.troubles);
    }
    whole.blobs = known.into_inner().unwrap_or_else(PoisonError::into_inner);
    whole
}

/// Each blob once.
#[derive(Default)]
pub(super) struct Blobs {
    index: HashMap<ObjectId, u32>,
    pub(super) ids: Vec<ObjectId>,
}

impl Blobs {
    pub(super) fn of(&self, id: &ObjectId) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// The index of a blob, which is added if it is new.
    pub(super) fn add(&mut self, id: ObjectId) -> u32 {
        *self.index.entry(id).or_insert_with(|| {
            self.ids.push(id);
            (self.ids.len() - 1) as u32
        })
    }
}

struct Surveyor<'w> {
    work: &'w Work<'w>,
    origins: &'w Origins,
    known: &'w Mutex<Blobs>,
    objects: Objects,
    reader: Reader,
    buffer: Vec<u8>,
    new: Vec<ObjectId>,
    survey: Survey,
}

impl<'w> Surveyor<'w> {
    fn new(work: &'w Work<'w>, origins: &'w Origins, known: &'w Mutex<Blobs>) -> Self {
        let (objects, reader) = (work.store.trees(), Reader::new(work.setup));
        Surveyor { work, origins, known, objects, reader, buffer: Vec::new(), new: Vec::new(), survey: Survey::default() }
    }

    fn commit(&mut self, index: u32, id: ObjectId) {
        if let Err(trouble) = self.objects.read_as(Kind::Commit, &id, &mut self.buffer) {
            return self.survey.troubles.push((id, trouble));
        }
        let parsed = Parsed::new(&self.buffer, self.objects.hash());
        let origin = self.origins.of_commit(&self.objects, &id, &parsed);
        self.survey.tally.commit(origin.as_ref());
        let messages = &mut self.survey.messages;
        let searched = self.reader.bytes(parsed.message, |seen| messages.push((index, seen)));
        self.survey.bytes += searched.bytes;
        self.work.progress.add(searched.bytes);
        let Some(tree) = parsed.tree else {
            return self.survey.troubles.push((id, Trouble::Broken("the commit is damaged".to_owned())));
        };
        let parents = trees_of_parents(&self.objects, self.work.parents(&id, parsed.parents), &mut self.survey.troubles);
        self.tree(index, &tree, &parents);
    }

    fn tree(&mut self, index: u32, tree: &oid, parents: &[Option<ObjectId>]) {
        let Survey { submodules, troubles, .. } = &mut self.survey;
        self.new.clear();
        let new = &mut self.new;
        let mut visit = |change: &Change<'_>| match change.is_submodule() {
            true => drop(submodules.insert(change.path.to_vec())),
            false => new.push(change.id.to_owned()),
        };
        tree::differ(&self.objects, tree, parents, &mut visit, &mut |id, trouble| troubles.push((id, trouble)));
        if !self.new.is_empty() {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            self.survey.brought.extend(self.new.iter().map(|id| (index, known.add(*id))));
        }
    }
}

/// The trees of a commit's parents.
pub(super) fn trees_of_parents(
    objects: &Objects,
    parents: impl IntoIterator<Item = ObjectId>,
    troubles: &mut Vec<(ObjectId, Trouble)>,
) -> Vec<Option<ObjectId>> {
    let mut buffer = Vec::new();
    let mut tree = |parent: ObjectId| match objects.read_as(Kind::Commit, &parent, &mut buffer) {
        Ok(()) => CommitRefIter::from_bytes(&buffer, objects.hash()).tree_id().ok(),
        Err(trouble) => {
            troubles.push((parent, trouble));
            None
        }
    };
    parents.into_iter().map(&mut tree).collect()
}
