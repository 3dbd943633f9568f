//! Azure's keys that can be told from others: storage and batch accounts' carry a checksum, annotated ones a date.

use super::codec;
use crate::finding::Verdict;
use crate::told::Told;

/// What the checksum starts from, by issuer: eight letters read as a number, the first the highest.
const SEEDS: [u64; 2] = [u64::from_be_bytes(*b"Default0"), u64::from_be_bytes(*b"AbAcct00")];

/// Valid if the last four of a key's bytes are the checksum of the others. Keys from before there was one have none.
pub(super) fn check(value: &[u8]) -> Verdict {
    let right = || {
        let bytes = codec::base64_decode(value)?;
        let (body, sum) = bytes.split_last_chunk::<4>()?;
        Some(SEEDS.iter().any(|seed| marvin(body, *seed) == u32::from_le_bytes(*sum)))
    };
    if right() == Some(true) { Verdict::Valid } else { Verdict::Abstain }
}

/// Their checksums are not published for all platforms.
pub(super) fn check_annotated(_: &[u8]) -> Verdict {
    Verdict::Abstain
}

/// The day is not told in annotated keys, only year and month: two letters after the mark of the platform.
pub(super) fn told_annotated(value: &[u8]) -> Told {
    let after = |mark: &[u8], at: usize| value.windows(mark.len()).position(|w| w == mark).and_then(|found| value.get(found + at..));
    let date = match (after(b"JQQJ9", 6), after(b"QJJQ", 0)) {
        (Some([year, month, ..]), _) => month_of(*year, 2024, *month),
        // The newer form ends with year, month, day, hour, minute and second, after two zeros and what the issuer adds.
        (_, Some(_)) => value.len().checked_sub(6).and_then(|at| month_of(value[at], 2025, value[at + 1])),
        _ => None,
    };
    date.map(|date| Told::of_times(Some(date), None, false)).unwrap_or_default()
}

/// The first second of a month, by the letters of its year and itself.
fn month_of(year: u8, first: i64, month: u8) -> Option<i64> {
    let letter = |byte: u8, most: u8| byte.checked_sub(b'A').filter(|at| *at < most).map(i64::from);
    let (year, month) = (first + letter(year, 26)?, letter(month, 12)?);
    // Days since 1970, of a year that starts in March so that the leap day ends it.
    let (year, shifted) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 - 719_468;
    Some(days * 86_400)
}

/// Marvin32, its halves combined.
fn marvin(bytes: &[u8], seed: u64) -> u32 {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let mut mix = |word: u32| {
        let (mut a, mut b) = (state.0.wrapping_add(word), state.1);
        b ^= a;
        a = a.rotate_left(20).wrapping_add(b);
        b = b.rotate_left(9) ^ a;
        a = a.rotate_left(27).wrapping_add(b);
        state = (a, b.rotate_left(19));
    };
    let (words, rest) = bytes.as_chunks::<4>();
    words.iter().for_each(|word| mix(u32::from_le_bytes(*word)));
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    mix(u32::from_le_bytes(last));
    mix(0);
    state.0 ^ state.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marvin_is_the_published_one() {
        // The vector gives both halves.
        assert_eq!(marvin(b"abc", 0xd53c_d9ce_cd08_93b7), 0x22c7_4339 ^ 0x4927_69bf);
    }

    #[test]
    fn keys_carry_their_checksum() {
        let body = [7; 60];
        for seed in SEEDS {
            let bytes = [&body[..], &marvin(&body, seed).to_le_bytes()].concat();
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1));
            let mut key: Vec<u8> = (0..86).map(|at| alphabet[(0..6).fold(0, |sum, i| sum << 1 | bit(at * 6 + i))]).collect();
            key.extend(b"==");
            assert_eq!(check(&key), Verdict::Valid);
            key[20] ^= 1;
            assert_eq!(check(&key), Verdict::Abstain);
        }
        assert_eq!(check(b""), Verdict::Abstain);
    }

    #[test]
    fn annotated_keys_tell_their_month() {
        let jqqj = [&[b'a'; 52][..], b"JQQJ99", b"BDACA", &[b'b'; 20]].concat();
        // April 2025.
        assert_eq!(told_annotated(&jqqj).issued(), Some(1_743_465_600));
        let qjjq = [&[b'a'; 42][..], b"AAQJJQABAabcdeAAACabcd"].concat();
        // March 2025.
        assert_eq!(told_annotated(&qjjq).issued(), Some(1_740_787_200));
        assert_eq!(told_annotated(b"QJJQ").issued(), None);
        assert_eq!(told_annotated(b"").issued(), None);
    }
}
