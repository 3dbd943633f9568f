//! United States social security numbers: no checksum, but areas, groups and serials that are never given out.

use super::valid_if;
use crate::finding::Verdict;

/// Numbers printed on sample cards and in advertisements, or typed by people who make one up.
const FAKES: [u32; 3] = [78_051_120, 219_099_999, 123_456_789];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(number(value).is_some_and(is_issued))
}

/// Nine digits, together or as 3-2-4 with one kind of separator.
fn number(value: &[u8]) -> Option<u32> {
    let separated = matches!(value, [_, _, _, a @ (b' ' | b'-'), _, _, b, _, _, _, _] if a == b);
    if !separated && value.len() != 9 {
        return None;
    }
    let digits = value.iter().enumerate().filter(|(at, _)| !separated || !matches!(at, 3 | 6));
    digits.map(|(_, byte)| byte).try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

fn is_issued(number: u32) -> bool {
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    let repeated = number.is_multiple_of(111_111_111);
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0 && !repeated && !FAKES.contains(&number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_out_or_not() {
        for number in ["536-22-8726", "536 22 8726", "536228726", "001-01-0001", "899-99-9999"] {
            assert_eq!(check(number.as_bytes()), Verdict::Valid, "{number}");
        }
        for number in [
            "000-22-8726",
            "666-22-8726",
            "900-22-8726",
            "987-65-4321",
            "536-00-8726",
            "536-22-0000",
            "078-05-1120",
            "219-09-9999",
            "123-45-6789",
            "123456789",
            "111-11-1111",
            "536-22 8726",
            "536.22.8726",
            "53-622-8726",
            "536-22-872",
            "536-22-872a",
            "",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Invalid, "{number}");
        }
    }
}
