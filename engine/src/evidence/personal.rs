//! Sensitive data that is public, or a bare number: the line before it tells. What comes after may not have arrived.

use core::ops::Range;

use crate::context;
use crate::finding::Confidence;
use crate::program::Rule;

/// Words that make a bare row of digits a card number.
const CARD: &[&[u8]] = &[b"card", b"visa", b"amex", b"master", b"credit", b"debit", b"payment", b"paid", b"pay", b"pan", b"cc", b"ccn", b"kreditkarte", b"carte", b"tarjeta", b"cvv", b"cvc", b"expir"];
/// Words of lines that credit an author, who wants to be named.
const CREDIT: &[&[u8]] = &[b"author", b"copyright", b"maintain", b"signed-off", b"co-authored", b"reviewed-by", b"reported-by", b"tested-by", b"acked-by", b"contribut", b"credit", b"written by", b"(c)", b"committer", b"tagger", b"licen"];

/// The most a match can be worth where it stands.
pub(super) fn weigh(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8]) -> Confidence {
    let line = || context::line_before(text, raw.start);
    let bare = value.iter().all(u8::is_ascii_digit);
    let doubted = match rule.class.as_str() {
        "pii/payment-card" => bare && !has_word(&text[line()], CARD),
        "pii/phone" => bare,
        "pii/email" => is_role(value) || has_any(&text[line()], CREDIT) || is_credit(&text[line()]),
        _ => false,
    };
    if doubted { Confidence::Low } else { Confidence::Certain }
}

/// `security@…`: it reaches an office and not a person.
fn is_role(value: &[u8]) -> bool {
    const ROLES: [&str; 24] = [
        "abuse", "admin", "contact", "dev", "feedback", "hello", "help", "hostmaster", "info", "legal", "mail", "maintainers", "no-reply", "noreply", "office",
        "postmaster", "press", "privacy", "report", "sales", "security", "support", "team", "webmaster",
    ];
    let local = value.split(|b| matches!(b, b'@' | b'+')).next().unwrap_or(value);
    ROLES.iter().any(|role| role.as_bytes().eq_ignore_ascii_case(local))
}

/// `// Jane Doe <`, `[jane@…](mailto:`, `list/r/`: somebody is named in a comment, or the address is published.
fn is_credit(line: &[u8]) -> bool {
    let trimmed = line.trim_ascii_start();
    let comment = [&b"//"[..], b"#", b"*", b"--", b";", b"%", b"/*", b"dnl", b"..", b"- "].iter().any(|mark| trimmed.starts_with(mark));
    let named = line.strip_suffix(b"<").or_else(|| line.strip_suffix(b"(")).map(<[u8]>::trim_ascii_end);
    let after_name = named.is_some_and(|l| l.last().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b')' | 0x80..)));
    comment && after_name || line.ends_with(b"mailto:") || line.ends_with(b"/")
}

/// Whether one of the words stands in the text, whatever surrounds it.
fn has_any(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| text.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word)))
}

/// Whether one of the words starts where a name starts.
fn has_word(text: &[u8], words: &[&[u8]]) -> bool {
    let starts = |at: usize| at == 0 || !text[at - 1].is_ascii_alphabetic() || text[at].is_ascii_uppercase() && text[at - 1].is_ascii_lowercase();
    // Short words must end, too: `pan` is not `panel`.
    let ends = |end: usize, len: usize| len > 3 || text.get(end).is_none_or(|b| !b.is_ascii_lowercase());
    words.iter().any(|word| {
        let mut places = text.windows(word.len()).enumerate().filter(|(_, w)| w.eq_ignore_ascii_case(word));
        places.any(|(at, _)| starts(at) && ends(at + word.len(), word.len()))
    })
}
