//! In which characters a text is written: rules are about bytes that are ASCII where the text is.

use std::borrow::Cow;

/// Character sets whose ASCII letters are the bytes of ASCII, by how their names begin.
const READ: [&str; 14] = [
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "iso-8859-",
    "iso8859-",
    "latin",
    "windows-125",
    "koi8-",
    "gb2312",
    "gbk",
    "gb18030",
    "big5",
    "euc-",
];
/// Those that go by another name.
const READ_TOO: [&str; 4] = ["cp1252", "shift_jis", "shift-jis", "unknown"];

/// Whether a `content-type` names characters that rules can read, or none.
pub(super) fn is_read(content_type: &str) -> bool {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let Some((_, name)) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset")) else { return true };
    let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    name.is_empty() || READ.iter().any(|start| name.starts_with(start)) || READ_TOO.contains(&name.as_str())
}

/// So many bytes tell whether the characters of a text are two or four bytes wide.
const TELLING: usize = 4;

/// The beginning of a text, held until it tells how wide its characters are.
#[derive(Clone, Debug, Default)]
pub(super) struct Opening {
    held: Vec<u8>,
    told: bool,
}

impl Opening {
    /// The text goes on with these bytes: what of it can be read now, and whether its characters are wide.
    pub(super) fn push<'c>(&mut self, chunk: &'c [u8]) -> (Cow<'c, [u8]>, bool) {
        if self.told {
            return (Cow::Borrowed(chunk), false);
        }
        let bytes = if self.held.is_empty() && chunk.len() >= TELLING {
            Cow::Borrowed(chunk)
        } else {
            self.held.extend_from_slice(chunk);
            if self.held.len() < TELLING {
                return (Cow::Borrowed(&[]), false);
            }
            Cow::Owned(core::mem::take(&mut self.held))
        };
        self.told = true;
        let wide = is_wide(&bytes);
        (bytes, wide)
    }

    /// The text has ended: what is still held of it.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.held)
    }

    /// Bytes that are held.
    pub(super) fn holdback(&self) -> u64 {
        self.held.len() as u64
    }
}

fn is_wide(text: &[u8]) -> bool {
    let letter = |byte: u8| (b' '..=b'~').contains(&byte);
    match *text {
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if letter(a) && letter(b) => true,
        // Marks of the order of bytes, and a letter.
        [0xff, 0xfe, a, 0, ..] | [0xfe, 0xff, 0, a, ..] if letter(a) => true,
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => true,
        // JSON and its like begin so in UTF-32.
        [a, 0, 0, 0, ..] | [0, 0, 0, a, ..] => matches!(a, b'{' | b'[' | b'"'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_are_read_or_not() {
        for (content_type, read) in [
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("text/plain;charset=\"UTF-8\"; format=flowed", true),
            ("text/plain; format=flowed; CHARSET=ISO-8859-15", true),
            ("text/html; charset=", true),
            ("application/json; charset=utf-16", false),
            ("application/json; charset='UTF-32LE'", false),
            ("text/plain; charset=utf-7", false),
            ("text/plain; charset=ibm037", false),
        ] {
            assert_eq!(is_read(content_type), read, "{content_type}");
        }
    }

    #[test]
    fn wide_characters_show_in_the_first_bytes() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let turned = |bytes: &[u8], width: usize| bytes.chunks(width).flat_map(|unit| unit.iter().rev().copied()).collect::<Vec<u8>>();
        let utf32 = |text: &str| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
        for text in ["{\"a\":1}", "\u{feff}{\"a\":1}"] {
            for wide in [utf16(text), turned(&utf16(text), 2), utf32(text), turned(&utf32(text), 4)] {
                for size in 1..6 {
                    let (mut opening, mut read, mut told) = (Opening::default(), Vec::new(), 0);
                    for chunk in wide.chunks(size) {
                        let (bytes, is_wide) = opening.push(chunk);
                        read.extend_from_slice(&bytes);
                        told += usize::from(is_wide);
                    }
                    read.extend(opening.finish());
                    assert_eq!((told, &read), (1, &wide), "in chunks of {size}");
                }
            }
            assert!(!is_wide(text.as_bytes()));
        }
        for other in [&b"\0\0\0\x20ftypisom"[..], b"L\0\0\0\x01", b"\0asm\x01\0", b"PK\x03\x04", b"\xff\xfb\x90\0", b"{", b"", b"ab\0\0"] {
            assert!(!is_wide(other), "{other:?}");
        }
    }
}
