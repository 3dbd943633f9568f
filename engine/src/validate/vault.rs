//! Vault's tokens of a server with consistency marks: a signed protobuf message in base 64.

use super::codec;
use crate::finding::Verdict;

/// The bytes in front of the signature: version 1, then a field of 32 bytes.
const HEAD: [u8; 4] = [0x08, 0x01, 0x12, 0x20];

/// Valid if what follows the dot is such a message to its end. Short tokens are plain random text.
pub(super) fn check(value: &[u8]) -> Verdict {
    let message = value.iter().position(|b| *b == b'.').and_then(|dot| codec::base64url_decode(&value[dot + 1..]));
    if message.is_some_and(|message| is_signed(&message) == Some(true)) { Verdict::Valid } else { Verdict::Abstain }
}

fn is_signed(message: &[u8]) -> Option<bool> {
    let rest = message.strip_prefix(&HEAD)?.get(32..)?;
    // A field of bytes, whose length takes one byte or two.
    let (len, body) = match rest.strip_prefix(&[0x1a])? {
        [low, rest @ ..] if low & 0x80 == 0 => (usize::from(*low), rest),
        [low, high, rest @ ..] if high & 0x80 == 0 => (usize::from(low & 0x7f) | usize::from(*high) << 7, rest),
        _ => return None,
    };
    Some(len > 0 && body.len() == len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_to_their_end() {
        let message = |len: u8, body: usize| [&HEAD[..], &[7; 32], &[0x1a, len], &vec![9; body]].concat();
        assert_eq!(is_signed(&message(40, 40)), Some(true));
        assert_eq!(is_signed(&message(40, 39)), Some(false));
        assert_eq!(is_signed(&message(0, 0)), Some(false));
        let long = [&HEAD[..], &[7; 32], &[0x1a, 0x80 | 5, 1], &[9; 133]].concat();
        assert_eq!(is_signed(&long), Some(true));
        for end in 0..36 {
            assert_eq!(is_signed(&message(40, 40)[..end]), None);
        }
    }

    #[test]
    fn other_tokens_are_left_open() {
        for token in [&b"hvs.abcdefghijklmnopqrstuvwx"[..], b"hvs.CAESI", b"hvs", b""] {
            assert_eq!(check(token), Verdict::Abstain);
        }
    }
}
