//! The automaton that verifies a candidate, one unit at a time.
//!
//! A table of states × byte classes, built ahead of time. It needs no start-up work, carries its whole state in one
//! number, and says as soon as nothing can match any more, which is what keeps the holdback small.

use serde::{Deserialize, Serialize};

/// A state's number. [`DEAD`] never leaves itself.
pub(crate) type State = u16;

/// The state from which nothing matches.
pub(crate) const DEAD: State = 0;
/// The state before the first byte.
pub(crate) const START: State = 1;

const ACCEPTS: u8 = 1;
const ENDS: u8 = 2;

/// An anchored automaton over a rule's pattern followed by one byte that may stand after a match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dfa {
    #[serde(with = "serde_bytes")]
    pub(crate) classes: Vec<u8>,
    pub(crate) stride: u16,
    /// Little-endian pairs, `states × stride`.
    #[serde(with = "serde_bytes")]
    pub(crate) next: Vec<u8>,
    #[serde(with = "serde_bytes")]
    pub(crate) flags: Vec<u8>,
}

impl Dfa {
    /// The state after `byte`.
    #[inline]
    pub(crate) fn next(&self, state: State, byte: u8) -> State {
        let class = usize::from(self.classes[usize::from(byte)]);
        let at = (usize::from(state) * usize::from(self.stride) + class) * 2;
        State::from_le_bytes([self.next[at], self.next[at + 1]])
    }

    /// Whether the byte just consumed is one that may follow a match, so that a match ends before it.
    #[inline]
    pub(crate) fn accepts(&self, state: State) -> bool {
        self.flags[usize::from(state)] & ACCEPTS != 0
    }

    /// Whether no longer match is possible from here.
    #[inline]
    pub(crate) fn ends(&self, state: State) -> bool {
        self.flags[usize::from(state)] & ENDS != 0
    }
}

#[cfg(feature = "compile")]
impl Dfa {
    /// Assembles the table from rows of next states and the set of accepting states. Row 0 is the dead state, row 1 the start.
    pub(crate) fn from_rows(classes: Vec<u8>, stride: u16, mut rows: Vec<Vec<State>>, accepting: &[bool]) -> Self {
        let live = can_reach(&rows, accepting);
        for row in &mut rows {
            for target in row.iter_mut().filter(|t| !live[usize::from(**t)]) {
                *target = DEAD;
            }
        }
        let flags = rows
            .iter()
            .zip(accepting)
            .map(|(row, accepts)| u8::from(*accepts) * ACCEPTS + u8::from(row.iter().all(|t| *t == DEAD)) * ENDS)
            .collect();
        let next = rows.iter().flatten().flat_map(|t| t.to_le_bytes()).collect();
        Dfa { classes, stride, next, flags }
    }
}

/// Which states still lead to an accepting one.
#[cfg(feature = "compile")]
fn can_reach(rows: &[Vec<State>], accepting: &[bool]) -> Vec<bool> {
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); rows.len()];
    for (from, row) in rows.iter().enumerate() {
        for to in row {
            sources[usize::from(*to)].push(from);
        }
    }
    let mut live = accepting.to_vec();
    let mut queue: Vec<usize> = (0..rows.len()).filter(|s| accepting[*s]).collect();
    while let Some(state) = queue.pop() {
        for &from in &sources[state] {
            if !live[from] {
                live[from] = true;
                queue.push(from);
            }
        }
    }
    live
}
