//! Colon lane: places where four hexadecimal digits, at most, lead to a colon, as in IPv6 addresses.

use crate::masks::View;

/// Bytes from a place to the last that is looked at.
pub(crate) const WINDOW: u64 = 5;

/// The places in a block: letters and digits with two colons or a colon between digits soon. Those in the last bytes
/// that may lead to a colon are not decided.
#[inline(always)]
pub(crate) fn places(view: &View<'_>) -> u64 {
    if view.here.colon | view.after.colon == 0 {
        return 0;
    }
    let colon = view.pair(|m| m.colon);
    let alnum = view.pair(|m| m.alnum);
    let either = alnum | colon;
    // One to four letters or digits, a colon, and something of either kind after it.
    let then = colon & either >> 1;
    let one = alnum & then >> 1;
    let two = alnum & one >> 1;
    let three = alnum & two >> 1;
    let four = alnum & three >> 1;
    (one | two | three | four) as u64 & view.here.edge
}
