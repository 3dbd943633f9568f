//! A secret as its innermost reader sees it, byte by byte, for fingerprints.

/// Undoes what the text around a secret does to it, in a stream of its bytes.
#[derive(Clone, Debug)]
pub(crate) struct Canonical {
    reading: Reading,
    escape: Escape,
    line_start: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// As it is.
    Plain,
    /// Without backslash escapes.
    Unescape,
    /// Without escapes, white space, and the `+`, `-` that a line may start with in a diff (dropped in any text, so
    /// that a line of base64 which starts with `+` reads alike in all).
    Block,
}

#[derive(Clone, Copy, Debug)]
enum Escape {
    None,
    /// After one or more backslashes.
    Backslash,
    /// Inside `\uXXXX`: digits that are still to come, and the value so far.
    Code(u8, u32),
}

impl Canonical {
    pub(crate) fn plain() -> Self {
        Canonical::new(Reading::Plain)
    }

    pub(crate) fn unescape() -> Self {
        Canonical::new(Reading::Unescape)
    }

    pub(crate) fn block() -> Self {
        Canonical::new(Reading::Block)
    }

    fn new(reading: Reading) -> Self {
        Canonical { reading, escape: Escape::None, line_start: true }
    }

    /// Passes on what remains of `bytes`.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut pass: impl FnMut(&[u8])) {
        if self.reading == Reading::Plain {
            return pass(bytes);
        }
        for &byte in bytes {
            if let Some(byte) = self.unescaped(byte).and_then(|b| self.without_lines(b)) {
                pass(&[byte]);
            }
        }
    }

    fn unescaped(&mut self, byte: u8) -> Option<u8> {
        match (self.escape, byte) {
            (Escape::None | Escape::Backslash, b'\\') => {
                self.escape = Escape::Backslash;
                None
            }
            (Escape::None, _) => Some(byte),
            (Escape::Backslash, b'u') => {
                self.escape = Escape::Code(4, 0);
                None
            }
            (Escape::Backslash, _) => {
                self.escape = Escape::None;
                Some(match byte {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    _ => byte,
                })
            }
            (Escape::Code(left, value), _) => {
                let value = value * 16 + (byte as char).to_digit(16).unwrap_or(0);
                self.escape = if left > 1 { Escape::Code(left - 1, value) } else { Escape::None };
                // Keys and tokens are ASCII: of other characters any one byte will do.
                (left == 1).then_some(value as u8)
            }
        }
    }

    fn without_lines(&mut self, byte: u8) -> Option<u8> {
        if self.reading == Reading::Unescape {
            return Some(byte);
        }
        match byte {
            b'\n' | b'\r' => self.line_start = true,
            b' ' | b'\t' => {}
            b'+' | b'-' if self.line_start => {}
            _ => {
                self.line_start = false;
                return Some(byte);
            }
        }
        None
    }
}
