//! Where a byte of JSON stands: inside a string or between values.

use memchr::memchr3;

/// Follows the quotes of JSON text as it passes.
///
/// A raw line end is not allowed inside a JSON string, so each line starts outside of one: text that is not JSON, or
/// a document cut in the middle, puts right what follows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings {
    inside: bool,
    escaped: bool,
    /// The last byte that is not white space.
    last: Option<u8>,
}

impl Strings {
    /// Sees the next bytes of the text.
    pub(crate) fn see(&mut self, mut bytes: &[u8]) {
        self.last = bytes.trim_ascii_end().last().copied().or(self.last);
        if self.escaped && !bytes.is_empty() {
            self.escaped = false;
            bytes = &bytes[1..];
        }
        while let Some(at) = memchr3(b'"', b'\\', b'\n', bytes) {
            let mut next = at + 1;
            match bytes[at] {
                b'"' => self.inside = !self.inside,
                b'\n' => self.inside = false,
                _ => {
                    self.escaped = next == bytes.len();
                    next = bytes.len().min(next + 1);
                }
            }
            bytes = &bytes[next..];
        }
    }

    /// Whether the next byte starts a value or a key: not inside a string, and after something that a value follows.
    pub(crate) fn at_value(&self) -> bool {
        !self.inside && matches!(self.last, None | Some(b':' | b',' | b'['))
    }
}

/// Whether the bytes are those of a JSON number, the only value of any length that has no quotes.
pub(crate) fn is_number(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    !digits.is_empty() && digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_followed_over_any_cut() {
        let text = br#"{"a":"b\"c\\","d":[1,"e\u0022"]}"#;
        let mut expected = Vec::new();
        let mut whole = Strings::default();
        for byte in text {
            expected.push(whole.inside);
            whole.see(&[*byte]);
        }
        let shape: String = expected.iter().map(|inside| if *inside { 's' } else { '.' }).collect();
        assert_eq!(shape, "..ss..sssssss..ss.....ssssssss..");
        for cut in 0..text.len() {
            let mut strings = Strings::default();
            strings.see(&text[..cut]);
            assert_eq!(strings.inside, expected[cut], "cut at {cut}");
        }
    }

    #[test]
    fn a_line_end_puts_the_state_right() {
        let mut strings = Strings::default();
        strings.see(b"\"cut in the midd\n");
        assert!(!strings.inside);
    }

    #[test]
    fn a_number_may_stand_where_a_value_starts() {
        for (before, at_value) in
            [("", true), ("[1, ", true), ("{\"a\" :\n ", true), ("{\"a\":\"b: ", false), ("tel ", false), ("x = ", false)]
        {
            let mut strings = Strings::default();
            before.bytes().for_each(|byte| strings.see(&[byte]));
            assert_eq!(strings.at_value(), at_value, "{before}");
        }
    }
}
