//! Cheap ways to places worth verifying. Each lane turns masks into stream offsets.
//!
//! The contract of a lane: it never misses a place where one of its rules matches, wherever the stream is cut; it may
//! name places where none does. A lane decides positions in order and returns the first one it cannot decide yet.

pub(crate) mod at;
pub(crate) mod colon;
pub(crate) mod digit;
pub(crate) mod lead;
pub(crate) mod literal;
pub(crate) mod prefix;
pub(crate) mod run;
pub(crate) mod seeker;

use crate::classify::BLOCK;

/// The blocks that hold `from..to`, each with the bits of the range in it.
fn blocks(from: u64, to: u64) -> impl Iterator<Item = (u64, u64)> {
    let block = BLOCK as u64;
    let last = if to > from { (to - 1) / block } else { 0 };
    let numbers = if to > from { from / block..last + 1 } else { 0..0 };
    numbers.map(move |number| {
        let mut bits = u64::MAX;
        if number == from / block {
            bits &= u64::MAX << (from % block);
        }
        if number == last {
            bits &= u64::MAX >> (block - 1 - (to - 1) % block);
        }
        (number, bits)
    })
}

/// Offsets of the set bits of a block's mask.
#[inline]
fn offsets(number: u64, mut bits: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        if bits == 0 {
            return None;
        }
        let at = u64::from(bits.trailing_zeros());
        bits &= bits - 1;
        Some(number * BLOCK as u64 + at)
    })
}
