//! Vehicle identification numbers (ISO 3779): seventeen characters, in North America and China with a check digit.

use crate::finding::Verdict;

const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// A number that fits is valid. Makers elsewhere put another character in the check's place: there the check says nothing.
pub(super) fn check(value: &[u8]) -> Verdict {
    let ranks: Option<Vec<u32>> = value.iter().map(|byte| rank(byte.to_ascii_uppercase())).collect();
    let Some(ranks) = ranks.filter(|ranks| ranks.len() == WEIGHTS.len() && value.iter().any(u8::is_ascii_digit)) else {
        return Verdict::Invalid;
    };
    let sum: u32 = ranks.iter().zip(WEIGHTS).map(|(rank, weight)| rank * weight).sum();
    let right = b"0123456789X"[sum as usize % 11] == value[8].to_ascii_uppercase();
    let checked = matches!(value[0], b'1'..=b'5' | b'L' | b'l');
    match (right, checked) {
        (true, _) => Verdict::Valid,
        (false, true) => Verdict::Invalid,
        (false, false) => Verdict::Abstain,
    }
}

/// What a character is worth; I, O and Q are not used.
fn rank(byte: u8) -> Option<u32> {
    Some(match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'N' => u32::from(byte - b'J') + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => u32::from(byte - b'S') + 2,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checked_where_makers_check() {
        assert_eq!(check(b"1M8GDM9AXKP042788"), Verdict::Valid);
        assert_eq!(check(b"1M8GDM9A1KP042788"), Verdict::Invalid);
        assert_eq!(check(b"WDBUF56X48B312456"), Verdict::Abstain);
        assert_eq!(check(b"1M8GDM9AXKP04278"), Verdict::Invalid);
        assert_eq!(check(b"1M8GDM9AXKPO42788"), Verdict::Invalid);
    }
}
