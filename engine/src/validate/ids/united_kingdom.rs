//! United Kingdom and Ireland.

use super::{compact, digits, read, valid_if, weigh};
use crate::finding::Verdict;

/// National Insurance: prefixes that are never given out.
pub(in crate::validate) fn gb_nino(value: &[u8]) -> Verdict {
    let value = compact(value);
    let right = value.len() == 9
        && value[2..8].iter().all(u8::is_ascii_digit)
        && matches!(value[8], b'A'..=b'D')
        && value[..2].iter().all(|b| b.is_ascii_uppercase() && !b"DFIQUV".contains(b))
        && value[1] != b'O'
        && !matches!(&value[..2], b"BG" | b"GB" | b"NK" | b"KN" | b"NT" | b"TN" | b"ZZ");
    valid_if(right)
}

/// National Health Service.
pub(in crate::validate) fn gb_nhs(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| (11 - weigh(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[9])
}

/// Unique taxpayer reference: the check digit comes first.
pub(in crate::validate) fn gb_utr(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        let sum = weigh(&d[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]);
        [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][sum as usize % 11] == d[0]
    })
}

/// Driving licence: a month of birth, to which fifty is added for women, and a day.
pub(in crate::validate) fn gb_driver(value: &[u8]) -> Verdict {
    let value = compact(value);
    let date = value.get(5..11).and_then(read::<6>);
    valid_if(value.len() == 16 && date.is_some_and(|d| super::is_day(d[3] * 10 + d[4], d[1] % 5 * 10 + d[2])))
}

/// Irish personal public service number.
pub(in crate::validate) fn ie_pps(value: &[u8]) -> Verdict {
    let value = compact(value);
    let rank = |b: u8| if b.is_ascii_uppercase() { u32::from(b - b'A') + 1 } else { 0 };
    let right = (8..=9).contains(&value.len())
        && read::<7>(&value[..7]).is_some_and(|d| {
            let second = value.get(8).map_or(0, |b| if b"TWX".contains(b) { 0 } else { rank(*b) });
            let sum = weigh(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second;
            value[7] == b"WABCDEFGHIJKLMNOPQRSTUV"[sum as usize % 23]
        });
    valid_if(right)
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_the_isles() {
        assert_verdicts(gb_nino, &["AB123456C", "ab 12 34 56 d"], &["BG123456A", "AO123456A", "AB123456E", "AB12345C"]);
        assert_verdicts(gb_nhs, &["943 476 5919"], &["9434765918"]);
        assert_verdicts(gb_utr, &["1955839661"], &["2955839661"]);
        assert_verdicts(gb_driver, &["MORGA753116SM9IJ"], &["MORGA799116SM9IJ", "MORGA753146SM9I"]);
        assert_verdicts(ie_pps, &["6433435F", "6433435FT", "6433435OA"], &["6433435E", "6433435VH"]);
    }
}
