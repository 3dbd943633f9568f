//! Phone numbers: E.164 with a country code, or a North American number with or without one.

use super::valid_if;
use crate::finding::Verdict;

/// Country codes that are in use (ITU-T E.164), shortest first; none starts another.
const CODES: &[&[u16]] = &[
    &[1, 7],
    &[
        20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66,
        81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
    ],
    &[
        211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240,
        241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261, 262, 263, 264, 265, 266, 267,
        268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378,
        379, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593,
        594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691,
        692, 800, 808, 850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965, 966, 967, 968, 970,
        971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998,
    ],
];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let (international, text) = match value {
        [b'+', rest @ ..] => (true, rest),
        _ => (false, value),
    };
    let digits = digits(text)?;
    let national = match (international, digits.as_slice()) {
        (true, _) if !(8..=15).contains(&digits.len()) => None,
        (true, [1, national @ ..]) => return Some(is_north_american(national)),
        (true, all) => after_code(all),
        (false, [1, national @ ..]) if national.len() == 10 => return Some(is_north_american(national)),
        (false, national) => return Some(is_north_american(national)),
    };
    national.map(|n| !is_made_up(n))
}

/// The digits of a number as people write it; `(0)`, dialled only inside the country, is left out.
fn digits(text: &[u8]) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        match byte {
            b'0'..=b'9' => digits.push(byte - b'0'),
            b'(' if tail.starts_with(b"0)") => rest = tail,
            b' ' | b'-' | b'.' | b'/' | b'(' | b')' => {}
            _ => return None,
        }
        rest = rest.get(1..)?;
    }
    Some(digits)
}

/// What follows the country code.
fn after_code(digits: &[u8]) -> Option<&[u8]> {
    let mut code = 0;
    for (digit, codes) in digits.iter().zip(CODES) {
        code = code * 10 + u16::from(*digit);
        if codes.contains(&code) {
            return digits.get(code.to_string().len()..);
        }
    }
    None
}

/// Area and exchange start with 2-9 and are no service code (`N11`); 555 is the exchange, and no area, of invented numbers.
fn is_north_american(national: &[u8]) -> bool {
    let [a @ 2..=9, b, c, d @ 2..=9, e, f, ..] = national else { return false };
    let service = |x: &u8, y: &u8| *x == 1 && *y == 1;
    let invented = [*a, *b, *c] == [5, 5, 5] || [*d, *e, *f] == [5, 5, 5];
    national.len() == 10 && !service(b, c) && !service(e, f) && !invented && !is_made_up(national)
}

/// All the same digit, or each one more than the last.
fn is_made_up(national: &[u8]) -> bool {
    let steps_by = |n: u8| national.windows(2).all(|w| matches!(w, [a, b] if (a + n) % 10 == *b));
    steps_by(0) || steps_by(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possible_numbers() {
        for number in [
            "+1 212 736 5000",
            "+12127365000",
            "(212) 736-5000",
            "212-736-5000",
            "212.736.5000",
            "1-212-736-5000",
            "+44 20 7219 3000",
            "+44 (0)20 7219 3000",
            "+49 30 18 2722 720",
            "+33142764040",
            "+86 10 6641 8866",
            "+354 545 2000",
            "+971 4 366 8888",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Valid, "{number}");
        }
    }

    #[test]
    fn impossible_numbers() {
        for number in [
            "",
            "+",
            "112 736 5000",
            "012 736 5000",
            "911 736 5000",
            "212 136 5000",
            "212 911 5000",
            "212 555 0123",
            "+1 (212) 555-0199",
            "555-123-4567",
            "222 222 2222",
            "+1 222 222 2222",
            "2345678901",
            "+44 4444 444 444",
            "+999 123 4567",
            "+210 123 45678",
            "+44 12",
            "+44 1234 5678 9012 345",
            "212 736 500",
            "212 736 50000",
            "212_736_5000",
            "+1 212 736 500",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Invalid, "{number}");
        }
    }
}
