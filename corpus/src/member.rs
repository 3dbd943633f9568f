//! Random members of regular expressions, as they are or with the checksum their issuer would give them.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use tamis_engine::Validator;

use crate::complete;
use crate::random::Rng;

/// How much longer than needed an unbounded repetition gets.
const EXTRA: u32 = 24;
/// Tries before a pattern and a validator are taken to exclude each other.
const TRIES: usize = 5_000;

/// A random member of an ASCII pattern.
///
/// ```
/// use tamis_corpus::{member::member, random::Rng};
/// assert!(member("key-[0-9a-f]{8}", &mut Rng::new(1)).starts_with("key-"));
/// ```
///
/// # Panics
/// If the pattern does not parse or has no printable member. [`Pattern`] reports the former.
pub fn member(pattern: &str, rng: &mut Rng) -> String {
    parsed(pattern).member(rng)
}

/// A random member of an ASCII pattern that its validator is content with: valid, or abstaining if it never says so.
///
/// # Panics
/// As [`member`], and if no member can be made that the validator accepts.
pub fn completed(pattern: &str, validator: Option<Validator>, rng: &mut Rng) -> String {
    parsed(pattern).completed(validator, rng)
}

fn parsed(pattern: &str) -> Pattern {
    Pattern::new(pattern).unwrap_or_else(|error| panic!("{error}"))
}

/// A parsed pattern, for more than one member.
#[derive(Clone, Debug)]
pub struct Pattern {
    hir: Hir,
    whole: Regex,
}

impl Pattern {
    /// Parses an ASCII pattern.
    ///
    /// # Errors
    /// Says where the pattern is wrong.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let mut parser = ParserBuilder::new().utf8(false).unicode(false).build();
        let hir = parser.parse(pattern).map_err(|e| e.to_string())?;
        let whole = Regex::builder()
            .syntax(syntax::Config::new().utf8(false).unicode(false))
            .configure(Regex::config().utf8_empty(false).nfa_size_limit(None))
            .build(&format!(r"\A(?:{pattern})\z"))
            .map_err(|e| e.to_string())?;
        Ok(Pattern { hir, whole })
    }

    /// Whether the whole text is a member.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    /// A random member.
    ///
    /// # Panics
    /// If the pattern has none that is printable.
    pub fn member(&self, rng: &mut Rng) -> String {
        let mut out = String::new();
        write(&self.hir, rng, &mut out);
        out
    }

    /// A random member that the validator is content with.
    ///
    /// # Panics
    /// If none was found in some thousand tries.
    pub fn completed(&self, validator: Option<Validator>, rng: &mut Rng) -> String {
        let Some(validator) = validator else { return self.member(rng) };
        (0..TRIES)
            .map(|_| complete::complete(validator, self.member(rng), rng))
            .find(|text| validator.check(text.as_bytes()) == complete::wanted(validator) && self.matches(text))
            .unwrap_or_else(|| panic!("no member of {:?} satisfies {}", self.hir.to_string(), validator.name()))
    }
}

fn write(hir: &Hir, rng: &mut Rng, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend(literal.0.iter().map(|b| char::from(*b))),
        HirKind::Class(class) => out.push(one_of(class, rng)),
        HirKind::Repetition(repetition) => {
            for _ in 0..times(repetition, rng) {
                write(&repetition.sub, rng, out);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, rng, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, rng, out)),
        HirKind::Alternation(choices) => write(rng.pick(choices), rng, out),
    }
}

fn times(repetition: &Repetition, rng: &mut Rng) -> usize {
    let last = repetition.max.unwrap_or(repetition.min + EXTRA);
    rng.between(repetition.min as usize, last as usize)
}

fn one_of(class: &Class, rng: &mut Rng) -> char {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Bytes(class) => class.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
        Class::Unicode(class) => class.ranges().iter().map(|r| (r.start().into(), r.end().into())).collect(),
    };
    let members = |all: &mut dyn Iterator<Item = u8>| -> Vec<char> {
        let is_in = |b: &u8| ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(*b)));
        all.filter(is_in).map(char::from).collect()
    };
    let graphic = members(&mut (b'!'..=b'~'));
    let choices = if graphic.is_empty() { members(&mut (0..=b' ').rev()) } else { graphic };
    assert!(!choices.is_empty(), "a class has no ASCII member");
    // With no visible member, the most common one: a space rather than a tab.
    if choices.iter().all(char::is_ascii_graphic) { *rng.pick(&choices) } else { choices[0] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_match_their_pattern() {
        let mut rng = Rng::new(3);
        for pattern in [
            "",
            "abc",
            "[A-Za-z0-9+/]{86}==",
            "(?:AKIA|ASIA)[A-Z2-7]{16}",
            "(?i)bearer[ \\t]+[a-z]{3,}",
            "x(?:y|z{2,4})*[^\\s]+",
            "[^a-z]{20}",
            "\\d{3}[- ]?\\d{2}",
            "a{0}b?",
            "[\\r\\n]+x",
        ] {
            let parsed = Pattern::new(pattern).unwrap();
            for _ in 0..300 {
                let text = parsed.member(&mut rng);
                assert!(parsed.matches(&text), "{pattern}: {text:?}");
                assert!(text.is_ascii());
            }
        }
    }

    #[test]
    fn repetitions_have_room() {
        let mut rng = Rng::new(4);
        let lengths: Vec<usize> = (0..2000).map(|_| member("a{3,}", &mut rng).len()).collect();
        assert_eq!((lengths.iter().min(), lengths.iter().max()), (Some(&3), Some(&27)));
    }

    #[test]
    fn wrong_patterns_are_reported() {
        assert!(Pattern::new("a(").is_err());
        assert!(!Pattern::new("ab").unwrap().matches("abc"));
    }

    #[test]
    fn same_seed_same_members() {
        let make = |seed| completed("ghp_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), &mut Rng::new(seed));
        assert_eq!(make(9), make(9));
        assert_ne!(make(9), make(10));
    }
}
