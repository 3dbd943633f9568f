//! Conditions that other scanners' rules put on a match after their pattern: entropy, characters, allowlists, paths.

use std::collections::BTreeMap;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

/// What findings of rules must meet besides their pattern, by rule id.
///
/// A rule without an entry is bound by the conditions for all rules only.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    pub(crate) rules: BTreeMap<String, Condition>,
    /// Allowlists for these rules alone, or for all.
    pub(crate) shared: Vec<(Scope, Vec<Allow>)>,
}

/// Whose findings an allowlist is about.
#[derive(Clone, Debug)]
pub(crate) enum Scope {
    All,
    Rules(Vec<String>),
}

impl Conditions {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.shared.is_empty()
    }

    /// Adds those of another file.
    pub fn extend(&mut self, other: Conditions) {
        self.rules.extend(other.rules);
        self.shared.extend(other.shared);
    }

    /// Whether the rule's finding counts: `secret` is what was found, in a file of this path if it is one.
    #[must_use]
    pub fn admit(&self, rule: &str, secret: &[u8], path: Option<&str>) -> bool {
        let bound = |scope: &Scope| match scope {
            Scope::All => true,
            Scope::Rules(ids) => ids.iter().any(|id| id == rule),
        };
        let shared = self.shared.iter().filter(|(scope, _)| bound(scope)).flat_map(|(_, list)| list);
        !shared.into_iter().any(|allow| allow.covers(secret, path)) && self.rules.get(rule).is_none_or(|c| c.holds(secret, path))
    }
}

/// What one rule asks of a secret.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    /// Shannon entropy in bits a byte, and whether the bound itself is enough.
    pub(crate) entropy: Option<(f64, bool)>,
    pub(crate) path: Option<Regex>,
    pub(crate) digits: usize,
    pub(crate) upper: usize,
    pub(crate) lower: usize,
    pub(crate) special: usize,
    pub(crate) allow: Vec<Allow>,
}

impl Condition {
    pub(crate) fn is_empty(&self) -> bool {
        self.entropy.is_none() && self.path.is_none() && self.digits + self.upper + self.lower + self.special == 0 && self.allow.is_empty()
    }

    fn holds(&self, secret: &[u8], path: Option<&str>) -> bool {
        let count = |is: fn(&u8) -> bool| secret.iter().filter(|byte| is(byte)).count();
        let random = self.entropy.is_none_or(|(least, enough)| {
            let bits = entropy(secret);
            bits > least || enough && bits >= least
        });
        random
            && self.path.as_ref().is_none_or(|regex| path.is_some_and(|path| regex.is_match(path)))
            && count(u8::is_ascii_digit) >= self.digits
            && count(u8::is_ascii_uppercase) >= self.upper
            && count(u8::is_ascii_lowercase) >= self.lower
            && count(u8::is_ascii_punctuation) >= self.special
            && !self.allow.iter().any(|allow| allow.covers(secret, path))
    }
}

/// An allowlist: what is no finding.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allow {
    pub(crate) paths: Vec<Regex>,
    pub(crate) secrets: Vec<Regex>,
    /// In lower case.
    pub(crate) stopwords: Vec<String>,
    /// Whether each of its lists must agree, not just one.
    pub(crate) all: bool,
}

impl Allow {
    fn covers(&self, secret: &[u8], path: Option<&str>) -> bool {
        let any = |list: &[Regex], text: &[u8]| list.iter().any(|regex| regex.is_match(text));
        let lists = [
            (!self.paths.is_empty()).then(|| path.is_some_and(|path| any(&self.paths, path.as_bytes()))),
            (!self.secrets.is_empty()).then(|| any(&self.secrets, secret)),
            (!self.stopwords.is_empty()).then(|| {
                let lower = secret.to_ascii_lowercase();
                self.stopwords.iter().any(|word| holds(&lower, word.as_bytes()))
            }),
        ];
        let mut stated = lists.into_iter().flatten().peekable();
        stated.peek().is_some() && if self.all { stated.all(|holds| holds) } else { stated.any(|holds| holds) }
    }
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && text.windows(word.len()).any(|window| window == word)
}

/// Compiles an expression that is only asked whether it matches.
pub(crate) fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::builder()
        .syntax(syntax::Config::new().utf8(false).unicode(false))
        .configure(Regex::config().utf8_empty(false))
        .build(pattern)
        .map_err(|error| last_line(&error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string)))
}

/// The parser draws a picture over several lines; its last line is the reason.
pub(crate) fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ").to_owned()
}

/// Shannon entropy in bits a byte.
fn entropy(secret: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    secret.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let len = secret.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / len).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_shannons() {
        assert_eq!(entropy(b""), 0.0);
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abcd"), 2.0);
        assert_eq!(entropy(b"aabb"), 1.0);
    }

    #[test]
    fn an_allowlist_asks_for_one_of_its_lists_or_for_all() {
        let allow = |all| Allow { paths: vec![regex("^docs/").unwrap()], stopwords: vec!["sample".into()], all, ..Allow::default() };
        let cases: [(&[u8], Option<&str>, [bool; 2]); 4] = [
            (b"xSAMPLEx", Some("docs/a"), [true, true]),
            (b"xSAMPLEx", Some("src/a"), [true, false]),
            (b"xyz", Some("docs/a"), [true, false]),
            (b"xyz", None, [false, false]),
        ];
        for (secret, path, [one, all]) in cases {
            assert_eq!((allow(false).covers(secret, path), allow(true).covers(secret, path)), (one, all), "{path:?}");
        }
        assert!(!Allow::default().covers(b"x", Some("y")), "an empty list allows nothing");
    }

    #[test]
    fn a_rule_for_some_paths_wants_a_path() {
        let condition = Condition { path: Some(regex(r"\.tf$").unwrap()), ..Condition::default() };
        assert!(condition.holds(b"x", Some("a/main.tf")) && !condition.holds(b"x", Some("a/main.go")) && !condition.holds(b"x", None));
    }
}
