//! Letters that hide behind escapes.
//!
//! JSON lets any letter be written as `\u0041`, and no program does so with letters, digits, `_`, `-` and `@`, of which tokens are
//! made; the engine takes such an escape for the end of a word. So they are written out as what they are before the engine reads
//! them: the document means the same, and nothing hides.

use std::borrow::Cow;

/// Bytes of an escape that is not whole yet, at most.
const LONGEST: usize = 5;

/// Writes out escapes as the text passes.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    /// An escape that has begun.
    held: Vec<u8>,
}

impl Plain {
    /// Takes the next bytes of JSON; gives them back with needless escapes written out.
    pub(super) fn push<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let end = &bytes[bytes.len().saturating_sub(LONGEST)..];
        if self.held.is_empty() && !end.contains(&b'\\') && !hides(bytes) {
            return Cow::Borrowed(bytes);
        }
        let mut out = Vec::with_capacity(self.held.len() + bytes.len());
        self.write_out(bytes, &mut out);
        Cow::Owned(out)
    }

    fn write_out(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            if self.held.is_empty() {
                let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
                out.extend_from_slice(&rest[..plain]);
                rest = &rest[plain..];
                if !rest.is_empty() {
                    self.held.push(b'\\');
                    rest = &rest[1..];
                }
                continue;
            }
            let fits = if self.held.len() == 1 { byte == b'u' } else { byte.is_ascii_hexdigit() };
            match (fits, self.held.len()) {
                (true, _) => {
                    self.held.push(byte);
                    rest = after;
                    if self.held.len() == 6 {
                        self.decide(out);
                    }
                }
                // Another escape: its letter belongs to it, even a backslash.
                (false, 1) => {
                    self.held.push(byte);
                    out.append(&mut self.held);
                    rest = after;
                }
                (false, _) => out.append(&mut self.held),
            }
        }
    }

    /// The text ends.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.held);
    }

    /// Bytes that are held back.
    pub(super) fn holdback(&self) -> u64 {
        self.held.len() as u64
    }

    fn decide(&mut self, out: &mut Vec<u8>) {
        let code = core::str::from_utf8(&self.held[2..]).ok().and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match code.and_then(|code| u8::try_from(code).ok()).filter(|code| is_word(*code)) {
            Some(letter) => {
                out.push(letter);
                self.held.clear();
            }
            None => out.append(&mut self.held),
        }
    }
}

/// Whether there may be an escape that is needless.
fn hides(json: &[u8]) -> bool {
    memchr::memmem::find(json, b"\\u00").is_some()
}

/// What tokens are made of.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@')
}

/// JSON with needless escapes written out.
pub(super) fn written_out(json: &[u8]) -> Cow<'_, [u8]> {
    if !hides(json) {
        return json.into();
    }
    let mut plain = Plain::default();
    let mut out = plain.push(json).into_owned();
    plain.finish(&mut out);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tokens_are_made_of_is_written_out() {
        for (json, expected) in [
            (r"\u0067h\u0070\u005f", "ghp_"),
            (r"a\u0040b\u002d\u0041", "a@b-A"),
            // Escapes that say something, literal backslashes, halves, and what only looks like one.
            (r#"\u0022\u005c\u000a\u002b\u00e9\u3042\n\""#, r#"\u0022\u005c\u000a\u002b\u00e9\u3042\n\""#),
            (r"\\u0041\\\u0041", r"\\u0041\\A"),
            (r"\u00\u0041\u00zz\u", r"\u00A\u00zz\u"),
        ] {
            for size in 1..=json.len() {
                let (mut plain, mut out) = (Plain::default(), Vec::new());
                json.as_bytes().chunks(size).for_each(|chunk| out.extend_from_slice(&plain.push(chunk)));
                plain.finish(&mut out);
                assert_eq!(String::from_utf8(out).unwrap(), expected, "in chunks of {size}");
            }
            assert_eq!(&*written_out(json.as_bytes()), expected.as_bytes());
        }
    }
}
