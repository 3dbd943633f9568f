//! How many JSON strings stand around a place.
//!
//! The arguments of a tool call are a JSON document inside a string of another one, so a value that is put there needs
//! two rounds of escapes. A quote of a string in a string is written `\"`, of one deeper `\\\"`: the backslashes before
//! a quote tell which string it ends. Only a string that starts like a document opens deeper ones: quotes in prose or in
//! code are a part of their string.

/// Deepest string that is told apart.
const DEEPEST: usize = 6;

/// Follows the quotes of JSON text as it passes. Text that is not JSON, or a document cut in the middle, is put right by
/// the next line end, as no string of JSON goes over one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nesting {
    /// Strings around the next byte.
    depth: usize,
    /// By string, what its content looks like.
    content: [Content; DEEPEST + 1],
    /// Backslashes right before.
    slashes: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Content {
    #[default]
    Empty,
    /// It starts with a bracket.
    Bracket,
    Document,
    Text,
}

impl Nesting {
    /// How many strings stand around the next byte.
    pub(crate) fn depth(&self) -> u8 {
        self.depth as u8
    }

    /// Sees the next bytes of the text.
    pub(crate) fn see(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            rest = &rest[1..];
            match byte {
                b'\\' => self.slashes += 1,
                b'"' => self.quote(),
                b'\n' => *self = Nesting::default(),
                _ => {
                    self.inside(byte);
                    // Nothing but these three changes anything where the content is known.
                    if self.depth == 0 || matches!(self.content[self.depth], Content::Document | Content::Text) {
                        rest = &rest[memchr::memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len())..];
                    }
                }
            }
        }
    }

    /// A value stands here that was not seen: it is no document.
    pub(crate) fn skip_value(&mut self) {
        self.inside(b'x');
    }

    fn inside(&mut self, byte: u8) {
        let slashes = core::mem::take(&mut self.slashes);
        let content = &mut self.content[self.depth];
        *content = match (*content, byte) {
            (Content::Empty, b'{') if slashes == 0 => Content::Document,
            (Content::Empty, b'[') if slashes == 0 => Content::Bracket,
            (Content::Empty | Content::Bracket, b' ' | b'\t' | b'\r') => *content,
            // White space, as JSON escapes it.
            (Content::Empty | Content::Bracket, b'n' | b'r' | b't') if slashes > 0 => *content,
            (Content::Bracket, b'{' | b'[' | b']') => Content::Document,
            (Content::Empty | Content::Bracket, _) => Content::Text,
            (known, _) => known,
        };
    }

    fn quote(&mut self) {
        let slashes = core::mem::take(&mut self.slashes);
        let level = slashes.trailing_ones() as usize + 1;
        if level <= self.depth {
            self.depth = level - 1;
        } else if level == self.depth + 1 && level <= DEEPEST && self.opens() {
            self.depth = level;
            self.content[level] = Content::Empty;
            return;
        }
        if self.content[self.depth] == Content::Empty {
            self.content[self.depth] = Content::Text;
        }
    }

    /// Whether a quote of the next level opens a string here.
    fn opens(&mut self) -> bool {
        let content = &mut self.content[self.depth];
        if self.depth > 0 && *content == Content::Bracket {
            *content = Content::Document;
        }
        self.depth == 0 || *content == Content::Document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The depth before each byte, the same at every cut.
    fn depths(text: &str) -> String {
        let mut nesting = Nesting::default();
        let mut depths = String::new();
        for byte in text.bytes() {
            depths.push(char::from(b'0' + nesting.depth()));
            nesting.see(&[byte]);
        }
        for cut in 0..text.len() {
            let mut nesting = Nesting::default();
            nesting.see(&text.as_bytes()[..cut]);
            assert_eq!(char::from(b'0' + nesting.depth()), depths.as_bytes()[cut] as char, "cut at {cut} of {text}");
        }
        depths
    }

    #[test]
    fn strings_in_strings_are_counted() {
        let text = r#"{"a":"{\"b\":\"c\"}","d":1}"#;
        assert_eq!(depths(text), "001100111222111222110011000");
    }

    #[test]
    fn depth_at_a_mark() {
        for (text, depth) in [
            (r#"@"#, 0),
            (r#"{"a": @"#, 0),
            (r#"{"a": "@"#, 1),
            (r#"{"a": "x", "b": "@"#, 1),
            (r#"{"a": "x\\", "b": @"#, 0),
            (r#"{"a": "x\"", "b": "@"#, 1),
            (r#"{"a": "x\\\"@"#, 1),
            (r#"{"a": "{\"b\": \"@"#, 2),
            (r#"{"a": "\n [\"@"#, 2),
            (r#"{"a": "[[\"@"#, 2),
            (r#"{"a": "{\"b\": \"x\\\\\", \"c\": @"#, 1),
            (r#"{"a": "{\"b\": \"x\\\"@"#, 2),
            (r#"{"a": "{\"b\": \"{\\\"c\\\": \\\"@"#, 3),
            // Quotes in prose and code, and labels in brackets.
            (r#"{"a": "he said \"@"#, 1),
            (r#"{"a": "export K=\"@"#, 1),
            (r#"{"a": "[TOKEN:x] said \"@"#, 1),
            (r#"{"a": "\"{\"@"#, 1),
            // A string that was cut, and the line after it.
            ("{\"a\": \"x\n{\"b\": @", 0),
            (r#"{"a": "{\"b\": \"x", "c": @"#, 0),
        ] {
            let mark = text.find('@').unwrap();
            assert_eq!(depths(text).as_bytes()[mark] - b'0', depth, "{text}");
        }
    }
}
