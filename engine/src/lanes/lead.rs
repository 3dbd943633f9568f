//! Lead lane: two letters right before a group of digits, as in bank account numbers.

use super::{blocks, offsets};
use crate::masks::MaskRing;

/// Bytes from the first letter to the second digit.
const WINDOW: u64 = 4;

/// Decides positions from `from` on. Left neighbours are not looked at.
#[inline(never)]
pub(crate) fn scan(masks: &MaskRing, from: u64, whole: bool, out: &mut Vec<u64>) -> u64 {
    let trailing = if whole { 0 } else { masks.trailing(|m| m.alnum).min(WINDOW - 1) };
    let to = (masks.ready() - trailing).max(from);
    for (number, bits) in blocks(from, to) {
        let digit = masks.pair(number, |m| m.digit);
        if digit == 0 {
            continue;
        }
        let letter = masks.pair(number, |m| m.alnum) & !digit;
        let lead = letter & letter >> 1 & digit >> 2 & digit >> 3;
        out.extend(offsets(number, lead as u64 & bits));
    }
    to
}
