//! Sensitive data that is public, or a bare number: the line before it tells. What comes after may not have arrived.

use core::ops::Range;

use super::vocabulary::Vocabulary;
use crate::context;
use crate::finding::Confidence;
use crate::program::Rule;

/// Words that make a bare row of digits a card number.
const CARD: &[&[u8]] = &[
    b"card",
    b"visa",
    b"amex",
    b"master",
    b"credit",
    b"debit",
    b"payment",
    b"paid",
    b"pay",
    b"pan",
    b"cc",
    b"ccn",
    b"kreditkarte",
    b"carte",
    b"tarjeta",
    b"cvv",
    b"cvc",
    b"expir",
];
/// Words that make an e-mail address a person's: who somebody is to the one who writes, and what else is known of them.
const PERSON: &[&[u8]] = &[
    b"my",
    b"me",
    b"i am",
    b"i'm",
    b"her",
    b"his",
    b"their",
    b"our",
    b"to:",
    b"cc:",
    b"bcc:",
    b"reply-to:",
    b"customer",
    b"client",
    b"patient",
    b"employee",
    b"applicant",
    b"candidate",
    b"member",
    b"subscriber",
    b"recipient",
    b"guest",
    b"passenger",
    b"student",
    b"tenant",
    b"attendee",
    b"beneficiary",
    b"holder",
    b"billing",
    b"shipping",
    b"phone",
    b"mobile",
    b"birth",
    b"dob",
    b"ssn",
    b"passport",
    b"salary",
    b"first_name",
    b"firstname",
    b"last_name",
    b"lastname",
    b"surname",
    b"full_name",
    b"fullname",
    b"kunde",
    b"cliente",
    b"meine",
    b"mon",
];
/// Words of lines that credit an author, who wants to be named.
static CREDIT: Vocabulary<16> = Vocabulary::new([
    b"author",
    b"copyright",
    b"maintain",
    b"signed-off",
    b"co-authored",
    b"reviewed-by",
    b"reported-by",
    b"tested-by",
    b"acked-by",
    b"contribut",
    b"credit",
    b"written by",
    b"(c)",
    b"committer",
    b"tagger",
    b"licen",
]);

/// The most a match can be worth where it stands.
pub(super) fn weigh(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8]) -> Confidence {
    let line = || context::line_before(text, raw.start);
    let bare = value.iter().all(u8::is_ascii_digit);
    let doubted = match rule.class.as_str() {
        "pii/payment-card" => bare && !has_word(&text[line()], CARD),
        "pii/phone" => bare,
        "network/ip" => is_common_address(value) || is_section(&text[line()]),
        "pii/email" => is_role(value) || !is_persons(&text[line()]),
        _ => false,
    };
    if doubted { Confidence::Low } else { Confidence::Certain }
}

/// `security@…`: it reaches an office and not a person.
fn is_role(value: &[u8]) -> bool {
    const ROLES: [&str; 24] = [
        "abuse",
        "admin",
        "contact",
        "dev",
        "feedback",
        "hello",
        "help",
        "hostmaster",
        "info",
        "legal",
        "mail",
        "maintainers",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "press",
        "privacy",
        "report",
        "sales",
        "security",
        "support",
        "team",
        "webmaster",
    ];
    let local = value.split(|b| matches!(b, b'@' | b'+')).next().unwrap_or(value);
    ROLES.iter().any(|role| role.as_bytes().eq_ignore_ascii_case(local))
}

/// Whether the line before an address says that it is somebody's data. Most addresses are published to be written to: of
/// authors, of projects, of nobody, in code and its history.
fn is_persons(line: &[u8]) -> bool {
    has_word(line, PERSON) && !CREDIT.any_in(line) && !line.ends_with(b"mailto:")
}

/// `section 2.5.5.1`: it numbers a chapter or a version.
fn is_section(line: &[u8]) -> bool {
    const NUMBERED: [&[u8]; 5] = [b"section ", b"version ", b"chapter ", b" v", b"\xc2\xa7"];
    NUMBERED.iter().any(|word| line.len() >= word.len() && line[line.len() - word.len()..].eq_ignore_ascii_case(word))
}

/// An address that says nothing about anybody: of a private network, a network itself, or one that examples use.
fn is_common_address(value: &[u8]) -> bool {
    const COMMON: [&[u8]; 10] =
        [b"10.", b"192.168.", b"169.254.", b"1.2.3.", b"1.1.1.", b"8.8.", b"2.2.2.", b"192.0.2.", b"198.51.100.", b"203.0.113."];
    let private = value.strip_prefix(b"172.").and_then(|rest| rest.split(|b| *b == b'.').next());
    let middle = private.is_some_and(|part| part.len() == 2 && (*b"16"..=*b"31").contains(&[part[0], part[1]]));
    COMMON.iter().any(|start| value.starts_with(start)) || middle || value.ends_with(b".0")
}

/// Whether one of the words starts where a name starts.
fn has_word(text: &[u8], words: &[&[u8]]) -> bool {
    let starts =
        |at: usize| at == 0 || !text[at - 1].is_ascii_alphabetic() || text[at].is_ascii_uppercase() && text[at - 1].is_ascii_lowercase();
    // Short words must end, too: `pan` is not `panel`.
    let ends = |end: usize, len: usize| len > 3 || text.get(end).is_none_or(|b| !b.is_ascii_lowercase());
    let stands = |at: usize, word: &[u8]| {
        let rest = &text[at..];
        rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word) && ends(at + word.len(), word.len())
    };
    let mut places = (0..text.len()).filter(|at| text[*at].is_ascii_alphabetic() && starts(*at) || text[*at] == b'(');
    places.any(|at| {
        let first = text[at].to_ascii_lowercase();
        words.iter().any(|word| word[0] == first && stands(at, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_addresses_are_told_from_a_persons() {
        for line in ["To: Jane Doe <", "my e-mail is ", "{\"customer\": 7, \"email\": \"", "Reach me at ", "phone: 1, mail: "] {
            assert!(is_persons(line.as_bytes()), "{line}");
        }
        for line in ["    \"Jane Doe <", "From: Jane Doe <", "\"email\": \"", "Copyright my friend <", "method(", "", "memo: "] {
            assert!(!is_persons(line.as_bytes()), "{line}");
        }
        assert!(is_role(b"security@acme.dev") && is_role(b"Support+x@acme.dev") && !is_role(b"jane@acme.dev"));
    }

    #[test]
    fn card_words_stand_alone() {
        for line in ["card: ", "\"creditCard\": ", "CC=", "pan ", "visa "] {
            assert!(has_word(line.as_bytes(), CARD), "{line}");
        }
        for line in ["panel = ", "discard ", "acc=", "company "] {
            assert!(!has_word(line.as_bytes(), CARD), "{line}");
        }
    }

    #[test]
    fn common_addresses_are_nobodys() {
        for address in ["10.1.2.3", "172.16.0.9", "192.168.1.1", "52.1.2.0"] {
            assert!(is_common_address(address.as_bytes()), "{address}");
        }
        assert!(is_section(b"see RFC 4291 Section ") && is_section(b"lib v") && !is_section(b"server ") && !is_section(b""));
        assert!(!is_common_address(b"172.32.0.9") && !is_common_address(b"52.94.236.248"));
    }
}
