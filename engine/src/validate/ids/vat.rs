//! Value added tax numbers of the European Union and the United Kingdom: a country, and its own checksum.

use super::{compact, luhn, mod_11_10, number, read, valid_if, weigh};
use crate::finding::Verdict;

/// A country's rule for the digits after its two letters.
fn is_right(country: &[u8], rest: &[u8]) -> Option<bool> {
    let eight = || read::<8>(rest);
    let nine = || read::<9>(rest);
    let eleven = || read::<11>(rest);
    let right = match country {
        b"BE" => {
            // Firms of old leave out the zero in front.
            let padded = [b"0", rest].concat();
            let ten = read::<10>(rest).or_else(|| read::<10>(&padded));
            ten.is_some_and(|d| d[0] < 2 && 97 - number(&d[..8]) % 97 == number(&d[8..]))
        }
        b"DE" => nine().is_some_and(|d| d[0] > 0 && mod_11_10(&d)),
        b"DK" => eight().is_some_and(|d| d[0] > 0 && weigh(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
        b"EL" => nine().is_some_and(|d| weigh(&d[..8], &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == d[8]),
        b"FI" => eight().is_some_and(|d| (11 - weigh(&d[..7], &[7, 9, 10, 5, 8, 4, 2]) % 11) % 11 == d[7]),
        b"FR" => eleven().is_some_and(|d| luhn(&d[2..]) && (number(&d[2..]) * 100 + 12) % 97 == number(&d[..2])),
        b"GB" => nine().is_some_and(|d| {
            let sum = u64::from(weigh(&d[..7], &[8, 7, 6, 5, 4, 3, 2])) + number(&d[7..]);
            sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
        }),
        b"HR" => eleven().is_some_and(|d| mod_11_10(&d)),
        b"HU" => eight().is_some_and(|d| weigh(&d, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10)),
        b"IT" => eleven().is_some_and(|d| luhn(&d)),
        b"LU" => eight().is_some_and(|d| number(&d[..6]) % 89 == number(&d[6..])),
        b"MT" => eight().is_some_and(|d| d[0] > 0 && weigh(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37)),
        b"PL" => read::<10>(rest).is_some_and(|d| weigh(&d[..9], &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9]),
        b"PT" => nine().is_some_and(|d| {
            let left = weigh(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            d[0] > 0 && (if left < 2 { 0 } else { 11 - left }) == d[8]
        }),
        b"SE" => read::<12>(rest).is_some_and(|d| number(&d[10..]) > 0 && luhn(&d[..10])),
        b"SI" => eight().is_some_and(|d| d[0] > 0 && (11 - weigh(&d[..7], &[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[7]),
        b"SK" => read::<10>(rest).is_some_and(|d| number(&d).is_multiple_of(11)),
        _ => return None,
    };
    Some(right)
}

/// A number with its country in front; abstains for countries whose rule is not known here.
pub(in crate::validate) fn eu_vat(value: &[u8]) -> Verdict {
    let value = compact(value);
    match value.split_at_checked(2).and_then(|(country, rest)| is_right(country, rest)) {
        Some(right) => valid_if(right),
        None => Verdict::Abstain,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_verdicts;
    use super::*;

    #[test]
    fn numbers_of_the_union() {
        let valid = [
            "BE0428759497",
            "BE697449992",
            "DE136695976",
            "DK13585628",
            "EL094259216",
            "FI20774740",
            "FR83404833048",
            "GB980780684",
            "HR33392005961",
            "HU12892312",
            "IT00743110157",
            "LU15027442",
            "MT11679112",
            "PL8567346215",
            "PT501964843",
            "SE123456789701",
            "SI50223054",
            "SK2022749619",
        ];
        assert_verdicts(eu_vat, &valid, &["DE136695977", "FR84404833048", "GB802311781", "IT00743110158", "SE123456789101"]);
        assert_eq!(eu_vat(b"CY10259033P"), Verdict::Abstain);
    }
}
