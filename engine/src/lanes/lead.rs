//! Lead lane: two letters right before a group of digits, as in bank account numbers.

use crate::classify::{Row, View};

/// Bytes from the first letter to the second digit.
pub(crate) const WINDOW: u64 = 4;

/// The places. Those in the last three bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places<R: Row>(view: &View<'_, R>, edge: R) -> R {
    let digit = view.pair(|c| &c.digit);
    let letter = view.pair(|c| &c.alnum).without(digit);
    let two_digits = digit.and(digit.down::<1, 63>()).down::<2, 62>();
    letter.and(letter.down::<1, 63>()).and(two_digits).here.and(edge)
}
