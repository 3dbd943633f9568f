//! Digit lane: places where a group of digits starts and enough digits follow soon.

use crate::bytes::ByteSet;
use crate::classify::{Row, View};
use crate::dfa::{DEAD, Dfa, START};
use crate::escape;
use crate::program::{DigitPlaces, Program};

/// The bytes after a first digit in which digits are counted.
pub(crate) const WINDOW: u64 = 20;

/// Groups of digits from this length on are places by themselves.
#[cfg(feature = "compile")]
pub(crate) const LONG_GROUP: usize = 4;

/// The most bytes between a shorter group and the next digit.
#[cfg(feature = "compile")]
pub(crate) const GAP: usize = 3;

/// The places. Those of groups that have not all arrived are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    let digit = view.pair(|c| &c.digit);
    // An escape may stand for anything, and anything may come.
    let goes_on = digit.or(view.pair(|c| &c.guard)).or(view.pair(|c| &c.unknown));
    let soon = goes_on.or(goes_on.down::<1, 63>()).or(goes_on.down::<2, 62>()).or(goes_on.down::<3, 61>());
    let two = digit.and(digit.down::<1, 63>());
    let four = two.and(two.down::<2, 62>());
    let after_one = soon.down::<1, 63>().without(digit.down::<1, 63>());
    let after_two = two.and(soon.down::<2, 62>()).without(digit.down::<2, 62>());
    let after_three = two.and(digit.down::<2, 62>()).and(soon.down::<3, 61>());
    digit.and(four.or(after_one).or(after_two).or(after_three)).here.and(edge)
}

/// Of bits of the bytes from a place on those of the next [`WINDOW`] bytes.
#[inline(always)]
pub(crate) fn first(bits: u64) -> u32 {
    (bits & ((1 << WINDOW) - 1)) as u32
}

/// Groups of digits from this length on are alike, and decided before they end.
pub(crate) const MAX_GROUP: u32 = 24;

/// Which rules can match at a group, by its length and the byte after it.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    /// All rules of the lane.
    pub(crate) all: Vec<Numbered>,
    lists: Vec<Fitting>,
    /// Bytes after which the same rules can match are of one class.
    class: [u8; 256],
    classes: usize,
    /// For what stands before a group, then for its length, then for the class of the byte after it.
    by: Vec<Entry>,
}

/// What can match at a kind of group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    list: u8,
    /// The fewest digits that one of its rules needs.
    least: u8,
}

/// What stands before a group, as far as its neighbour tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// Nothing that matters.
    Other,
    /// What may be a sign, by itself or coded.
    Sign,
    /// A dash or point, which makes the group a part of something longer for most rules. It ends no escape.
    Joint,
}

impl Left {
    const ALL: [Left; 3] = [Left::Other, Left::Sign, Left::Joint];

    #[inline(always)]
    fn of(byte: u8) -> Left {
        match byte {
            byte if may_be_sign(byte) => Left::Sign,
            b'-' | b'.' => Left::Joint,
            _ => Left::Other,
        }
    }
}

/// Whether a sign may stand before a group whose neighbour this is: by itself, or coded.
#[inline(always)]
pub(crate) fn may_be_sign(byte: u8) -> bool {
    matches!(byte, b'+' | b'(' | b'b' | b'B' | b'8')
}

/// What is looked at of a rule before its automaton runs, side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) rule: u32,
    pub(crate) min_digits: u32,
    pub(crate) places: DigitPlaces,
    /// Whether a match counts only where one of the rule's words stands before it.
    pub(crate) has_words: bool,
    pub(crate) starts: Starts,
}

/// The digits and signs that matches of a rule start with, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Starts(u32);

impl Starts {
    fn of(dfa: &Dfa) -> Self {
        let starts = b"(+0123456789".iter().filter(|byte| dfa.next(START, **byte) != DEAD);
        Starts(starts.fold(0, |bits, byte| bits | 1 << (byte - b'(')))
    }

    /// Whether a match may start with the digit or sign.
    #[inline(always)]
    pub(crate) fn has(self, byte: u8) -> bool {
        self.0 >> (byte - b'(') & 1 != 0
    }

    fn has_sign(self) -> bool {
        self.has(b'+') || self.has(b'(')
    }

    fn has_digit(self) -> bool {
        (b'0'..=b'9').any(|digit| self.has(digit))
    }
}

/// Rules that can match at a kind of group.
#[derive(Clone, Debug)]
pub(crate) struct Fitting {
    pub(crate) rules: Vec<Numbered>,
    /// The fewest digits that one of them needs among the first [`WINDOW`] bytes.
    pub(crate) min_digits: u32,
    /// Whether one of them may start with a sign or bracket before the digits.
    pub(crate) signed: bool,
}

impl Index {
    pub(crate) fn new(program: &Program) -> Self {
        let all = program.digit_rules.iter().map(|rule| Numbered::new(program, *rule)).collect();
        let mut index = Index { all, lists: Vec::new(), class: [0; 256], classes: 0, by: Vec::new() };
        let mut rows: Vec<[u8; 256]> = Vec::new();
        for (left, run) in Left::ALL.into_iter().flat_map(|left| (0..=MAX_GROUP).map(move |run| (left, run))) {
            let rules: Vec<Numbered> = index.all.iter().copied().filter(|rule| rule.fits(program, run, left)).collect();
            let after = |rule: &Numbered| program.rules[rule.rule as usize].after_digits[run as usize];
            let (class, classes) = alike(rules.iter().map(after));
            let any = index.list(rules.clone());
            let lists: Vec<Option<u8>> = (0..classes)
                .map(|wanted| {
                    let byte = class.iter().position(|class| usize::from(*class) == wanted).unwrap_or_default() as u8;
                    index.list(rules.iter().copied().filter(|rule| after(rule).contains(byte)).collect())
                })
                .collect();
            // An escape may stand for any byte.
            let list = |byte: u8| if escape::begins(byte) { any } else { lists[usize::from(class[usize::from(byte)])].or(any) };
            let row: [u8; 256] = core::array::from_fn(|byte| list(byte as u8).unwrap_or(0));
            rows.push(row);
        }
        index.set_classes(&rows);
        index
    }

    /// Takes the list of each row and byte.
    fn set_classes(&mut self, rows: &[[u8; 256]]) {
        let mut columns: Vec<Vec<u8>> = Vec::new();
        for byte in 0..256 {
            let column: Vec<u8> = rows.iter().map(|row| row[byte]).collect();
            let class = columns.iter().position(|known| *known == column).unwrap_or_else(|| {
                columns.push(column);
                columns.len() - 1
            });
            self.class[byte] = class as u8;
        }
        self.classes = columns.len();
        let least = |list: u8| self.lists[usize::from(list)].min_digits.min(u8::MAX.into()) as u8;
        let entries = (0..rows.len()).flat_map(|row| columns.iter().map(move |column| column[row]));
        self.by = entries.map(|list| Entry { list, least: least(list) }).collect();
    }

    /// The number of the list of these rules. `None` when there are too many lists.
    fn list(&mut self, rules: Vec<Numbered>) -> Option<u8> {
        let at = self.lists.iter().position(|known| known.rules == rules).unwrap_or_else(|| {
            let min_digits = rules.iter().map(|rule| rule.min_digits).min().unwrap_or(u32::MAX);
            self.lists.push(Fitting { min_digits, signed: rules.iter().any(|rule| rule.starts.has_sign()), rules });
            self.lists.len() - 1
        });
        u8::try_from(at).ok()
    }

    #[inline(always)]
    fn entry(&self, before: u8, run: u32, after: u8) -> Entry {
        let row = Left::of(before) as usize * (MAX_GROUP as usize + 1) + run.min(MAX_GROUP) as usize;
        self.by[row * self.classes + usize::from(self.class[usize::from(after)])]
    }

    /// The rules that can match at a group of `run` digits between the bytes `before` and `after`.
    #[inline(always)]
    pub(crate) fn at(&self, before: u8, run: u32, after: u8) -> &Fitting {
        &self.lists[usize::from(self.entry(before, run, after).list)]
    }

    /// The fewest digits among the first [`WINDOW`] bytes that one of these rules needs.
    #[inline(always)]
    pub(crate) fn least(&self, before: u8, run: u32, after: u8) -> u32 {
        self.entry(before, run, after).least.into()
    }
}

/// Classes of bytes that are in the same of these sets, and how many classes there are.
fn alike(sets: impl Iterator<Item = ByteSet>) -> ([u8; 256], usize) {
    let mut class = [0; 256];
    let mut classes = vec![(0, false)];
    let mut seen: Vec<ByteSet> = Vec::new();
    for set in sets {
        if seen.contains(&set) {
            continue;
        }
        classes.clear();
        for (byte, class) in (0..=255u8).zip(&mut class) {
            let key = (*class, set.contains(byte));
            *class = classes.iter().position(|known| *known == key).unwrap_or_else(|| {
                classes.push(key);
                classes.len() - 1
            }) as u8;
        }
        seen.push(set);
    }
    (class, classes.len())
}

impl Numbered {
    fn new(program: &Program, rule: u32) -> Self {
        let stated = &program.rules[rule as usize];
        Numbered {
            rule,
            min_digits: stated.min_digits,
            places: stated.digit_places,
            has_words: stated.has_words,
            starts: Starts::of(program.dfa(stated)),
        }
    }

    /// Whether the rule can match at a group of `run` digits, after a sign or not.
    fn fits(&self, program: &Program, run: u32, left: Left) -> bool {
        let stated = &program.rules[self.rule as usize];
        let (least, most) = stated.leading_digits;
        let forbidden = stated.left();
        let may_start = match left {
            Left::Other => self.starts.has_digit(),
            Left::Sign => true,
            Left::Joint => self.starts.has_digit() && !(forbidden.contains(b'-') && forbidden.contains(b'.')),
        };
        may_start && least <= run && run <= most
    }
}
