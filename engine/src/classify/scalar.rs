//! The definition of the masks, a byte at a time.

use super::{BEFORE, BLOCK, Column, Columns, FREE_BUCKETS, HEAD, HeadTables, first};
use crate::bytes::ByteSet;
use crate::escape;

/// Writes the masks of the first `n` bytes of a block to `slot`.
pub(super) fn classify(tables: &HeadTables, window: &[u8; BEFORE + BLOCK], n: usize, columns: &mut Columns, slot: usize) {
    for column in columns.all() {
        column[slot] = 0;
    }
    columns.unknown[slot] = !first(n);
    for i in 0..n {
        let byte = window[BEFORE + i];
        let mut mark = |column: fn(&mut Columns) -> &mut Column, is: bool| column(columns)[slot] |= u64::from(is) << i;
        mark(|c| &mut c.token, ByteSet::TOKEN.contains(byte));
        mark(|c| &mut c.wide, ByteSet::WIDE.contains(byte));
        mark(|c| &mut c.alnum, byte.is_ascii_alphanumeric());
        mark(|c| &mut c.digit, byte.is_ascii_digit());
        mark(|c| &mut c.colon, byte == b':');
        mark(|c| &mut c.at, byte == b'@');
        mark(|c| &mut c.guard, escape::begins(byte));
        mark(|c| &mut c.bracket, byte == b'[');
        mark(|c| &mut c.lower, byte & 0x20 != 0);
        let half = |half: usize| (0..HEAD).fold(u8::MAX, |all, place| all & tables.buckets(half, place, window[i + place]));
        mark(|c| &mut c.bound, half(0) | half(1) & !FREE_BUCKETS != 0);
        mark(|c| &mut c.free, half(1) & FREE_BUCKETS != 0);
    }
}
