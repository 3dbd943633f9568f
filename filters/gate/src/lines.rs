//! Lines and columns of a stream, counted as it flows.

use memchr::{memchr_iter, memrchr};

/// A place in a text as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
}

/// Counts lines and columns over bytes that flow by.
///
/// A line ends after `\n`. Columns are bytes. Counting is one pass of `memchr` over the bytes.
///
/// ```
/// use tamis::{LineCounter, Position};
/// let mut counter = LineCounter::default();
/// counter.advance(b"one\ntw");
/// assert_eq!(counter.position(), Position { line: 2, column: 3 });
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LineCounter {
    position: Position,
}

impl Default for LineCounter {
    fn default() -> Self {
        LineCounter { position: Position { line: 1, column: 1 } }
    }
}

impl LineCounter {
    /// The position of the next byte.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// Goes on past these bytes.
    pub fn advance(&mut self, bytes: &[u8]) {
        match memrchr(b'\n', bytes) {
            None => self.position.column += bytes.len() as u64,
            Some(last) => {
                self.position.line += memchr_iter(b'\n', &bytes[..=last]).count() as u64;
                self.position.column = (bytes.len() - last) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_gives_the_same_positions() {
        let text = b"\n\nab\n\r\ncd\n";
        let slow = |upto: usize| {
            let before = &text[..upto];
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            let column = upto - before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1) + 1;
            Position { line: line as u64, column: column as u64 }
        };
        for end in 0..=text.len() {
            for cut in 0..=end {
                let mut counter = LineCounter::default();
                counter.advance(&text[..cut]);
                counter.advance(&text[cut..end]);
                assert_eq!(counter.position(), slow(end));
            }
        }
    }
}
