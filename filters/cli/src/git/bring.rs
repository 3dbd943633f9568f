//! Which commit brought a finding: the one whose file has it more often than the file it was made from.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use gix::bstr::{BString, ByteSlice as _};
use gix::objs::Kind;
use gix::{ObjectId, oid};

use super::before::{self, Before};
use super::commit::{Parsed, shown};
use super::crew;
use super::head::Head;
use super::objects::{Objects, Trouble};
use super::origins::Origins;
use super::sift::{Sieve, Sifted};
use super::survey::{Bringing, Survey, trees_of_parents};
use super::tree::{self, Change};
use super::walk::Walked;
use super::work::Work;
use crate::context::Seen;
use crate::origin::shown as shown_origin;
use crate::scan::placed::Placed;

/// Commits that a thread takes at once, at least and at most: in large shares few trees are made by two threads.
const SHARE: Range<usize> = 8..256;

/// What a search of history came to.
pub(super) struct Brought {
    /// With the index of the commit.
    pub(super) found: Vec<(u32, Placed)>,
    pub(super) troubles: Vec<(ObjectId, Trouble)>,
}

/// Finds the commits that brought what was found.
pub(super) fn bring(work: &Work<'_>, origins: &Origins, walked: &Walked, survey: &Survey, sifted: &Sifted, head: &Head) -> Brought {
    let mut commits: Vec<u32> = survey.messages.iter().map(|(commit, _)| *commit).collect();
    let hits: Vec<Option<&Vec<Seen>>> = survey.blobs.ids.iter().map(|id| sifted.hits.get(id)).collect();
    let is_new = |bringing: &&Bringing| {
        let old = bringing.old.filter(|old| survey.blobs.is_wanted(*old));
        let before = || old.map(|old| hits[old as usize].map_or(&[][..], Vec::as_slice));
        hits[bringing.blob as usize].is_some_and(|found| before().is_none_or(|before| before::adds(before, found)))
    };
    let mut hit: Vec<Bringing> = survey.brought.iter().filter(|bringing| hits[bringing.blob as usize].is_some()).copied().collect();
    hit.sort_by_key(|bringing| bringing.commit);
    commits.extend(hit.iter().filter(is_new).map(|bringing| bringing.commit));
    commits.sort_unstable();
    commits.dedup();
    let mut messages: BTreeMap<u32, Vec<Seen>> = BTreeMap::new();
    survey.messages.iter().for_each(|(commit, seen)| messages.entry(*commit).or_default().push(seen.clone()));
    let turn = Mutex::default();
    let threads = crew::threads(work.jobs, commits.len(), SHARE.start);
    let parts = crew::share(&commits, crew::fair(commits.len(), threads, SHARE), threads, |shares| {
        let before = Before { blobs: &survey.blobs, sifted, sieve: Sieve::new(work, &turn) };
        let trees = work.store.trees();
        let mut bringer = Bringer { work, origins, head, survey, hit: &hit, trees, before, found: Vec::new(), troubles: Vec::new() };
        for (_, commits) in shares {
            for index in commits {
                let messages = messages.get(index).map_or(&[][..], Vec::as_slice);
                bringer.commit(*index, walked.commits[*index as usize], messages);
            }
        }
        bringer.troubles.append(&mut bringer.before.sieve.sifted.troubles);
        Brought { found: bringer.found, troubles: bringer.troubles }
    });
    let mut whole = Brought { found: Vec::new(), troubles: Vec::new() };
    for part in parts {
        whole.found.extend(part.found);
        whole.troubles.extend(part.troubles);
    }
    // The newest commit first, as in a log.
    whole
        .found
        .sort_by(|(a, left), (b, right)| a.cmp(b).then_with(|| left.path.cmp(&right.path)).then_with(|| left.start().cmp(&right.start())));
    whole
}

/// A file's path, what is in it, and for each parent what it was made from.
type File = (BString, ObjectId, Vec<Vec<ObjectId>>);

struct Bringer<'w> {
    work: &'w Work<'w>,
    origins: &'w Origins,
    head: &'w Head,
    survey: &'w Survey,
    /// What brought blobs in which something was found, by commit.
    hit: &'w [Bringing],
    trees: Objects,
    before: Before<'w>,
    found: Vec<(u32, Placed)>,
    troubles: Vec<(ObjectId, Trouble)>,
}

impl Bringer<'_> {
    fn commit(&mut self, index: u32, id: ObjectId, messages: &[Seen]) {
        // What cannot be read was told by the survey.
        let Ok(object) = self.trees.load(Kind::Commit, &id) else { return };
        let parsed = Parsed::new(&object.bytes, self.trees.hash());
        let commit = Arc::new(parsed.commit(&id));
        let origin = self.origins.of_commit(&self.trees, &id, &parsed).map(|origin| Arc::new(shown_origin(origin)));
        for seen in messages {
            let (seen, commit, origin) = (seen.clone(), Some(commit.clone()), origin.clone());
            self.found.push((index, Placed { seen, path: None, commit, in_head: None, origin }));
        }
        let Some(tree) = parsed.tree else { return };
        let parents = self.work.parents(&id, parsed.parents);
        let files = self.surveyed(index, parents.len()).unwrap_or_else(|| {
            let parents = trees_of_parents(&self.trees, parents, &mut Vec::new());
            self.files(&tree, &parents)
        });
        for (name, new, old) in files {
            let path: Arc<str> = shown(name.as_bstr()).into();
            let findings = &self.before.sifted.hits[&new];
            for seen in self.before.brought(findings, &old, |before| before.read(&new)) {
                let line =
                    self.origins.of_line(&self.trees, &id, &path, seen.located.start.line).map(|origin| Arc::new(shown_origin(origin)));
                let in_head = self.head.holds(&self.trees, &mut self.before, name.as_bstr(), seen.located.fingerprint);
                let (path, commit, origin) = (Some(path.clone()), Some(commit.clone()), line.or_else(|| origin.clone()));
                self.found.push((index, Placed { seen, path, commit, in_head, origin }));
            }
        }
    }

    /// The same as [`files`](Self::files), where the survey tells it: what each file was made from is sure if a commit has
    /// one parent, which has the file too.
    fn surveyed(&self, commit: u32, parents: usize) -> Option<Vec<File>> {
        let from = self.hit.partition_point(|bringing| bringing.commit < commit);
        let hit = self.hit[from..].iter().take_while(|bringing| bringing.commit == commit);
        hit.map(|bringing| {
            let id = |blob: u32| self.survey.blobs.ids[blob as usize];
            let old = match (parents, bringing.old) {
                (0, _) => Vec::new(),
                (1, Some(old)) => vec![vec![id(old)]],
                _ => return None,
            };
            Some((self.survey.paths[bringing.path as usize].as_bstr().to_owned(), id(bringing.blob), old))
        })
        .collect()
    }

    /// The files of a commit in which something was found, with what they were made from: the files in their place or,
    /// where there are none, those that the commit takes away.
    fn files(&self, tree: &oid, parents: &[Option<ObjectId>]) -> Vec<File> {
        let mut files = Vec::new();
        let mut visit = |change: &Change<'_>| {
            if self.before.sifted.hits.contains_key(change.id) {
                let old: Vec<Vec<ObjectId>> = change.old.iter().map(|old| old.iter().copied().collect()).collect();
                files.push((change.path.to_owned(), change.id.to_owned(), old));
            }
        };
        tree::differ(&self.trees, tree, parents, &mut visit, &mut |_, _| {});
        if files.iter().any(|(_, _, old)| old.iter().any(Vec::is_empty)) {
            let removed: Vec<Vec<ObjectId>> =
                parents.iter().map(|parent| parent.map_or_else(Vec::new, |parent| tree::removed(&self.trees, &parent, tree))).collect();
            for (_, _, old) in &mut files {
                for (old, removed) in old.iter_mut().zip(&removed).filter(|(old, _)| old.is_empty()) {
                    old.clone_from(removed);
                }
            }
        }
        files
    }
}
