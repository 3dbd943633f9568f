//! The definition of the masks, a byte at a time.

use super::{BEFORE, BLOCK, FREE_BUCKETS, HEAD, HeadTables, Masks};
use crate::bytes::ByteSet;

pub(super) fn classify(tables: &HeadTables, window: &[u8; BEFORE + BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for i in 0..BLOCK {
        let byte = window[BEFORE + i];
        let mut mark = |mask: fn(&mut Masks) -> &mut u64, is: bool| *mask(&mut masks) |= u64::from(is) << i;
        mark(|m| &mut m.token, ByteSet::TOKEN.contains(byte));
        mark(|m| &mut m.wide, ByteSet::WIDE.contains(byte));
        mark(|m| &mut m.alnum, byte.is_ascii_alphanumeric());
        mark(|m| &mut m.digit, byte.is_ascii_digit());
        mark(|m| &mut m.colon, byte == b':');
        mark(|m| &mut m.at, byte == b'@');
        mark(|m| &mut m.guard, matches!(byte, b'\\' | 0x1b));
        mark(|m| &mut m.bracket, byte == b'[');
        mark(|m| &mut m.lower, byte & 0x20 != 0);
        let half = |half: usize| (0..HEAD).fold(u8::MAX, |all, place| all & tables.buckets(half, place, window[i + place]));
        mark(|m| &mut m.bound, half(0) | half(1) & !FREE_BUCKETS != 0);
        mark(|m| &mut m.free, half(1) & FREE_BUCKETS != 0);
    }
    masks
}
