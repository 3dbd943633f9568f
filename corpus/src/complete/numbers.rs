//! Numbers of people's accounts, and their phones.

use crate::random::Rng;

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Issuers' first digits, with a length they give out.
const CARDS: &[(&str, usize)] = &[
    ("4", 16),
    ("4", 13),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("6011", 16),
    ("65", 16),
    ("644", 16),
    ("3528", 16),
    ("3589", 16),
    ("30", 14),
    ("36", 14),
    ("38", 14),
    ("62", 16),
    ("62", 19),
    ("6759", 12),
    ("6761", 16),
];

/// A card number: every other time with the digits of the given one and its last put right.
pub(super) fn card(like: &str, rng: &mut Rng) -> String {
    let given: String = like.chars().filter(char::is_ascii_digit).collect();
    let digits = if rng.below(2) == 0 && given.len() >= 12 {
        with_luhn_digit(&given[..given.len() - 1])
    } else {
        let (head, length) = rng.pick(CARDS);
        with_luhn_digit(&format!("{head}{}", rng.text(DIGITS, length - head.len() - 1)))
    };
    let groups: &[usize] = match (rng.below(2), digits.len()) {
        (0, _) => &[],
        (_, 14) => &[4, 6],
        (_, 15) => &[4, 6],
        _ => &[4, 4, 4, 4],
    };
    let separator = *rng.pick(&[" ", "-"]);
    grouped(&digits, groups, separator)
}

fn with_luhn_digit(digits: &str) -> String {
    let doubled = digits.bytes().rev().enumerate().map(|(i, b)| match (u32::from(b - b'0'), i % 2) {
        (digit, 0) => digit * 2 / 10 + digit * 2 % 10,
        (digit, _) => digit,
    });
    format!("{digits}{}", (10 - doubled.sum::<u32>() % 10) % 10)
}

/// Puts separators after groups of these sizes; what is left over is one more group.
fn grouped(text: &str, groups: &[usize], separator: &str) -> String {
    let mut parts = Vec::new();
    let mut rest = text;
    for size in groups.iter().filter(|size| **size > 0) {
        if rest.len() > *size {
            let (group, after) = rest.split_at(*size);
            parts.push(group);
            rest = after;
        }
    }
    parts.push(rest);
    parts.join(separator)
}

/// Countries with the structure of their account numbers: digits `n`, letters `a`.
const ACCOUNTS: &[(&str, &str)] = &[
    ("AT", "nnnnnnnnnnnnnnnn"),
    ("BE", "nnnnnnnnnnnn"),
    ("DE", "nnnnnnnnnnnnnnnnnn"),
    ("DK", "nnnnnnnnnnnnnn"),
    ("ES", "nnnnnnnnnnnnnnnnnnnn"),
    ("FI", "nnnnnnnnnnnnnn"),
    ("FR", "nnnnnnnnnnnnnnnnnnnnnnn"),
    ("GB", "aaaannnnnnnnnnnnnn"),
    ("IE", "aaaannnnnnnnnnnnnn"),
    ("IT", "annnnnnnnnnnnnnnnnnnnnn"),
    ("NL", "aaaannnnnnnnnn"),
    ("NO", "nnnnnnnnnnn"),
    ("PL", "nnnnnnnnnnnnnnnnnnnnnnnn"),
    ("PT", "nnnnnnnnnnnnnnnnnnnnn"),
    ("SE", "nnnnnnnnnnnnnnnnnnnn"),
    ("MT", "aaaannnnnnnnnnnnnnnnnnnnnnn"),
];

/// An account number, of the given one's country if that is among ours.
pub(super) fn iban(like: &str, rng: &mut Rng) -> String {
    let own = ACCOUNTS.iter().find(|(country, _)| like.starts_with(country));
    let (country, structure) = own.unwrap_or_else(|| rng.pick(ACCOUNTS));
    let account: String = structure.chars().map(|kind| rng.text(if kind == 'a' { LETTERS } else { DIGITS }, 1)).collect();
    let remainder = format!("{account}{country}00").bytes().fold(0, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    let number = format!("{country}{:02}{account}", 98 - remainder);
    grouped(&number, if rng.below(2) == 0 { &[] } else { &[4; 8] }, " ")
}

/// A French tax number: after ten digits their remainder mod 511.
pub(super) fn french_tax(like: &str) -> String {
    let body: String = like.chars().filter(char::is_ascii_digit).take(10).collect();
    let remainder = body.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 511);
    let mut digits = body.chars().chain(format!("{remainder:03}").chars().collect::<Vec<_>>());
    like.chars().map(|c| if c.is_ascii_digit() { digits.next().unwrap_or(c) } else { c }).collect()
}

/// A social security number of an area, group and serial that are given out.
pub(super) fn ssn(rng: &mut Rng) -> String {
    let area = match rng.between(1, 898) {
        area @ 1..=665 => area,
        area => area + 1,
    };
    let number = format!("{area:03}{:02}{:04}", rng.between(1, 99), rng.between(1, 9999));
    let separator = *rng.pick(&["-", "-", " ", ""]);
    grouped(&number, &[3, 2], separator)
}

/// A phone number in one of the ways people write them.
pub(super) fn phone(rng: &mut Rng) -> String {
    let area = format!("{}{}{}", rng.between(2, 9), rng.between(2, 8), rng.between(2, 9));
    let exchange = format!("{}{}{}", rng.between(2, 9), rng.between(2, 9), rng.between(0, 9));
    let line = rng.text(DIGITS, 4);
    let abroad = rng.text(DIGITS, 4);
    match rng.below(12) {
        0 => format!("+1{area}{exchange}{line}"),
        1 => format!("+1 {area} {exchange} {line}"),
        2 => format!("+1-{area}-{exchange}-{line}"),
        3 => format!("+1 ({area}) {exchange}-{line}"),
        4 => format!("({area}) {exchange}-{line}"),
        5 => format!("{area}-{exchange}-{line}"),
        6 => format!("{area}.{exchange}.{line}"),
        7 => format!("{area}{exchange}{line}"),
        8 => format!("+44 20 7{} {line}", &abroad[1..]),
        9 => format!("+4420{abroad}{line}"),
        10 => format!("+49 30 {abroad}{line}"),
        _ => format!("+33 1 {} {} {} {}", &abroad[..2], &abroad[2..], &line[..2], &line[2..]),
    }
}
