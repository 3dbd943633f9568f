//! Goes over all commits of a range: what each says, and which blobs it brought.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::HashMap;
use gix::objs::{CommitRefIter, Kind};
use gix::{ObjectId, hashtable, oid};

use super::commit::Parsed;
use super::crew;
use super::objects::{Objects, Trouble};
use super::origins::Origins;
use super::tree::{self, Change};
use super::walk::{self, Walked};
use super::work::Work;
use crate::context::Seen;
use crate::origin::Tally;
use crate::scan::reader::Reader;

/// Commits that a thread takes at once, at least and at most. The trees of neighbours are stored as changes of one another:
/// in large shares few are made by two threads.
const SHARE: Range<usize> = 16..512;

/// What the commits of a range hold.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) blobs: Blobs,
    pub(super) paths: Vec<Arc<[u8]>>,
    pub(super) brought: Vec<Bringing>,
    /// What was found in the messages of commits, by their index.
    pub(super) messages: Vec<(u32, Seen)>,
    /// Bytes of these messages.
    pub(super) bytes: u64,
    pub(super) tally: Tally,
    /// Where other repositories are.
    pub(super) submodules: BTreeSet<Vec<u8>>,
    pub(super) troubles: Vec<(ObjectId, Trouble)>,
}

/// A commit, by its index, brought a blob, by its index.
#[derive(Clone, Copy)]
pub(super) struct Bringing {
    pub(super) commit: u32,
    pub(super) blob: u32,
    /// The one blob that the commit has it in the place of.
    pub(super) old: Option<u32>,
    /// Where, by its index among all paths.
    pub(super) path: u32,
}

/// Surveys the commits of a range while they are being walked to.
pub(super) fn survey(work: &Work<'_>, origins: &Origins, trees: &Objects, range: &walk::Range) -> (Walked, Survey) {
    let known: Mutex<Known> = Mutex::default();
    let walk = |tell: &mut dyn FnMut(&[ObjectId])| walk::walk(trees, range, work.shallow, tell);
    let (walked, mut parts) = crew::follow(work.jobs, SHARE, walk, |feed| {
        let mut surveyor = Surveyor::new(work, origins, &known);
        let mut commits = Vec::new();
        while let Some(first) = feed.take(&mut commits) {
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
    let known = known.into_inner().unwrap_or_else(PoisonError::into_inner);
    (whole.blobs, whole.paths) = (known.blobs, known.paths);
    (walked, whole)
}

/// What all threads know.
#[derive(Default)]
struct Known {
    blobs: Blobs,
    places: HashMap<Arc<[u8]>, u32>,
    paths: Vec<Arc<[u8]>>,
}

impl Known {
    /// The index of a path.
    fn path(&mut self, path: &[u8]) -> u32 {
        if let Some(index) = self.places.get(path) {
            return *index;
        }
        let (path, index): (Arc<[u8]>, _) = (path.into(), self.paths.len() as u32);
        self.paths.push(path.clone());
        self.places.insert(path, index);
        index
    }
}

/// Each blob once.
#[derive(Default)]
pub(super) struct Blobs {
    index: hashtable::HashMap<ObjectId, u32>,
    pub(super) ids: Vec<ObjectId>,
    /// Which are to be searched: others only stood in the place of those.
    wanted: Vec<bool>,
}

impl Blobs {
    /// The index of a blob that is to be searched.
    pub(super) fn of(&self, id: &ObjectId) -> Option<u32> {
        self.index.get(id).copied().filter(|index| self.is_wanted(*index))
    }

    /// Whether the blob is to be searched.
    pub(super) fn is_wanted(&self, index: u32) -> bool {
        self.wanted[index as usize]
    }

    /// The indices of blobs that are to be searched.
    pub(super) fn wanted(&self) -> impl Iterator<Item = u32> {
        (0..self.ids.len() as u32).filter(|index| self.is_wanted(*index))
    }

    /// The index of a blob that is to be searched, which is added if it is new.
    pub(super) fn add(&mut self, id: ObjectId) -> u32 {
        let index = self.note(id);
        self.wanted[index as usize] = true;
        index
    }

    /// The index of a blob, whether it is to be searched or not.
    fn note(&mut self, id: ObjectId) -> u32 {
        *self.index.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.wanted.push(false);
            (self.ids.len() - 1) as u32
        })
    }
}

struct Surveyor<'w> {
    work: &'w Work<'w>,
    origins: &'w Origins,
    known: &'w Mutex<Known>,
    objects: Objects,
    reader: Reader,
    new: New,
    survey: Survey,
}

/// What a commit brings.
#[derive(Default)]
struct New {
    /// Each blob with what it takes the place of, and where its path ends.
    blobs: Vec<(ObjectId, Option<ObjectId>, usize)>,
    paths: Vec<u8>,
}

impl New {
    fn add(&mut self, change: &Change<'_>) {
        self.paths.extend_from_slice(change.path);
        self.blobs.push((change.id.to_owned(), if let [old] = *change.old { old } else { None }, self.paths.len()));
    }

    fn clear(&mut self) {
        self.blobs.clear();
        self.paths.clear();
    }
}

impl<'w> Surveyor<'w> {
    fn new(work: &'w Work<'w>, origins: &'w Origins, known: &'w Mutex<Known>) -> Self {
        let (objects, reader) = (work.store.trees(), Reader::new(work.setup));
        Surveyor { work, origins, known, objects, reader, new: New::default(), survey: Survey::default() }
    }

    fn commit(&mut self, index: u32, id: ObjectId) {
        let commit = match self.objects.load(Kind::Commit, &id) {
            Ok(commit) => commit,
            Err(trouble) => return self.survey.troubles.push((id, trouble)),
        };
        let parsed = Parsed::new(&commit.bytes, self.objects.hash());
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
            false => new.add(change),
        };
        tree::differ(&self.objects, tree, parents, &mut visit, &mut |id, trouble| troubles.push((id, trouble)));
        if self.new.blobs.is_empty() {
            return;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut start = 0;
        let bringing = |(id, old, end): &(ObjectId, Option<ObjectId>, usize)| {
            let path = known.path(&self.new.paths[start..*end]);
            start = *end;
            Bringing { commit: index, blob: known.blobs.add(*id), old: old.map(|old| known.blobs.note(old)), path }
        };
        self.survey.brought.extend(self.new.blobs.iter().map(bringing));
    }
}

/// The trees of a commit's parents.
pub(super) fn trees_of_parents(
    objects: &Objects,
    parents: impl IntoIterator<Item = ObjectId>,
    troubles: &mut Vec<(ObjectId, Trouble)>,
) -> Vec<Option<ObjectId>> {
    let mut tree = |parent: ObjectId| match objects.load(Kind::Commit, &parent) {
        Ok(commit) => CommitRefIter::from_bytes(&commit.bytes, objects.hash()).tree_id().ok(),
        Err(trouble) => {
            troubles.push((parent, trouble));
            None
        }
    };
    parents.into_iter().map(&mut tree).collect()
}
