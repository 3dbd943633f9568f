//! International bank account numbers (ISO 13616): country, structure, and two check digits by ISO 7064 mod 97-10.

use super::valid_if;
use crate::finding::Verdict;

/// What follows the check digits, by country: runs of digits (`n`), letters (`a`) or either (`c`). From the SWIFT
/// registry and, for countries outside it, from the forms in use.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("AD", "8n12c"), ("AE", "19n"), ("AL", "8n16c"), ("AO", "21n"), ("AT", "16n"), ("AX", "14n"), ("AZ", "4a20c"),
    ("BA", "16n"), ("BE", "12n"), ("BF", "2c22n"), ("BG", "4a6n8c"), ("BH", "4a14c"), ("BI", "23n"), ("BJ", "2c22n"),
    ("BL", "10n11c2n"), ("BR", "8c15n2c"), ("BY", "4c4n16c"), ("CF", "23n"), ("CG", "23n"), ("CH", "5n12c"),
    ("CI", "2a22n"), ("CM", "23n"), ("CR", "18n"), ("CV", "21n"), ("CY", "8n16c"), ("CZ", "20n"), ("DE", "18n"),
    ("DJ", "23n"), ("DK", "14n"), ("DO", "4c20n"), ("DZ", "22n"), ("EE", "16n"), ("EG", "25n"), ("ES", "20n"),
    ("FI", "14n"), ("FK", "2a12n"), ("FO", "14n"), ("FR", "10n11c2n"), ("GA", "23n"), ("GB", "4a14n"), ("GE", "2a16n"),
    ("GF", "10n11c2n"), ("GG", "4a14n"), ("GI", "4a15c"), ("GL", "14n"), ("GP", "10n11c2n"), ("GQ", "23n"),
    ("GR", "7n16c"), ("GT", "24c"), ("GW", "2c19n"), ("HN", "4a20n"), ("HR", "17n"), ("HU", "24n"), ("IE", "4a14n"),
    ("IL", "19n"), ("IM", "4a14n"), ("IQ", "4a15n"), ("IR", "22n"), ("IS", "22n"), ("IT", "1a10n12c"), ("JE", "4a14n"),
    ("JO", "4a4n18c"), ("KM", "23n"), ("KW", "4a22c"), ("KZ", "3n13c"), ("LB", "4n20c"), ("LC", "4a24c"),
    ("LI", "5n12c"), ("LT", "16n"), ("LU", "3n13c"), ("LV", "4a13c"), ("LY", "21n"), ("MA", "24n"), ("MC", "10n11c2n"),
    ("MD", "20c"), ("ME", "18n"), ("MF", "10n11c2n"), ("MG", "23n"), ("MK", "3n10c2n"), ("ML", "2c22n"), ("MN", "16n"),
    ("MQ", "10n11c2n"), ("MR", "23n"), ("MT", "4a5n18c"), ("MU", "4a19n3a"), ("MZ", "21n"), ("NC", "10n11c2n"),
    ("NE", "2a22n"), ("NI", "4a20n"), ("NL", "4a10n"), ("NO", "11n"), ("OM", "3n16c"), ("PF", "10n11c2n"),
    ("PK", "4a16c"), ("PL", "24n"), ("PM", "10n11c2n"), ("PS", "4a21c"), ("PT", "21n"), ("QA", "4a21c"),
    ("RE", "10n11c2n"), ("RO", "4a16c"), ("RS", "18n"), ("RU", "14n15c"), ("SA", "2n18c"), ("SC", "4a20n3a"),
    ("SD", "14n"), ("SE", "20n"), ("SI", "15n"), ("SK", "20n"), ("SM", "1a10n12c"), ("SN", "2a22n"), ("SO", "19n"),
    ("ST", "21n"), ("SV", "4a20n"), ("TD", "23n"), ("TF", "10n11c2n"), ("TG", "2a22n"), ("TL", "19n"), ("TN", "20n"),
    ("TR", "6n16c"), ("UA", "6n19c"), ("VA", "18n"), ("VG", "4a16n"), ("WF", "10n11c2n"), ("XK", "16n"),
    ("YE", "4a4n18c"), ("YT", "10n11c2n"),
];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(compact(value).is_some_and(|number| is_right(&number).unwrap_or(false)))
}

/// The number in capitals without its single spaces. Letters of both cases are no number.
fn compact(value: &[u8]) -> Option<Vec<u8>> {
    let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let well_spaced = !mixed && value.split(|b| *b == b' ').all(|group| !group.is_empty());
    well_spaced.then(|| value.iter().filter(|b| **b != b' ').map(u8::to_ascii_uppercase).collect())
}

fn is_right(number: &[u8]) -> Option<bool> {
    let (head, account) = number.split_first_chunk::<4>()?;
    let (country, sum) = head.split_at(2);
    let (_, structure) = COUNTRIES.iter().find(|(name, _)| name.as_bytes() == country)?;
    let may_be_sum = sum.iter().all(u8::is_ascii_digit) && !matches!(sum, b"00" | b"01" | b"99");
    Some(may_be_sum && fits(account, structure) && mod97(account.iter().chain(head))? == 1)
}

fn fits(account: &[u8], structure: &str) -> bool {
    let mut rest = account;
    let mut count = 0;
    for byte in structure.bytes() {
        if byte.is_ascii_digit() {
            count = count * 10 + usize::from(byte - b'0');
            continue;
        }
        let Some((run, after)) = rest.split_at_checked(count) else { return false };
        let of_kind = run.iter().all(|b| match byte {
            b'n' => b.is_ascii_digit(),
            b'a' => b.is_ascii_uppercase(),
            _ => b.is_ascii_digit() || b.is_ascii_uppercase(),
        });
        if !of_kind {
            return false;
        }
        (rest, count) = (after, 0);
    }
    rest.is_empty()
}

/// The remainder of the number that digits, and letters from A = 10, make.
fn mod97<'a>(text: impl Iterator<Item = &'a u8>) -> Option<u32> {
    text.copied().try_fold(0, |sum, byte| match byte {
        b'0'..=b'9' => Some((sum * 10 + u32::from(byte - b'0')) % 97),
        b'A'..=b'Z' => Some((sum * 100 + u32::from(byte - b'A') + 10) % 97),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_registry() {
        for number in [
            "GB82WEST12345698765432",
            "DE89370400440532013000",
            "FR1420041010050500013M02606",
            "NL91ABNA0417164300",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
            "BR9700360305000010009795493P1",
            "SC18SSCB11010000000000001497USD",
            "GB82 WEST 1234 5698 7654 32",
            "gb82 west 1234 5698 7654 32",
            "CH93 0076 2011 6238 5295 7",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Valid, "{number}");
            for at in (2..number.len()).filter(|at| number.as_bytes()[*at].is_ascii_digit()) {
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
            "GB",
            "GB82",
            "GB82WEST1234569876543",
            "GB82WEST123456987654321",
            "ZZ82WEST12345698765432",
            "Gb82West12345698765432",
            "GB82  WEST 1234 5698 7654 32",
            " GB82WEST12345698765432",
            "GB82-WEST-1234-5698-7654-32",
            "GB00WEST12345698765432",
        ] {
            assert_eq!(check(number.as_bytes()), Verdict::Invalid, "{number}");
        }
    }

    #[test]
    fn table_is_sorted_and_well_formed() {
        assert!(COUNTRIES.is_sorted());
        for (country, structure) in COUNTRIES {
            assert_eq!(country.len(), 2, "{country}");
            assert!(structure.ends_with(['n', 'a', 'c']), "{country}");
        }
    }
}
