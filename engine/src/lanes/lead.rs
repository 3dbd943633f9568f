//! Lead lane: two letters right before a group of digits, as in bank account numbers.

use crate::classify::{Row, View};
use crate::dfa::{DEAD, START};
use crate::program::Program;

/// Bytes from the first letter to the second digit.
pub(crate) const WINDOW: u64 = 4;

/// The places. Those in the last three bytes of an unfinished run are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    let digit = view.pair(|c| &c.digit);
    let letter = view.pair(|c| &c.alnum).without(digit);
    let two_digits = digit.and(digit.down::<1, 63>()).down::<2, 62>();
    letter.and(letter.down::<1, 63>()).and(two_digits).here.and(edge)
}

/// The pairs of letters that matches start with: for each first letter a bit for each second one, case ignored.
#[derive(Clone, Debug)]
pub(crate) struct Letters([u32; 32]);

impl Letters {
    pub(crate) fn new(program: &Program) -> Self {
        let mut letters = Letters([0; 32]);
        for dfa in program.lead_rules.iter().map(|rule| program.dfa(&program.rules[*rule as usize])) {
            for first in (b'A'..=b'z').filter(u8::is_ascii_alphabetic) {
                let state = dfa.next(START, first);
                let seconds = (b'A'..=b'z').filter(|second| second.is_ascii_alphabetic() && dfa.next(state, *second) != DEAD);
                letters.0[usize::from(first & 31)] |= seconds.fold(0, |all, second| all | 1 << (second & 31));
            }
        }
        letters
    }

    /// Whether a match may start with these bytes, the first of which is the lowest.
    #[inline(always)]
    pub(crate) fn may_begin(&self, head: u32) -> bool {
        self.0[(head & 31) as usize] >> (head >> 8 & 31) & 1 != 0
    }
}
