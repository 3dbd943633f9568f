//! The masks of the newest bytes, by stream offset.

use core::ops::Range;

use crate::classify::{BLOCK, BLOCKS, Classifier, Column, Columns, GROUP, HeadTables, Newest, Stretch, View};
use crate::context::{CASE_CHANGES, ONE_CASE};
use crate::known::Kinds;
use crate::lanes::{Places, edge, name_starts, run};
use crate::window::Window;

/// Blocks kept before the newest: the lanes lag behind by less than a group, and groups have a block before them.
const HISTORY: usize = 2 * GROUP;
/// The last slot that a block may take, so that a group fits from there on.
const LAST: usize = BLOCKS - 1 - GROUP;
/// Bytes classified before the lanes run, so few that everything stays in the first-level cache.
pub(crate) const SLICE: usize = (LAST - HISTORY - 1) / GROUP * GROUP * BLOCK;

/// The masks of a stretch of blocks.
#[derive(Clone, Debug)]
pub(crate) struct Masks {
    columns: Box<Columns>,
    places: Box<Places>,
    /// Number of the block in slot [`HISTORY`].
    first: u64,
    /// Offset after the last classified byte.
    ready: u64,
    /// The first slot that may still hold masks from before the last move.
    clean: usize,
    classifier: Classifier,
}

impl Masks {
    pub(crate) fn new(classifier: Classifier) -> Self {
        Masks { columns: Box::new(Columns::EMPTY), places: Box::new(Places::NONE), first: 0, ready: 0, clean: BLOCKS, classifier }
    }

    pub(crate) fn clear(&mut self) {
        let [known @ .., unknown] = self.columns.all();
        known.into_iter().for_each(|column| column[..=HISTORY].fill(0));
        unknown[..=HISTORY].fill(u64::MAX);
        self.first = 0;
        self.ready = 0;
        self.clean = HISTORY + 1;
        self.clean_after(HISTORY);
    }

    /// How the bytes are classified.
    pub(crate) fn classifier(&self) -> Classifier {
        self.classifier
    }

    /// Offset after the last classified byte.
    pub(crate) fn ready(&self) -> u64 {
        self.ready
    }

    #[inline(always)]
    fn slot(&self, number: u64) -> usize {
        (number + HISTORY as u64).wrapping_sub(self.first) as usize
    }

    /// Classifies the window's bytes from where the last call stopped up to `to`, at most [`SLICE`] of them. A block that
    /// arrives in pieces is classified with each, which costs no more than the piece would. `ahead` is read soon.
    pub(crate) fn classify(&mut self, tables: &HeadTables, window: &Window, to: u64, ahead: &[u8]) {
        if to == self.ready {
            return;
        }
        let number = self.ready / BLOCK as u64;
        if self.slot((to - 1) / BLOCK as u64) > LAST {
            self.roll(number);
        }
        let (from, end) = (window.index(number * BLOCK as u64), window.index(to));
        let slot = self.slot(number);
        self.classifier.run(tables, Stretch { text: window.padded(), from, to: end, ahead }, &mut self.columns, slot);
        self.ready = to;
        self.clean_after(self.slot(to.div_ceil(BLOCK as u64)));
    }

    /// Clears what a group may read after the newest block, which ends before `slot`.
    fn clean_after(&mut self, slot: usize) {
        let needed = slot + GROUP + 1;
        if self.clean < needed {
            // More at once, so that small pieces seldom come here.
            let (from, to) = (self.clean.max(slot), (needed + GROUP).min(BLOCKS));
            for column in self.columns.all() {
                column[from..to].fill(0);
            }
            self.columns.unknown[from..to].fill(u64::MAX);
            self.clean = to;
        }
    }

    /// Moves block `number` to the front, with what stands before it.
    fn roll(&mut self, number: u64) {
        let from = self.slot(number) - HISTORY;
        for column in self.columns.all() {
            column.copy_within(from..from + HISTORY + 1, 0);
        }
        self.clean = HISTORY + 1;
        self.first = number;
    }

    /// Finds the lanes' places from the block of `offset` on.
    pub(crate) fn find_places(&mut self, offset: u64, known: Option<Kinds>) {
        let (start, end) = (self.slot(offset / BLOCK as u64), self.slot(self.ready.div_ceil(BLOCK as u64)));
        let groups = (start / GROUP * GROUP..end).step_by(GROUP);
        groups.for_each(|slot| self.classifier.places(&self.columns, slot, known, &mut self.places));
    }

    /// The newest 64 bytes.
    #[inline(always)]
    pub(crate) fn newest(&self) -> Newest<'_> {
        Newest::new(&self.columns, self.slot(self.ready / BLOCK as u64), (self.ready % BLOCK as u64) as u32)
    }

    /// Where a name may start among the 64 bytes before `offset`, the last of which has the highest bit.
    #[inline]
    pub(crate) fn name_starts_before(&self, offset: u64) -> u64 {
        let view = Newest::new(&self.columns, self.slot(offset / BLOCK as u64), (offset % BLOCK as u64) as u32);
        name_starts(&view, edge(&view))
    }

    /// The lanes' places.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// The slots of the blocks that hold the bytes from `from` to `to`.
    #[inline(always)]
    pub(crate) fn slots(&self, from: u64, to: u64) -> Range<usize> {
        self.slot(from / BLOCK as u64)..self.slot(to.div_ceil(BLOCK as u64))
    }

    /// Offset of the first byte of the block in a slot. Wraps below zero for slots before the stream's start.
    #[inline(always)]
    pub(crate) fn start_of(&self, slot: usize) -> u64 {
        (self.first.wrapping_add(slot as u64).wrapping_sub(HISTORY as u64)).wrapping_mul(BLOCK as u64)
    }

    /// Whether 32 token characters stand from `offset` on.
    #[inline(always)]
    pub(crate) fn is_long(&self, offset: u64) -> bool {
        const { assert!(run::LONG == u32::BITS as u64) };
        self.from(offset, |c| &c.token) as u32 == u32::MAX
    }

    /// The bits of a column for the 64 bytes from `offset` on.
    #[inline(always)]
    pub(crate) fn from(&self, offset: u64, column: fn(&Columns) -> &Column) -> u64 {
        self.wide_from(offset, column) as u64
    }

    /// The same with what is known of the 64 bytes after those.
    #[inline(always)]
    fn wide_from(&self, offset: u64, column: fn(&Columns) -> &Column) -> u128 {
        let (slot, column) = (self.slot(offset / BLOCK as u64), column(&self.columns));
        (u128::from(column[slot]) | u128::from(column[slot + 1]) << BLOCK) >> (offset % BLOCK as u64)
    }

    /// How many set bits of a column start at `offset`, counting at most up to the end of the next block.
    #[inline]
    pub(crate) fn run_from(&self, offset: u64, column: fn(&Columns) -> &Column) -> u64 {
        u64::from(self.wide_from(offset, column).trailing_ones())
    }

    /// How many bytes of these columns, of the newest 64, end at the last classified byte.
    #[inline(always)]
    pub(crate) fn trailing(&self, columns: &[fn(&Columns) -> &Column]) -> u64 {
        let newest = self.newest();
        u64::from(columns.iter().fold(0, |bits, column| bits | newest.here(*column)).leading_ones())
    }

    /// How far before `offset` the nearest guard stands, if it is one of the 64 bytes there.
    #[inline]
    pub(crate) fn guard_before(&self, offset: u64) -> Option<usize> {
        let slot = self.slot(offset / BLOCK as u64);
        let wide = u128::from(self.columns.guard[slot - 1]) | u128::from(self.columns.guard[slot]) << BLOCK;
        let bits = (wide >> (offset % BLOCK as u64)) as u64;
        (bits != 0).then(|| bits.leading_zeros() as usize + 1)
    }

    /// Whether the run of value characters that starts at `offset`, of which 64 are looked at, can be a value that is
    /// known by its context: a digit stands in it, or it mixes cases as names do not, or starts with more letters of one
    /// case than words have. `None` when the run has not all arrived.
    #[inline(always)]
    pub(crate) fn may_be_value(&self, offset: u64, whole: bool) -> Option<bool> {
        let (may_be, arrived) = self.value_signs(offset);
        (may_be | arrived | whole).then_some(may_be)
    }

    /// The same for a first look, without branches: which places pass is hard to predict.
    #[inline(always)]
    pub(crate) fn is_no_value(&self, offset: u64) -> bool {
        let (may_be, arrived) = self.value_signs(offset);
        arrived & !may_be
    }

    /// Whether the bytes that have come of a run show signs of a value, and whether they are all.
    #[inline(always)]
    fn value_signs(&self, offset: u64) -> (bool, bool) {
        let wide = self.from(offset, |c| &c.wide);
        // The bits below the lowest that is not set.
        let run = wide & !(wide.wrapping_add(1));
        let digits = self.from(offset, |c| &c.digit) & run;
        let (alnum, lower) = (self.from(offset, |c| &c.alnum), self.from(offset, |c| &c.lower));
        let (upper, lower) = (alnum & !lower & run, alnum & lower & run);
        let changes = (upper & lower << 1 | lower & upper << 1).count_ones();
        let arrived = (run == u64::MAX) | (offset + u64::from(run.trailing_ones()) < self.ready);
        let one_case = (upper.trailing_ones() >= ONE_CASE) | (lower.trailing_ones() >= ONE_CASE);
        ((digits != 0) | (changes > CASE_CHANGES) | one_case, arrived)
    }
}
