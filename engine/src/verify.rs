//! Deciding a candidate exactly: the rule's automaton, a unit at a time, resumable at any byte.

use crate::context::Quote;
use crate::dfa::{DEAD, Dfa, START, State};
use crate::escape;
use crate::program::{Program, Rule};

/// A candidate on its way through its rule's automaton. All the state there is between two chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Thread {
    pub(crate) rule: u32,
    /// Where the match would start.
    pub(crate) start: u64,
    /// The next byte to read.
    at: u64,
    state: State,
    /// End of the longest match so far; `start` when there is none.
    end: u64,
    quote: Option<Quote>,
    /// Whether the rule's quoted pattern is run, which must reach to the closing quote.
    to_quote: bool,
    /// Bytes read, for the proof that work is linear.
    pub(crate) work: u64,
}

/// What a thread ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// More bytes are needed.
    Open,
    /// The rule does not match here.
    Failed,
    /// The match ends here.
    Matched(u64),
    /// The rule's longest match was passed with the automaton still running.
    TooLong(Option<u64>),
}

impl Thread {
    /// A candidate of `rule` at `start`.
    pub(crate) fn new(rule: u32, start: u64) -> Self {
        Thread { rule, start, at: start, state: START, end: start, quote: None, to_quote: false, work: 0 }
    }

    /// The same for a value in quotes.
    pub(crate) fn in_quote(mut self, rule: &Rule, quote: Option<Quote>) -> Self {
        self.quote = quote;
        self.to_quote = quote.is_some() && rule.quoted.is_some();
        self
    }

    /// Reads on in `text`, whose first byte has the offset `base`.
    #[inline]
    pub(crate) fn run(&mut self, program: &Program, text: &[u8], base: u64, whole: bool) -> Outcome {
        let rule = &program.rules[self.rule as usize];
        let dfa = match rule.quoted {
            Some(quoted) if self.to_quote => &program.automata[quoted as usize],
            _ => program.dfa(rule),
        };
        let mut i = self.at.wrapping_sub(base) as usize;
        let begun = i;
        let outcome = loop {
            if i >= text.len() {
                break if whole { self.at_end(dfa, base.wrapping_add(i as u64)) } else { Outcome::Open };
            }
            let (mut value, mut len) = (text[i], 1);
            if matches!(value, b'\\' | 0x1b | b'"' | b'\'' | b'`') {
                let Some(unit) = escape::unit_at(text, i, whole) else { break Outcome::Open };
                (value, len) = (unit.value, unit.len);
                if let Some(quote) = self.quote.filter(|q| q.byte == value) {
                    if unit.guards <= quote.guards {
                        break self.at_end(dfa, base.wrapping_add(i as u64));
                    }
                    // A quote one level deeper is a part of the value.
                    value = b'\\';
                }
            }
            self.state = dfa.next(self.state, value);
            if self.state == DEAD {
                break self.done();
            }
            if !self.to_quote && dfa.accepts(self.state) {
                self.end = base.wrapping_add(i as u64);
                if dfa.ends(self.state) {
                    break self.done();
                }
            }
            i += len;
            if base.wrapping_add(i as u64) - self.start > u64::from(rule.max_len) {
                break Outcome::TooLong((self.end > self.start).then_some(self.end));
            }
        };
        self.work += (i - begun) as u64;
        self.at = base.wrapping_add(i as u64);
        outcome
    }

    /// The text ends at `end`, or the value's quote closes there: nothing follows, which any rule accepts.
    fn at_end(&mut self, dfa: &Dfa, end: u64) -> Outcome {
        if dfa.accepts(dfa.next(self.state, b'\n')) {
            self.end = end;
        }
        self.done()
    }

    fn done(&self) -> Outcome {
        if self.end > self.start { Outcome::Matched(self.end) } else { Outcome::Failed }
    }
}
