//! Literal lane: places where the head of a literal or of a context word may stand.

use super::{blocks, offsets};
use crate::masks::MaskRing;

/// Bytes of a head.
pub(crate) const HEAD: u64 = 3;

/// Names where heads start, deciding the positions where they end from `from` on.
pub(crate) fn scan(masks: &MaskRing, from: u64, out: &mut Vec<u64>) -> u64 {
    for (number, bits) in blocks(from, masks.ready()) {
        out.extend(offsets(number, masks.block(number).literal & bits).map(|end| end + 1 - HEAD));
    }
    masks.ready()
}
