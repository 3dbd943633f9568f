//! Comparisons in which the literal stands first, `if ("…" == name)`, as one expression.
//!
//! A name after a value cannot be looked up when the value comes: every literal would have to wait for what follows it. So a
//! literal is read to its name only where a condition opens before it, which [`OPENINGS`] tell; then
//! [`crate::context::comparison`] tells it from the rest.

use std::borrow::Cow;

use crate::program::Prefix;
use crate::spec::{Reads, RuleSpec};

/// What stands before a condition's literal, where a condition is likeliest: each more one makes more places of all texts
/// worth a look. With a quote each has the four bytes that the literal lane looks for, so that nothing before the quote must
/// be held back.
pub(crate) const OPENINGS: [&str; 8] = ["if (", "if(", "if ", "and ", "or ", "not ", "&& ", "|| "];
/// From the literal's other quote to the name.
const COMPARES: &str = r#"["'](?: ?[!=]==? ?|\.(?:equals|equalsIgnoreCase|Equals)\()"#;
/// What names are made of, and what leads to them.
const NAME: &str = "[A-Za-z0-9_$@.>-]*";

/// The expression that a rule's automaton is made from.
pub(crate) fn expression(spec: &RuleSpec) -> Cow<'_, str> {
    if spec.reads != Reads::Compared {
        return Cow::Borrowed(&spec.pattern);
    }
    let words: Vec<String> = spec.words.iter().map(|word| word.chars().map(spelling).collect()).collect();
    Cow::Owned(format!(r#"["'](?:{}){COMPARES}{NAME}(?:{}){NAME}"#, spec.pattern, words.join("|")))
}

/// A character of a context word as names may spell it.
fn spelling(wanted: char) -> String {
    match wanted {
        '_' | '-' | '.' | ' ' => "[_.-]?".into(),
        letter => format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase()),
    }
}

/// The openings with the first byte of a quote, escaped or not.
pub(super) fn prefixes(rule: u32) -> impl Iterator<Item = Prefix> {
    let with = move |quote: u8| OPENINGS.iter().map(move |opening| (*opening, quote));
    [b'"', b'\'', b'\\'].into_iter().flat_map(with).map(move |(opening, quote)| Prefix {
        literal: [opening.as_bytes(), &[quote]].concat(),
        rule,
        behind: opening.len() as u32,
    })
}
