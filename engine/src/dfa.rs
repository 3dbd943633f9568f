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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(crate) struct Dfa {
    pub(crate) classes: Vec<u8>,
    pub(crate) stride: u16,
    /// Little-endian pairs, `states × stride`.
    pub(crate) next: Vec<u8>,
    pub(crate) flags: Vec<u8>,
}

/// The same as it is stored, where size counts.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// How often each class follows in a row, less one, and the class.
    #[serde(with = "serde_bytes")]
    classes: Vec<u8>,
    stride: u16,
    /// One byte a state where there are few.
    #[serde(with = "serde_bytes")]
    next: Vec<u8>,
    #[serde(with = "serde_bytes")]
    flags: Vec<u8>,
}

impl From<Dfa> for Stored {
    fn from(dfa: Dfa) -> Self {
        let classes = dfa.classes.chunk_by(|a, b| a == b).flat_map(|run| [(run.len() - 1) as u8, run[0]]).collect();
        let narrow = dfa.flags.len() <= 256;
        let next = if narrow { dfa.next.chunks_exact(2).map(|pair| pair[0]).collect() } else { dfa.next };
        Stored { classes, stride: dfa.stride, next, flags: dfa.flags }
    }
}

impl From<Stored> for Dfa {
    fn from(stored: Stored) -> Self {
        let mut classes = Vec::with_capacity(256);
        stored.classes.chunks_exact(2).for_each(|run| classes.resize(classes.len() + usize::from(run[0]) + 1, run[1]));
        let narrow = stored.flags.len() <= 256;
        let next = if narrow { widened(&stored.next) } else { stored.next };
        Dfa { classes, stride: stored.stride, next, flags: stored.flags }
    }
}

/// States of one byte each as states of two.
fn widened(narrow: &[u8]) -> Vec<u8> {
    let mut wide = vec![0; 2 * narrow.len()];
    wide.chunks_exact_mut(2).zip(narrow).for_each(|(pair, state)| pair[0] = *state);
    wide
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
    /// Assembles the smallest table from rows of next states and the set of accepting states. Row 0 is the dead state, row 1
    /// the start.
    pub(crate) fn from_rows(classes: &[u8], rows: &[Vec<State>], accepting: &[bool]) -> Self {
        let states = equal_states(rows, accepting);
        let mut kept: Vec<&Vec<State>> = Vec::new();
        let mut flags = Vec::new();
        for (state, row) in rows.iter().enumerate() {
            // Numbers are given in the order of the first state that has them.
            if usize::from(states[state]) == kept.len() {
                let ends = row.iter().all(|to| states[usize::from(*to)] == DEAD);
                flags.push(u8::from(accepting[state]) * ACCEPTS + u8::from(ends) * ENDS);
                kept.push(row);
            }
        }
        // Classes of bytes that lead to the same states everywhere are one.
        let columns: Vec<Vec<State>> =
            (0..kept[0].len()).map(|class| kept.iter().map(|row| states[usize::from(row[class])]).collect()).collect();
        let mut unlike: Vec<&Vec<State>> = columns.iter().collect();
        unlike.sort_unstable();
        unlike.dedup();
        let class = |class: u8| unlike.partition_point(|column| **column < columns[usize::from(class)]) as u8;
        let next = (0..kept.len()).flat_map(|state| unlike.iter().flat_map(move |column| column[state].to_le_bytes())).collect();
        Dfa { classes: classes.iter().map(|old| class(*old)).collect(), stride: unlike.len() as u16, next, flags }
    }
}

/// For each state the number of the states that cannot be told from it: [`DEAD`] for those from which nothing is accepted,
/// [`START`] for the first row's.
#[cfg(feature = "compile")]
fn equal_states(rows: &[Vec<State>], accepting: &[bool]) -> Vec<State> {
    use std::collections::HashMap;
    // States that differ in nothing but acceptance are alike until their next states tell them apart.
    let mut numbers: Vec<State> = accepting.iter().map(|accepts| State::from(*accepts)).collect();
    let mut count = 0;
    loop {
        let mut known: HashMap<Vec<State>, State> = HashMap::new();
        let signature =
            |state: usize| core::iter::once(numbers[state]).chain(rows[state].iter().map(|to| numbers[usize::from(*to)])).collect();
        let next: Vec<State> = (0..rows.len())
            .map(|state| {
                let fresh = known.len() as State;
                *known.entry(signature(state)).or_insert(fresh)
            })
            .collect();
        let done = known.len() == count;
        count = known.len();
        numbers = next;
        if done {
            return numbers;
        }
    }
}
