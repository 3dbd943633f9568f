//! From an expression that finds a secret with what stands around it, to a pattern for the secret alone.
//!
//! Scanners that search files write `name … operator … (secret)end`. Here the secret is the pattern, the name becomes
//! context words, the operator is the engine's own knowledge, and word boundaries become sides.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use tamis_engine::Side;

use super::tree::{Fault, Item};
use super::words;
use crate::condition::last_line;

/// Fixed text of this length at the front of a pattern tells a token from other text.
const TELLING: usize = 3;

/// What an expression comes to.
#[derive(Debug)]
pub(super) struct Translation {
    pub(super) pattern: String,
    pub(super) words: Vec<String>,
    pub(super) left: Side,
    /// None: what ends the pattern's last character class.
    pub(super) right: Option<Side>,
    /// Whether matches may be longer than usual.
    pub(super) long: bool,
    /// Whether what was found is all that the expression matches, but for single bytes around it.
    pub(super) whole: bool,
}

/// Which group of an expression is the secret.
#[derive(Clone, Copy, Debug)]
pub(super) enum Group {
    /// The first, or all of it if there is none.
    First,
    /// The only one, or the one named TOKEN, or all of it.
    Only,
    /// This one; 0 is all of it.
    Number(u32),
}

impl Group {
    /// As rule files state it: 0 leaves it to the expression.
    pub(super) fn stated(item: &Item) -> Result<Self, Fault> {
        let number = item.number()?;
        if number.fract() != 0.0 || number < 0.0 {
            return Err((item.at, "it is not a whole number".into()));
        }
        Ok(if number == 0.0 { Group::First } else { Group::Number(number as u32) })
    }
}

/// Translates an expression.
pub(super) fn translate(expression: &str, group: Group, keywords: &[String]) -> Result<Translation, String> {
    let mut parser = ParserBuilder::new().utf8(false).unicode(false).build();
    let hir = parser.parse(expression).map_err(|error| last_line(&error.to_string()))?;
    let (before, secret, after) = match number(&hir, group)? {
        0 => (Vec::new(), hir, Vec::new()),
        wanted => split(&hir, wanted).ok_or("the secret's group stands inside a choice or a repetition")?,
    };
    let mut before: Vec<Hir> = flat(before.iter().map(|part| words::rebuilt(part, false)));
    let mut after: Vec<Hir> = flat(after.iter().map(|part| words::rebuilt(part, false)));
    let mut secret: Vec<Hir> = flat([words::rebuilt(&secret, false)]);
    let mut left = take_left(&mut secret);
    let mut right = take_right(&mut secret);
    if left.is_none() {
        left = take_left_of(&mut before);
    }
    let whole = before.is_empty();
    if right.is_none() {
        if !after.is_empty() {
            secret = flat([without_edges(&Hir::concat(secret), End::Last)]);
        }
        right = Some(take_terminators(&mut after));
    }
    if left.is_some() {
        secret = flat([without_edges(&Hir::concat(secret), End::First)]);
    }
    let found = words::find(&before);
    let framed = found.as_ref().is_some_and(|found| before[found.end..].iter().any(may_assign));
    let words = if framed { found.map(|found| found.words).unwrap_or_default() } else { Vec::new() };
    if !framed && !before.is_empty() {
        if !before.iter().any(|part| part.properties().minimum_len() != Some(0)) {
            before.clear();
        }
        left = left.filter(|_| before.is_empty()).or_else(|| take_left(&mut before));
        secret.splice(0..0, before);
    }
    let whole = whole && after.is_empty();
    secret.append(&mut after);
    let hir = Hir::concat(secret);
    if !hir.properties().look_set().is_empty() {
        return Err("a boundary or anchor stands inside the secret, where the engine has none".into());
    }
    // A keyword of two letters is the beginning of the token itself.
    let by_itself = is_telling(&hir) || keywords.iter().any(|keyword| keyword.len() < words::SHORTEST);
    let words = if framed || by_itself { words } else { keywords.to_vec() };
    Ok(Translation {
        pattern: hir.to_string(),
        words,
        left: left.unwrap_or(Side::None),
        right: right.unwrap_or(Some(Side::None)),
        long: hir.properties().maximum_len().is_none_or(|len| len > 4096),
        whole,
    })
}

fn number(hir: &Hir, group: Group) -> Result<u32, String> {
    let names = names(hir);
    match group {
        Group::Number(wanted) if wanted as usize > names.len() => Err(format!("there is no group {wanted}")),
        Group::Number(wanted) => Ok(wanted),
        Group::First => Ok(u32::from(!names.is_empty())),
        Group::Only => match (names.as_slice(), names.iter().find(|(_, name)| name == "TOKEN")) {
            (_, Some((index, _))) => Ok(*index),
            ([], None) => Ok(0),
            ([(index, _)], None) => Ok(*index),
            _ => Err("it has several groups and none is named TOKEN: which is the secret?".into()),
        },
    }
}

fn names(hir: &Hir) -> Vec<(u32, String)> {
    match hir.kind() {
        HirKind::Capture(capture) => {
            let own = (capture.index, capture.name.as_deref().unwrap_or_default().to_owned());
            core::iter::once(own).chain(names(&capture.sub)).collect()
        }
        HirKind::Repetition(repetition) => names(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// What stands before a group, in it, and after it.
fn split(hir: &Hir, wanted: u32) -> Option<(Vec<Hir>, Hir, Vec<Hir>)> {
    match hir.kind() {
        HirKind::Capture(capture) if capture.index == wanted => Some((Vec::new(), (*capture.sub).clone(), Vec::new())),
        HirKind::Capture(capture) => split(&capture.sub, wanted),
        HirKind::Concat(parts) => parts.iter().enumerate().find_map(|(at, part)| {
            let (before, secret, after) = split(part, wanted)?;
            Some((
                parts[..at].iter().cloned().chain(before).collect(),
                secret,
                after.into_iter().chain(parts[at + 1..].iter().cloned()).collect(),
            ))
        }),
        _ => None,
    }
}

fn flat(parts: impl IntoIterator<Item = Hir>) -> Vec<Hir> {
    let mut all = Vec::new();
    for part in parts {
        match part.kind() {
            HirKind::Concat(inner) => all.extend(inner.iter().cloned()),
            HirKind::Empty => {}
            _ => all.push(part),
        }
    }
    all
}

fn is_word_edge(hir: &Hir) -> bool {
    matches!(
        hir.kind(),
        HirKind::Look(
            Look::WordAscii | Look::WordUnicode | Look::WordStartAscii | Look::WordStartUnicode | Look::WordEndAscii | Look::WordEndUnicode
        )
    )
}

/// A side of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    First,
    Last,
}

/// The expression without word boundaries at one side, in whatever choice they stand: what stands beside asks for more.
fn without_edges(hir: &Hir, end: End) -> Hir {
    match hir.kind() {
        _ if is_word_edge(hir) => Hir::empty(),
        HirKind::Concat(parts) => {
            let mut parts = parts.clone();
            let at = if end == End::First { 0 } else { parts.len() - 1 };
            parts[at] = without_edges(&parts[at], end);
            Hir::concat(parts)
        }
        HirKind::Alternation(choices) => Hir::alternation(choices.iter().map(|choice| without_edges(choice, end)).collect()),
        _ => hir.clone(),
    }
}

/// Takes a word boundary off the front.
fn take_left(parts: &mut Vec<Hir>) -> Option<Side> {
    parts.first().is_some_and(is_word_edge).then(|| {
        parts.remove(0);
        Side::Word
    })
}

/// Takes a word boundary off the end.
fn take_right(parts: &mut Vec<Hir>) -> Option<Option<Side>> {
    parts.last().is_some_and(is_word_edge).then(|| {
        parts.pop();
        Some(Side::Word)
    })
}

/// Takes what only says that a token starts here off the end of what stands before it.
fn take_left_of(before: &mut Vec<Hir>) -> Option<Side> {
    let last = before.last()?;
    if is_word_edge(last) {
        before.pop();
        return Some(Side::Word);
    }
    let boundary = before.len() == 1 && is_boundary(last);
    boundary.then(|| {
        before.pop();
        Side::Alnum
    })
}

/// Takes what only says that a token ends off the front of what stands after it; the side it comes to.
fn take_terminators(after: &mut Vec<Hir>) -> Option<Side> {
    if after.is_empty() {
        return Some(Side::None);
    }
    let ends = after.iter().all(|part| is_word_edge(part) || is_boundary(part));
    if !ends {
        let right = take_right(after);
        return right.unwrap_or(Some(Side::None));
    }
    let edge = after.first().is_some_and(is_word_edge);
    after.clear();
    edge.then_some(Side::Word)
}

/// Whether it is at most one character that no token holds, or the start or end of something.
fn is_boundary(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty => true,
        HirKind::Look(look) => matches!(look, Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF),
        HirKind::Literal(literal) => literal.0.len() == 1 && !literal.0[0].is_ascii_alphanumeric(),
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().all(|range| (range.start()..=range.end()).all(|byte| !byte.is_ascii_alphanumeric()))
        }
        HirKind::Class(_) => false,
        HirKind::Repetition(repetition) => is_boundary(&repetition.sub),
        HirKind::Capture(capture) => is_boundary(&capture.sub),
        // An escaped line end: `\\[nr]`.
        HirKind::Concat(parts) => parts.iter().all(is_boundary) || starts_with_backslash(&parts[0]),
        HirKind::Alternation(choices) => choices.iter().all(is_boundary),
    }
}

fn starts_with_backslash(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0[0] == b'\\',
        HirKind::Repetition(repetition) => starts_with_backslash(&repetition.sub),
        _ => false,
    }
}

/// Whether it can match what ties a value to its name.
fn may_assign(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.iter().all(|byte| b"=: \t\"'`>".contains(byte)),
        HirKind::Class(Class::Bytes(class)) => class.iter().any(|range| (range.start()..=range.end()).any(|byte| b"=: ".contains(&byte))),
        HirKind::Repetition(repetition) => may_assign(&repetition.sub),
        HirKind::Capture(capture) => may_assign(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(may_assign),
        _ => false,
    }
}

/// Whether every match starts with fixed text that tells it from other text.
fn is_telling(hir: &Hir) -> bool {
    let prefixes = Extractor::new().extract(&words::rebuilt(hir, true));
    prefixes.literals().is_some_and(|all| !all.is_empty() && all.iter().all(|literal| literal.as_bytes().len() >= TELLING))
}

/// Writes an expression of Go's dialect in Rust's: there a brace that counts nothing is itself, and a bracket in a class.
pub(super) fn from_go(expression: &str) -> String {
    let bytes = expression.as_bytes();
    let mut out = String::with_capacity(expression.len() + 8);
    let (mut class, mut class_start, mut at) = (false, 0, 0);
    while let Some(char) = expression[at..].chars().next() {
        let next = at + char.len_utf8();
        match char {
            '\\' => {
                let escaped = expression[next..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&expression[at..next + escaped]);
                at = next + escaped;
                continue;
            }
            '[' if !class => (class, class_start) = (true, next + usize::from(bytes.get(next) == Some(&b'^'))),
            '[' if bytes.get(next) == Some(&b':') => {
                let end = expression[at..].find(":]").map_or(expression.len(), |length| at + length + 2);
                out.push_str(&expression[at..end]);
                at = end;
                continue;
            }
            '[' => out.push('\\'),
            ']' if class && at > class_start => class = false,
            '&' | '~' if class => out.push('\\'),
            '{' if !class && !counts(&expression[next..]) => out.push('\\'),
            _ => {}
        }
        out.push(char);
        at = next;
    }
    out
}

/// Whether the text after a brace is a count: `3}`, `3,}`, `3,5}`.
fn counts(rest: &str) -> bool {
    rest.split_once('}').is_some_and(|(count, _)| {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match count.split_once(',') {
            Some((from, to)) => !from.is_empty() && digits(from) && digits(to),
            None => !count.is_empty() && digits(count),
        }
    })
}
