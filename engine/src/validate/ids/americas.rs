//! North, Central and South America.

use super::{compact, digits, luhn, number, read, valid_if, weigh};
use crate::finding::Verdict;

/// United States individual taxpayer number: ranges that are given out.
pub(in crate::validate) fn us_itin(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| d[0] == 9 && matches!(d[3] * 10 + d[4], 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// United States provider of health care: Luhn's digit over the number behind 80840.
pub(in crate::validate) fn us_npi(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| matches!(d[0], 1 | 2) && luhn(&[&[8, 0, 8, 4, 0], d.as_slice()].concat()))
}

/// United States prescriber: two letters and a check digit.
pub(in crate::validate) fn us_dea(value: &[u8]) -> Verdict {
    let is_kind = |b: u8| b"ABCDEFGHJKLMNPRSTUX".contains(&b);
    let sum = |d: &[u32; 7]| d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5]);
    let right = value.len() == 9 && is_kind(value[0]) && read::<7>(&value[2..]).is_some_and(|d| sum(&d) % 10 == d[6]);
    valid_if(right)
}

/// United States bank routing number: a range of districts, and weights 3, 7, 1.
pub(in crate::validate) fn us_routing(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| {
        let district = d[0] * 10 + d[1];
        matches!(district, 0..=12 | 21..=32 | 61..=72 | 80) && weigh(d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
    })
}

/// Canadian social insurance number.
pub(in crate::validate) fn ca_sin(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| !matches!(d[0], 0 | 8) && luhn(d))
}

/// Mexican population register: a date inside, and a check digit over letters and digits.
pub(in crate::validate) fn mx_curp(value: &[u8]) -> Verdict {
    let value = compact(value);
    // The letter after N takes part, though no number holds it.
    let rank = |b: u8| match b {
        b'0'..=b'9' => u32::from(b - b'0'),
        b'A'..=b'N' => u32::from(b - b'A') + 10,
        _ => u32::from(b.saturating_sub(b'A')) + 11,
    };
    let right = value.len() == 18 && value.iter().all(u8::is_ascii_alphanumeric) && {
        let sum: u32 = value[..17].iter().enumerate().map(|(at, b)| rank(*b) * (18 - at as u32)).sum();
        read::<6>(&value[4..10]).is_some_and(|date| super::is_ymd(&date)) && (10 - sum % 10) % 10 == rank(value[17])
    };
    valid_if(right)
}

/// Mexican bank account.
pub(in crate::validate) fn mx_clabe(value: &[u8]) -> Verdict {
    digits::<18>(value, |d| {
        let sum: u32 = d[..17].iter().zip([3, 7, 1].iter().cycle()).map(|(digit, weight)| digit * weight % 10).sum();
        (10 - sum % 10) % 10 == d[17]
    })
}

/// A check digit of Brazil: eleven less the remainder, zero for what has two digits.
fn brazilian(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Brazilian taxpayer.
pub(in crate::validate) fn br_cpf(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        brazilian(weigh(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == d[9]
            && brazilian(weigh(&d[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == d[10]
    })
}

/// Brazilian firm, in digits or with letters.
pub(in crate::validate) fn br_cnpj(value: &[u8]) -> Verdict {
    let value = compact(value);
    let ranks: Vec<u32> = value.iter().map(|b| u32::from(b.saturating_sub(b'0'))).collect();
    let weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    let right = value.len() == 14
        && value.iter().all(u8::is_ascii_alphanumeric)
        && !super::is_repeated(&ranks)
        && brazilian(weigh(&ranks[..12], &weights[1..])) == ranks[12]
        && brazilian(weigh(&ranks[..13], &weights)) == ranks[13];
    valid_if(right)
}

/// Argentine taxpayer.
pub(in crate::validate) fn ar_cuit(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let check = match 11 - weigh(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11 {
            11 => 0,
            10 => 9,
            check => check,
        };
        matches!(d[0] * 10 + d[1], 20 | 23 | 24 | 27 | 30 | 33 | 34 | 50 | 51 | 55) && check == d[10]
    })
}

/// Argentine bank account: bank and branch, then the account, each with a check digit.
pub(in crate::validate) fn ar_cbu(value: &[u8]) -> Verdict {
    let ends_right = |part: &[u32]| {
        let sum: u32 = part.iter().rev().skip(1).zip([3, 1, 7, 9].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        part.last() == Some(&((10 - sum % 10) % 10))
    };
    digits::<22>(value, |d| ends_right(&d[..8]) && ends_right(&d[8..]))
}

/// Chilean taxpayer: the check may be a K.
pub(in crate::validate) fn cl_rut(value: &[u8]) -> Verdict {
    let value = compact(value);
    let Some((check, body)) = value.split_last() else { return Verdict::Invalid };
    let sum: u32 =
        body.iter().rev().zip([2, 3, 4, 5, 6, 7].iter().cycle()).map(|(b, weight)| u32::from(b.saturating_sub(b'0')) * weight).sum();
    let right = b"0123456789K"[(11 - sum as usize % 11) % 11];
    valid_if((7..=8).contains(&body.len()) && body.iter().all(u8::is_ascii_digit) && *check == right)
}

/// Colombian taxpayer.
pub(in crate::validate) fn co_nit(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| {
        let sum: u32 = d[..9].iter().rev().zip([3, 7, 13, 17, 19, 23, 29, 37, 41]).map(|(digit, weight)| digit * weight).sum();
        [0, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][sum as usize % 11] == d[9]
    })
}

/// Peruvian taxpayer.
pub(in crate::validate) fn pe_ruc(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let sum = weigh(&d[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        matches!(d[0] * 10 + d[1], 10 | 15 | 16 | 17 | 20) && (11 - sum % 11) % 10 == d[10]
    })
}

/// Ecuadorian identity number: a province, and Luhn's digit.
pub(in crate::validate) fn ec_cedula(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| matches!(d[0] * 10 + d[1], 1..=24 | 30 | 50) && d[2] < 6 && luhn(d))
}

/// Dominican identity number.
pub(in crate::validate) fn do_cedula(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| luhn(d))
}

/// Uruguayan identity number.
pub(in crate::validate) fn uy_cedula(value: &[u8]) -> Verdict {
    digits::<8>(value, |d| (10 - weigh(&d[..7], &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10 == d[7])
}

/// Device of a mobile network, and others that end with Luhn's digit behind a type that cannot be zero.
pub(in crate::validate) fn imei(value: &[u8]) -> Verdict {
    digits::<15>(value, |d| number(&d[..8]) > 0 && luhn(d))
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_the_americas() {
        assert_verdicts(us_itin, &["912-70-1234", "900551234"], &["912-69-1234", "812-70-1234", "912-70-123"]);
        assert_verdicts(us_npi, &["1234567893"], &["1234567890", "3234567893"]);
        assert_verdicts(us_dea, &["AP5836727"], &["AP5836728", "QP5836727", "AP583672"]);
        assert_verdicts(us_routing, &["021000021", "111000025"], &["021000022", "991000021"]);
        assert_verdicts(ca_sin, &["123 456 782", "130692544"], &["123456783", "046454286"]);
        assert_verdicts(mx_curp, &["BOXW310820HNERXN09"], &["BOXW310820HNERXN08", "BOXW311320HNERXN09"]);
        assert_verdicts(mx_clabe, &["032180000118359719"], &["032180000118359718"]);
        assert_verdicts(br_cpf, &["111.444.777-35", "39053344705"], &["11144477734", "11111111111"]);
        assert_verdicts(br_cnpj, &["11.222.333/0001-81", "12ABC34501DE35"], &["11222333000182", "12ABC34501DE36"]);
        assert_verdicts(ar_cuit, &["20-05536168-2"], &["20-05536168-3", "21-05536168-2"]);
        assert_verdicts(ar_cbu, &["2850590940090418135201"], &["2850590940090418135202", "2810590940090418135201"]);
        assert_verdicts(cl_rut, &["12.531.909-2", "76086428-5"], &["12531909-3", "123-4"]);
        assert_verdicts(co_nit, &["213.123.432-1"], &["213.123.432-2"]);
        assert_verdicts(pe_ruc, &["20512333797"], &["20512333798", "99512333797"]);
        assert_verdicts(ec_cedula, &["1714307103"], &["1714307104", "9914307103"]);
        assert_verdicts(do_cedula, &["00113918205"], &["00113918204"]);
        assert_verdicts(uy_cedula, &["1.234.567-2"], &["1.234.567-3"]);
        assert_verdicts(imei, &["490154203237518"], &["490154203237519"]);
    }
}
