//! Texts leave JSON strings and come back into them.
//!
//! Streams cut texts anywhere, even between the two halves of a surrogate pair. A half is kept as the three bytes that UTF-8
//! would have for it, and written as an escape again, so nothing is lost on the way.

use std::borrow::Cow;

/// The text of a JSON string of this content. What is no sound escape stays as it is.
pub(super) fn decode(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', raw) else { return Cow::Borrowed(raw) };
    let mut out = Vec::with_capacity(raw.len());
    out.extend_from_slice(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some((&byte, after)) = rest.split_first() {
        let Some((&letter, after)) = after.split_first().filter(|_| byte == b'\\') else {
            out.push(byte);
            rest = after;
            continue;
        };
        rest = after;
        match letter {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'"' | b'\\' | b'/' => out.push(letter),
            b'u' => rest = coded(rest, &mut out),
            _ => out.extend_from_slice(&[b'\\', letter]),
        }
    }
    Cow::Owned(out)
}

/// Reads what stands after `\u`; returns the rest.
fn coded<'r>(rest: &'r [u8], out: &mut Vec<u8>) -> &'r [u8] {
    let Some(unit) = unit(rest) else {
        out.extend_from_slice(b"\\u");
        return rest;
    };
    let after = &rest[4..];
    if let 0xd800..0xdc00 = unit
        && let Some(low @ 0xdc00..0xe000) = after.strip_prefix(b"\\u").and_then(self::unit)
    {
        push(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), out);
        return &after[6..];
    }
    push(unit, out);
    after
}

/// Four hexadecimal digits.
fn unit(digits: &[u8]) -> Option<u32> {
    let digits = digits.get(..4)?;
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + char::from(*digit).to_digit(16)?))
}

/// Appends a code point as UTF-8 has it, halves of pairs too.
fn push(code: u32, out: &mut Vec<u8>) {
    match char::from_u32(code) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([0xe0 | (code >> 12) as u8, 0x80 | (code >> 6 & 0x3f) as u8, 0x80 | (code & 0x3f) as u8]),
    }
}

/// Appends the content of a JSON string that holds this text.
pub(super) fn encode(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            0xed if matches!(after, [0xa0..=0xbf, 0x80..=0xbf, ..]) => {
                let unit = 0xd000 | u32::from(after[0] & 0x3f) << 6 | u32::from(after[1] & 0x3f);
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                rest = &after[2..];
            }
            _ => out.push(byte),
        }
    }
}

/// How much of the text ends with a whole character: the rest is the beginning of one.
pub(super) fn whole(text: &[u8]) -> usize {
    for back in 1..=text.len().min(3) {
        let at = text.len() - back;
        let wanted = match text[at] {
            0x80..=0xbf => continue,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => 1,
        };
        return if wanted > back { at } else { text.len() };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        encode(text, &mut out);
        out
    }

    #[test]
    fn halves_of_characters_survive() {
        for raw in [r"\ud83d", r"a\ude00b", r"\n\t\u0001\\\"] {
            assert_eq!(
                encoded(&decode(raw.as_bytes())).escape_ascii().to_string(),
                raw.as_bytes().escape_ascii().to_string().replace(r"\\\\\\", r"\\\\\\\\")
            );
        }
        assert_eq!(&*decode(br"\ud83d\ude00\u00e9\/"), "\u{1f600}\u{e9}/".as_bytes());
        assert_eq!(&*decode(br"\x\u12"), br"\x\u12");
        let smile = "a\u{1f600}".as_bytes();
        assert_eq!([5, 4, 3, 2, 1].map(|end| whole(&smile[..end])), [5, 1, 1, 1, 1]);
        assert_eq!(whole(&[0x80, 0x80, 0x80, 0x80]), 4);
    }

    proptest! {
        #[test]
        fn texts_survive_their_strings(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let json = String::from_utf8(encoded(text.as_bytes())).unwrap();
            prop_assert_eq!(&serde_json::from_str::<String>(&format!("\"{json}\"")).unwrap(), &text);
            let escaped = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(&*decode(&escaped.as_bytes()[1..escaped.len() - 1]), text.as_bytes());
            let once = encoded(&bytes);
            prop_assert_eq!(&*decode(&once), &bytes[..]);
        }
    }
}
