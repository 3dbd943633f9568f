//! The Nordic and Baltic countries.

use super::{compact, digits, is_day, is_dmy, is_ymd, luhn, number, read, valid_if, weigh};
use crate::finding::Verdict;

/// Danish person number: a date; since 2007 numbers are given out whose sum is not a multiple of eleven.
pub(in crate::validate) fn dk_cpr(value: &[u8]) -> Verdict {
    match read::<10>(value) {
        Some(d) if is_dmy(&d[..6]) && weigh(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11) => Verdict::Valid,
        Some(d) if is_dmy(&d[..6]) => Verdict::Abstain,
        _ => Verdict::Invalid,
    }
}

/// Norwegian identity number: a date, forty added to the day of numbers for visitors, and two check digits.
pub(in crate::validate) fn no_national(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let check = |sum: u32| (11 - sum % 11) % 11;
        is_day((d[0] * 10 + d[1]) % 40, (d[2] * 10 + d[3]) % 40)
            && check(weigh(&d[..9], &[3, 7, 6, 1, 8, 9, 4, 5, 2])) == d[9]
            && check(weigh(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) == d[10]
    })
}

/// Swedish person number, with or without the century; sixty added to the day where no number was given out.
pub(in crate::validate) fn se_person(value: &[u8]) -> Verdict {
    let value: Vec<u8> = compact(value).into_iter().filter(|b| *b != b'+').collect();
    let short = if value.len() == 12 { &value[2..] } else { &value };
    digits::<10>(short, |d| is_day((d[4] * 10 + d[5]) % 60, d[2] * 10 + d[3]) && luhn(d))
}

/// Swedish firm: the third digit is no month's.
pub(in crate::validate) fn se_firm(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| d[0] > 0 && d[2] >= 2 && luhn(d))
}

/// Finnish identity code: a date, a sign for the century, and a character by the remainder mod 31.
pub(in crate::validate) fn fi_hetu(value: &[u8]) -> Verdict {
    let right = value.len() == 11
        && b"+-ABCDEFUVWXY".contains(&value[6].to_ascii_uppercase())
        && read::<9>(&[&value[..6], &value[7..10]].concat()).is_some_and(|d| {
            is_dmy(&d[..6])
                && number(&d[6..]) > 1
                && value[10].to_ascii_uppercase() == b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number(&d) as usize % 31]
        });
    valid_if(right)
}

/// Icelandic identity number, of people or firms.
pub(in crate::validate) fn is_kennitala(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        let check = (11 - weigh(&d[..8], &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        is_day((d[0] * 10 + d[1]) % 40, d[2] * 10 + d[3]) && check == d[8] && matches!(d[9], 0 | 8 | 9)
    })
}

/// Estonian and Lithuanian personal code: a second row of weights where the first gives no digit.
pub(in crate::validate) fn ee_lt_person(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let first = weigh(&d[..10], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
        let check = if first == 10 { weigh(&d[..10], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 } else { first };
        (1..=8).contains(&d[0]) && is_ymd(&d[1..7]) && check == d[10]
    })
}

/// Latvian personal code; those that start with 32 tell no date and have no check digit.
pub(in crate::validate) fn lv_person(value: &[u8]) -> Verdict {
    match read::<11>(value) {
        Some(d) if d[0] == 3 && d[1] >= 2 => Verdict::Abstain,
        Some(d) => valid_if(is_dmy(&d[..6]) && (1101 - weigh(&d[..10], &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 % 10 == d[10]),
        None => Verdict::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_the_north() {
        assert_verdicts(dk_cpr, &["211062-5629"], &["511062-5629"]);
        assert_eq!(dk_cpr(b"211062-5620"), Verdict::Abstain);
        assert_verdicts(no_national, &["151086 95088"], &["15108695077", "55108695088"]);
        assert_verdicts(se_person, &["880320-0016", "19880320-0016", "811228-9874"], &["880320-0018", "881320-0016"]);
        assert_verdicts(se_firm, &["556703-7485"], &["556703-7486", "880320-0016"]);
        assert_verdicts(fi_hetu, &["131052-308T"], &["131052-308U", "310252-308Y", "131052*308T"]);
        assert_verdicts(is_kennitala, &["450401-3150", "120174-3399"], &["530575-0299", "320174-3399"]);
        assert_verdicts(ee_lt_person, &["37605030299", "33309240064", "38703181745"], &["36805280110", "33309240164"]);
        assert_verdicts(lv_person, &["161175-19997"], &["161375-19997"]);
        assert_eq!(lv_person(b"320000-17313"), Verdict::Abstain);
    }
}
