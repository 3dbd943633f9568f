//! '@' lane: every `@`, and where the name before it starts.

use super::{blocks, offsets};
use crate::bytes::ByteSet;
use crate::escape;
use crate::masks::MaskRing;

/// Longest local part of an address.
pub(crate) const MAX_LOCAL: usize = 64;

/// Decides positions from `from` on; every position is decided at once.
#[inline(never)]
pub(crate) fn scan(masks: &MaskRing, from: u64, out: &mut Vec<u64>) -> u64 {
    for (number, bits) in blocks(from, masks.ready()) {
        out.extend(offsets(number, masks.block(number).at & bits));
    }
    masks.ready()
}

/// Where the local part that ends at `at` starts, unless there is none or it is too long.
pub(crate) fn local_start(text: &[u8], at: usize) -> Option<usize> {
    let low = at.saturating_sub(MAX_LOCAL + 1);
    let len = text[low..at].iter().rev().take_while(|b| ByteSet::LOCAL.contains(**b)).count();
    let mut start = at - len;
    // The letter of an escape looks like a part of the name.
    while start < at && escape::before(text, start, true) == escape::Before::Inside {
        start += 1;
    }
    (start < at && at - start <= MAX_LOCAL).then_some(start)
}
