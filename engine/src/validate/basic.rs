//! `user:password` in base64, as in `Authorization: Basic` and Docker's configuration.

use super::valid_if;
use crate::finding::Verdict;

/// Decodes to printable text with a colon behind a name.
pub(super) fn check(value: &[u8]) -> Verdict {
    let body = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    let Some(text) = decode(body) else { return Verdict::Invalid };
    let colon = text.iter().position(|b| *b == b':');
    valid_if(colon.is_some_and(|at| at > 0 && at + 1 < text.len()) && text.iter().all(|b| matches!(b, b' '..=b'~')))
}

/// Base64 without its padding. `None` for other characters, and for a length that nothing encodes to.
fn decode(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() % 4 == 1 {
        return None;
    }
    let mut out = Vec::with_capacity(body.len() * 3 / 4);
    for block in body.chunks(4) {
        let bits = block.iter().try_fold(0u32, |bits, byte| Some(bits << 6 | digit(*byte)?))? << (6 * (4 - block.len()));
        out.extend_from_slice(&bits.to_be_bytes()[1..block.len()]);
    }
    Some(out)
}

fn digit(byte: u8) -> Option<u32> {
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_passwords_are_told_from_other_base64() {
        // `aladdin:opensesame`, with its padding and without; then words, a colon alone, and bytes.
        for value in ["YWxhZGRpbjpvcGVuc2VzYW1l", "YTpiYw==", "YTpiYw"] {
            assert_eq!(check(value.as_bytes()), Verdict::Valid, "{value}");
        }
        for value in ["", "required", "cmVxdWlyZWQ=", "OmFiYw==", "YWJjOg==", "AAECAzoEBQY=", "YWxhZ", "a b"] {
            assert_eq!(check(value.as_bytes()), Verdict::Invalid, "{value}");
        }
    }
}
