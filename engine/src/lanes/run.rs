//! Run lane: places where at least sixteen token characters follow and something may start.

use crate::masks::View;

/// Shortest run of token characters that is looked at.
pub(crate) const MIN_RUN: u64 = 16;

/// Rules without a literal prefix mostly ask for runs at least this long.
pub(crate) const LONG: u64 = 24;

/// The places in a block. Those in the last 23 bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places(view: &View<'_>) -> u64 {
    if view.here.token == 0 {
        return 0;
    }
    sixteen(view.pair(|m| m.token)) & view.here.edge
}

/// Bit `i` of the answer: the sixteen bits from `i` on are set.
#[inline(always)]
pub(crate) fn sixteen(mask: u128) -> u64 {
    let two = mask & mask >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & eight >> 8) as u64
}

/// Bit `i` of the answer: the [`LONG`] characters from `i` on are token characters.
#[inline(always)]
pub(crate) fn long(view: &View<'_>) -> u64 {
    let token = view.pair(|m| m.token);
    let (first, last) = (sixteen(token), sixteen(token >> 8));
    first & last
}
