//! Lead lane: two letters right before a group of digits, as in bank account numbers.

use crate::masks::View;

/// Bytes from the first letter to the second digit.
pub(crate) const WINDOW: u64 = 4;

/// The places in a block. Those in the last three bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places(view: &View<'_>) -> u64 {
    let digit = view.pair(|m| m.digit);
    if digit == 0 {
        return 0;
    }
    let letter = view.pair(|m| m.alnum) & !digit;
    (letter & letter >> 1 & digit >> 2 & digit >> 3) as u64 & view.here.edge
}
