//! Number bases and checksums, for writing.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A number in the base of its first `base` digits, `0-9A-Za-z`, so many places wide.
pub(super) fn number(value: u32, base: u32, width: usize) -> String {
    let mut digits = Vec::new();
    let mut rest = value;
    while digits.len() < width {
        digits.push(char::from(BASE62[(rest % base) as usize]));
        rest /= base;
    }
    digits.iter().rev().collect()
}

/// Bytes in base 32, no padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    pack(bytes, 5, BASE32)
}

/// Bytes in base 64 of the URL alphabet, no padding.
pub(super) fn base64url(bytes: &[u8]) -> String {
    pack(bytes, 6, BASE64URL)
}

fn pack(bytes: &[u8], width: usize, alphabet: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
    let group = |at: usize| (at..at + width).fold(0, |sum, at| sum << 1 | bit(at));
    (0..bytes.len() * 8).step_by(width).map(|at| char::from(alphabet[group(at)])).collect()
}

/// The six characters that Bech32 (BIP 173) puts after `label`, `1` and `data`, in lower case.
pub(super) fn bech32_sum(label: &str, data: &str) -> String {
    const ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
    let high = label.bytes().map(|b| u32::from(b) >> 5);
    let low = label.bytes().map(|b| u32::from(b) & 31);
    let data = data.chars().map(|c| ALPHABET.find(c).unwrap_or(0) as u32);
    let sum = high.chain([0]).chain(low).chain(data).chain([0; 6]).fold(1u32, |sum, value| {
        let top = sum >> 25;
        let next = (sum & 0x1ff_ffff) << 5 ^ value;
        (0..5).filter(|i| top >> i & 1 == 1).fold(next, |next, i| next ^ GENERATOR[i])
    }) ^ 1;
    (0..6).map(|i| char::from(ALPHABET.as_bytes()[(sum >> (5 * (5 - i)) & 31) as usize])).collect()
}

/// Marvin32 with its halves combined, as Azure signs keys.
pub(super) fn marvin32(bytes: &[u8], seed: u64) -> u32 {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(4), 0);
    let words = padded.chunks(4).map(|word| word.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
    let (low, high) = words.chain([0]).fold((seed as u32, (seed >> 32) as u32), |(low, high), word| {
        let low = low.wrapping_add(word);
        let high = high ^ low;
        let low = low.rotate_left(20).wrapping_add(high);
        let high = high.rotate_left(9) ^ low;
        let low = low.rotate_left(27).wrapping_add(high);
        (low, high.rotate_left(19))
    });
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts() {
        assert_eq!(number(61 * 62 + 10, 62, 6), "0000zA");
        assert_eq!(number(0xab, 16, 4).to_lowercase(), "00ab");
        assert_eq!(base32(b"hello"), "NBSWY3DP");
        assert_eq!(base64url(b"hi?h"), "aGk_aA");
        assert_eq!(bech32_sum("a", ""), "2uel5l");
    }
}
