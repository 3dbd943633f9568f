//! Run lane: places where at least twenty-four token characters follow and something may start.

use crate::classify::{Pair, Row, View};

/// Shortest run of token characters that is looked at.
#[cfg(feature = "compile")]
pub(crate) const MIN_RUN: u64 = 24;

/// Rules without a literal prefix mostly ask for runs at least this long.
pub(crate) const LONG: u64 = 32;

/// The places. Those in the last 31 bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    let eight = eight(view.pair(|c| &c.token));
    eight.and(eight.down::<8, 56>()).and(eight.down::<16, 48>()).here.and(edge)
}

/// Where eight set bits start. Of the second block's bits the last seven may be missing.
#[inline(always)]
pub(crate) fn eight<R: Row>(mask: Pair<R>) -> Pair<R> {
    let two = mask.and(mask.down::<1, 63>());
    let four = two.and(two.down::<2, 62>());
    four.and(four.down::<4, 60>())
}
