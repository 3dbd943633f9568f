//! Comments in the text itself that allow a finding: Tamis' own, with rule, reason and date, and those of other scanners.

use tamis::Timestamp;

use crate::args::day_end;
use crate::setup::is_named;

/// The word that starts Tamis' own marks.
const OWN: &str = "tamis:allow";
/// What other scanners write, for their finding on the same line.
const PEERS: [&str; 6] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
];
/// What detect-secrets writes above the line.
const PEERS_ABOVE: [&str; 2] = ["pragma: allowlist nextline secret", "pragma: whitelist nextline secret"];

/// A comment that speaks of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// `tamis:allow RULE reason until=DATE`
    Own(Allow),
    /// Another scanner's, by its words.
    Peer(&'static str),
    /// One of Tamis that cannot be honoured, and why.
    Broken(&'static str),
}

/// What a mark of Tamis says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allow {
    rule: Box<str>,
    /// Why.
    pub(crate) reason: Box<str>,
    /// The moment when it is over, if it is ever.
    pub(crate) until: Option<Timestamp>,
}

impl Allow {
    /// Whether it speaks of this rule: by its id, or by the start of it and `*`.
    pub(crate) fn covers(&self, rule: &str) -> bool {
        is_named(&self.rule, rule)
    }
}

/// The marks on a line before and after a finding, and on the line above it.
///
/// A mark of Tamis counts for its own line and, where nothing but the comment stands on its line, for the next one.
pub(super) fn read(above: &[u8], before: &[u8], after: &[u8]) -> Vec<Mark> {
    // Two colons in a line are rare: most lines end here.
    let marked = |line: &[u8]| memchr::memchr(b':', line).is_some();
    let mut marks = Vec::new();
    for part in [before, after].into_iter().filter(|part| marked(part)) {
        let text = String::from_utf8_lossy(part);
        own(&text, false, &mut marks);
        marks.extend(peers(&text, &PEERS));
    }
    if marked(above) {
        let text = String::from_utf8_lossy(above);
        own(&text, true, &mut marks);
        marks.extend(peers(&text, &PEERS_ABOVE));
    }
    marks
}

fn peers<'t>(text: &'t str, words: &'static [&'static str]) -> impl Iterator<Item = Mark> + 't {
    words.iter().filter(|word| text.contains(*word)).map(|word| Mark::Peer(word))
}

/// Reads Tamis' own marks; `alone` ones only where nothing else stands on the line.
fn own(text: &str, alone: bool, marks: &mut Vec<Mark>) {
    let mut pieces = text.split(OWN);
    let lead = pieces.next().unwrap_or_default();
    if alone && lead.contains(char::is_alphanumeric) {
        return;
    }
    marks.extend(pieces.map(parse));
}

fn parse(text: &str) -> Mark {
    let text = ["*/", "-->", "%>"].iter().filter_map(|end| text.find(end)).min().map_or(text, |end| &text[..end]);
    let mut until = None;
    let mut words = Vec::new();
    for word in text.split_whitespace() {
        match word.strip_prefix("until=") {
            Some(date) => match day_end(date.trim_end_matches(closing)) {
                Some(end) => until = Some(end),
                None => return Mark::Broken("its date is none: write until=2026-12-31"),
            },
            None => words.push(word),
        }
    }
    match words.split_first() {
        None => Mark::Broken("it names no rule: write `tamis:allow RULE reason until=DATE`"),
        Some((_, [])) => Mark::Broken("it gives no reason: write `tamis:allow RULE reason until=DATE`"),
        Some((rule, reason)) => Mark::Own(Allow { rule: (*rule).into(), reason: reason.join(" ").into(), until }),
    }
}

/// What may stand right after a date.
fn closing(c: char) -> bool {
    c.is_ascii_punctuation()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(rule: &str, reason: &str, until: Option<&str>) -> Mark {
        Mark::Own(Allow { rule: rule.into(), reason: reason.into(), until: until.map(|time| time.parse().unwrap()) })
    }

    #[test]
    fn marks_are_read_where_they_count() {
        let sample = || allow("acme.key", "a sample", None);
        for (above, before, after, expected) in [
            ("", "k = '", "' # tamis:allow acme.key a sample", vec![sample()]),
            ("", "/* tamis:allow acme.key a sample */ k = '", "'", vec![sample()]),
            ("  // tamis:allow acme.key a sample", "k = '", "'", vec![sample()]),
            ("<!-- tamis:allow acme.key a sample -->", "", "", vec![sample()]),
            ("x = 1 # tamis:allow acme.key a sample", "k = '", "'", vec![]),
            ("", "", "# tamis:allow acme.* x until=2026-12-31 -->", vec![allow("acme.*", "x", Some("2027-01-01T00:00:00Z"))]),
            ("", "", "// gitleaks:allow", vec![Mark::Peer("gitleaks:allow")]),
            ("# pragma: allowlist nextline secret", "", "", vec![Mark::Peer("pragma: allowlist nextline secret")]),
            ("", "", "# pragma: allowlist secret", vec![Mark::Peer("pragma: allowlist secret")]),
            ("# gitleaks:allow", "", "", vec![]),
        ] {
            assert_eq!(read(above.as_bytes(), before.as_bytes(), after.as_bytes()), expected, "{above:?} {before:?} {after:?}");
        }
    }

    #[test]
    fn a_mark_needs_rule_reason_and_a_right_date() {
        for (text, says) in [
            ("", "no rule"),
            (" -->", "no rule"),
            (" acme.key", "no reason"),
            (" acme.key */", "no reason"),
            (" a.b why until=soon", "date"),
        ] {
            let Mark::Broken(why) = parse(text) else { panic!("{text}") };
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    #[test]
    fn a_rule_is_named_by_its_id_or_its_start() {
        let allow = |rule: &str| Allow { rule: rule.into(), reason: "".into(), until: None };
        assert!(allow("acme.key").covers("acme.key") && allow("acme.*").covers("acme.key") && allow("*").covers("acme.key"));
        assert!(!allow("acme.k").covers("acme.key") && !allow("acme.key").covers("acme.key-2"));
    }
}
