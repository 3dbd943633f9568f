//! Cheap ways to places worth verifying. Each lane turns masks into stream offsets.
//!
//! The contract of a lane: it never misses a place where one of its rules matches, wherever the stream is cut; it may
//! name places where none does. What a lane says of a block depends on that block and its neighbours only; it says
//! which of the newest places it cannot decide yet.

pub(crate) mod at;
pub(crate) mod colon;
pub(crate) mod digit;
pub(crate) mod lead;
pub(crate) mod literal;
pub(crate) mod prefix;
pub(crate) mod run;
pub(crate) mod seeker;
pub(crate) mod value;

/// Bits of a block that starts at `base` for offsets in `from..to`.
#[inline(always)]
pub(crate) fn between(base: u64, from: u64, to: u64) -> u64 {
    if from <= base && base + 64 <= to {
        return u64::MAX;
    }
    let below = |offset: u64| match offset.saturating_sub(base) {
        n @ 0..64 => (1 << n) - 1,
        _ => u64::MAX,
    };
    below(to) & !below(from)
}

/// Positions of the set bits, lowest first.
#[inline(always)]
pub(crate) fn ones(mut bits: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        let at = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (at < 64).then_some(u64::from(at))
    })
}
