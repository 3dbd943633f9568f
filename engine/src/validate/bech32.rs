//! Bech32 (BIP 173): age's secret keys and other texts of a readable part, a `1`, data and a six-character checksum.

use super::valid_if;
use crate::finding::Verdict;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let (label, data) = value.split_at_checked(value.iter().rposition(|b| *b == b'1')?)?;
    let data = data.get(1..)?;
    if mixed || label.is_empty() || data.len() < 6 || !label.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let label = label.iter().map(u8::to_ascii_lowercase);
    let mut sum = label.clone().map(|b| b >> 5).chain([0]).chain(label.map(|b| b & 31)).fold(1, step);
    for byte in data {
        let value = ALPHABET.iter().position(|b| *b == byte.to_ascii_lowercase())?;
        sum = step(sum, value as u8);
    }
    Some(sum == 1)
}

/// Takes five more bits into the checksum.
fn step(sum: u32, value: u8) -> u32 {
    let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().fold(next, |next, (i, g)| if sum >> (25 + i) & 1 == 1 { next ^ g } else { next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_and_their_mutations() {
        let age = format!("AGE-SECRET-KEY-1{}{}", "GFPYYSJZ".repeat(6), "GFPQ4EGAEX");
        let nostr = concat!("nsec", "1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5");
        for text in [age.as_str(), nostr, "A12UEL5L", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"] {
            assert_eq!(check(text.as_bytes()), Verdict::Valid, "{text}");
            for at in text.rfind('1').unwrap() + 1..text.len() {
                let mut text = text.as_bytes().to_vec();
                let (q, p) = if text[0].is_ascii_uppercase() { (b'Q', b'P') } else { (b'q', b'p') };
                text[at] = if text[at] == q { p } else { q };
                assert_eq!(check(&text), Verdict::Invalid, "character {at}");
            }
        }
        for text in ["a12UEL5L", "A12UEL5", "12uel5l", "a12uel5b", "", "1", "a1"] {
            assert_eq!(check(text.as_bytes()), Verdict::Invalid, "{text}");
        }
    }
}
