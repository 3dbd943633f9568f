//! Cheap ways to places worth verifying. Each lane turns masks into stream offsets.
//!
//! The contract of a lane: it never misses a place where one of its rules matches, wherever the stream is cut; it may
//! name places where none does. What a lane says of a block depends on that block and its neighbours only; it says
//! which of the newest places it cannot decide yet.

pub(crate) mod at;
pub(crate) mod colon;
pub(crate) mod digit;
pub(crate) mod filter;
pub(crate) mod lead;
pub(crate) mod literal;
pub(crate) mod prefix;
pub(crate) mod run;
pub(crate) mod seeker;
pub(crate) mod value;

use crate::classify::{BLOCKS, Column, Columns, GROUP, Row, View};
use crate::escape::MAX_PARAMETERS;

/// One lane's places in the newest blocks.
#[derive(Clone, Debug)]
pub(crate) struct LanePlaces {
    /// A mask a block.
    pub(crate) masks: Column,
    /// A bit for each block that has any, a byte a group.
    pub(crate) blocks: [u8; BLOCKS / GROUP],
}

/// All lanes' places in the newest blocks.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) run: LanePlaces,
    pub(crate) value: LanePlaces,
    pub(crate) digit: LanePlaces,
    pub(crate) literal: LanePlaces,
    pub(crate) lead: LanePlaces,
    pub(crate) at: LanePlaces,
    pub(crate) colon: LanePlaces,
    /// Those of known values, where there are any.
    pub(crate) known: LanePlaces,
}

impl LanePlaces {
    const NONE: LanePlaces = LanePlaces { masks: [0; BLOCKS], blocks: [0; BLOCKS / GROUP] };

    /// A bit for each block from slot `first` to slot `last` that has places.
    #[inline(always)]
    pub(crate) fn blocks_in(&self, first: usize, last: usize) -> [u64; 2] {
        let mut bytes = [0; 16];
        bytes[..BLOCKS / GROUP].copy_from_slice(&self.blocks);
        let all = u128::from_le_bytes(bytes) & (u128::MAX << first) & (u128::MAX >> (127 - last));
        [all as u64, (all >> 64) as u64]
    }
}

impl Places {
    /// None.
    pub(crate) const NONE: Places = Places {
        run: LanePlaces::NONE,
        value: LanePlaces::NONE,
        digit: LanePlaces::NONE,
        literal: LanePlaces::NONE,
        lead: LanePlaces::NONE,
        at: LanePlaces::NONE,
        colon: LanePlaces::NONE,
        known: LanePlaces::NONE,
    };
}

/// The lanes' places in a row of blocks.
#[derive(Default)]
pub(crate) struct Found<R> {
    pub(crate) run: R,
    pub(crate) value: R,
    pub(crate) digit: R,
    pub(crate) literal: R,
    pub(crate) lead: R,
    pub(crate) at: R,
    pub(crate) colon: R,
}

/// Runs the lanes on a row of blocks.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V) -> Found<V::Row> {
    let edge = edge(view);
    Found {
        run: run::places(view, edge),
        value: value::places(view, edge),
        digit: digit::places(view, edge),
        literal: literal::places(view, edge),
        lead: lead::places(view, edge),
        at: view.here(|c| &c.at),
        colon: colon::places(view, edge),
    }
}

/// A column moved up by one, with the last bit of the block before.
#[inline(always)]
fn after_one<V: View>(view: &V, column: fn(&Columns) -> &Column) -> V::Row {
    view.here(column).up::<1>().or(view.before(column).down::<63>())
}

/// Where a name may start, as far as the bytes before tell: after a byte that is no letter or digit, or after an
/// escape. A superset of the places before which no letter or digit stands once escapes are undone: `x` in `\nx`,
/// `\u003dx`, `\x3dx`, `\033[1mx`.
#[inline(always)]
pub(crate) fn edge<V: View>(view: &V) -> V::Row {
    let after_symbol = after_one(view, |c| &c.alnum).not();
    let guard = Back::of(view, |c| &c.guard);
    if guard.before.or(guard.here).any() == 0 {
        return after_symbol;
    }
    let coded = guard.up::<2, 62>().here.or(guard.up::<4, 60>().here).or(guard.up::<6, 58>().here);
    after_symbol.or(coded).or(after_control(view, guard))
}

/// Where a name may start: at an edge, or where a hump of camel case rises.
#[inline(always)]
pub(crate) fn name_starts<V: View>(view: &V, edge: V::Row) -> V::Row {
    let upper = view.here(|c| &c.alnum).without(view.here(|c| &c.lower));
    let after_lower = after_one(view, |c| &c.alnum).and(after_one(view, |c| &c.lower)).without(after_one(view, |c| &c.digit));
    edge.or(upper.and(after_lower))
}

/// Places after what looks like the end of a control sequence: a bracket that stands after an escape character however
/// that is written, at most [`MAX_PARAMETERS`] others, and a letter after a digit or the bracket.
#[inline(always)]
fn after_control<V: View>(view: &V, guard: Back<V::Row>) -> V::Row {
    let bracket = Back::of(view, |c| &c.bracket);
    let opened = bracket.and(guard.up::<1, 63>().or(guard.up::<4, 60>()).or(guard.up::<6, 58>()));
    if opened.before.or(opened.here).any() == 0 {
        return opened.here;
    }
    const { assert!(MAX_PARAMETERS == 16) };
    // The letter stands 1 to 17 bytes after the bracket, and what is looked for after it.
    let near = opened.up::<2, 62>();
    let near = near.or(near.up::<1, 63>());
    let near = near.or(near.up::<2, 62>());
    let near = near.or(near.up::<4, 60>());
    let near = near.or(near.up::<8, 56>());
    let near = near.or(opened.up::<18, 46>());
    let digit = Back::of(view, |c| &c.digit);
    near.here.and(digit.or(bracket).up::<2, 62>().here)
}

/// Blocks' masks and those of the blocks before them, as one mask of twice the length.
#[derive(Clone, Copy)]
pub(crate) struct Back<R> {
    before: R,
    pub(crate) here: R,
}

impl<R: Row> Back<R> {
    /// A column and what stands before it.
    #[inline(always)]
    pub(crate) fn of<V: View<Row = R>>(view: &V, column: fn(&Columns) -> &Column) -> Self {
        Back { before: view.before(column), here: view.here(column) }
    }

    /// The bits moved up; `REST` is 64 − `N`.
    #[inline(always)]
    pub(crate) fn up<const N: i32, const REST: i32>(self) -> Self {
        const { assert!(N + REST == 64) };
        Back { before: self.before.up::<N>(), here: self.here.up::<N>().or(self.before.down::<REST>()) }
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Back { before: self.before.and(other.before), here: self.here.and(other.here) }
    }

    /// The bits that are set here and not in `other`.
    #[inline(always)]
    pub(crate) fn without(self, other: Self) -> Self {
        Back { before: self.before.without(other.before), here: self.here.without(other.here) }
    }

    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        Back { before: self.before.or(other.before), here: self.here.or(other.here) }
    }
}
