//! Context words: the fixed text that an expression asks for before a secret.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Literal};

/// The most words of one rule.
const MAX_WORDS: usize = 64;
/// Shorter words stand everywhere.
pub(super) const SHORTEST: usize = 3;
/// Longer ones the engine does not take.
const LONGEST: usize = 48;

/// What stands before a secret: the most telling words, and how many parts end before them.
pub(super) struct Found {
    pub(super) words: Vec<String>,
    /// Index of the first part after the words.
    pub(super) end: usize,
}

/// Finds the longest words of which one stands in every match of these parts.
pub(super) fn find(parts: &[Hir]) -> Option<Found> {
    let mut best: Option<(usize, Found)> = None;
    for start in 0..parts.len() {
        let mut all = BTreeSet::from([String::new()]);
        for (end, part) in parts.iter().enumerate().skip(start) {
            let Some(more) = enumerate(part) else { break };
            all = product(&all, &more);
            let words: BTreeSet<&str> = all.iter().map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric())).collect();
            let shortest = words.iter().map(|word| word.len()).min().unwrap_or(0);
            let fits = all.len() <= MAX_WORDS && words.iter().all(|word| word.len() <= LONGEST);
            if !fits {
                break;
            }
            if shortest >= SHORTEST && best.as_ref().is_none_or(|(length, _)| shortest > *length) {
                best = Some((shortest, Found { words: words.into_iter().map(str::to_owned).collect(), end: end + 1 }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// All texts that match, in lower case and with `_` for separators, which stand for one another; none if these are many.
fn enumerate(hir: &Hir) -> Option<BTreeSet<String>> {
    let one = |text: &str| Some(BTreeSet::from([text.to_owned()]));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => one(""),
        HirKind::Literal(literal) if literal.0.is_ascii() => one(&literal.0.iter().map(|byte| fold(*byte)).collect::<String>()),
        HirKind::Literal(_) => None,
        HirKind::Class(Class::Bytes(class)) => {
            if is_separator(class) {
                return one("_");
            }
            let members: BTreeSet<String> =
                class.iter().flat_map(|range| range.start()..=range.end()).map(|byte| fold(byte).to_string()).collect();
            (members.len() <= 4 && members.iter().all(|member| member.is_ascii())).then_some(members)
        }
        HirKind::Class(_) => None,
        HirKind::Repetition(repetition) => {
            let inner = enumerate(&repetition.sub)?;
            if inner.iter().all(|text| text == "_" || text.is_empty()) {
                // A separator stands for none as well.
                return one("_");
            }
            match (repetition.min, repetition.max) {
                (0, Some(1)) => Some(inner.into_iter().chain([String::new()]).collect()),
                (1, Some(1)) => Some(inner),
                _ => None,
            }
        }
        HirKind::Capture(capture) => enumerate(&capture.sub),
        HirKind::Concat(parts) => {
            parts.iter().try_fold(BTreeSet::from([String::new()]), |all, part| Some(product(&all, &enumerate(part)?)).filter(few))
        }
        HirKind::Alternation(choices) => {
            let mut all = BTreeSet::new();
            for choice in choices {
                all.extend(enumerate(choice)?);
            }
            Some(all).filter(few)
        }
    }
}

fn few(all: &BTreeSet<String>) -> bool {
    all.len() <= MAX_WORDS
}

fn product(all: &BTreeSet<String>, more: &BTreeSet<String>) -> BTreeSet<String> {
    all.iter().flat_map(|head| more.iter().map(move |tail| format!("{head}{tail}"))).take(MAX_WORDS * MAX_WORDS).collect()
}

/// Whether it is what may stand between the words of a name: `[_.-]`, or any byte.
fn is_separator(class: &ClassBytes) -> bool {
    let holds = |byte: u8| class.iter().any(|range| (range.start()..=range.end()).contains(&byte));
    let only = class.iter().all(|range| (range.start()..=range.end()).all(|byte| b"_-. \t".contains(&byte)));
    only && (holds(b'_') || holds(b'-') || holds(b'.') || holds(b' '))
}

fn fold(byte: u8) -> char {
    match byte {
        b'-' | b'.' | b' ' | b'_' => '_',
        _ => char::from(byte.to_ascii_lowercase()),
    }
}

/// The same expression without captures; with `lower`, also for text in lower case alone.
pub(super) fn rebuilt(hir: &Hir, lower: bool) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(look) => Hir::look(*look),
        HirKind::Literal(Literal(bytes)) if lower => Hir::literal(bytes.to_ascii_lowercase()),
        HirKind::Literal(Literal(bytes)) => Hir::literal(bytes.clone()),
        HirKind::Class(Class::Bytes(class)) if lower => {
            let bytes = class.iter().flat_map(|range| range.start()..=range.end()).map(|byte| byte.to_ascii_lowercase());
            Hir::class(Class::Bytes(ClassBytes::new(bytes.map(|byte| ClassBytesRange::new(byte, byte)))))
        }
        HirKind::Class(class) => Hir::class(class.clone()),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(rebuilt(&repetition.sub, lower))),
        HirKind::Capture(capture) => rebuilt(&capture.sub, lower),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| rebuilt(part, lower)).collect()),
        HirKind::Alternation(choices) => Hir::alternation(choices.iter().map(|choice| rebuilt(choice, lower)).collect()),
    }
}
