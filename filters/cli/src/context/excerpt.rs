//! A line as reports show it.

use crate::failure::one_line;

/// Bytes shown before and after a secret.
const BEFORE: usize = 80;
const AFTER: usize = 60;

/// The line that a secret stands on, without any secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// Text before the secret; it starts with `…` where some is left out.
    pub(crate) before: Box<str>,
    /// Text after the secret; it ends with `…` where some is left out, or the secret goes on in the next line.
    pub(crate) after: Box<str>,
    /// Bytes of the line before the secret that are no characters of their own: columns of bytes count them.
    pub(crate) more_before: usize,
    /// Such bytes in the secret.
    pub(crate) more_bytes: usize,
}

impl Excerpt {
    /// Cuts the line to what is shown. `whole` says that `before` starts where the line does; `after` is none where the
    /// secret does not end on the line.
    pub(super) fn new(before: &[u8], whole: bool, after: Option<&[u8]>) -> Self {
        let from = before.len().saturating_sub(BEFORE);
        let mut shown = if from > 0 || !whole { "…".to_owned() } else { String::new() };
        shown += &printable(&before[boundary(before, from)..]);
        let rest = after.map_or_else(
            || "…".to_owned(),
            |after| {
                let after = after.strip_suffix(b"\r").unwrap_or(after);
                let to = boundary(after, after.len().min(AFTER));
                printable(&after[..to]) + if to < after.len() { "…" } else { "" }
            },
        );
        Excerpt { before: shown.into(), after: rest.into(), more_before: continuations(before), more_bytes: 0 }
    }

    /// The line with this text in the secret's place.
    pub(crate) fn with(&self, replacement: &str) -> String {
        format!("{}{replacement}{}", self.before, self.after)
    }
}

/// How many bytes only go on with a character of UTF-8.
pub(super) fn continuations(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 == 0x80).count()
}

/// The next place at which a character starts.
fn boundary(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] & 0xc0 == 0x80 {
        at += 1;
    }
    at
}

/// Text that moves nothing on a terminal or a page: tabs become spaces, what turns the direction of text is spelt out.
fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\t', "    ");
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if turns(c) { plain.extend(c.escape_unicode()) } else { plain.push(c) }
    }
    one_line(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_characters_and_move_nothing() {
        let long = "é".repeat(100);
        let excerpt = Excerpt::new(long.as_bytes(), true, Some(long.as_bytes()));
        assert_eq!((excerpt.before.chars().count(), excerpt.after.chars().count(), excerpt.more_before), (41, 31, 100));
        let excerpt = Excerpt::new("\ta\u{202e}b\u{1b}[2J\"".as_bytes(), true, Some(b"\"\r"));
        assert_eq!(excerpt.with("****"), "    a\\u{202e}b\\u{1b}[2J\"****\"");
        assert_eq!(Excerpt::new(b"k = ", true, None).with("*"), "k = *…");
        assert_eq!(Excerpt::new(b"k = ", false, Some(b"")).with("*"), "…k = *");
    }
}
