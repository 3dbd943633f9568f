//! From a context word, or a `://`, forward to the values it may belong to.
//!
//! A seeker reads a bounded stretch after its word and proposes every place where a value may start. Whether one does
//! is read backwards from there, so there is one grammar only; a seeker just may not miss a place. It keeps a few
//! numbers between chunks and reads each byte once.

use crate::bytes::ByteSet;
use crate::context::{self, REACH};
use crate::escape;

/// Raw bytes that a seeker reads after its word, or after a shorter one that starts with it: the value starts within
/// [`REACH`], or over a line's end after a tag.
const STRETCH: u64 = REACH as u64 + 112;
/// Longest user name in a URL.
const MAX_USER: u64 = 128;

/// What a seeker looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// A value after an operator.
    Value {
        /// An operator was read, and since then only what may stand between it and a value.
        armed: bool,
        /// Newlines may follow, as after a tag.
        tag: bool,
    },
    /// The password of `scheme://user:password@`.
    Password,
}

/// A position in the text after a context word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeker {
    at: u64,
    until: u64,
    want: Want,
}

/// What a step of a seeker ended with.
pub(crate) enum Step {
    /// A value may start here.
    Value(u64),
    /// A URL's password may start here.
    Password(u64),
    /// More bytes are needed.
    More,
    /// The stretch is read.
    Done,
}

impl Seeker {
    /// Looks for values after the context word that ends at `end`.
    pub(crate) fn value(end: u64) -> Self {
        Seeker { at: end, until: end + STRETCH, want: Want::Value { armed: false, tag: false } }
    }

    /// Looks for a password after the `://` that ends at `end`.
    pub(crate) fn password(end: u64) -> Self {
        Seeker { at: end, until: end + MAX_USER, want: Want::Password }
    }

    /// Reads on in `text`, whose first byte has the offset `base`, up to the next proposal.
    pub(crate) fn step(&mut self, text: &[u8], base: u64, whole: bool) -> Step {
        loop {
            self.skip(text, base);
            let i = self.at.wrapping_sub(base) as usize;
            if self.at >= self.until {
                return Step::Done;
            }
            if i >= text.len() {
                return if whole { Step::Done } else { Step::More };
            }
            let Some(unit) = escape::unit_at(text, i, whole) else { return Step::More };
            let here = self.at;
            self.at += unit.len as u64;
            let step = match self.want {
                Want::Password => password_step(unit.value, self.at),
                Want::Value { armed, tag } => self.value_step(unit.value, here, (armed, tag), text, base),
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    /// Skips what changes nothing: the characters of names before an operator.
    fn skip(&mut self, text: &[u8], base: u64) {
        if matches!(self.want, Want::Value { armed: true, .. }) {
            return;
        }
        let rest = text.get(self.at.wrapping_sub(base) as usize..).unwrap_or(&[]);
        self.at += rest.iter().take_while(|byte| ByteSet::TOKEN.contains(**byte)).count() as u64;
    }

    fn value_step(&mut self, value: u8, here: u64, (armed, tag): (bool, bool), text: &[u8], base: u64) -> Option<Step> {
        let mut next = (armed, tag);
        let mut step = None;
        match value {
            b'\n' | b'\r' if tag && armed => {}
            b'\n' | b'\r' => return Some(Step::Done),
            b' ' | b'\t' | b'"' | b'\'' | b'`' => {
                next = (armed || arms(text, here.wrapping_sub(base) as usize), tag);
            }
            b'=' | b':' | b',' | b'(' | b'>' => {
                // What looks like an operator may be the first character of the value, too.
                step = armed.then_some(Step::Value(here));
                next = (true, value == b'>');
            }
            _ => {
                if armed {
                    step = Some(Step::Value(here));
                }
                next.0 = false;
                // String prefixes and the rest of an operator stand between operator and value, too.
                if armed
                    && matches!(
                        value,
                        b'b' | b'r' | b'f' | b'u' | b'L' | b'B' | b'R' | b'F' | b'@' | b'$' | b'?' | b'+' | b'!' | b'~' | b'.' | b'|'
                    )
                {
                    next.0 = true;
                }
            }
        }
        self.want = Want::Value { armed: next.0, tag: next.1 };
        step
    }
}

/// Whether the word that ends at `end` ties a value to a name: a flag, a noun, `is`, or a scheme after an operator.
fn arms(text: &[u8], end: usize) -> bool {
    let word = context::word_before(text, end);
    let letters = word.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    context::worded(word).is_some() || context::is_scheme(&word[word.len() - letters..])
}

fn password_step(value: u8, after: u64) -> Option<Step> {
    match value {
        b':' => Some(Step::Password(after)),
        b'@' | b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'[' | b']' | b'\\' => Some(Step::Done),
        value if value.is_ascii_graphic() => None,
        _ => Some(Step::Done),
    }
}

/// Whether a URL's password may start at `at`: `scheme://user:` stands before it. Returns the scheme's raw bytes.
pub(crate) fn url_scheme(text: &[u8], at: usize) -> Option<&[u8]> {
    let user_end = at.checked_sub(1).filter(|i| text[*i] == b':')?;
    let low = user_end.saturating_sub(MAX_USER as usize);
    let is_user = |b: &u8| {
        b.is_ascii_graphic() && !matches!(b, b':' | b'@' | b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'[' | b']' | b'\\')
    };
    let user = text[low..user_end].iter().rev().take_while(|b| is_user(b)).count();
    let slashes = &text[..user_end - user];
    let scheme_end = slashes.strip_suffix(b"://").or_else(|| slashes.strip_suffix(br":\/\/"))?.len();
    let low = scheme_end.saturating_sub(32);
    let len = text[low..scheme_end].iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')).count();
    let start = escape::skip_inside(text, scheme_end - len, scheme_end);
    (start < scheme_end).then(|| &text[start..scheme_end])
}
