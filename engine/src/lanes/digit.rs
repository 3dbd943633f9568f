//! Digit lane: places where a group of digits starts and enough digits follow soon.

use super::{blocks, offsets};
use crate::classify::BLOCK;
use crate::masks::MaskRing;

/// The bytes after a first digit in which digits are counted.
pub(crate) const WINDOW: u32 = 20;

/// A place where a group of digits starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DigitStart {
    pub(crate) offset: u64,
    /// Digits among the next twenty bytes; all of them where those have not all arrived.
    pub(crate) digits: u32,
}

/// Decides positions from `from` on; every position is decided at once.
#[inline(never)]
pub(crate) fn scan(masks: &MaskRing, from: u64, min_digits: u32, whole: bool, out: &mut Vec<DigitStart>) -> u64 {
    let to = masks.ready();
    for (number, bits) in blocks(from, to) {
        let block = masks.block(number);
        let digit = block.digit;
        // The digits of an escape are no part of the group after it: `\u00145.20`.
        let inner = (digit << 1 | masks.carry(number, |m| m.digit)) & !block.edge;
        let starts = digit & !inner & bits;
        if starts == 0 {
            continue;
        }
        let pair = masks.pair(number, |m| m.digit);
        let last_block = (number + 2) * BLOCK as u64 > to;
        if !last_block && pair.count_ones() < min_digits {
            continue;
        }
        for offset in offsets(number, starts) {
            let complete = whole || offset + u64::from(WINDOW) <= to;
            let digits = ((pair >> (offset % BLOCK as u64)) & ((1 << WINDOW) - 1)).count_ones();
            if digits >= min_digits || !complete {
                out.push(DigitStart { offset, digits: if complete { digits } else { WINDOW } });
            }
        }
    }
    to
}
