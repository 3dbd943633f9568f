//! Numbers that states give to people and firms: one file a region, and here what their checksums have in common.
//!
//! A single check digit supports a finding and proves nothing, but a wrong one disproves it.

mod americas;
mod asia;
mod east_europe;
mod nordic_baltic;
mod oceania_africa;
mod united_kingdom;
mod vat;
mod west_europe;

pub(super) use americas::*;
pub(super) use asia::*;
pub(super) use east_europe::*;
pub(super) use nordic_baltic::*;
pub(super) use oceania_africa::*;
pub(super) use united_kingdom::*;
pub(super) use vat::*;
pub(super) use west_europe::*;

use super::valid_if;
use crate::finding::Verdict;

/// Valid if this many digits, whatever stands between them, have the property. One digit repeated is nobody's number.
fn digits<const N: usize>(value: &[u8], right: impl FnOnce(&[u32; N]) -> bool) -> Verdict {
    valid_if(read(value).is_some_and(|digits| !is_repeated(&digits) && right(&digits)))
}

/// This many digits; spaces, hyphens, dots and slashes may stand between them.
fn read<const N: usize>(value: &[u8]) -> Option<[u32; N]> {
    let mut digits = [0; N];
    let mut count = 0;
    for byte in value.iter().filter(|b| !is_separator(**b)) {
        *digits.get_mut(count)? = char::from(*byte).to_digit(10)?;
        count += 1;
    }
    (count == N).then_some(digits)
}

/// The characters of a number without its separators, letters in capitals.
fn compact(value: &[u8]) -> Vec<u8> {
    value.iter().filter(|b| !is_separator(**b)).map(u8::to_ascii_uppercase).collect()
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/')
}

fn is_repeated(digits: &[u32]) -> bool {
    digits.iter().all(|digit| *digit == digits[0])
}

/// The sum of digits times weights.
fn weigh(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The number that the digits make.
fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(*digit))
}

/// Luhn's check digit at the end.
fn luhn(digits: &[u32]) -> bool {
    let double = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, d)| if at % 2 == 1 { double(*d) } else { *d }).sum();
    sum.is_multiple_of(10)
}

/// ISO 7064 mod 11,10.
fn mod_11_10(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == *last
}

/// Verhoeff's check digit at the end.
fn verhoeff(digits: &[u32]) -> bool {
    let turned = |at: usize, digit: u32| TURNED[at % TURNED.len()][digit as usize];
    digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| PRODUCTS[usize::from(sum)][usize::from(turned(at, *digit))]) == 0
}

/// Products in the group of a pentagon's symmetries.
static PRODUCTS: [[u8; 10]; 10] = {
    let mut products = [[0; 10]; 10];
    let (mut a, mut b) = (0, 0);
    while a < 10 {
        products[a][b] = match (a < 5, b < 5) {
            (true, true) => (a + b) % 5,
            (true, false) => (a + b - 5) % 5 + 5,
            (false, true) => (a + 5 - b) % 5 + 5,
            (false, false) => (a + 5 - b) % 5,
        } as u8;
        b += 1;
        if b == 10 {
            (a, b) = (a + 1, 0);
        }
    }
    products
};

/// What each digit becomes, by its place from the right: the same permutation once more a place, which is none after eight.
static TURNED: [[u8; 10]; 8] = {
    const TURN: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut turned = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]; 8];
    let mut place = 1;
    while place < turned.len() {
        let mut digit = 0;
        while digit < 10 {
            turned[place][digit] = TURN[turned[place - 1][digit] as usize];
            digit += 1;
        }
        place += 1;
    }
    turned
};

/// Whether there is such a day, of whatever year.
fn is_day(day: u32, month: u32) -> bool {
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// Whether six digits are a day, month and year in this order.
fn is_dmy(digits: &[u32]) -> bool {
    is_day(digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
}

/// Whether six digits are a year, month and day in this order.
fn is_ymd(digits: &[u32]) -> bool {
    is_day(digits[4] * 10 + digits[5], digits[2] * 10 + digits[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each check says of numbers that issuers print as samples, or that were computed by hand.
    pub(super) fn assert_verdicts(check: fn(&[u8]) -> Verdict, valid: &[&str], invalid: &[&str]) {
        for number in valid {
            assert_eq!(check(number.as_bytes()), Verdict::Valid, "{number}");
        }
        for number in invalid {
            assert_eq!(check(number.as_bytes()), Verdict::Invalid, "{number}");
        }
    }

    #[test]
    fn common_sums() {
        let of = |text: &str| text.bytes().map(|b| u32::from(b - b'0')).collect::<Vec<_>>();
        assert!(luhn(&of("79927398713")) && !luhn(&of("79927398710")));
        assert!(verhoeff(&of("2363")) && !verhoeff(&of("2364")));
        assert!(mod_11_10(&of("79469")) && !mod_11_10(&of("79463")));
        assert!(is_day(29, 2) && !is_day(31, 4) && !is_day(1, 13) && !is_day(0, 1));
    }
}
