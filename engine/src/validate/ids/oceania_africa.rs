//! Australia, New Zealand and Africa.

use super::{digits, is_ymd, luhn, read, valid_if, verhoeff, weigh};
use crate::finding::Verdict;

/// Australian tax file number, nine digits.
pub(in crate::validate) fn au_tfn(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| weigh(d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11))
}

/// Australian business number.
pub(in crate::validate) fn au_abn(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| d[0] > 0 && (weigh(d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10).is_multiple_of(89))
}

/// Australian company number.
pub(in crate::validate) fn au_acn(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| (10 - weigh(&d[..8], &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == d[8])
}

/// Australian Medicare card.
pub(in crate::validate) fn au_medicare(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| (2..=6).contains(&d[0]) && weigh(&d[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == d[8])
}

/// New Zealand taxpayer, eight or nine digits: a second row of weights where the first gives no digit.
pub(in crate::validate) fn nz_ird(value: &[u8]) -> Verdict {
    let padded = [b"0", value].concat();
    let number = read::<9>(value).or_else(|| read::<9>(&padded));
    let check = |d: &[u32], weights| (11 - weigh(d, weights) % 11) % 11;
    let right = number.is_some_and(|d| {
        let first = check(&d[..8], &[3, 2, 7, 6, 5, 4, 3, 2]);
        let check = if first == 10 { check(&d[..8], &[7, 4, 3, 2, 5, 2, 7, 6]) } else { first };
        (10_000_000..150_000_000).contains(&super::number(&d)) && check == d[8]
    });
    valid_if(right)
}

/// South African identity number: a date, citizenship, and Luhn's digit.
pub(in crate::validate) fn za_id(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| is_ymd(&d[..6]) && d[10] < 3 && luhn(d))
}

/// Nigerian identity number.
pub(in crate::validate) fn ng_nin(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| verhoeff(d))
}

/// Egyptian national number: a century, a date and a governorate; the check digit's rule is not public.
pub(in crate::validate) fn eg_national(value: &[u8]) -> Verdict {
    let right = read::<14>(value)
        .is_some_and(|d| matches!(d[0], 2 | 3) && is_ymd(&d[1..7]) && matches!(d[7] * 10 + d[8], 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88));
    if right { Verdict::Abstain } else { Verdict::Invalid }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_oceania_and_africa() {
        assert_verdicts(au_tfn, &["123 456 782", "876543210"], &["123456783"]);
        assert_verdicts(au_abn, &["51 824 753 556", "83914571673"], &["51824753557"]);
        assert_verdicts(au_acn, &["004 085 616", "010499966"], &["004085617"]);
        assert_verdicts(au_medicare, &["2123 45670 1"], &["2123456711", "1123456701"]);
        assert_verdicts(nz_ird, &["49-091-850", "136-410-132"], &["49091851", "9-125-568"]);
        assert_verdicts(za_id, &["8001015009087"], &["8001015009088", "8013015009087"]);
        assert_eq!(eg_national(b"29001011234567"), Verdict::Abstain);
        assert_verdicts(eg_national, &[], &["19001011234567", "29013011234567", "29001019934567"]);
    }
}
