//! Short text from outside that may stand in a record.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Longest name, in bytes.
const MAX: usize = 256;

/// A name that somebody else chose: a session's id, a tool, a path, a person.
///
/// It is bounded and holds no control characters, nor any that turn the direction of text, so it can neither flood a
/// record nor break a line, a terminal or a reader's trust.
///
/// ```
/// use tamis::Name;
/// assert_eq!(Name::new("Bash").as_str(), "Bash");
/// assert_eq!(Name::new("a\nb").as_str(), "a\u{fffd}b");
/// assert!(Name::new(&"x".repeat(5000)).as_str().len() <= 256);
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Name(Box<str>);

impl Name {
    /// Keeps what may stay of this text: its end is cut with `…` where it is too long.
    #[must_use]
    pub fn new(text: &str) -> Self {
        if text.len() <= MAX && !text.contains(misleads) {
            return Name(text.into());
        }
        let mut kept = String::with_capacity(MAX);
        for c in text.chars().map(|c| if misleads(c) { char::REPLACEMENT_CHARACTER } else { c }) {
            if kept.len() + c.len_utf8() > MAX - '…'.len_utf8() {
                kept.push('…');
                break;
            }
            kept.push(c);
        }
        Name(kept.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Name::new(&text)
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::new(text)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Characters that change how others are shown, instead of being shown.
fn misleads(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let name = Name::new(&"é".repeat(200));
        assert!(name.as_str().len() <= MAX && name.as_str().ends_with("é…"), "{}", name.as_str().len());
        assert_eq!(Name::new(&"y".repeat(MAX)).as_str().len(), MAX);
        assert_eq!(Name::new(name.as_str()), name, "cutting twice changes nothing");
    }
}
