//! Cheap ways to places worth verifying. Each lane turns masks into stream offsets.
//!
//! The contract of a lane: it never misses a place where one of its rules matches, wherever the stream is cut; it may
//! name places where none does. What a lane says of a block depends on that block and its neighbours only; it says
//! which of the newest places it cannot decide yet.

pub(crate) mod at;
pub(crate) mod colon;
pub(crate) mod digit;
pub(crate) mod lead;
pub(crate) mod literal;
pub(crate) mod prefix;
pub(crate) mod run;
pub(crate) mod seeker;
pub(crate) mod value;

use crate::classify::{Column, Columns, GROUP, Row, View};

/// The lanes' places in a group of blocks, a mask a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) run: [u64; GROUP],
    /// Those of the run lane where the run is a long one.
    pub(crate) long: [u64; GROUP],
    pub(crate) value: [u64; GROUP],
    pub(crate) digit: [u64; GROUP],
    pub(crate) literal: [u64; GROUP],
    pub(crate) lead: [u64; GROUP],
    pub(crate) colon: [u64; GROUP],
}

/// The lanes' places in a row of blocks.
pub(crate) struct Found<R> {
    pub(crate) run: R,
    pub(crate) long: R,
    pub(crate) value: R,
    pub(crate) digit: R,
    pub(crate) literal: R,
    pub(crate) lead: R,
    pub(crate) colon: R,
}

/// Runs the lanes on a row of blocks. The '@' lane needs none: its places are its mask.
#[inline(always)]
pub(crate) fn places<R: Row>(view: &View<'_, R>) -> Found<R> {
    let edge = edge(view);
    let (run, long) = run::places(view, edge);
    Found {
        run,
        long,
        value: value::places(view, edge),
        digit: digit::places(view, edge),
        literal: literal::places(view, edge),
        lead: lead::places(view, edge),
        colon: colon::places(view, edge),
    }
}

/// A column moved up by one, with the last bit of the block before.
#[inline(always)]
fn after_one<R: Row>(view: &View<'_, R>, column: fn(&Columns) -> &Column) -> R {
    view.here(column).up::<1>().or(view.before(column).down::<63>())
}

/// Where a name may start, as far as the bytes before tell: after a byte that is no letter or digit, or after an
/// escape. A superset of the places before which no letter or digit stands once escapes are undone: `x` in `\nx`,
/// `\u003dx`, `\x3dx`, `\033[1mx`.
#[inline(always)]
fn edge<R: Row>(view: &View<'_, R>) -> R {
    let guard = Back { before: view.before(|c| &c.guard), here: view.here(|c| &c.guard) };
    let coded = guard.up::<2, 62>().here.or(guard.up::<4, 60>().here).or(guard.up::<6, 58>().here);
    // A control sequence is at most 40 bytes long and ends with a letter after a digit or a bracket.
    let near = guard.up::<1, 63>().or(guard.up::<2, 62>());
    let near = near.or(near.up::<2, 62>());
    let near = near.or(near.up::<4, 60>());
    let near = near.or(near.up::<8, 56>());
    let near = near.or(near.up::<16, 48>());
    let near = near.or(near.up::<10, 54>());
    let digit = Back { before: view.before(|c| &c.digit), here: view.here(|c| &c.digit) };
    let bracket = Back { before: view.before(|c| &c.bracket), here: view.here(|c| &c.bracket) };
    let before_letter = digit.or(bracket).up::<2, 62>().here;
    let escaped = coded.or(near.here.and(before_letter));
    after_one(view, |c| &c.alnum).not().or(escaped)
}

/// Blocks' masks and those of the blocks before them, as one mask of twice the length.
#[derive(Clone, Copy)]
struct Back<R> {
    before: R,
    here: R,
}

impl<R: Row> Back<R> {
    /// The bits moved up; `REST` is 64 − `N`.
    #[inline(always)]
    fn up<const N: i32, const REST: i32>(self) -> Self {
        const { assert!(N + REST == 64) };
        Back { before: self.before.up::<N>(), here: self.here.up::<N>().or(self.before.down::<REST>()) }
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Back { before: self.before.or(other.before), here: self.here.or(other.here) }
    }
}

/// Bits of a block that starts at `base` for offsets in `from..to`.
#[inline(always)]
pub(crate) fn between(base: u64, from: u64, to: u64) -> u64 {
    if from <= base && base + 64 <= to {
        return u64::MAX;
    }
    let below = |offset: u64| match offset.saturating_sub(base) {
        n @ 0..64 => (1 << n) - 1,
        _ => u64::MAX,
    };
    below(to) & !below(from)
}

/// Positions of the set bits, lowest first.
#[inline(always)]
pub(crate) fn ones(mut bits: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (at < 64).then_some(u64::from(at))
    })
}
