//! Where a byte of JSON stands: inside a string or between values.

use memchr::{memchr_iter, memrchr};

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
        if let Some(line_end) = memrchr(b'\n', bytes) {
            // Whatever stood before the last line is over.
            (self.inside, self.escaped) = (false, false);
            bytes = &bytes[line_end + 1..];
        } else if self.escaped && !bytes.is_empty() {
            self.escaped = false;
            bytes = &bytes[1..];
        }
        // Escapes stand more often than quotes in text, so only those before quotes are looked at.
        let escaped = |end: usize| bytes[..end].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        self.inside ^= memchr_iter(b'"', bytes).filter(|quote| !escaped(*quote)).count() % 2 == 1;
        self.escaped |= escaped(bytes.len());
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn every_quote_that_no_escape_precedes_counts(text in r#"[a"\\\n]{0,40}"#, cut in 0usize..40) {
            let (mut inside, mut escaped) = (false, false);
            for byte in text.bytes() {
                (inside, escaped) = match byte {
                    b'\n' => (false, false),
                    _ if escaped => (inside, false),
                    b'"' => (!inside, false),
                    byte => (inside, byte == b'\\'),
                };
            }
            let mut strings = Strings::default();
            let (first, rest) = text.as_bytes().split_at(cut.min(text.len()));
            strings.see(first);
            strings.see(rest);
            prop_assert_eq!((strings.inside, strings.escaped), (inside, escaped));
        }
    }

    #[test]
    fn a_line_end_puts_the_state_right() {
        let text = b"\"cut in the midd\n\"again\\\n\"";
        for cut in 0..=text.len() {
            for (end, inside) in [(17, false), (18, true), (25, false), (26, true)].into_iter().filter(|(end, _)| *end >= cut) {
                let mut strings = Strings::default();
                strings.see(&text[..cut]);
                strings.see(&text[cut..end]);
                assert_eq!(strings.inside, inside, "cut at {cut}, after {end}");
            }
        }
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
