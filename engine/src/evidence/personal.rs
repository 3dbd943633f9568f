//! Sensitive data that is public, or a bare number: the line before it tells. What comes after may not have arrived.

use core::ops::Range;

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
/// Words of lines that credit an author, who wants to be named.
const CREDIT: &[&[u8]] = &[
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
];

/// The most a match can be worth where it stands.
pub(super) fn weigh(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8]) -> Confidence {
    let line = || context::line_before(text, raw.start);
    let bare = value.iter().all(u8::is_ascii_digit);
    let doubted = match rule.class.as_str() {
        "pii/payment-card" => bare && !has_word(&text[line()], CARD),
        "pii/phone" => bare,
        "network/ip" => is_common_address(value),
        "pii/email" => is_role(value) || has_any(&text[line()], CREDIT) || is_credit(&text[line()]),
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

/// `Jane Doe <`, `[jane@…](mailto:`, `list/r/`: somebody is named, or the address is published. Not so in a mail's head.
fn is_credit(line: &[u8]) -> bool {
    const HEADS: [&[u8]; 6] = [b"from:", b"to:", b"cc:", b"bcc:", b"reply-to:", b"sender:"];
    let trimmed = line.trim_ascii_start();
    let in_head = HEADS.iter().any(|head| trimmed.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head)));
    let named = line.strip_suffix(b"<").or_else(|| line.strip_suffix(b"(")).map(<[u8]>::trim_ascii_end);
    let after_name = named.is_some_and(|l| l.last().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b')' | b'\'' | 0x80..)));
    after_name && !in_head || line.ends_with(b"mailto:") || line.ends_with(b"/")
}

/// An address that says nothing about anybody: of a private network, a network itself, or one that examples use.
fn is_common_address(value: &[u8]) -> bool {
    const COMMON: [&[u8]; 10] =
        [b"10.", b"192.168.", b"169.254.", b"1.2.3.", b"1.1.1.", b"8.8.", b"2.2.2.", b"192.0.2.", b"198.51.100.", b"203.0.113."];
    let private = value.strip_prefix(b"172.").and_then(|rest| rest.split(|b| *b == b'.').next());
    let middle = private.is_some_and(|part| part.len() == 2 && (*b"16"..=*b"31").contains(&[part[0], part[1]]));
    COMMON.iter().any(|start| value.starts_with(start)) || middle || value.ends_with(b".0")
}

/// Whether one of the words stands in the text, whatever surrounds it.
fn has_any(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| text.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word)))
}

/// Whether one of the words starts where a name starts.
fn has_word(text: &[u8], words: &[&[u8]]) -> bool {
    let starts =
        |at: usize| at == 0 || !text[at - 1].is_ascii_alphabetic() || text[at].is_ascii_uppercase() && text[at - 1].is_ascii_lowercase();
    // Short words must end, too: `pan` is not `panel`.
    let ends = |end: usize, len: usize| len > 3 || text.get(end).is_none_or(|b| !b.is_ascii_lowercase());
    words.iter().any(|word| {
        let mut places = text.windows(word.len()).enumerate().filter(|(_, w)| w.eq_ignore_ascii_case(word));
        places.any(|(at, _)| starts(at) && ends(at + word.len(), word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credits_are_told_from_mail() {
        for line in ["    \"Jane Doe <", "// J. Doe (", "[x](mailto:"] {
            assert!(is_credit(line.as_bytes()), "{line}");
        }
        for line in ["From: Jane Doe <", "mail me at ", "email = \"", ""] {
            assert!(!is_credit(line.as_bytes()), "{line}");
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
        assert!(!is_common_address(b"172.32.0.9") && !is_common_address(b"52.94.236.248"));
    }
}
