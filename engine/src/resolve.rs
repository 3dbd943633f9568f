//! From matches that may overlap to findings that do not.
//!
//! Overlapping matches form a cluster. In a cluster the surest match wins, then the longer, then the earlier, then
//! the rule given first; matches that overlap a winner are dropped. For one rule the earlier of two overlapping
//! matches counts. A cluster is decided when no undecided place could still add to it, so the answer does not depend
//! on how the stream is cut.

use crate::finding::Finding;

/// A cluster is cut after this many bytes, so that a chain of overlaps cannot grow without bound.
const MAX_CLUSTER: u64 = 2 * 1024;

/// Room for so many more matches is made at once: doubling it would take memory that a flood of matches never fills.
const GROWTH: usize = 64;

/// Matches that wait for their neighbours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resolver {
    /// Sorted by start, then end, then rule.
    waiting: Vec<Finding>,
    /// End of the last finding given out.
    given: u64,
    winners: Vec<Finding>,
}

fn order(finding: &Finding) -> (u64, u64, u32) {
    (finding.span.start, finding.span.end, finding.rule.0)
}

impl Resolver {
    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.given = 0;
    }

    /// Adds a match.
    pub(crate) fn add(&mut self, finding: Finding) {
        if finding.span.start < self.given {
            return;
        }
        let at = self.waiting.partition_point(|f| order(f) < order(&finding));
        // Of matches with one span only the surest, or the first rule's, can win: the others need not wait.
        let before = self.waiting[..at].last().filter(|f| f.span == finding.span);
        if before.is_some_and(|f| f.confidence >= finding.confidence) {
            return;
        }
        let after = self.waiting.get(at).filter(|f| f.span == finding.span);
        if after.is_some_and(|f| f.confidence > finding.confidence) {
            return;
        }
        if after.is_some() {
            self.waiting[at] = finding;
        } else if before.is_some() {
            self.waiting[at - 1] = finding;
        } else {
            if self.waiting.len() == self.waiting.capacity() {
                self.waiting.reserve_exact(GROWTH);
            }
            self.waiting.insert(at, finding);
        }
    }

    /// Drops matches that start before `offset`, and those that would.
    pub(crate) fn forget_before(&mut self, offset: u64) {
        self.waiting.retain(|f| f.span.start >= offset);
        self.given = self.given.max(offset);
    }

    /// Drops matches that start before `offset` and reach past it.
    pub(crate) fn drop_across(&mut self, offset: u64) {
        if self.waiting.first().is_some_and(|f| f.span.start < offset) {
            self.waiting.retain(|f| f.span.start >= offset || f.span.end <= offset);
        }
    }

    /// Start of the first waiting match.
    pub(crate) fn first(&self) -> Option<u64> {
        self.waiting.first().map(|f| f.span.start)
    }

    /// The next decided cluster's findings, in order, given that everything before `decided` is known. Empty when
    /// there is none.
    pub(crate) fn next(&mut self, decided: u64) -> &[Finding] {
        self.winners.clear();
        let Some(first) = self.waiting.first() else { return &self.winners };
        let cap = first.span.start + MAX_CLUSTER;
        let mut end = first.span.end;
        let mut count = 1;
        while let Some(next) = self.waiting.get(count).filter(|f| f.span.start < end.min(cap)) {
            end = end.max(next.span.end);
            count += 1;
        }
        if decided < end.min(cap) {
            return &self.winners;
        }
        winners(&mut self.waiting[..count], &mut self.winners);
        self.waiting.drain(..count);
        self.given = self.winners.last().map_or(self.given, |f| f.span.end);
        let given = self.given;
        self.waiting.retain(|f| f.span.start >= given);
        &self.winners
    }
}

fn winners(cluster: &mut [Finding], winners: &mut Vec<Finding>) {
    let kept = keep_leftmost_of_each_rule(cluster);
    kept.sort_unstable_by_key(|f| (core::cmp::Reverse(f.confidence), core::cmp::Reverse(f.span.len()), f.span.start, f.rule));
    for finding in kept {
        let at = winners.partition_point(|w| w.span.start < finding.span.start);
        let clear_before = at == 0 || winners[at - 1].span.end <= finding.span.start;
        let clear_after = winners.get(at).is_none_or(|w| finding.span.end <= w.span.start);
        if clear_before && clear_after {
            winners.insert(at, *finding);
        }
    }
}

/// Moves the matches that count to the front and returns them.
fn keep_leftmost_of_each_rule(cluster: &mut [Finding]) -> &mut [Finding] {
    // Only of known values one rule has several matches at a place: one value may start as another one does.
    cluster.sort_unstable_by_key(|f| (f.rule, f.span.start, core::cmp::Reverse(f.span.end)));
    let mut kept = 0;
    for i in 0..cluster.len() {
        let finding = cluster[i];
        let overlapped = cluster[..kept].last().is_some_and(|l| l.rule == finding.rule && l.span.end > finding.span.start);
        if !overlapped {
            cluster[kept] = finding;
            kept += 1;
        }
    }
    &mut cluster[..kept]
}
