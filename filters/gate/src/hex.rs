//! Hexadecimal digits, in lower case.

use core::fmt;

/// Displays bytes as digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Records are full of digits: they are written in rows.
        let mut row = [0; 64];
        self.0.chunks(row.len() / 2).try_for_each(|bytes| {
            for (pair, byte) in row.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
            }
            f.write_str(core::str::from_utf8(&row[..2 * bytes.len()]).unwrap_or_default())
        })
    }
}

/// Fills `bytes` with what exactly as many digits say.
pub(crate) fn decode(text: &str, bytes: &mut [u8]) -> Option<()> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let text = text.as_bytes();
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_bytes_again() {
        let mut bytes = [0; 3];
        assert_eq!(decode("00ff1a", &mut bytes), Some(()));
        assert_eq!((bytes, Hex(&bytes).to_string().as_str()), ([0, 255, 26], "00ff1a"));
        for bad in ["", "00ff1", "00ff1a00", "00FF1A", "00 f1a", "00fg1a"] {
            assert_eq!(decode(bad, &mut bytes), None, "{bad}");
        }
    }
}
