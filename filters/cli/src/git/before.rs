//! What stood in files before, so that only what is new counts.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::hashtable::HashMap;
use tamis::{Fingerprint, RuleIndex};

use super::lines::Added;
use super::sift::{Sieve, Sifted};
use super::survey::Blobs;
use crate::context::Seen;

/// Blobs from before: most were searched already, others are when they are asked for.
pub(super) struct Before<'w> {
    /// What was searched,
    pub(super) blobs: &'w Blobs,
    /// and found.
    pub(super) sifted: &'w Sifted,
    pub(super) sieve: Sieve<'w>,
}

/// What makes two findings the same.
type Named = (RuleIndex, Fingerprint);

fn named(seen: &Seen) -> Named {
    (seen.located.finding.rule, seen.located.fingerprint)
}

fn count(findings: &[Seen]) -> BTreeMap<Named, usize> {
    let mut counts = BTreeMap::new();
    for seen in findings {
        *counts.entry(named(seen)).or_default() += 1;
    }
    counts
}

/// Whether something was found more often than before.
pub(super) fn adds(before: &[Seen], now: &[Seen]) -> bool {
    let before = count(before);
    count(now).into_iter().any(|(name, times)| times > before.get(&name).copied().unwrap_or_default())
}

impl Before<'_> {
    /// What was found in a blob.
    pub(super) fn findings(&mut self, id: &ObjectId) -> &[Seen] {
        if self.blobs.of(id).is_some() {
            return self.sifted.hits.get(id).map_or(&[], Vec::as_slice);
        }
        if self.sieve.seen.insert(*id) {
            self.sieve.blob(id);
        }
        self.sieve.sifted.hits.get(id).map_or(&[], Vec::as_slice)
    }

    /// A blob's text, if it fits into memory.
    pub(super) fn read(&self, id: &ObjectId) -> Option<Vec<u8>> {
        self.sieve.read(id)
    }

    /// Of these findings those that nothing that the file was made from has as often. `old` lists for each parent what
    /// that may be; `new` reads the file.
    pub(super) fn brought(&mut self, findings: &[Seen], old: &[Vec<ObjectId>], new: impl FnOnce(&Self) -> Option<Vec<u8>>) -> Vec<Seen> {
        // By finding, how often it stood in one blob at most, and in which.
        let mut most: BTreeMap<Named, (usize, ObjectId)> = BTreeMap::new();
        for id in old.iter().flatten() {
            for (name, times) in count(self.findings(id)) {
                let most = most.entry(name).or_insert((0, *id));
                if times > most.0 {
                    *most = (times, *id);
                }
            }
        }
        let now = count(findings);
        let is_partly_new = |name: &Named| most.get(name).is_some_and(|(times, _)| now[name] > *times);
        // Only where a secret stands once more than before do lines tell which one is new.
        let text = if now.keys().any(is_partly_new) { new(self) } else { None };
        let mut added: HashMap<ObjectId, Option<Added>> = HashMap::default();
        let mut is_new = |seen: &&Seen| {
            let (name, located) = (named(seen), &seen.located);
            let Some((_, id)) = most.get(&name) else { return true };
            let lines = || Some(Added::new(&self.sieve.read(id)?, text.as_deref()?));
            is_partly_new(&name)
                && added.entry(*id).or_insert_with(lines).as_ref().is_none_or(|added| added.touches(located.start.line, located.end.line))
        };
        findings.iter().filter(|seen| is_new(seen)).cloned().collect()
    }
}
