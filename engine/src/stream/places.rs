//! Where each lane is, and the places it names.

use super::sieve::{Scope, Sieve};
use crate::classify::{BLOCK, BLOCKS};
use crate::lanes::{LanePlaces, colon, lead, literal, run};
use crate::masks::Masks;

/// For each lane the first place that is not decided.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursors {
    pub(super) run: u64,
    pub(super) value: u64,
    pub(super) digit: u64,
    pub(super) literal: u64,
    pub(super) lead: u64,
    pub(super) at: u64,
    pub(super) colon: u64,
}

impl Cursors {
    /// How far each lane can decide with the bytes that have come.
    pub(super) fn reach(masks: &Masks, whole: bool) -> Self {
        let ready = masks.ready();
        let without = |undecided: u64| if whole { ready } else { ready.saturating_sub(undecided) };
        let run = masks.trailing(|c, slot| c.token[slot]);
        let wide = masks.trailing(|c, slot| c.wide[slot]);
        let short = masks.trailing(|c, slot| c.alnum[slot] | c.colon[slot]);
        Cursors {
            run: without(run.min(run::LONG - 1)),
            value: without(wide.min(run::MIN_RUN - 1)),
            digit: ready,
            literal: without(literal::HEAD as u64 - 1),
            lead: without(short.min(lead::WINDOW - 1)),
            at: ready,
            colon: without(short.min(colon::WINDOW)),
        }
    }

    /// The least of all.
    pub(super) fn least(&self) -> u64 {
        self.least_but_literal().min(self.literal)
    }

    /// The same without the literal lane, whose last bytes are seldom the beginning of anything.
    pub(super) fn least_but_literal(&self) -> u64 {
        [self.run, self.value, self.digit, self.lead, self.at, self.colon].into_iter().fold(u64::MAX, u64::min)
    }
}

/// The places that one lane names, by their distance from the byte that the masks start with.
///
/// They are listed and sifted with few branches that depend on the text: which bytes are places is hard to predict.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    /// Wraps below zero.
    base: u64,
    len: usize,
    /// Empty, or with room for all there can be and two more that are written and do not count.
    places: Vec<u16>,
}

impl List {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The offset of a place.
    #[inline(always)]
    pub(super) fn offset(&self, i: usize) -> u64 {
        self.base.wrapping_add(u64::from(self.places[i]))
    }

    /// Lists the places that a lane keeps from `from` to `to`.
    pub(super) fn sift<S: Sieve>(&mut self, scope: &Scope<'_>, from: u64, to: u64) {
        scope.masks.classifier().with(
            #[inline(always)]
            || {
                self.fill(scope.masks, S::lane(scope.masks.places()), from, to);
                self.keep(
                    #[inline(always)]
                    |offset| S::keeps(scope, offset),
                );
            },
        );
    }

    /// Lists all places of a lane from `from` to `to`.
    #[inline(always)]
    fn fill(&mut self, masks: &Masks, lane: &LanePlaces, from: u64, to: u64) {
        self.len = 0;
        if from >= to {
            return;
        }
        self.places.resize(BLOCKS * BLOCK + 2, 0);
        self.base = masks.start_of(0);
        let slots = masks.slots(from, to);
        let (first, last) = (slots.start, slots.end - 1);
        let mut taken = Taken { places: &mut self.places, len: 0 };
        for (word, blocks) in lane.blocks_in(first, last).into_iter().enumerate() {
            for block in ones(blocks) {
                let slot = word * u64::BITS as usize + block;
                let mut bits = lane.masks[slot];
                if slot == first || slot == last {
                    bits &= between(masks.start_of(slot), from, to);
                }
                // Seldom are there more.
                bits = taken.one(slot, bits);
                bits = taken.one(slot, bits);
                while bits != 0 {
                    bits = taken.one(slot, bits);
                }
            }
        }
        self.len = taken.len;
    }

    /// Keeps the wanted places.
    #[inline(always)]
    fn keep(&mut self, wanted: impl Fn(u64) -> bool) {
        let places = &mut self.places[..self.len];
        let mut kept = 0;
        for i in 0..places.len() {
            let place = places[i];
            places[kept] = place;
            kept += usize::from(wanted(self.base.wrapping_add(u64::from(place))));
        }
        self.len = kept;
    }
}

/// Places as they are listed.
struct Taken<'a> {
    places: &'a mut [u16],
    len: usize,
}

impl Taken<'_> {
    /// Takes the lowest bit of a block, if there is one.
    #[inline(always)]
    fn one(&mut self, slot: usize, bits: u64) -> u64 {
        self.places[self.len] = (slot * BLOCK) as u16 + bits.trailing_zeros() as u16;
        self.len += usize::from(bits != 0);
        bits & bits.wrapping_sub(1)
    }
}

/// Positions of the set bits, lowest first.
#[inline(always)]
pub(super) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (at < u64::BITS).then_some(at as usize)
    })
}

/// Bits of a block that starts at `base` for offsets in `from..to`.
pub(super) fn between(base: u64, from: u64, to: u64) -> u64 {
    // A block before the stream's start has a base that wrapped.
    let below = |offset: u64| match (offset as i64).saturating_sub(base as i64) {
        n @ 0..64 => (1 << n) - 1,
        n if n < 0 => 0,
        _ => u64::MAX,
    };
    below(to) & !below(from)
}
