//! Digit lane: places where a group of digits starts and enough digits follow soon.

use crate::classify::BLOCK;
use crate::masks::View;

/// The bytes after a first digit in which digits are counted.
pub(crate) const WINDOW: u64 = 20;

/// The places in a block. Every place is decided at once.
#[inline(always)]
pub(crate) fn places(view: &View<'_>, min_digits: u32) -> u64 {
    let digit = view.here.digit;
    // The digits of an escape are no part of the group after it: `\u00145.20`.
    let inner = view.after_one(|m| m.digit) & !view.here.edge;
    let starts = digit & !inner;
    // What has not arrived may be digits.
    let few = digit.count_ones() + (view.after.digit << (BLOCK as u64 - WINDOW)).count_ones() < min_digits;
    if few && view.after.known { 0 } else { starts }
}

/// Digits among the next [`WINDOW`] bytes from a place in the block on.
#[inline(always)]
pub(crate) fn count(view: &View<'_>, place: u64) -> u32 {
    ((view.pair(|m| m.digit) >> place) as u64 & ((1 << WINDOW) - 1)).count_ones()
}
