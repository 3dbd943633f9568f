//! What every match of a pattern has in common, read off its automaton.

use std::collections::{BTreeMap, BTreeSet};

use crate::bytes::ByteSet;
use crate::dfa::{DEAD, Dfa, START, State};
use crate::lanes::digit::{GAP, LONG_GROUP, MAX_GROUP};
use crate::program::{DigitPlaces, Telling};

/// Longest literal prefix kept for a lookup.
const MAX_PREFIX: usize = 12;
/// A prefix grows only while few bytes can follow it.
const MAX_BRANCHES: usize = 6;
/// The most prefixes one rule may have.
const MAX_PREFIXES: usize = 200;
/// The most places beside the first that tell a match from other text.
const MAX_TELLING: usize = 2;
/// How far runs are measured.
const MAX_RUN: usize = 64;
/// The bytes after a first digit in which digits are counted.
pub(crate) const DIGIT_WINDOW: usize = 20;
/// The bytes at the front of an address in which hexadecimal digits and colons are looked at.
pub(crate) const COLON_WINDOW: usize = 7;

/// What the lanes can rely on.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Literals one of which starts every match; empty when there is no such set.
    pub(crate) prefixes: Vec<Vec<u8>>,
    /// Token characters every match starts with, at least.
    pub(crate) min_run: u32,
    /// Value characters every match starts with, at least.
    pub(crate) min_wide: u32,
    /// The places among these, and the one after them, where the fewest bytes may stand.
    pub(crate) telling: Vec<Telling>,
    /// Digits in the first [`DIGIT_WINDOW`] bytes of every match, at least.
    pub(crate) min_digits: u32,
    /// Which of the first [`DIGIT_WINDOW`] bytes of every match are digits, and which never are.
    pub(crate) digit_places: DigitPlaces,
    /// Digits every match starts with: at least and at most, after a sign or bracket if there is one.
    pub(crate) leading_digits: (u32, u32),
    /// Bytes that may stand after so many of these digits, in a match or behind it; the last set serves all more.
    pub(crate) after_digits: Vec<ByteSet>,
    /// Whether a short group of digits at a match's start is soon followed by more digits, as the digit lane asks.
    pub(crate) digits_go_on: bool,
    /// Bytes a match may start with.
    pub(crate) first: ByteSet,
    /// Whether the first bytes of every match are hexadecimal digits and colons, one of the first five a colon.
    pub(crate) colon_groups: bool,
    /// Whether every match starts with two letters and two digits.
    pub(crate) lead: bool,
    /// Whether every match is local-part characters followed by an `@`.
    pub(crate) local_at: bool,
}

impl Shape {
    pub(crate) fn of(dfa: &Dfa) -> Self {
        let hex_colon = ByteSet::EMPTY.range(b'0', b'9').range(b'A', b'F').range(b'a', b'f').with(b":");
        Shape {
            prefixes: prefixes(dfa),
            min_run: leading(dfa, ByteSet::TOKEN, MAX_RUN) as u32,
            min_wide: leading(dfa, ByteSet::TOKEN.with(b"+/"), MAX_RUN) as u32,
            telling: telling(dfa, leading(dfa, ByteSet::TOKEN, MAX_RUN)),
            min_digits: min_digits(dfa),
            digit_places: digit_places(dfa),
            leading_digits: leading_digits(dfa).0,
            after_digits: leading_digits(dfa).1,
            digits_go_on: digits_go_on(dfa),
            first: bytes_from(dfa, START).into_iter().fold(ByteSet::EMPTY, |set, (b, _)| set.with(&[b])),
            colon_groups: leading(dfa, hex_colon, COLON_WINDOW) == COLON_WINDOW && colon_in_time(dfa),
            lead: letters_then_digits(dfa),
            local_at: at_after_local(dfa),
        }
    }
}

fn bytes_from(dfa: &Dfa, state: State) -> Vec<(u8, State)> {
    (0..=255u8).map(|b| (b, dfa.next(state, b))).filter(|(_, s)| *s != DEAD).collect()
}

fn prefixes(dfa: &Dfa) -> Vec<Vec<u8>> {
    let mut done: Vec<Vec<u8>> = Vec::new();
    let mut open = vec![(Vec::new(), START)];
    while let Some((prefix, state)) = open.pop() {
        let followers = bytes_from(dfa, state);
        // The byte after a match is not part of it.
        let next_accepts = followers.iter().any(|(_, s)| dfa.accepts(*s));
        let grows = prefix.len() < MAX_PREFIX && followers.len() <= MAX_BRANCHES && !next_accepts;
        if !grows || done.len() + open.len() + followers.len() > MAX_PREFIXES {
            if prefix.is_empty() {
                return Vec::new();
            }
            done.push(prefix);
            continue;
        }
        for (byte, next) in followers {
            let mut longer = prefix.clone();
            longer.push(byte);
            open.push((longer, next));
        }
    }
    done.sort();
    done.dedup();
    done
}

/// How many bytes every match starts with that are all in `set`, up to `most`.
fn leading(dfa: &Dfa, set: ByteSet, most: usize) -> usize {
    let mut level = BTreeSet::from([START]);
    for depth in 0..most {
        let mut next = BTreeSet::new();
        for &state in &level {
            for (byte, to) in bytes_from(dfa, state) {
                // An accepting state was reached by the byte after a match.
                if dfa.accepts(to) || !set.contains(byte) {
                    return depth;
                }
                next.insert(to);
            }
        }
        level = next;
    }
    most
}

/// The first byte, and the [`MAX_TELLING`] places up to `run` where the fewest bytes may stand.
fn telling(dfa: &Dfa, run: usize) -> Vec<Telling> {
    let mut level = BTreeSet::from([START]);
    let mut places = Vec::new();
    for at in 0..=run {
        let followers: Vec<(u8, State)> = level.iter().flat_map(|s| bytes_from(dfa, *s)).collect();
        let bytes = followers.iter().fold(ByteSet::EMPTY, |set, (byte, _)| set.with(&[*byte]));
        places.push(Telling { at: at as u32, bytes: bytes.with(b"\\\x1b") });
        level = followers.into_iter().map(|(_, to)| to).collect();
    }
    // The first byte is at hand before any other. Of equals the last tells most: it may stand after the run.
    places[1..].sort_by_key(|place| (place.bytes.len(), core::cmp::Reverse(place.at)));
    places.truncate(1 + MAX_TELLING);
    places
}

fn min_digits(dfa: &Dfa) -> u32 {
    let mut level = BTreeMap::from([(START, 0u32)]);
    let mut least = u32::MAX;
    for _ in 0..=DIGIT_WINDOW {
        let mut next: BTreeMap<State, u32> = BTreeMap::new();
        for (&state, &digits) in &level {
            for (byte, to) in bytes_from(dfa, state) {
                if dfa.accepts(to) {
                    least = least.min(digits);
                }
                let digits = digits + u32::from(byte.is_ascii_digit());
                next.entry(to).and_modify(|d| *d = digits.min(*d)).or_insert(digits);
            }
        }
        level = next;
    }
    // What is still open has at least the digits of its first bytes; the last one may lie past the window.
    level.values().map(|d| d.saturating_sub(1)).fold(least, u32::min)
}

/// Counted from the first digit; a sign or bracket may stand before it.
fn digit_places(dfa: &Dfa) -> DigitPlaces {
    let mut level = digit_starts(dfa);
    let mut places = DigitPlaces::default();
    for at in 0..DIGIT_WINDOW {
        let followers: Vec<(u8, State)> = level.iter().flat_map(|state| bytes_from(dfa, *state)).collect();
        // Of what follows a match nothing is known.
        if followers.iter().any(|(_, to)| dfa.accepts(*to)) {
            break;
        }
        let digits = followers.iter().filter(|(byte, _)| byte.is_ascii_digit()).count();
        places.always |= u32::from(digits == followers.len()) << at;
        places.never |= u32::from(digits == 0) << at;
        level = followers.into_iter().map(|(_, to)| to).collect();
    }
    places
}

/// The states before a match's first digit: at its start, and after a sign or bracket.
fn digit_starts(dfa: &Dfa) -> BTreeSet<State> {
    let signed = bytes_from(dfa, START).into_iter().filter(|(b, _)| matches!(b, b'+' | b'(')).map(|(_, s)| s);
    signed.chain([START]).collect()
}

fn leading_digits(dfa: &Dfa) -> ((u32, u32), Vec<ByteSet>) {
    let mut level = digit_starts(dfa);
    let mut least = None;
    let mut most = u32::MAX;
    let mut after = Vec::new();
    for digits in 0..=MAX_GROUP {
        let followers: Vec<(u8, State)> = level.iter().flat_map(|s| bytes_from(dfa, *s)).collect();
        let others = followers.iter().filter(|(byte, _)| digits > 0 && !byte.is_ascii_digit());
        let set = others.fold(ByteSet::EMPTY, |set, (byte, _)| set.with(&[*byte]));
        if set != ByteSet::EMPTY {
            least.get_or_insert(digits);
        }
        after.push(set);
        level = followers.into_iter().filter(|(b, _)| b.is_ascii_digit()).map(|(_, s)| s).collect();
        if level.is_empty() {
            most = digits.max(1);
            break;
        }
    }
    // Beyond what was looked at any byte may follow.
    after.resize(MAX_GROUP as usize + 1, if most == u32::MAX { ByteSet::EMPTY.range(0, 255) } else { ByteSet::EMPTY });
    if most == u32::MAX {
        after[MAX_GROUP as usize] = ByteSet::EMPTY.range(0, 255);
    }
    ((least.unwrap_or(1), most), after)
}

/// Whether in every match that starts with fewer than four digits, after a sign or bracket if there is one, another digit
/// follows after at most [`GAP`] other bytes.
fn digits_go_on(dfa: &Dfa) -> bool {
    let mut level = digit_starts(dfa);
    for digits in 0..LONG_GROUP {
        let followers: Vec<(u8, State)> = level.iter().flat_map(|state| bytes_from(dfa, *state)).collect();
        let (more, after): (Vec<_>, Vec<_>) = followers.into_iter().partition(|(byte, _)| byte.is_ascii_digit());
        if digits > 0 && !digit_within(dfa, after.into_iter().map(|(_, to)| to).collect()) {
            return false;
        }
        level = more.into_iter().map(|(_, to)| to).collect();
    }
    true
}

/// Whether a digit follows within [`GAP`] bytes of the first of which these are the states.
fn digit_within(dfa: &Dfa, mut level: BTreeSet<State>) -> bool {
    for _ in 0..GAP {
        if level.iter().any(|state| dfa.accepts(*state)) {
            return false;
        }
        let followers = level.iter().flat_map(|state| bytes_from(dfa, *state));
        level = followers.filter(|(byte, _)| !byte.is_ascii_digit()).map(|(_, to)| to).collect();
    }
    level.is_empty()
}

/// Whether one of the first five bytes of every match is a colon.
fn colon_in_time(dfa: &Dfa) -> bool {
    let mut level = BTreeSet::from([START]);
    for _ in 0..5 {
        level = level.iter().flat_map(|s| bytes_from(dfa, *s)).filter(|(byte, _)| *byte != b':').map(|(_, to)| to).collect();
    }
    level.is_empty()
}

fn letters_then_digits(dfa: &Dfa) -> bool {
    let mut level = BTreeSet::from([START]);
    for depth in 0..4 {
        let followers: Vec<(u8, State)> = level.iter().flat_map(|s| bytes_from(dfa, *s)).collect();
        let fits = |byte: u8| if depth < 2 { byte.is_ascii_alphabetic() } else { byte.is_ascii_digit() };
        if followers.iter().any(|(byte, to)| !fits(*byte) || dfa.accepts(*to)) {
            return false;
        }
        level = followers.into_iter().map(|(_, to)| to).collect();
    }
    !level.is_empty()
}

/// Whether every match reads `[local part]@…`.
fn at_after_local(dfa: &Dfa) -> bool {
    let mut seen = BTreeSet::from([START]);
    let mut queue = vec![START];
    while let Some(state) = queue.pop() {
        for (byte, to) in bytes_from(dfa, state) {
            if byte == b'@' {
                continue;
            }
            if !ByteSet::LOCAL.contains(byte) || dfa.accepts(to) {
                return false;
            }
            if seen.insert(to) {
                queue.push(to);
            }
        }
    }
    true
}
