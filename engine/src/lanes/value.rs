//! Value lane: places where a run of at least sixteen characters starts that values known by their names are made of.

use super::run::eight;
use crate::bytes::ByteSet;
use crate::classify::{Row, View};
use crate::lanes::after_one;

/// Shortest run of value characters that is looked at.
pub(crate) const MIN_RUN: u64 = 16;

/// The places. Those in the last fifteen bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    // Inside a run a value starts only after an escape, whose letters look like a part of the run.
    let eight = eight(view.pair(|c| &c.wide));
    let long = eight.and(eight.down::<8, 56>()).here;
    long.without(after_one(view, |c| &c.wide)).or(long.and(edge).and(after_one(view, |c| &c.alnum)))
}

/// Bytes after which a value can start: quotes, operators, spaces, the letters and digits that end an escape, and the zero
/// that stands before a stream and between variables of a process.
static MAY_FOLLOW: [bool; 256] = {
    let set = ByteSet::ALNUM.with(b"\"'`=: \t>\n\r\0");
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = set.contains(byte as u8);
        byte += 1;
    }
    table
};

/// Whether a value can start after this byte.
#[inline(always)]
pub(crate) fn may_follow(byte: u8) -> bool {
    MAY_FOLLOW[usize::from(byte)]
}
