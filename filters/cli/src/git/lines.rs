//! Which lines are new.

use imara_diff::{Algorithm, Diff, InternedInput};

/// The lines of `new` that `old` does not have there, by number from 1.
pub(crate) struct Added {
    diff: Diff,
    lines: u32,
}

impl Added {
    /// Compares two texts line by line.
    pub(crate) fn new(old: &[u8], new: &[u8]) -> Self {
        let input = InternedInput::new(old, new);
        let diff = Diff::compute(Algorithm::Histogram, &input);
        Added { diff, lines: input.after.len() as u32 }
    }

    /// Whether any of these lines, both ends included, is new.
    pub(crate) fn touches(&self, first: u64, last: u64) -> bool {
        let last = last.min(u64::from(self.lines));
        (first..=last).any(|line| self.diff.is_added((line - 1) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_lines_are_numbered_from_one() {
        let added = Added::new(b"a\nb\nc\n", b"x\na\nb\r\nc\ny");
        let new: Vec<u64> = (1..=6).filter(|line| added.touches(*line, *line)).collect();
        assert_eq!(new, [1, 3, 5]);
        assert!(added.touches(2, 9) && !added.touches(2, 2) && !added.touches(4, 4));
        assert!(!Added::new(b"", b"").touches(1, 1));
    }
}
