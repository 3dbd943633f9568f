//! Central and Eastern Europe, and Turkey.

use super::{digits, is_day, is_dmy, is_ymd, mod_11_10, number, read, valid_if, weigh};
use crate::finding::Verdict;

/// Polish person: the century is added to the month.
pub(in crate::validate) fn pl_pesel(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let check = (10 - weigh(&d[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
        is_day(d[4] * 10 + d[5], (d[2] * 10 + d[3]) % 20) && check == d[10]
    })
}

/// Polish taxpayer.
pub(in crate::validate) fn pl_nip(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| weigh(&d[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9])
}

/// Polish firm.
pub(in crate::validate) fn pl_regon(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| weigh(&d[..8], &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == d[8])
}

/// Czech and Slovak birth number: fifty is added to women's months. Numbers of nine digits, from before 1954, have no check.
pub(in crate::validate) fn cz_sk_birth(value: &[u8]) -> Verdict {
    let dated = |d: &[u32]| is_day(d[4] * 10 + d[5], (d[2] * 10 + d[3]) % 50 % 20);
    match (read::<10>(value), read::<9>(value)) {
        (Some(d), _) => valid_if(dated(&d) && number(&d[..9]) % 11 % 10 == u64::from(d[9])),
        (_, Some(d)) if dated(&d) && d[0] * 10 + d[1] < 54 => Verdict::Abstain,
        _ => Verdict::Invalid,
    }
}

/// Hungarian taxpayer.
pub(in crate::validate) fn hu_tax(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| d[0] == 8 && weigh(&d[..9], &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == d[9])
}

/// Hungarian social security.
pub(in crate::validate) fn hu_social(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| weigh(&d[..8], &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == d[8])
}

/// Romanian personal code: sex and century, a date, a county.
pub(in crate::validate) fn ro_cnp(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| {
        let check = weigh(&d[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        d[0] > 0 && is_ymd(&d[1..7]) && (if check == 10 { 1 } else { check }) == d[12]
    })
}

/// Bulgarian civil number: the century is added to the month.
pub(in crate::validate) fn bg_egn(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        is_day(d[4] * 10 + d[5], (d[2] * 10 + d[3]) % 20) && weigh(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d[9]
    })
}

/// Croatian personal number.
pub(in crate::validate) fn hr_oib(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| mod_11_10(d))
}

/// Citizen number of what was Yugoslavia: a date, a region.
pub(in crate::validate) fn yu_jmbg(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| is_dmy(&d[..6]) && (11 - weigh(&d[..12], &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[12])
}

/// Turkish identity number.
pub(in crate::validate) fn tr_identity(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let (odd, even): (u32, u32) = (d[..9].iter().step_by(2).sum(), d[1..9].iter().step_by(2).sum());
        d[0] > 0 && (7 * odd + 90 - even) % 10 == d[9] && d[..10].iter().sum::<u32>() % 10 == d[10]
    })
}

/// Russian taxpayer: firms have ten digits, people twelve.
pub(in crate::validate) fn ru_inn(value: &[u8]) -> Verdict {
    const WEIGHTS: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |d: &[u32]| weigh(d, &WEIGHTS[WEIGHTS.len() - d.len()..]) % 11 % 10;
    match value.len() {
        10 => digits::<10>(value, |d| check(&d[..9]) == d[9]),
        _ => digits::<12>(value, |d| check(&d[..10]) == d[10] && check(&d[..11]) == d[11]),
    }
}

/// Russian pension insurance.
pub(in crate::validate) fn ru_snils(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| u64::from(weigh(&d[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100) == number(&d[9..]))
}

/// Ukrainian taxpayer.
pub(in crate::validate) fn ua_taxpayer(value: &[u8]) -> Verdict {
    // The first weight is minus one: ten more would change nothing mod eleven.
    digits::<10>(value, |d| weigh(&d[..9], &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == d[9])
}

/// Kazakh identity number: a second row of weights where the first gives no digit.
pub(in crate::validate) fn kz_identity(value: &[u8]) -> Verdict {
    digits::<12>(value, |d| {
        let first = weigh(&d[..11], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
        let check = if first == 10 { weigh(&d[..11], &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11 } else { first };
        is_ymd(&d[..6]) && check == d[11]
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_eastern_europe() {
        assert_verdicts(pl_pesel, &["44051401359"], &["44051401358", "44991401359"]);
        assert_verdicts(pl_nip, &["856-734-62-15"], &["856-734-62-16"]);
        assert_verdicts(pl_regon, &["192598184"], &["192598183"]);
        assert_verdicts(cz_sk_birth, &["710319/2745"], &["7103192746", "711319/2745"]);
        assert_eq!(cz_sk_birth(b"530319/274"), Verdict::Abstain);
        assert_verdicts(hu_tax, &["8071592153"], &["8071592154", "7071592153"]);
        assert_verdicts(hu_social, &["111 111 110"], &["111111112"]);
        assert_verdicts(ro_cnp, &["1630615123457", "1800101221144"], &["1630615123458", "1801301221144"]);
        assert_verdicts(bg_egn, &["7523169263", "8032056031"], &["7552A10004", "8019010008"]);
        assert_verdicts(hr_oib, &["33392005961"], &["33392005962"]);
        assert_verdicts(yu_jmbg, &["0101006500006"], &["0101006500007"]);
        assert_verdicts(tr_identity, &["17291716060"], &["17291716050", "07291716092"]);
        assert_verdicts(ru_inn, &["7707083893", "500100732259"], &["7707083894", "500100732258"]);
        assert_verdicts(ru_snils, &["112-233-445 95"], &["112-233-445 96"]);
        assert_verdicts(ua_taxpayer, &["1759013776"], &["1759013777"]);
        assert_verdicts(kz_identity, &["870503400040"], &["870503400048"]);
    }
}
