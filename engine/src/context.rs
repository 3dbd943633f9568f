//! What stands before a value: its name, the operator, the quote.
//!
//! Read backwards from the value, on units, so that `KEY="v"`, `\"key\": \"v\"` and `key%3D`-free shell flags look the
//! same. One grammar serves all the languages that assign: it knows operators, quotes, closing brackets and
//! authorisation schemes, and no language.

use core::ops::Range;

use crate::bytes::ByteSet;
#[cfg(feature = "reference")]
use crate::compile::compared::OPENINGS;
use crate::escape::{self, Before, Unit};
use crate::lanes::value::may_follow;

/// Raw bytes before a value in which context words count.
pub(crate) const REACH: usize = 96;
/// Raw bytes before the operator that can be the value's name.
pub(crate) const NAME_REACH: usize = 48;
/// The most spaces between value, operator and name.
const MAX_SPACES: usize = 24;
/// The most closing quotes and brackets between operator and name.
const MAX_CLOSERS: usize = 4;
/// The most characters of an operator, such as `:::=`.
const MAX_OPERATOR: usize = 4;
/// Fewest characters of a context word.
const SHORTEST_WORD: usize = 3;
/// The longest authorisation scheme.
const MAX_SCHEME: usize = 8;
/// Bytes before the operator's start that reading the context can touch, all limits taken together.
pub(crate) const LOOK_BACK: usize = 512;

/// The quote a value stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quote {
    pub(crate) byte: u8,
    /// Backslashes before the opening quote; the closing one has at most as many.
    pub(crate) guards: usize,
}

/// How the value is tied to its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tie {
    /// `=`, `:`, `:=`, `=>` and their like.
    Operator,
    /// `<name>value`.
    Tag,
    /// `"name", "value"` or `name("value")`.
    Argument,
    /// `--name value`.
    Flag,
    /// `name is value`.
    Is,
    /// `some key value`: a noun for secrets, a space and nothing else.
    Noun,
    /// `vendor value`: any other word and a space. It ties only to the word itself.
    Beside,
    /// `vendor-key-value`: a run of token characters that starts with a word and ends with the value. It ties only to
    /// that word.
    Joined,
    /// `some-key-value`: the same where a noun for secrets stands before the value.
    Compound,
}

/// What stands before a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) tie: Tie,
    pub(crate) quote: Option<Quote>,
    /// Raw range that holds the name.
    pub(crate) name: Range<usize>,
    /// Raw range of the line up to the value, [`REACH`] bytes at most; of a value without a name of its own from the word that
    /// it is tied to.
    pub(crate) line: Range<usize>,
}

impl Context {
    /// Whether a word at `at`, where a name starts, ties the value to a rule that looks for it in the line.
    pub(crate) fn ties_to(&self, at: usize, long_runs: bool) -> bool {
        match self.tie {
            Tie::Beside => long_runs && self.name.contains(&at),
            Tie::Joined | Tie::Compound => long_runs && self.name.start == at,
            _ => true,
        }
    }

    /// Whether the value has a name of its own, which only a long run can be joined to.
    pub(crate) fn is_named(&self, long_runs: bool) -> bool {
        match self.tie {
            Tie::Beside | Tie::Joined => false,
            Tie::Compound => long_runs,
            _ => true,
        }
    }
}

/// Reads backwards a unit at a time.
struct Back<'a> {
    text: &'a [u8],
    at: usize,
    /// From here on all bytes are characters as they are.
    plain: usize,
}

impl<'a> Back<'a> {
    fn new(text: &'a [u8], at: usize) -> Self {
        Back { text, at, plain: escape::plain_before(text, at) }
    }

    /// The unit that ends here.
    #[inline(always)]
    fn peek(&self) -> Option<Unit> {
        if self.at > self.plain {
            return Some(Unit::plain(self.text[self.at - 1]));
        }
        escape::unit_before(self.text, self.at)
    }

    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> Option<Unit> {
        let unit = self.peek().filter(|u| wanted(u.value))?;
        self.at -= unit.len;
        Some(unit)
    }

    fn take_all(&mut self, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
        (0..most).take_while(|_| self.take(&wanted).is_some()).count()
    }

    /// Takes spaces. Where one stands no escape can end.
    fn take_spaces(&mut self) -> usize {
        let low = self.at.saturating_sub(MAX_SPACES);
        let plain = self.text[low..self.at].iter().rev().take_while(|byte| is_space(**byte)).count();
        self.at -= plain;
        plain + self.take_all(MAX_SPACES - plain, is_space)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

fn is_operator(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b'>' | b'?' | b'+' | b'!' | b'~' | b'.' | b'|')
}

/// Reads what stands before the value at `value`. `None` when nothing ties it to a name.
pub(crate) fn read(text: &[u8], value: usize) -> Option<Context> {
    let mut back = Back::new(text, value);
    let mut quote = open_quote(&mut back);
    let mut spaces = back.take_spaces();
    let plain = back.at;
    let schemed = quote.is_none() && spaces > 0 && scheme(&mut back);
    if schemed {
        spaces = back.take_spaces();
        // The quote stands before the scheme, and the value still ends at it.
        if spaces == 0 {
            quote = open_quote(&mut back);
        }
        back.take_spaces();
    }
    let before_newlines = back.at;
    let over_lines = back.take(|b| matches!(b, b'\n' | b'\r')).is_some() && {
        back.take_all(MAX_SPACES - 1, |b| matches!(b, b'\n' | b'\r' | b' ' | b'\t'));
        back.peek().is_some_and(|u| u.value == b'>')
    };
    if !over_lines {
        back.at = before_newlines;
    }
    let mut operator_end = back.at;
    let mut tie = tie(&mut back, quote.is_some(), spaces > 0 || quote.is_some());
    if tie.is_none() && schemed {
        // `key` and `token` are nouns, too, where no operator stands before them.
        (back.at, operator_end, quote) = (plain, plain, None);
        tie = worded_tie(&mut back);
    }
    let Some(tie) = tie else { return beside(text, plain, value, quote).or_else(|| joined(text, value)) };
    let operator = back.at;
    let line = line_before(text, value);
    if matches!(tie, Tie::Flag | Tie::Noun) {
        return Some(Context { tie, quote, name: operator..operator_end, line });
    }
    back.take_spaces();
    back.take_all(MAX_CLOSERS, |b| is_quote(b) || matches!(b, b']' | b')'));
    let line = if over_lines { line_before(text, operator) } else { line };
    let name = name_in(text, line.clone(), back.at);
    Some(Context { tie, quote, name, line })
}

/// Whether a condition opens before the quote at `at`, so that the literal in it may be compared with a name.
#[cfg(feature = "reference")]
pub(crate) fn opens_condition(text: &[u8], at: usize) -> bool {
    OPENINGS.iter().any(|opening| text[..at].ends_with(opening.as_bytes()))
}

/// The literal of a comparison, from its quote on to the name, and its context.
pub(crate) fn comparison(text: &[u8], all: Range<usize>) -> Option<(Range<usize>, Context)> {
    let start = all.start + escape::unit_at(text, all.start, true)?.len;
    let mut end = start;
    loop {
        let unit = escape::unit_at(&text[..all.end], end, true)?;
        if is_quote(unit.value) {
            return Some((start..end, compared(text, start..end, all.end)?));
        }
        end += unit.len;
    }
}

/// The context of a literal that is compared with the name after it, which is read up to `until` at most.
pub(crate) fn compared(text: &[u8], value: Range<usize>, until: usize) -> Option<Context> {
    let unit = escape::unit_at(text, value.end, true).filter(|u| is_quote(u.value))?;
    let rest = &text[value.end + unit.len..until];
    let operator = rest.iter().take_while(|b| matches!(b, b' ' | b'!' | b'=')).count();
    let name =
        rest[operator..].iter().take_while(|b| ByteSet::TOKEN.contains(**b) || matches!(b, b'$' | b'@' | b'.' | b'>' | b'(')).count();
    let start = value.end + unit.len + operator;
    let quote = Some(Quote { byte: unit.value, guards: unit.guards });
    Some(Context { tie: Tie::Operator, quote, name: start..start + name, line: line_before(text, value.start) })
}

/// The context of a value, at `value`, that a word and a space stand before, which ends at `end`. Paths stand after any
/// word.
fn beside(text: &[u8], end: usize, value: usize, quote: Option<Quote>) -> Option<Context> {
    if end == 0 || end == value || !text[value].is_ascii_alphanumeric() || !text[end - 1].is_ascii_alphanumeric() {
        return None;
    }
    let start = end - word_before(text, end).len();
    (start + SHORTEST_WORD <= end).then_some(Context { tie: Tie::Beside, quote, name: start..end, line: start..value })
}

/// Bytes before a value that join it to a name.
fn is_joint(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// The context of a value that ends a run of token characters, which has a start.
fn joined(text: &[u8], value: usize) -> Option<Context> {
    value.checked_sub(1).filter(|at| is_joint(text[*at]))?;
    let word = word_before(text, value);
    let start = value - word.len();
    let opens = may_start(text, start, ByteSet::WIDE, true) == Some(true) && start.checked_sub(1).is_none_or(|at| may_follow(text[at]));
    let tie = if ends_with_noun(&word[..word.len() - 1]) { Tie::Compound } else { Tie::Joined };
    opens.then_some(Context { tie, quote: None, name: start..value, line: start..value })
}

fn open_quote(back: &mut Back<'_>) -> Option<Quote> {
    let unit = back.take(is_quote)?;
    // A doubled quote opens an empty string, or a text block: the first of them is the one that counts.
    if back.take_all(2, |b| b == unit.value) == 0 {
        // A quoted text in another language's string.
        back.take(|b| is_quote(b) && b != unit.value);
    }
    let before_marks = back.at;
    // String prefixes: b"…", r"…", f"…", @"…".
    if back.take_all(2, |b| matches!(b, b'b' | b'r' | b'f' | b'u' | b'L' | b'B' | b'R' | b'F' | b'@' | b'$')) > 0
        && back.peek().is_some_and(|u| ByteSet::WORD.contains(u.value))
    {
        back.at = before_marks;
    }
    Some(Quote { byte: unit.value, guards: unit.guards })
}

/// Skips `Bearer`, `Basic` and their like.
fn scheme(back: &mut Back<'_>) -> bool {
    let end = back.at;
    let word = run_before(back.text, end, MAX_SCHEME + 1, u8::is_ascii_alphabetic);
    back.at = end - word.len();
    // After a dash it is a flag.
    if is_scheme(word) && back.peek().is_none_or(|u| u.value != b'-') {
        return true;
    }
    back.at = end;
    false
}

/// The wanted bytes that end at `end`, `most` of them at most, without the letters of an escape before them.
fn run_before(text: &[u8], end: usize, most: usize, wanted: impl Fn(&u8) -> bool) -> &[u8] {
    let low = end.saturating_sub(most);
    let start = end - text[low..end].iter().rev().take_while(|byte| wanted(byte)).count();
    // What ends an escape stands after a backslash, or after what else may stand in one.
    if start > 0 && matches!(text[start - 1], b'\\' | b'0'..=b'9' | b'[' | b';' | b'?' | 0x1b) || start == low {
        return &text[escape::skip_inside(text, start, end)..end];
    }
    &text[start..end]
}

/// Whether the word is an authorisation scheme that may stand between operator and value.
pub(crate) fn is_scheme(word: &[u8]) -> bool {
    const SCHEMES: [&[u8]; 8] = [b"bearer", b"basic", b"token", b"bot", b"apikey", b"key", b"splunk", b"genie"];
    (3..=MAX_SCHEME).contains(&word.len()) && SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(word))
}

fn tie(back: &mut Back<'_>, quoted: bool, apart: bool) -> Option<Tie> {
    match back.peek()?.value {
        b'=' | b':' | b'>' => {
            let first = back.peek()?.value;
            let start = back.at;
            let count = back.take_all(MAX_OPERATOR, is_operator);
            let arrow = first == b'>' && count == 1 && back.take(|b| b == b'-').is_some();
            let alone = first == b'>' && count == 1 && !arrow;
            debug_assert!(start > back.at, "an operator was seen");
            Some(if alone { Tie::Tag } else { Tie::Operator })
        }
        b',' | b'(' if quoted => {
            back.take(|b| matches!(b, b',' | b'('));
            Some(Tie::Argument)
        }
        _ if apart => worded_tie(back),
        _ => None,
    }
}

/// `name is value`, `--name value` and `some key value`.
fn worded_tie(back: &mut Back<'_>) -> Option<Tie> {
    let word = word_before(back.text, back.at);
    back.at -= word.len();
    worded(word)
}

/// The word that ends at `end`, as far as it may be a part of a name.
pub(crate) fn word_before(text: &[u8], end: usize) -> &[u8] {
    run_before(text, end, NAME_REACH, |byte| ByteSet::TOKEN.contains(*byte))
}

/// How a word ties the value after it to its name.
pub(crate) fn worded(word: &[u8]) -> Option<Tie> {
    if is_flag(word) {
        return Some(Tie::Flag);
    }
    if word.eq_ignore_ascii_case(b"is") || word.eq_ignore_ascii_case(b"by") {
        return Some(Tie::Is);
    }
    ends_with_noun(word).then_some(Tie::Noun)
}

/// Whether the word is a flag that a value may follow: a long one, or one that takes credentials by custom.
fn is_flag(word: &[u8]) -> bool {
    matches!(word, [b'-', _, _, ..] | b"-u" | b"-p")
}

/// Whether the word ends with what people call secrets: `TOKEN`, `apikey`, `secret-key`.
pub(crate) fn ends_with_noun(word: &[u8]) -> bool {
    const NOUNS: [&[u8]; 9] = [b"key", b"token", b"secret", b"password", b"passwd", b"pat", b"passphrase", b"access", b"private"];
    let ends = word.last().is_some_and(|last| matches!(last | 0x20, b'y' | b'n' | b't' | b'd' | b'e' | b's'));
    ends && NOUNS.iter().any(|noun| word.len() >= noun.len() && word[word.len() - noun.len()..].eq_ignore_ascii_case(noun))
}

/// The raw range of the line that ends at `end`, at most [`REACH`] bytes.
pub(crate) fn line_before(text: &[u8], end: usize) -> Range<usize> {
    let low = end.saturating_sub(REACH);
    let mut until = end;
    while let Some(found) = memchr::memrchr3(b'\n', b'\r', b'\\', &text[low..until]) {
        let at = low + found;
        if text[at] != b'\\' {
            return at + 1..end;
        }
        let row = escape::row_start(text, at).max(low);
        if let Some(unit) = escape::unit_at(&text[..end], row, true).filter(|u| matches!(u.value, b'\n' | b'\r')) {
            return (row + unit.len).min(end)..end;
        }
        until = row;
    }
    low..end
}

/// The part of the line that can be the name: the last words before the operator, types included.
fn name_in(text: &[u8], line: Range<usize>, end: usize) -> Range<usize> {
    let end = end.clamp(line.start, line.end);
    let low = end.saturating_sub(NAME_REACH).max(line.start);
    let ends_name = |i: usize| match text[i] {
        b';' | b',' | b'{' | b'}' | b'(' | b'?' | b'<' | b'|' => true,
        // Between two parameters of a URL, but not before a type.
        b'&' => i > low && text[i - 1] != b' ',
        _ => false,
    };
    let start = (low..end).rev().find(|i| ends_name(*i)).map_or(low, |i| i + 1);
    start..end
}

/// Changes of case that no name has.
pub(crate) const CASE_CHANGES: u32 = 6;

/// Letters of one case that no name starts with.
pub(crate) const ONE_CASE: u32 = 20;

/// Whether a long run of value characters can be a value that is known by its context: a digit stands in it, or it
/// mixes cases as names do not, or starts with more letters of one case than words have. Names in code are what most long
/// runs are. The definition of what the masks tell.
#[cfg(feature = "reference")]
pub(crate) fn may_be_value(text: &[u8]) -> bool {
    let run = &text[..text.iter().take(64).take_while(|b| ByteSet::WIDE.contains(**b)).count()];
    let changes = run
        .windows(2)
        .filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase() || w[0].is_ascii_uppercase() && w[1].is_ascii_lowercase());
    let one_case = |is: fn(&u8) -> bool| run.iter().take_while(|b| is(b)).count() >= ONE_CASE as usize;
    run.iter().any(u8::is_ascii_digit)
        || changes.count() > CASE_CHANGES as usize
        || one_case(u8::is_ascii_lowercase)
        || one_case(u8::is_ascii_uppercase)
}

/// Whether a name starts at `at`: no letter or digit stands before, or a hump of camel case rises.
pub(crate) fn name_starts(text: &[u8], at: usize) -> bool {
    let hump = at > 0 && text[at].is_ascii_uppercase() && text[at - 1].is_ascii_lowercase();
    hump || may_start(text, at, ByteSet::ALNUM, true) == Some(true)
}

/// Whether a match of a rule with these forbidden neighbours may start at `at`: `None` when it is not known yet.
pub(crate) fn may_start(text: &[u8], at: usize, forbidden: ByteSet, whole: bool) -> Option<bool> {
    allows(escape::before(text, at, whole), forbidden)
}

/// Whether a match may start after this: `None` when it is not known yet.
pub(crate) fn allows(before: Before, forbidden: ByteSet) -> Option<bool> {
    match before {
        Before::Nothing => Some(true),
        Before::Inside => Some(false),
        Before::Unit(unit) => Some(!forbidden.contains(unit.value)),
        Before::Unclear => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the context of `VALUE` in a text and shows name and tie.
    fn context(text: &str) -> Option<(String, Tie, Option<u8>)> {
        let at = text.find("VALUE").unwrap();
        let context = read(text.as_bytes(), at)?;
        Some((text[context.name].trim().to_owned(), context.tie, context.quote.map(|q| q.byte)))
    }

    #[test]
    fn assignments_of_many_languages_are_read() {
        let cases: [(&str, &str, Tie); 24] = [
            ("password=VALUE", "password", Tie::Operator),
            ("export API_KEY=\"VALUE\"", "export API_KEY", Tie::Operator),
            (r#"{"password": "VALUE"}"#, "\"password", Tie::Operator),
            (r#"{\"password\": \"VALUE\"}"#, "\\\"password", Tie::Operator),
            ("'key' => 'VALUE'", "'key", Tie::Operator),
            ("token := `VALUE`", "token", Tie::Operator),
            ("TOKEN :::= \"VALUE\"", "TOKEN", Tie::Operator),
            ("let password: &str = \"VALUE\"", "let password: ", Tie::Operator),
            ("config[\"password\"] = \"VALUE\"", "config[\"password", Tie::Operator),
            ("set(\"KEY\", \"VALUE\")", "\"KEY", Tie::Argument),
            ("setPassword(\"VALUE\")", "setPassword", Tie::Argument),
            ("<password>VALUE</password>", "password", Tie::Tag),
            ("<password>\n  VALUE\n</password>", "password", Tie::Tag),
            ("Authorization: Bearer VALUE", "Authorization", Tie::Operator),
            ("\"Authorization\": \"Bearer VALUE\"", "\"Authorization", Tie::Operator),
            ("mysql --password VALUE", "--password", Tie::Flag),
            ("the password is VALUE", "the password", Tie::Is),
            ("my GitHub token VALUE", "token", Tie::Noun),
            ("machine x login y password VALUE", "password", Tie::Noun),
            ("curl -u VALUE", "-u", Tie::Flag),
            ("?api_key=VALUE", "api_key", Tie::Operator),
            ("$key .= \"VALUE\"", "$key", Tie::Operator),
            ("user=a;password=VALUE", "password", Tie::Operator),
            ("field 'String', 'API_KEY', '\"VALUE\"'", "'API_KEY", Tie::Argument),
        ];
        for (text, name, tie) in cases {
            let (found, found_tie, _) = context(text).unwrap_or_else(|| panic!("no context in {text}"));
            assert!(found.contains(name.trim()), "{text}: name {found:?}");
            assert_eq!(found_tie, tie, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_value_has_no_context() {
        for text in ["foo(VALUE", "a + VALUE", "    VALUE", "VALUE", "foo. VALUE", "to VALUE"] {
            assert_eq!(context(text), None, "{text}");
        }
    }

    #[test]
    fn a_word_and_a_space_tie_to_the_word_alone() {
        for (text, name) in [("use VALUE", "use"), ("send acme-cloud VALUE", "acme-cloud"), ("cd acme \"VALUE\"", "acme")] {
            let (found, tie, _) = context(text).unwrap();
            assert_eq!((found.as_str(), tie), (name, Tie::Beside), "{text}");
        }
        assert_eq!(context("x=acme-no-VALUE").map(|(name, tie, _)| (name, tie)), Some(("acme-no-".into(), Tie::Joined)));
        assert_eq!(context("x=acme-key-VALUE").map(|(name, tie, _)| (name, tie)), Some(("acme-key-".into(), Tie::Compound)));
        for text in ["a/acme-key-VALUE", "acmekeyVALUE", &format!("{}-VALUE", "a".repeat(60))] {
            assert_eq!(context(text), None, "{text}");
        }
        for text in ["acme ACCESS VALUE", "acme PRIVATE VALUE", "acme secret-key VALUE"] {
            assert_eq!(context(text).unwrap().1, Tie::Noun, "{text}");
        }
    }

    #[test]
    fn the_quote_knows_its_level() {
        let text = br#"{\\\"a\\\": \\\"VALUE\\\"}"#;
        let at = text.windows(5).position(|w| w == b"VALUE").unwrap();
        assert_eq!(read(text, at).unwrap().quote, Some(Quote { byte: b'"', guards: 3 }));
    }
}
