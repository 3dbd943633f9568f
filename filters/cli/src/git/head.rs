//! What still stands in the last commit.

use std::collections::BTreeSet;

use gix::ObjectId;
use gix::bstr::BStr;
use tamis::Fingerprint;

use super::before::Before;
use super::commit::tree_of;
use super::objects::Objects;
use super::repository::Repository;
use super::sift::Sifted;
use super::tree::{self, Change};
use super::walk::{Range, Walked};

/// The last commit of a range.
#[derive(Default)]
pub(super) struct Head {
    pub(super) tree: Option<ObjectId>,
    secrets: BTreeSet<Fingerprint>,
}

impl Head {
    /// The end of the range or, where it has several, what is checked out.
    pub(super) fn find(repository: &Repository, objects: &Objects, range: &Range) -> Self {
        let commit = match range.tips.as_slice() {
            [tip] => Some(*tip),
            // Where it cannot be read, what it holds is not known.
            _ => repository.head().ok().flatten(),
        };
        Head { tree: commit.and_then(|commit| tree_of(objects, &commit)), secrets: BTreeSet::new() }
    }

    /// Notes what was found in those of its files that were not there before the range.
    pub(super) fn fill(&mut self, objects: &Objects, walked: &Walked, sifted: &Sifted) {
        let Some(tree) = self.tree else { return };
        let bases: Vec<Option<ObjectId>> = walked.bases.iter().map(|base| tree_of(objects, base)).collect();
        let mut visit = |change: &Change<'_>| {
            let hits = sifted.hits.get(change.id).into_iter().flatten();
            self.secrets.extend(hits.map(|seen| seen.located.fingerprint));
        };
        // What cannot be read was told by the survey.
        tree::differ(objects, &tree, &bases, &mut visit, &mut |_, _| {});
    }

    /// Whether it holds the secret: in what the range brought, or where it was found. Nothing where there is no last commit.
    pub(super) fn holds(&self, objects: &Objects, before: &mut Before<'_>, path: &BStr, secret: Fingerprint) -> Option<bool> {
        let tree = self.tree?;
        if self.secrets.contains(&secret) {
            return Some(true);
        }
        let here = tree::entry(objects, &tree, path);
        Some(here.is_some_and(|id| before.findings(&id).iter().any(|seen| seen.located.fingerprint == secret)))
    }
}
