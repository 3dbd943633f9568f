//! From a regular expression to the engine's table.

use std::collections::HashMap;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind};

use super::error::BuildErrorKind;
use crate::bytes::ByteSet;
use crate::dfa::{DEAD, Dfa, START, State};
use crate::spec::Side;

/// The most states one automaton may have; keeps a table under about 300 KiB.
const MAX_STATES: usize = 5000;

/// Parses a rule's pattern: bytes, no Unicode, nothing that looks around.
pub(super) fn parse(pattern: &str) -> Result<Hir, BuildErrorKind> {
    let hir = ParserBuilder::new()
        .utf8(false)
        .unicode(false)
        .build()
        .parse(pattern)
        .map_err(|e| BuildErrorKind::Pattern(one_line(&e.to_string())))?;
    if !hir.properties().look_set().is_empty() {
        return Err(BuildErrorKind::Pattern("boundaries belong into `left` and `right`".into()));
    }
    if hir.properties().explicit_captures_len() > 0 {
        return Err(BuildErrorKind::Pattern("the pattern is the secret itself: use (?:…) instead of a capture".into()));
    }
    if hir.properties().minimum_len().unwrap_or(0) == 0 {
        return Err(BuildErrorKind::MatchesEmpty);
    }
    Ok(hir)
}

/// The parser draws a picture over several lines; its last line is the reason.
fn one_line(message: &str) -> String {
    message.lines().last().unwrap_or(message).trim_start_matches("error: ").to_owned()
}

/// Which bytes end a match, judged by what the pattern may end in.
pub(super) fn natural_right(hir: &Hir) -> Side {
    let last = last_bytes(hir);
    let has = |bytes: &[u8]| bytes.iter().any(|b| last.contains(*b));
    if has(b"-") {
        Side::Token
    } else if has(b"+/") {
        Side::Base64
    } else if (0..=255u8).any(|b| ByteSet::WORD.contains(b) && last.contains(b)) {
        Side::Word
    } else {
        Side::Alnum
    }
}

fn last_bytes(hir: &Hir) -> ByteSet {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => ByteSet::EMPTY,
        HirKind::Literal(literal) => ByteSet::EMPTY.with(&literal.0[literal.0.len() - 1..]),
        HirKind::Class(Class::Bytes(class)) => class.iter().fold(ByteSet::EMPTY, |set, r| set.range(r.start(), r.end())),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().fold(ByteSet::EMPTY, |set, r| set.range(r.start() as u8, (r.end() as u32).min(255) as u8))
        }
        HirKind::Repetition(repetition) => last_bytes(&repetition.sub),
        HirKind::Capture(capture) => last_bytes(&capture.sub),
        HirKind::Alternation(subs) => subs.iter().map(last_bytes).fold(ByteSet::EMPTY, union),
        HirKind::Concat(subs) => {
            let mut set = ByteSet::EMPTY;
            for sub in subs.iter().rev() {
                set = union(set, last_bytes(sub));
                if sub.properties().minimum_len() != Some(0) {
                    break;
                }
            }
            set
        }
    }
}

fn union(a: ByteSet, b: ByteSet) -> ByteSet {
    (0..=255u8).filter(|x| b.contains(*x)).fold(a, |set, x| set.with(&[x]))
}

/// Builds the table for `pattern` followed by one byte that `right` allows.
pub(super) fn build(pattern: &Hir, right: Side) -> Result<Dfa, BuildErrorKind> {
    let forbidden = right.forbidden();
    let allowed = (0..=255u8).filter(|b| !forbidden.contains(*b)).map(|b| ClassBytesRange::new(b, b));
    let end = Hir::class(Class::Bytes(ClassBytes::new(allowed)));
    let hir = Hir::concat(vec![pattern.clone(), end]);
    let too_large = || BuildErrorKind::TooLarge { limit: MAX_STATES };
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false).nfa_size_limit(Some(8 << 20)))
        .build_from_hir(&hir)
        .map_err(|_| too_large())?;
    let dense = dense::Builder::new()
        .configure(
            dense::Config::new()
                .start_kind(StartKind::Anchored)
                .match_kind(MatchKind::LeftmostFirst)
                .minimize(false)
                .dfa_size_limit(Some(64 << 20))
                .determinize_size_limit(Some(64 << 20)),
        )
        .build_from_nfa(&nfa)
        .map_err(|_| too_large())?;
    flatten(&dense)
}

/// Copies the automaton into the engine's table. The library reports a match one byte late; asking at each state
/// what the end of input would say reports it in time.
fn flatten(dense: &dense::DFA<Vec<u32>>) -> Result<Dfa, BuildErrorKind> {
    let classes: Vec<u8> = (0..=255u8).map(|b| dense.byte_classes().get(b)).collect();
    let stride = classes.iter().max().map_or(1, |c| u16::from(*c) + 1);
    let mut representative = vec![0u8; usize::from(stride)];
    for (byte, class) in classes.iter().enumerate() {
        representative[usize::from(*class)] = byte as u8;
    }
    let start = dense.start_state(&start::Config::new().anchored(Anchored::Yes)).map_err(|e| BuildErrorKind::Pattern(e.to_string()))?;
    let mut numbers: HashMap<StateID, State> = HashMap::from([(start, START)]);
    let mut order = vec![start];
    let mut rows = vec![vec![DEAD; usize::from(stride)]];
    let mut accepting = vec![false];
    let mut done = 0;
    while done < order.len() {
        let state = order[done];
        done += 1;
        let mut row = Vec::with_capacity(usize::from(stride));
        for &byte in &representative {
            let next = dense.next_state(state, byte);
            row.push(if dense.is_dead_state(next) || dense.is_quit_state(next) {
                DEAD
            } else {
                let fresh = order.len() + 1;
                let number = *numbers.entry(next).or_insert_with(|| {
                    order.push(next);
                    fresh as State
                });
                if fresh > MAX_STATES {
                    return Err(BuildErrorKind::TooLarge { limit: MAX_STATES });
                }
                number
            });
        }
        accepting.push(dense.is_match_state(dense.next_eoi_state(state)));
        rows.push(row);
    }
    Ok(Dfa::from_rows(&classes, &rows, &accepting))
}
