//! The definition of the masks, a byte at a time.

use super::{BEFORE, BLOCK, HeadTables, Masks};
use crate::bytes::ByteSet;

pub(super) fn classify(tables: &HeadTables, window: &[u8; BEFORE + BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for i in 0..BLOCK {
        let byte = window[BEFORE + i];
        let mut mark = |mask: fn(&mut Masks) -> &mut u64, is: bool| *mask(&mut masks) |= u64::from(is) << i;
        mark(|m| &mut m.token, ByteSet::TOKEN.contains(byte));
        mark(|m| &mut m.alnum, byte.is_ascii_alphanumeric());
        mark(|m| &mut m.digit, byte.is_ascii_digit());
        mark(|m| &mut m.local, ByteSet::LOCAL.contains(byte));
        mark(|m| &mut m.hex, byte.is_ascii_hexdigit());
        mark(|m| &mut m.colon, byte == b':');
        mark(|m| &mut m.at, byte == b'@');
        mark(|m| &mut m.literal, head_ends(tables, &window[i..i + 3]));
    }
    masks
}

fn head_ends(tables: &HeadTables, head: &[u8]) -> bool {
    let buckets = |place: usize| {
        let byte = usize::from(head[place]);
        tables.low[place][byte & 15] & tables.high[place][byte >> 4]
    };
    buckets(0) & buckets(1) & buckets(2) != 0
}
