//! The words of the line before a place, each byte of which is read once for all places of the line.

use super::State;
use super::places::ones;
use crate::classify::BLOCK;
use crate::context;
use crate::scanner::Tables;
use crate::words::MAX_WORD;

/// What was found in a stretch of text that has no line's end in it.
#[derive(Clone, Debug, Default)]
pub(super) struct LineWords {
    from: u64,
    to: u64,
    /// Words that a name starts with and that rules of numbers know, by number, and where they stand.
    found: Vec<(u32, u64)>,
}

impl LineWords {
    pub(super) fn clear(&mut self) {
        (self.from, self.to) = (0, 0);
        self.found.clear();
    }

    /// Where to read on, if the line from `from` to `to` is to be known: what may be the first part of a word is read again.
    fn read_from(&mut self, from: u64, to: u64) -> u64 {
        let known = self.from <= from && from <= self.to && self.to <= to;
        let read_from = if known { self.to.saturating_sub(MAX_WORD as u64).max(from) } else { from };
        self.found.retain(|(_, at)| (from..read_from).contains(at));
        (self.from, self.to) = (from, to);
        read_from
    }

    /// Whether one of the rule's words is among them.
    pub(super) fn are_of(&self, tables: &Tables, rule: u32) -> bool {
        self.found.iter().any(|&(word, _)| tables.program.word_rules[word as usize].contains(&rule))
    }
}

impl State {
    /// Finds the words in the line before `offset`.
    pub(super) fn read_line(&mut self, tables: &Tables, offset: u64) {
        let text = self.window.text();
        let line = context::line_before(text, self.window.index(offset));
        // At the stream's start the line reaches into what stands before it.
        let read_from = self.line.read_from(offset.saturating_sub(line.len() as u64), offset);
        let text_before = &text[..line.end];
        let mut to = offset;
        while to > read_from {
            let from = to.saturating_sub(BLOCK as u64).max(read_from);
            let starts = self.masks.name_starts_before(to) >> (BLOCK as u64 - (to - from));
            for place in ones(starts) {
                let at = from + place as u64;
                let index = self.window.index(at);
                tables.digit_words.find_one(text_before, index, |word| {
                    if context::name_starts(text, index) {
                        self.line.found.push((word as u32, at));
                    }
                });
            }
            to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_part_of_a_word_is_read_again_and_the_rest_once() {
        let mut line = LineWords::default();
        assert_eq!(line.read_from(10, 90), 10);
        line.found = vec![(1, 10), (2, 30), (3, 50)];
        assert_eq!(line.read_from(20, 110), 42);
        assert_eq!(line.found, [(2, 30)]);
        assert_eq!(line.read_from(100, 112), 100, "a word does not reach over a line's end");
        assert_eq!(line.found, []);
        assert_eq!(line.read_from(111, 120), 111);
        assert_eq!(line.read_from(10, 90), 10, "the places of a lane may come before those of another");
    }
}
