//! Payment card numbers: an issuer's range, its lengths, and the Luhn digit.

use super::valid_if;
use crate::finding::Verdict;

/// First and last of a range of leading digits, and how long its numbers are.
struct Issuer {
    from: u32,
    to: u32,
    lengths: &'static [usize],
}

const fn issuer(from: u32, to: u32, lengths: &'static [usize]) -> Issuer {
    Issuer { from, to, lengths }
}

const LONG: &[usize] = &[16, 17, 18, 19];
const MAESTRO: &[usize] = &[12, 13, 14, 15, 16, 17, 18, 19];

/// Ranges of the first four digits.
const ISSUERS: &[Issuer] = &[
    issuer(4000, 4999, &[13, 16, 19]), // Visa
    issuer(5100, 5599, &[16]),         // Mastercard
    issuer(2221, 2720, &[16]),         // Mastercard
    issuer(3400, 3499, &[15]),         // American Express
    issuer(3700, 3799, &[15]),         // American Express
    issuer(6011, 6011, LONG),          // Discover
    issuer(6440, 6599, LONG),          // Discover
    issuer(3528, 3589, LONG),          // JCB
    issuer(3000, 3059, &[14]),         // Diners Club
    issuer(3095, 3095, &[14]),         // Diners Club
    issuer(3600, 3699, &[14]),         // Diners Club
    issuer(3800, 3999, &[14]),         // Diners Club
    issuer(6200, 6299, LONG),          // UnionPay
    issuer(8100, 8171, LONG),          // UnionPay
    issuer(2200, 2204, LONG),          // Mir
    issuer(5018, 5018, MAESTRO),
    issuer(5020, 5020, MAESTRO),
    issuer(5038, 5038, MAESTRO),
    issuer(5893, 5893, MAESTRO),
    issuer(6304, 6304, MAESTRO),
    issuer(6759, 6759, MAESTRO),
    issuer(6761, 6763, MAESTRO),
];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(digits(value).is_some_and(|digits| is_issued(&digits) && luhn(&digits) && !all_same(&digits)))
}

/// The digits, if they stand together or in groups of four and more (the last may be shorter) with one kind of separator.
fn digits(value: &[u8]) -> Option<Vec<u8>> {
    let separator = value.iter().copied().find(|b| !b.is_ascii_digit());
    if !matches!(separator, None | Some(b' ' | b'-')) {
        return None;
    }
    let mut groups = value.split(|b| Some(*b) == separator).rev();
    let last = groups.next()?;
    let well_grouped = !last.is_empty() && groups.all(|group| group.len() >= 4);
    let digits: Vec<u8> = value.iter().filter(|b| Some(**b) != separator).map(|b| b.wrapping_sub(b'0')).collect();
    (well_grouped && digits.iter().all(|d| *d < 10)).then_some(digits)
}

fn is_issued(digits: &[u8]) -> bool {
    let Some(first) = digits.first_chunk::<4>() else { return false };
    let first = first.iter().fold(0, |sum, d| sum * 10 + u32::from(*d));
    ISSUERS.iter().any(|i| (i.from..=i.to).contains(&first) && i.lengths.contains(&digits.len()))
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| luhn_value(*d, i % 2 == 1)).sum();
    sum.is_multiple_of(10)
}

fn luhn_value(digit: u8, doubled: bool) -> u32 {
    match (u32::from(digit), doubled) {
        (d, false) => d,
        (d @ 0..=4, true) => d * 2,
        (d, true) => d * 2 - 9,
    }
}

fn all_same(digits: &[u8]) -> bool {
    digits.iter().all(|d| Some(d) == digits.first())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_numbers_of_the_issuers() {
        for number in [
            "4111111111111111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "6011111111111117",
            "3530111333300000",
            "30569309025904",
            "36227206271667",
            "6205500000000000004",
            "6759649826438453",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "3782 822463 10005",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Valid, "{number}");
            for at in (0..number.len()).filter(|at| number.as_bytes()[*at].is_ascii_digit()) {
                let mut number = number.as_bytes().to_vec();
                number[at] = b'0' + (number[at] - b'0' + 1) % 10;
                assert_eq!(check(&number), Verdict::Invalid, "digit {at}");
            }
        }
    }

    #[test]
    fn wrong_forms() {
        for number in [
            "",
            " ",
            "-",
            "0000000000000000",
            "8888888888888888",
            "41111111111111",
            "1234567812345670",
            "4111 1111-1111 1111",
            "4111.1111.1111.1111",
            "4111  1111 1111 1111",
            " 4111111111111111",
            "4111111111111111 ",
            "41 11 11 11 11 11 11 11",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Invalid, "{number}");
        }
    }
}
