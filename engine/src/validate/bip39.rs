//! Seed phrases of wallets (BIP 39): words of a fixed list, whose last bits are those of a SHA-256 of the rest.

use sha2::{Digest, Sha256};

use super::valid_if;
use crate::finding::Verdict;

/// The English list, 2,048 words in order.
static WORDS: &str = include_str!("bip39.txt");
/// Bits of a word.
const BITS: usize = 11;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(core::str::from_utf8(value).ok().and_then(is_right).unwrap_or(false))
}

fn is_right(phrase: &str) -> Option<bool> {
    let list: Vec<&str> = WORDS.lines().collect();
    let mut bits = Vec::new();
    for word in phrase.split_ascii_whitespace() {
        let index = list.binary_search(&word.to_ascii_lowercase().as_str()).ok()?;
        bits.extend((0..BITS).rev().map(|bit| index >> bit & 1 == 1));
    }
    let words = bits.len() / BITS;
    if !matches!(words, 12 | 15 | 18 | 21 | 24) {
        return None;
    }
    let (entropy, sum) = bits.split_at(words * 32 / 3);
    let bytes: Vec<u8> = entropy.chunks(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect();
    let hash = Sha256::digest(&bytes)[0];
    Some(sum.iter().enumerate().all(|(at, bit)| (hash >> (7 - at) & 1 == 1) == *bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_of_the_standard() {
        let phrase = |word: &str, count: usize, last: &str| [&vec![word; count][..], &[last]].concat().join(" ");
        for (word, count, last) in [("abandon", 11, "about"), ("abandon", 23, "art"), ("zoo", 11, "wrong"), ("zoo", 23, "vote")] {
            assert_eq!(check(phrase(word, count, last).as_bytes()), Verdict::Valid, "{word} {last}");
        }
        assert_eq!(check(phrase("abandon", 11, "abandon").as_bytes()), Verdict::Invalid);
        assert_eq!(check(b"correct horse battery staple"), Verdict::Invalid);
        assert_eq!(WORDS.lines().count(), 2048);
        assert!(WORDS.lines().is_sorted());
    }
}
