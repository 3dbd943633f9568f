//! Germany, Austria, Switzerland, France, the Low Countries, Spain, Portugal, Italy and Greece.

use super::{compact, digits, is_dmy, is_ymd, luhn, mod_11_10, number, read, valid_if, verhoeff, weigh};
use crate::finding::Verdict;

/// The sum of the digits of products, as several German numbers want it.
fn cross_sum(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).map(|p| p / 10 + p % 10).sum()
}

/// Digits in which one letter stands for its two-digit place in the alphabet.
fn spelled(value: &[u8]) -> Option<Vec<u32>> {
    let mut digits = Vec::with_capacity(value.len() + 1);
    for byte in value {
        match byte {
            b'0'..=b'9' => digits.push(u32::from(byte - b'0')),
            b'A'..=b'Z' => digits.extend([u32::from(byte - b'A' + 1) / 10, u32::from(byte - b'A' + 1) % 10]),
            _ => return None,
        }
    }
    Some(digits)
}

/// German tax id: no leading zero, and of the first ten digits one comes twice or thrice.
pub(in crate::validate) fn de_tax_id(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let most = (0..10).map(|digit| d[..10].iter().filter(|d| **d == digit).count()).max();
        d[0] != 0 && matches!(most, Some(2 | 3)) && mod_11_10(d)
    })
}

/// German pension insurance: an area, a date of birth and a letter of the name.
pub(in crate::validate) fn de_pension(value: &[u8]) -> Verdict {
    let value = compact(value);
    let right = value.len() == 12
        && value[8].is_ascii_uppercase()
        && spelled(&value).is_some_and(|d| d.len() == 13 && cross_sum(&d[..12], &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]) % 10 == d[12]);
    valid_if(right)
}

/// German health insurance: a letter and nine digits.
pub(in crate::validate) fn de_health(value: &[u8]) -> Verdict {
    let value = compact(value);
    let right = value.len() == 10
        && value[0].is_ascii_uppercase()
        && spelled(&value).is_some_and(|d| d.len() == 11 && cross_sum(&d[..10], &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 == d[10]);
    valid_if(right)
}

/// German doctor.
pub(in crate::validate) fn de_doctor(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| (10 - weigh(&d[..6], &[4, 9, 4, 9, 4, 9]) % 10) % 10 == d[6])
}

/// Austrian social insurance: the check digit stands before the date of birth.
pub(in crate::validate) fn at_social(value: &[u8]) -> Verdict {
    digits::<10>(value, |d| d[0] > 0 && weigh(d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == d[3])
}

/// Swiss old-age insurance.
pub(in crate::validate) fn ch_ahv(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| d[..3] == [7, 5, 6] && (10 - weigh(&d[..12], &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10 == d[12])
}

/// French social security: sex, year and month, place and order, and a key. Corsica's letters stand for digits.
pub(in crate::validate) fn fr_nir(value: &[u8]) -> Verdict {
    let mut value = compact(value);
    let away = match value.get(5..7) {
        Some(b"2A") => 1_000_000,
        Some(b"2B") => 2_000_000,
        _ => 0,
    };
    if away > 0 {
        value[6] = b'0';
    }
    let right = read::<15>(&value).is_some_and(|d| {
        let body = number(&d[..13]).saturating_sub(away);
        matches!(d[0], 1..=4 | 7 | 8) && matches!(d[3] * 10 + d[4], 1..=12 | 20..=42 | 50..=99) && 97 - body % 97 == number(&d[13..])
    });
    valid_if(right)
}

/// French tax number.
pub(in crate::validate) fn fr_tax(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| d[0] < 4 && number(&d[..10]) % 511 == number(&d[10..]))
}

/// French firm or establishment.
pub(in crate::validate) fn fr_siret(value: &[u8]) -> Verdict {
    match compact(value).len() {
        9 => digits::<9>(value, |d| luhn(d)),
        _ => digits::<14>(value, |d| luhn(d)),
    }
}

/// Belgian national number: a date, an order and two digits mod 97; after 1999 a two is thought in front.
pub(in crate::validate) fn be_national(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| {
        let (body, check) = (number(&d[..9]), number(&d[9..]));
        d[2] * 10 + d[3] <= 52 && d[4] < 4 && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
    })
}

/// Dutch citizen service number.
pub(in crate::validate) fn nl_bsn(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| number(d) > 0 && (weigh(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * d[8]).is_multiple_of(11))
}

/// Luxembourg's number: a date, and two check digits by different rules.
pub(in crate::validate) fn lu_matricule(value: &[u8]) -> Verdict {
    digits::<13>(value, |d| is_ymd(&d[2..8]) && luhn(&d[..12]) && verhoeff(&[&d[..11], &d[12..]].concat()))
}

/// Spanish identity document, of citizens or foreigners: a letter by the remainder mod 23.
pub(in crate::validate) fn es_dni(value: &[u8]) -> Verdict {
    let mut value = compact(value);
    if let Some(at) = value.first().and_then(|first| b"XYZ".iter().position(|b| b == first)) {
        value[0] = b'0' + at as u8;
    }
    let right = value.len() == 9
        && read::<8>(&value[..8]).is_some_and(|d| value[8] == b"TRWAGMYFPDXBNJZSQVHLCKE"[number(&d) as usize % 23] && number(&d) > 0);
    valid_if(right)
}

/// Spanish social security.
pub(in crate::validate) fn es_social(value: &[u8]) -> Verdict {
    digits::<12>(value, |d| {
        let (province, person) = (number(&d[..2]), number(&d[2..10]));
        let body = if person < 10_000_000 { person + province * 10_000_000 } else { number(&d[..10]) };
        (1..=66).contains(&province) && body % 97 == number(&d[10..])
    })
}

/// Portuguese taxpayer.
pub(in crate::validate) fn pt_nif(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| {
        let rest = weigh(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        !matches!(d[0], 0 | 4) && (if rest < 2 { 0 } else { 11 - rest }) == d[8]
    })
}

/// Italian fiscal code of a person: letters of the names, a date, a town, and a letter by the sum mod 26.
pub(in crate::validate) fn it_fiscal_code(value: &[u8]) -> Verdict {
    /// What a digit, or the letter at its place, is worth at the first, third and other odd places.
    const ODD: [u32; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let value = compact(value);
    let rank = |b: u8| usize::from(if b.is_ascii_digit() { b - b'0' } else { b.wrapping_sub(b'A') });
    let right = value.len() == 16 && value.iter().all(u8::is_ascii_alphanumeric) && {
        let sum: u32 = value[..15].iter().enumerate().map(|(at, b)| if at % 2 == 0 { ODD[rank(*b)] } else { rank(*b) as u32 }).sum();
        b"ABCDEHLMPRST".contains(&value[8]) && u32::from(value[15]) == u32::from(b'A') + sum % 26
    };
    valid_if(right)
}

/// Italian firm.
pub(in crate::validate) fn it_vat(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| luhn(d))
}

/// Greek social security: a date of birth, and Luhn's digit.
pub(in crate::validate) fn gr_amka(value: &[u8]) -> Verdict {
    digits::<11>(value, |d| is_dmy(&d[..6]) && luhn(d))
}

/// Greek taxpayer.
pub(in crate::validate) fn gr_afm(value: &[u8]) -> Verdict {
    digits::<9>(value, |d| weigh(&d[..8], &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == d[8])
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_western_europe() {
        assert_verdicts(de_tax_id, &["36 574 261 809"], &["36574261890", "06574261809"]);
        assert_verdicts(de_pension, &["15 070649 C 103", "65180539W001"], &["15070649C104", "150706491103"]);
        assert_verdicts(de_health, &["A123456780"], &["A123456781", "1123456780"]);
        assert_verdicts(de_doctor, &["123456601"], &["123456701"]);
        assert_verdicts(at_social, &["1237 010180"], &["2237010180"]);
        assert_verdicts(ch_ahv, &["756.9217.0769.85"], &["756.9217.0769.84", "123.4567.8910.19"]);
        assert_verdicts(fr_nir, &["2 95 10 99 126 111 93", "253072B07300470", "253072A07300443"], &["295109912611194", "253072C07300443"]);
        assert_verdicts(fr_tax, &["30 23 217 600 053"], &["3023217600054"]);
        assert_verdicts(fr_siret, &["552 008 443", "73282932000074"], &["552008444", "73282932000079"]);
        assert_verdicts(be_national, &["85.07.30-033 28", "17073003384"], &["85073003329"]);
        assert_verdicts(nl_bsn, &["111222333", "1234.56.782"], &["111252333"]);
        assert_verdicts(lu_matricule, &["1893120105732"], &["1893120105731"]);
        assert_verdicts(es_dni, &["54362315-K", "x-2482300w"], &["54362315Z", "X2482300A"]);
        assert_verdicts(es_social, &["281234567840"], &["281234567841"]);
        assert_verdicts(pt_nif, &["501 964 843"], &["501964842"]);
        assert_verdicts(it_fiscal_code, &["RCCMNL83S18D969H", "RSSMRA85T10A562S"], &["RCCMNL83S18D969", "RSSMRA85T10A562T"]);
        assert_verdicts(it_vat, &["00743110157"], &["00743110158"]);
        assert_verdicts(gr_amka, &["01013099997"], &["01013099998"]);
        assert_verdicts(gr_afm, &["094259216"], &["094259217"]);
    }
}
