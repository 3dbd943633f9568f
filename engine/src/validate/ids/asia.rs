//! Asia.

use super::{compact, digits, is_day, is_ymd, luhn, number, read, valid_if, verhoeff, weigh};
use crate::finding::Verdict;

/// Indian identity number.
pub(in crate::validate) fn in_aadhaar(value: &[u8]) -> Verdict {
    digits::<12>(value, |d| d[0] > 1 && !d.iter().eq(d.iter().rev()) && verhoeff(d))
}

/// Indian goods and services taxpayer: a state, a taxpayer, and a character by sums in base 36.
pub(in crate::validate) fn in_gstin(value: &[u8]) -> Verdict {
    let value = compact(value);
    let rank = |b: u8| char::from(b).to_digit(36).unwrap_or(0);
    let right = value.len() == 15 && value.iter().all(u8::is_ascii_alphanumeric) && {
        let product = |(at, b): (usize, &u8)| rank(*b) * (1 + at as u32 % 2);
        let sum: u32 = value[..14].iter().enumerate().map(product).map(|p| p / 36 + p % 36).sum();
        matches!(rank(value[0]) * 10 + rank(value[1]), 1..=38 | 97) && (36 - sum % 36) % 36 == rank(value[14])
    };
    valid_if(right)
}

/// Chinese resident: a region, a date, and a check that may be an X.
pub(in crate::validate) fn cn_resident(value: &[u8]) -> Verdict {
    let right = value.len() == 18
        && read::<17>(&value[..17]).is_some_and(|d| {
            let sum = weigh(&d, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
            d[0] > 0 && is_ymd(&d[8..14]) && value[17].to_ascii_uppercase() == b"10X98765432"[sum as usize % 11]
        });
    valid_if(right)
}

/// South Korean resident: a date and a check digit, which numbers given out since October 2020 do not have.
pub(in crate::validate) fn kr_resident(value: &[u8]) -> Verdict {
    match read::<13>(value) {
        Some(d) if !is_ymd(&d[..6]) => Verdict::Invalid,
        Some(d) if (11 - weigh(&d[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == d[12] => Verdict::Valid,
        Some(_) => Verdict::Abstain,
        None => Verdict::Invalid,
    }
}

/// South Korean firm.
pub(in crate::validate) fn kr_firm(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        let sum = weigh(&d[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + d[8] * 5 / 10;
        (10 - sum % 10) % 10 == d[9]
    })
}

/// Japanese individual number.
pub(in crate::validate) fn jp_individual(value: &[u8]) -> Verdict {
    digits::<12>(value, |d| {
        let rest = weigh(&d[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        (if rest < 2 { 0 } else { 11 - rest }) == d[11]
    })
}

/// Thai identity number.
pub(in crate::validate) fn th_identity(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| d[0] > 0 && (11 - weigh(&d[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[12])
}

/// Singapore's identity number: a letter for the century and the kind, and one for the check.
pub(in crate::validate) fn sg_identity(value: &[u8]) -> Verdict {
    let value = compact(value);
    let right = value.len() == 9
        && read::<7>(&value[1..8]).is_some_and(|d| {
            let sum = weigh(&d, &[2, 7, 6, 5, 4, 3, 2]) as usize;
            let letters: Option<(&[u8; 11], usize)> = match value[0] {
                b'S' => Some((b"JZIHGFEDCBA", 0)),
                b'T' => Some((b"JZIHGFEDCBA", 4)),
                b'F' => Some((b"XWUTRQPNMLK", 0)),
                b'G' => Some((b"XWUTRQPNMLK", 4)),
                b'M' => Some((b"KLJNPQRTUWX", 3)),
                _ => None,
            };
            letters.is_some_and(|(letters, offset)| {
                let at = (sum + offset) % 11;
                value[8] == letters[if value[0] == b'M' { 10 - at } else { at }]
            })
        });
    valid_if(right)
}

/// Malaysian identity card: a date and a place; it has no check digit.
pub(in crate::validate) fn my_identity(value: &[u8]) -> Verdict {
    let right =
        read::<12>(value).is_some_and(|d| is_ymd(&d[..6]) && !matches!(d[6] * 10 + d[7], 0 | 17..=20 | 69..=70 | 73 | 80 | 81 | 94..=97));
    if right { Verdict::Abstain } else { Verdict::Invalid }
}

/// Indonesian population number: a district and a date, forty added to women's days; it has no check digit.
pub(in crate::validate) fn id_population(value: &[u8]) -> Verdict {
    let right = read::<16>(value).is_some_and(|d| d[0] > 0 && is_day((d[6] * 10 + d[7]) % 40, d[8] * 10 + d[9]) && number(&d[12..]) > 0);
    if right { Verdict::Abstain } else { Verdict::Invalid }
}

/// Philippine taxpayer.
pub(in crate::validate) fn ph_taxpayer(value: &[u8]) -> Verdict {
    let body = compact(value);
    digits::<9>(body.get(..9).unwrap_or_default(), |d| weigh(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == d[8])
}

/// Pakistani identity card: a region first, and no check digit.
pub(in crate::validate) fn pk_identity(value: &[u8]) -> Verdict {
    let right = read::<13>(value).is_some_and(|d| (1..=7).contains(&d[0]) && number(&d[5..12]) > 0);
    if right { Verdict::Abstain } else { Verdict::Invalid }
}

/// Israeli identity number.
pub(in crate::validate) fn il_identity(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| number(d) > 0 && luhn(d))
}

/// Saudi identity number, of citizens or residents.
pub(in crate::validate) fn sa_identity(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| matches!(d[0], 1 | 2) && luhn(d))
}

/// Identity card of the Emirates: the country's code, a year of birth, and Luhn's digit.
pub(in crate::validate) fn ae_identity(value: &[u8]) -> Verdict {
    digits::<15>(value, |d| d[..3] == [7, 8, 4] && matches!(d[3], 1 | 2) && luhn(d))
}

/// Kuwaiti civil number: a century and a date.
pub(in crate::validate) fn kw_civil(value: &[u8]) -> Verdict {
    digits::<12>(value, |d| {
        let rest = weigh(&d[..11], &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
        matches!(d[0], 2 | 3) && is_ymd(&d[1..7]) && 11 - rest == d[11]
    })
}

/// Iranian national code.
pub(in crate::validate) fn ir_national(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        let rest = weigh(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        (if rest < 2 { rest } else { 11 - rest }) == d[9]
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_asia() {
        assert_verdicts(in_aadhaar, &["2341 2341 2346"], &["234123412347", "123412341234"]);
        assert_verdicts(in_gstin, &["27AAPFU0939F1ZV"], &["27AAPFU0939F1ZO", "99AAPFU0939F1ZV"]);
        assert_verdicts(cn_resident, &["11010519491231002X", "360426199101010071"], &["110105194912310021", "36042619911301007X"]);
        assert_verdicts(kr_resident, &["971013-9019902"], &["971313-9019902"]);
        assert_eq!(kr_resident(b"971013-9019903"), Verdict::Abstain);
        assert_verdicts(kr_firm, &["116-82-00276"], &["116-82-00277"]);
        assert_verdicts(jp_individual, &["6214 9832 0257"], &["621498320258"]);
        assert_verdicts(th_identity, &["1-2345-45678-78-1"], &["1-2345-45678-78-2"]);
        assert_verdicts(sg_identity, &["S1234567D", "F1234567N"], &["S1234567A", "A1234567D"]);
        assert_eq!(my_identity(b"770305-02-1234"), Verdict::Abstain);
        assert_verdicts(my_identity, &[], &["771305-02-1234", "770305-17-1234"]);
        assert_eq!(id_population(b"3171011708450001"), Verdict::Abstain);
        assert_verdicts(id_population, &[], &["3171011713450001", "3171011708450000"]);
        assert_verdicts(ph_taxpayer, &["123-456-782-000"], &["123-456-789-000"]);
        assert_eq!(pk_identity(b"34201-0891231-8"), Verdict::Abstain);
        assert_verdicts(pk_identity, &[], &["94201-0891231-8"]);
        assert_verdicts(il_identity, &["03933742-3"], &["039337424"]);
        assert_verdicts(sa_identity, &["1101798278"], &["1101798279", "3101798278"]);
        assert_verdicts(ae_identity, &["784-1982-1234567-6"], &["784-1982-1234567-7"]);
        assert_verdicts(kw_civil, &["290010100011"], &["291310100013"]);
        assert_verdicts(ir_national, &["0499370899"], &["0499370898"]);
    }
}
