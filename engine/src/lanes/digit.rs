//! Digit lane: places where a group of digits starts and enough digits follow soon.

use crate::classify::{Row, View};
use crate::lanes::after_one;

/// The bytes after a first digit in which digits are counted.
pub(crate) const WINDOW: u64 = 20;

/// The places. Every place is decided at once.
#[inline(always)]
pub(crate) fn places<R: Row>(view: &View<'_, R>, edge: R) -> R {
    // The digits of an escape are no part of the group after it: `\u00145.20`.
    let inner = after_one(view, |c| &c.digit).without(edge);
    view.here(|c| &c.digit).without(inner)
}

/// Digits among the next [`WINDOW`] bytes, given which of the bytes from there on are digits.
#[inline(always)]
pub(crate) fn count(digits: u64) -> u32 {
    (digits & ((1 << WINDOW) - 1)).count_ones()
}
