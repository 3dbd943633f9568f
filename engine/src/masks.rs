//! The masks of the newest bytes, by stream offset.

use crate::classify::{BLOCK, Classifier, HeadTables, Masks, Ring};
use crate::context::CASE_CHANGES;
use crate::window::Window;

/// Blocks kept. The lanes look at most two blocks back.
const RING: usize = 128;
/// Bytes classified before the lanes run, small enough that everything stays in the first-level cache.
pub(crate) const SLICE: usize = (RING - 4) * BLOCK;

/// A ring of masks, one a block.
#[derive(Clone, Debug)]
pub(crate) struct MaskRing {
    blocks: Box<[Masks; RING]>,
    /// Offset after the last classified byte.
    ready: u64,
    classifier: Classifier,
}

impl MaskRing {
    pub(crate) fn new(classifier: Classifier) -> Self {
        MaskRing { blocks: Box::new([Masks::default(); RING]), ready: 0, classifier }
    }

    pub(crate) fn clear(&mut self) {
        self.blocks.fill(Masks::default());
        self.ready = 0;
    }

    /// How the bytes are classified.
    pub(crate) fn classifier(&self) -> Classifier {
        self.classifier
    }

    /// Offset after the last classified byte.
    pub(crate) fn ready(&self) -> u64 {
        self.ready
    }

    /// Classifies the window's bytes from where the last call stopped up to `to`, at most [`SLICE`] of them.
    pub(crate) fn classify(&mut self, tables: &HeadTables, window: &Window, to: u64) {
        let (from, to_index) = (window.index(self.ready), window.index(to));
        let ring = Ring { blocks: &mut self.blocks[..], first: (window.offset(0) as usize) / BLOCK };
        self.classifier.run(tables, window.padded(), from, to_index, ring);
        let fresh = self.ready / BLOCK as u64..to.div_ceil(BLOCK as u64);
        self.ready = to;
        // The lanes look at the block after the newest, too.
        self.blocks[fresh.end as usize % RING] = Masks::EMPTY;
        for number in fresh {
            let previous = if number == 0 { Masks::EMPTY } else { self.blocks[(number as usize - 1) % RING] };
            let block = &mut self.blocks[number as usize % RING];
            block.edge = block.edges(&previous);
            block.known = (number + 1) * BLOCK as u64 <= to;
        }
    }

    /// The masks of block `number`; empty for the block after the last classified byte.
    #[inline(always)]
    pub(crate) fn block(&self, number: u64) -> &Masks {
        &self.blocks[number as usize % RING]
    }

    /// Block `number` between its neighbours.
    #[inline(always)]
    pub(crate) fn view(&self, number: u64) -> View<'_> {
        let before = if number == 0 { &Masks::EMPTY } else { self.block(number - 1) };
        View { before, here: self.block(number), after: self.block(number + 1) }
    }

    /// How many set bits of `mask` end at the last classified byte, counting at most two blocks.
    pub(crate) fn trailing(&self, mask: impl Fn(&Masks) -> u64) -> u64 {
        let inside = self.ready % BLOCK as u64;
        let number = self.ready / BLOCK as u64;
        let first = if inside == 0 { 0 } else { u64::from((mask(self.block(number)) << (BLOCK as u64 - inside)).leading_ones()) };
        if first < inside {
            return first;
        }
        let mut count = first;
        for back in 1..=2u64.min(number) {
            let run = u64::from(mask(self.block(number - back)).leading_ones());
            count += run;
            if run < BLOCK as u64 {
                break;
            }
        }
        count
    }

    /// How many set bits of `mask` start at `offset`, counting at most two blocks.
    pub(crate) fn run_from(&self, offset: u64, mask: impl Fn(&Masks) -> u64) -> u64 {
        let inside = offset % BLOCK as u64;
        u64::from((self.view(offset / BLOCK as u64).pair(mask) >> inside).trailing_ones())
    }

    /// How far before `offset` the nearest guard stands, if it is one of the 64 bytes there.
    #[inline]
    pub(crate) fn guard_before(&self, offset: u64) -> Option<usize> {
        let number = offset / BLOCK as u64;
        let before = if number == 0 { 0 } else { self.block(number - 1).guard };
        let wide = u128::from(before) | u128::from(self.block(number).guard) << BLOCK;
        let bits = (wide >> (offset % BLOCK as u64)) as u64;
        (bits != 0).then(|| bits.leading_zeros() as usize + 1)
    }

    /// Whether the run of value characters that starts at `offset`, of which 64 are looked at, can be a value that is
    /// known by its context: a digit stands in it, or it mixes cases as names do not. `None` when the run has not all
    /// arrived.
    #[inline]
    pub(crate) fn may_be_value(&self, offset: u64, whole: bool) -> Option<bool> {
        let view = self.view(offset / BLOCK as u64);
        let from = |mask: fn(&Masks) -> u64| (view.pair(mask) >> (offset % BLOCK as u64)) as u64;
        let wide = from(|m| m.wide);
        let length = u64::from(wide.trailing_ones());
        let run = if wide == u64::MAX { u64::MAX } else { (1 << length) - 1 };
        if from(|m| m.digit) & run != 0 {
            return Some(true);
        }
        let (upper, lower) = (from(|m| m.alnum & !m.lower) & run, from(|m| m.alnum & m.lower) & run);
        let mixed = (upper & lower << 1 | lower & upper << 1).count_ones() > CASE_CHANGES;
        let arrived = whole || length == BLOCK as u64 || offset + length < self.ready;
        (mixed || arrived).then_some(mixed)
    }
}

/// A block's masks between those of its neighbours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) before: &'a Masks,
    pub(crate) here: &'a Masks,
    pub(crate) after: &'a Masks,
}

impl View<'_> {
    /// A mask of the block and the one after it, as one.
    #[inline(always)]
    pub(crate) fn pair(&self, mask: impl Fn(&Masks) -> u64) -> u128 {
        u128::from(mask(self.here)) | u128::from(mask(self.after)) << BLOCK
    }

    /// A mask of the block moved up by one, with the last bit of the block before.
    #[inline(always)]
    pub(crate) fn after_one(&self, mask: impl Fn(&Masks) -> u64) -> u64 {
        mask(self.here) << 1 | mask(self.before) >> (BLOCK - 1)
    }
}
