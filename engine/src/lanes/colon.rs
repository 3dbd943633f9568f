//! Colon lane: places where four hexadecimal digits, at most, lead to a colon, as in IPv6 addresses.

use crate::classify::{Row, View};

/// Bytes from a place to the last that is looked at.
pub(crate) const WINDOW: u64 = 5;

/// The places: letters and digits with two colons or a colon between digits soon. Those in the last bytes that may lead
/// to a colon are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    let colon = view.pair(|c| &c.colon);
    let alnum = view.pair(|c| &c.alnum);
    // One to four letters or digits, a colon, and something of either kind after it.
    let then = colon.and(alnum.or(colon).down::<1, 63>());
    let one = alnum.and(then.down::<1, 63>());
    let two = alnum.and(one.down::<1, 63>());
    let three = alnum.and(two.down::<1, 63>());
    let four = alnum.and(three.down::<1, 63>());
    one.or(two).or(three.or(four)).here.and(edge)
}
