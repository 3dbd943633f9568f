//! Where each lane is, and the places it names.

use super::sieve::{Scope, Sieve};
use crate::classify::{BLOCK, BLOCKS, Newest, View};
use crate::known::Kinds;
use crate::known::lane as known;
use crate::lanes::{Found, LanePlaces, colon, lead, literal, places, run, value};
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
    pub(super) known: u64,
}

impl Cursors {
    /// How far each lane can decide with the bytes that have come.
    #[inline(always)]
    pub(super) fn reach(newest: &Newest<'_>, ready: u64, whole: bool) -> Self {
        let without = |undecided: u64| if whole { ready } else { ready.saturating_sub(undecided) };
        let trailing = |bits: u64| u64::from(bits.leading_ones());
        let run = trailing(newest.here(|c| &c.token));
        let wide = trailing(newest.here(|c| &c.wide));
        let short = trailing(newest.here(|c| &c.alnum) | newest.here(|c| &c.colon));
        Cursors {
            run: without(run.min(run::LONG - 1)),
            value: without(wide.min(value::MIN_RUN - 1)),
            digit: ready,
            literal: without(literal::HEAD as u64 - 1),
            lead: without(short.min(lead::WINDOW - 1)),
            at: ready,
            colon: without(short.min(colon::WINDOW)),
            // Its lane says.
            known: ready,
        }
    }

    /// Each lane's places among the newest 64 bytes from here on, as far as it can decide, which is where it is then.
    ///
    /// They are written where they are needed: what is returned and copied waits for its single fields to be written.
    pub(super) fn newest(&mut self, masks: &Masks, whole: bool, into: &mut Found<u64>) {
        let base = masks.ready().wrapping_sub(BLOCK as u64);
        masks.classifier().with(
            #[inline(always)]
            || {
                let newest = masks.newest();
                let (found, to) = (places(&newest), Cursors::reach(&newest, masks.ready(), whole));
                let step = |at: &mut u64, to: u64, places: u64, into: &mut u64| {
                    *into = places & between(base, *at, to);
                    *at = to.max(*at);
                };
                step(&mut self.run, to.run, found.run, &mut into.run);
                step(&mut self.value, to.value, found.value, &mut into.value);
                step(&mut self.digit, to.digit, found.digit, &mut into.digit);
                step(&mut self.literal, to.literal, found.literal, &mut into.literal);
                step(&mut self.lead, to.lead, found.lead, &mut into.lead);
                step(&mut self.at, to.at, found.at, &mut into.at);
                step(&mut self.colon, to.colon, found.colon, &mut into.colon);
            },
        );
    }

    /// The same for the lane of known values, which can decide up to `to`.
    pub(super) fn newest_known(&mut self, masks: &Masks, kinds: Kinds, to: u64) -> u64 {
        let base = masks.ready().wrapping_sub(BLOCK as u64);
        let found = masks.classifier().with(
            #[inline(always)]
            || known::places(&masks.newest(), kinds),
        );
        let places = found & between(base, self.known, to);
        self.known = to.max(self.known);
        places
    }

    /// The least of all.
    pub(super) fn least(&self) -> u64 {
        self.least_but_literal().min(self.literal).min(self.known)
    }

    /// The same without the lanes of known values and of literals, whose last bytes are seldom the beginning of anything.
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
                    let (base, end) = (masks.start_of(slot), masks.start_of(slot + 1));
                    // Signed, as blocks before the stream's start have offsets that wrapped.
                    let within = |offset: u64| (offset as i64).clamp(base as i64, end as i64) as u64;
                    bits &= between(base, within(from), within(to));
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

/// Bits of 64 bytes for offsets in `from..to`, which are at most 64 after the first byte's. What starts before the stream
/// has an offset that wrapped.
#[inline(always)]
fn between(base: u64, from: u64, to: u64) -> u64 {
    let from_on = |offset: u64| {
        let n = offset.wrapping_sub(base);
        debug_assert!(n <= u64::from(u64::BITS), "the offset is within the bytes");
        // Two shifts, as one by 64 would be none.
        u64::MAX << (n / 2) << (n - n / 2)
    };
    from_on(from) & !from_on(to)
}
