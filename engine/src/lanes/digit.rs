//! Digit lane: places where a group of digits starts and enough digits follow soon.

use crate::classify::{Row, View};
use crate::dfa::{DEAD, START};
use crate::lanes::after_one;
use crate::program::Program;

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
pub(crate) fn places<R: Row>(view: &View<'_, R>, edge: R) -> R {
    // The digits of an escape are no part of the group after it: `\u00145.20`.
    let inner = after_one(view, |c| &c.digit).without(edge);
    let digit = view.pair(|c| &c.digit);
    // An escape may stand for anything, and anything may come.
    let goes_on = digit.or(view.pair(|c| &c.guard)).or(view.pair(|c| &c.unknown));
    let soon = goes_on.or(goes_on.down::<1, 63>()).or(goes_on.down::<2, 62>()).or(goes_on.down::<3, 61>());
    let two = digit.and(digit.down::<1, 63>());
    let four = two.and(two.down::<2, 62>());
    let after_one = soon.down::<1, 63>().without(digit.down::<1, 63>());
    let after_two = two.and(soon.down::<2, 62>()).without(digit.down::<2, 62>());
    let after_three = two.and(digit.down::<2, 62>()).and(soon.down::<3, 61>());
    digit.and(four.or(after_one).or(after_two).or(after_three)).here.without(inner)
}

/// Digits among the next [`WINDOW`] bytes, given which of the bytes from there on are digits.
#[inline(always)]
pub(crate) fn count(digits: u64) -> u32 {
    (digits & ((1 << WINDOW) - 1)).count_ones()
}

/// Groups of digits from this length on are alike, and decided before they end.
pub(crate) const MAX_GROUP: u32 = 24;

/// Which rules can match at a group, by its length and the byte after it.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    lists: Vec<Fitting>,
    /// The list for each length and byte.
    by: Box<[[u8; 256]; MAX_GROUP as usize + 1]>,
}

/// Rules that can match at a kind of group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fitting {
    pub(crate) rules: Vec<u32>,
    /// The fewest digits that one of them needs among the first [`WINDOW`] bytes.
    pub(crate) min_digits: u32,
    /// Whether one of them may start with a sign or bracket before the digits.
    pub(crate) signed: bool,
}

impl Index {
    pub(crate) fn new(program: &Program) -> Self {
        let mut index = Index { lists: Vec::new(), by: Box::new([[0; 256]; MAX_GROUP as usize + 1]) };
        for run in 0..=MAX_GROUP {
            let any = index.list(program, |_| true, run);
            for after in 0..=255u8 {
                // An escape may stand for any byte.
                let list = match after {
                    b'\\' | 0x1b => any,
                    _ => index.list(program, |rule| program.rules[rule as usize].after_digits.contains(after), run),
                };
                index.by[run as usize][usize::from(after)] = list.unwrap_or(any.unwrap_or(0));
            }
        }
        index
    }

    /// The number of the list of all wanted rules that a group of `run` digits can start. `None` when there are too many.
    fn list(&mut self, program: &Program, wanted: impl Fn(u32) -> bool, run: u32) -> Option<u8> {
        let fits = |rule: &u32| {
            let (least, most) = program.rules[*rule as usize].leading_digits;
            least <= run && run <= most && wanted(*rule)
        };
        let rules: Vec<u32> = program.digit_rules.iter().copied().filter(fits).collect();
        let min_digits = rules.iter().map(|rule| program.rules[*rule as usize].min_digits).min().unwrap_or(u32::MAX);
        let signs = |rule: &u32| [b'+', b'('].iter().any(|sign| program.rules[*rule as usize].dfa.next(START, *sign) != DEAD);
        let list = Fitting { min_digits, signed: rules.iter().any(signs), rules };
        let at = self.lists.iter().position(|known| *known == list).unwrap_or_else(|| {
            self.lists.push(list);
            self.lists.len() - 1
        });
        u8::try_from(at).ok()
    }

    /// The rules that can match at a group of `run` digits before the byte `after`.
    #[inline(always)]
    pub(crate) fn at(&self, run: u32, after: u8) -> &Fitting {
        &self.lists[usize::from(self.by[run.min(MAX_GROUP) as usize][usize::from(after)])]
    }
}
