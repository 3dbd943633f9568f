//! What each lane keeps of its places, after a look at a few bytes or masks, and what is done with those.

use super::State;
use crate::classify::BLOCK;
use crate::lanes::{LanePlaces, Places, digit, run, value};
use crate::masks::Masks;
use crate::scanner::Tables;
use crate::window::Window;

/// What a lane looks at: the rules and everything that has come.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) tables: &'a Tables,
    pub(super) masks: &'a Masks,
    pub(super) window: &'a Window,
}

impl Scope<'_> {
    /// A byte, undefined if it has not come.
    #[inline(always)]
    fn byte(&self, offset: u64) -> u8 {
        self.window.padded()[self.window.index(offset)]
    }

    /// The four bytes before `offset` and the four from there on.
    #[inline(always)]
    pub(super) fn beside(&self, offset: u64) -> (u32, u32) {
        (self.head(offset.wrapping_sub(4)), self.head(offset))
    }

    /// The four bytes from `offset` on, those that have not come undefined.
    #[inline(always)]
    fn head(&self, offset: u64) -> u32 {
        let at = self.window.index(offset);
        match self.window.padded()[at..at + 4].try_into() {
            Ok(head) => u32::from_le_bytes(head),
            Err(_) => unreachable!("the slice has the array's length"),
        }
    }
}

/// A lane: its places, the quick look that rules most of them out, and what is done with the rest.
pub(super) trait Sieve {
    /// The lane's places.
    fn lane(places: &Places) -> &LanePlaces;
    /// Whether a place is worth more than a look at a few bytes or masks.
    fn keeps(scope: &Scope<'_>, offset: u64) -> bool;
    /// Looks at a place; `false` when it cannot be decided yet.
    fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool;
}

/// The lanes, by name.
pub(super) mod lane {
    use super::*;

    pub(crate) struct Run;
    pub(crate) struct Value;
    pub(crate) struct Digit;
    pub(crate) struct Literal;
    pub(crate) struct Lead;
    pub(crate) struct At;
    pub(crate) struct Colon;
    pub(crate) struct Known;

    impl Sieve for Run {
        fn lane(places: &Places) -> &LanePlaces {
            &places.run
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            let long = scope.masks.is_long(offset) | (scope.tables.least_run() < run::LONG as u32);
            long | scope.tables.prefixes.may_begin(scope.head(offset))
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.run_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Value {
        fn lane(places: &Places) -> &LanePlaces {
            &places.value
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            value::may_follow(scope.byte(offset.wrapping_sub(1))) & !scope.masks.is_no_value(offset)
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.run_value_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Digit {
        fn lane(places: &Places) -> &LanePlaces {
            &places.digit
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            let digits = scope.masks.from(offset, |c| &c.digit);
            let run = digits.trailing_ones();
            let (before, after) = (scope.byte(offset.wrapping_sub(1)), scope.byte(offset + u64::from(run)));
            let fits = digit::first(digits).count_ones() >= scope.tables.digits.least(before, run, after);
            // Of a group that has not all arrived nothing is known.
            fits | (offset + BLOCK as u64 > scope.masks.ready())
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.digit_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Literal {
        fn lane(places: &Places) -> &LanePlaces {
            &places.literal
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            scope.tables.heads.may_be(scope.head(offset))
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.literal_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Lead {
        fn lane(places: &Places) -> &LanePlaces {
            &places.lead
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            scope.tables.leads.may_begin(scope.head(offset))
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.lead_candidate(tables, offset, whole)
        }
    }

    impl Sieve for At {
        fn lane(places: &Places) -> &LanePlaces {
            &places.at
        }

        #[inline(always)]
        fn keeps(_: &Scope<'_>, _: u64) -> bool {
            true
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.at_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Colon {
        fn lane(places: &Places) -> &LanePlaces {
            &places.colon
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            // The digits up to the colon.
            let head = scope.head(offset).to_le_bytes();
            head.iter().take_while(|byte| **byte != b':').all(u8::is_ascii_hexdigit)
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.colon_candidate(tables, offset, whole)
        }
    }

    impl Sieve for Known {
        fn lane(places: &Places) -> &LanePlaces {
            &places.known
        }

        #[inline(always)]
        fn keeps(scope: &Scope<'_>, offset: u64) -> bool {
            let (before, after) = scope.beside(offset);
            scope.tables.known.as_ref().is_some_and(|known| known.may_be(before, after))
        }

        fn look(state: &mut State, tables: &Tables, offset: u64, whole: bool) -> bool {
            state.known_candidate(tables, offset, whole);
            true
        }
    }
}
