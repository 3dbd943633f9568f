//! Run lane: places where at least sixteen token characters follow and something may start.

use super::{blocks, offsets};
use crate::classify::BLOCK;
use crate::masks::MaskRing;

/// Shortest run of token characters that is looked at.
pub(crate) const MIN_RUN: u64 = 16;

/// A place in a long run of token characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RunStart {
    pub(crate) offset: u64,
    /// Whether a value may start here; not so after a `-` or `_`.
    pub(crate) outer: bool,
}

/// Decides positions from `from` on.
#[inline(never)]
pub(crate) fn scan(masks: &MaskRing, from: u64, whole: bool, out: &mut Vec<RunStart>) -> u64 {
    let trailing = if whole { 0 } else { masks.trailing(|m| m.token).min(MIN_RUN - 1) };
    let to = (masks.ready() - trailing).max(from);
    for (number, bits) in blocks(from, to) {
        let block = masks.block(number);
        if block.token == 0 {
            continue;
        }
        let starts = long_runs(masks.pair(number, |m| m.token)) & block.edge & bits;
        if starts == 0 {
            continue;
        }
        let after_dash = (block.token & !block.alnum) << 1 | masks.carry(number, |m| m.token & !m.alnum);
        for offset in offsets(number, starts) {
            out.push(RunStart { offset, outer: after_dash >> (offset % BLOCK as u64) & 1 == 0 });
        }
    }
    to
}

/// Bit `i` of the answer: the sixteen bits from `i` on are set.
#[inline]
fn long_runs(token: u128) -> u64 {
    let two = token & token >> 1;
    let four = two & two >> 2;
    let eight = four & four >> 4;
    (eight & eight >> 8) as u64
}
