//! Colon lane: hexadecimal groups with colons, as in IPv6 addresses.

use super::{blocks, offsets};
use crate::masks::MaskRing;

/// Bytes that are looked at from each place on.
const WINDOW: u64 = 7;

/// Decides positions from `from` on.
#[inline(never)]
pub(crate) fn scan(masks: &MaskRing, from: u64, whole: bool, out: &mut Vec<u64>) -> u64 {
    let trailing = if whole { 0 } else { masks.trailing(|m| m.hex | m.colon).min(WINDOW - 1) };
    let to = (masks.ready() - trailing).max(from);
    for (number, bits) in blocks(from, to) {
        let colon = masks.pair(number, |m| m.colon);
        if colon == 0 {
            continue;
        }
        let either = colon | masks.pair(number, |m| m.hex);
        let two = either & either >> 1;
        let four = two & two >> 2;
        let seven = four & four >> 3;
        let soon = colon | colon >> 1 | colon >> 2 | colon >> 3 | colon >> 4;
        out.extend(offsets(number, (seven & soon) as u64 & bits));
    }
    to
}
