//! The small number bases in which issuers write checksums and payloads.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// The last `N` digits of a number, highest first, zeros in front.
fn digits<const N: usize>(mut value: u64, alphabet: &[u8]) -> [u8; N] {
    let base = alphabet.len().max(1) as u64;
    let mut out = [b'0'; N];
    for place in out.iter_mut().rev() {
        *place = alphabet.get((value % base) as usize).copied().unwrap_or(b'0');
        value /= base;
    }
    out
}

/// A CRC-32 in base 62, six digits wide.
pub(super) fn base62(crc: u32) -> [u8; 6] {
    digits(crc.into(), BASE62)
}

/// A CRC-32 in base 36, seven digits wide.
pub(super) fn base36(crc: u32) -> [u8; 7] {
    digits(crc.into(), BASE36)
}

/// A CRC-32 in lower-case hexadecimal.
pub(super) fn hex(crc: u32) -> [u8; 8] {
    digits(crc.into(), HEX)
}

/// Whether the text ends with the CRC-32, in base 62, of what stands before it.
pub(super) fn ends_with_base62_crc(text: &[u8]) -> bool {
    text.split_last_chunk().is_some_and(|(body, tail)| !body.is_empty() && base62(crc32fast::hash(body)) == *tail)
}

/// A short number in lower-case base 36.
pub(super) fn base36_value(text: &[u8]) -> Option<usize> {
    text.iter().try_fold(0usize, |sum, byte| {
        let digit = BASE36.iter().position(|b| b == byte)?;
        sum.checked_mul(36)?.checked_add(digit)
    })
}

/// Five bytes as eight characters of base 32.
pub(super) fn base32_block(bytes: [u8; 5]) -> [u8; 8] {
    digits(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), BASE32)
}

/// The value of a base-32 character of either case.
pub(super) fn base32_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// The value of a base-64 character of the standard or the URL alphabet.
pub(super) fn base64_value(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Decodes unpadded base 32 of either case. Bits that fill no byte are dropped.
pub(super) fn base32_decode(text: &[u8]) -> Option<Vec<u8>> {
    unpack(text, 5, base32_value)
}

/// Decodes base 64 of the URL alphabet, padded or not. Bits that fill no byte are dropped.
pub(super) fn base64url_decode(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
    if text.len() - end > 2 || end % 4 == 1 {
        return None;
    }
    unpack(text.get(..end)?, 6, |byte| if matches!(byte, b'+' | b'/') { None } else { base64_value(byte) })
}

/// Decodes base 64 of the standard alphabet, padded or not. Bits that fill no byte are dropped.
pub(super) fn base64_decode(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|b| *b != b'=').map_or(0, |last| last + 1);
    unpack(text.get(..end)?, 6, |byte| if matches!(byte, b'-' | b'_') { None } else { base64_value(byte) })
}

fn unpack(text: &[u8], width: u32, value: fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * width as usize / 8);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text {
        held = held << width | u32::from(value(*byte)?);
        bits += width;
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_fixed_width() {
        assert_eq!(&base62(0), b"000000");
        assert_eq!(&base62(61), b"00000z");
        assert_eq!(&base62(u32::MAX), b"4gfFC3");
        assert_eq!(&base36(u32::MAX), b"1z141z3");
        assert_eq!(&hex(0xab), b"000000ab");
        assert_eq!(base36_value(b"0w"), Some(32));
        assert_eq!(base36_value(b"0W"), None);
        assert_eq!(base36_value(&[b'z'; 40]), None);
    }

    #[test]
    fn texts_decode() {
        assert_eq!(&base32_block(*b"hello"), b"NBSWY3DP");
        assert_eq!(base32_decode(b"nbswy3DP").as_deref(), Some(b"hello".as_slice()));
        assert_eq!(base32_decode(b"nbswy1DP"), None);
        assert_eq!(base64url_decode(b"aGk_").as_deref(), Some(b"hi?".as_slice()));
        assert_eq!(base64url_decode(b"aGk").as_deref(), Some(b"hi".as_slice()));
        assert_eq!(base64url_decode(b"aA==").as_deref(), Some(b"h".as_slice()));
        assert_eq!(base64url_decode(b"aGk/"), None);
        assert_eq!(base64url_decode(b"aGkhh"), None);
        assert_eq!(base64_decode(b"aGk/aA==").as_deref(), Some(b"hi?h".as_slice()));
        assert_eq!(base64_decode(b"aGk_"), None);
        assert_eq!(base64url_decode(b"===="), None);
    }
}
