//! Keys and addresses of wallets.

use sha2::{Digest, Sha256};

use crate::random::Rng;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The list of BIP 39, as the engine holds it.
static WORDS: &str = include_str!("../../../engine/src/validate/bip39.txt");

/// An address, private key or extended key that starts as the given one does.
pub(super) fn base58(like: &str, rng: &mut Rng) -> String {
    let (version, length, tail): (&[u8], usize, &[u8]) = match like.as_bytes() {
        [b'1', ..] => (&[0], 20, &[]),
        [b'3', ..] => (&[5], 20, &[]),
        [b'T', ..] => (&[0x41], 20, &[]),
        [b'5', ..] => (&[0x80], 32, &[]),
        [b'K' | b'L', ..] => (&[0x80], 32, &[1]),
        [b'y', ..] => (&[0x04, 0x9d, 0x78, 0x78], 74, &[]),
        [b'z', ..] => (&[0x04, 0xb2, 0x43, 0x0c], 74, &[]),
        [b't', ..] => (&[0x04, 0x35, 0x83, 0x94], 74, &[]),
        _ => (&[0x04, 0x88, 0xad, 0xe4], 74, &[]),
    };
    let mut bytes = version.to_vec();
    bytes.extend((0..length).map(|_| rng.below(256) as u8));
    bytes.extend(tail);
    let sum = Sha256::digest(Sha256::digest(&bytes));
    bytes.extend(&sum[..4]);
    encode(&bytes)
}

/// Long division by 58, most significant byte first.
fn encode(bytes: &[u8]) -> String {
    let mut digits = Vec::new();
    let mut rest = bytes.to_vec();
    while rest.iter().any(|b| *b > 0) {
        let mut remainder = 0;
        for byte in &mut rest {
            let value = remainder * 256 + u32::from(*byte);
            *byte = (value / 58) as u8;
            remainder = value % 58;
        }
        digits.push(BASE58[remainder as usize]);
    }
    digits.extend(bytes.iter().take_while(|b| **b == 0).map(|_| BASE58[0]));
    digits.iter().rev().map(|b| char::from(*b)).collect()
}

/// Twelve words: 128 random bits, and the first four of their SHA-256.
pub(super) fn seed_phrase(rng: &mut Rng) -> String {
    let words: Vec<&str> = WORDS.lines().collect();
    let entropy: Vec<u8> = (0..16).map(|_| rng.below(256) as u8).collect();
    let number = entropy.iter().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    let last = (number & 0x7f) << 4 | u128::from(Sha256::digest(&entropy)[0] >> 4);
    let index = |place: u32| number >> (128 - 11 * (place + 1)) & 0x7ff;
    let phrase: Vec<&str> = (0..11).map(index).chain([last]).map(|index| words[index as usize]).collect();
    phrase.join(" ")
}
