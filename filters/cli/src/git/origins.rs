//! Where a repository says who wrote what: its commits, its notes, and its traces.

use gix::hashtable::HashMap;
use gix::objs::Kind;
use gix::{ObjectId, oid};
use tamis::Origin;

use super::commit::Parsed;
use super::objects::Objects;
use super::repository::Repository;
use super::tree::{self, Change};
use crate::origin::{self, Note, TRACES, Traces};

/// Where tools keep notes about commits.
const NOTES: &str = "refs/notes/ai";

/// Notes and traces of a repository.
#[derive(Default)]
pub(super) struct Origins {
    notes: HashMap<ObjectId, ObjectId>,
    traces: Traces,
}

impl Origins {
    /// Reads what there is. `head` is the tree that traces are taken from.
    pub(super) fn read(repository: &Repository, objects: &Objects, head: Option<&oid>) -> Self {
        let mut origins = Origins::default();
        let notes = repository.git.try_find_reference(NOTES).ok().flatten().and_then(|mut notes| notes.peel_to_id().ok());
        let notes = notes.and_then(|id| super::commit::tree_of(objects, &id));
        if let Some(tree) = notes {
            let mut visit = |change: &Change<'_>| {
                // Many notes are spread over folders named after the first digits.
                let digits: Vec<u8> = change.path.iter().copied().filter(|b| *b != b'/').collect();
                if let Ok(commit) = ObjectId::from_hex(&digits) {
                    origins.notes.insert(commit, change.id.to_owned());
                }
            };
            tree::differ(objects, &tree, &[], &mut visit, &mut |_, _| {});
        }
        if let Some(folder) = head.and_then(|tree| tree::entry(objects, tree, TRACES)) {
            let mut visit = |change: &Change<'_>| {
                if let Ok(trace) = objects.load(Kind::Blob, change.id) {
                    origins.traces.add(&String::from_utf8_lossy(&trace.bytes));
                }
            };
            tree::differ(objects, &folder, &[], &mut visit, &mut |_, _| {});
        }
        origins
    }

    /// Who wrote a commit.
    pub(super) fn of_commit(&self, objects: &Objects, id: &ObjectId, commit: &Parsed<'_>) -> Option<Origin> {
        let own = commit.signed(origin::of_commit);
        let told = [self.note(objects, id).and_then(|note| note.of_commit()), self.traces.of_commit(&id.to_string())];
        told.into_iter().flatten().fold(own, |best, other| Some(join(best, other)))
    }

    /// Who wrote this line of a commit, where that is known better than for all of it.
    pub(super) fn of_line(&self, objects: &Objects, id: &ObjectId, path: &str, line: u64) -> Option<Origin> {
        let told = self.note(objects, id).and_then(|note| note.of_line(path, line));
        told.or_else(|| self.traces.of_line(&id.to_string(), path, line))
    }

    fn note(&self, objects: &Objects, id: &ObjectId) -> Option<Note> {
        let blob = self.notes.get(id)?;
        let note = objects.load(Kind::Blob, blob).ok()?;
        Note::read(&String::from_utf8_lossy(&note.bytes))
    }
}

/// Both marks as one: the surer one names the agent, the other one adds what it did not know.
fn join(best: Option<Origin>, other: Origin) -> Origin {
    let Some(best) = best else { return other };
    let (mut first, second) = if best.confidence >= other.confidence { (best, other) } else { (other, best) };
    first.agent = first.agent.or(second.agent);
    first.model = first.model.or(second.model);
    first.evidence.extend(second.evidence);
    first
}
