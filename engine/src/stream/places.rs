//! Where each lane is, and the places it names in a block.

use crate::classify::BLOCK;
use crate::lanes::{between, colon, digit, lead, literal, run, value};
use crate::masks::MaskRing;
use crate::scanner::Tables;

/// How far a lane has decided.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursor {
    /// The first place that is not decided.
    pub(super) at: u64,
    /// A place where the lane must stop for now.
    pub(super) stop: Option<u64>,
}

/// The lanes' cursors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cursors {
    pub(super) run: Cursor,
    pub(super) value: Cursor,
    pub(super) digit: Cursor,
    pub(super) literal: Cursor,
    pub(super) lead: Cursor,
    pub(super) at: Cursor,
    pub(super) colon: Cursor,
}

impl Cursors {
    /// How far each lane can decide with the bytes that have come.
    pub(super) fn reach(masks: &MaskRing, whole: bool) -> Self {
        let ready = masks.ready();
        let cursor = |undecided: u64| Cursor { at: if whole { ready } else { ready.saturating_sub(undecided) }, stop: None };
        let run = masks.trailing(|m| m.token);
        let wide = masks.trailing(|m| m.wide);
        let short = masks.trailing(|m| m.alnum | m.colon);
        Cursors {
            run: cursor(run.min(run::MIN_RUN - 1)),
            value: cursor(wide.min(run::MIN_RUN - 1)),
            digit: cursor(0),
            literal: cursor(literal::HEAD as u64 - 1),
            lead: cursor(short.min(lead::WINDOW - 1)),
            at: cursor(0),
            colon: cursor(short.min(colon::WINDOW)),
        }
    }

    fn all(&self) -> [Cursor; 7] {
        [self.run, self.value, self.digit, self.literal, self.lead, self.at, self.colon]
    }

    pub(super) fn least(&self) -> u64 {
        self.all().iter().fold(u64::MAX, |least, c| least.min(c.at))
    }

    /// The same without the literal lane, whose last bytes are seldom the beginning of anything.
    pub(super) fn least_but_literal(&self) -> u64 {
        [self.run, self.value, self.digit, self.lead, self.at, self.colon].iter().fold(u64::MAX, |least, c| least.min(c.at))
    }

    /// The cursors after looking at everything up to `to`, apart from where a lane stopped.
    pub(super) fn advanced(&self, to: &Self) -> Self {
        let next = |now: Cursor, to: Cursor| Cursor { at: now.stop.unwrap_or(to.at.max(now.at)), stop: None };
        Cursors {
            run: next(self.run, to.run),
            value: next(self.value, to.value),
            digit: next(self.digit, to.digit),
            literal: next(self.literal, to.literal),
            lead: next(self.lead, to.lead),
            at: next(self.at, to.at),
            colon: next(self.colon, to.colon),
        }
    }
}

/// The places that the lanes name in one block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) base: u64,
    pub(super) run: u64,
    pub(super) value: u64,
    pub(super) digit: u64,
    pub(super) literal: u64,
    pub(super) lead: u64,
    pub(super) at: u64,
    pub(super) colon: u64,
}

impl Places {
    /// The places in the block that starts at `base`, from each lane's cursor to its reach.
    #[inline]
    pub(super) fn of(masks: &MaskRing, tables: &Tables, base: u64, from: &Cursors, to: &Cursors) -> Self {
        let program = &tables.program;
        let view = masks.view(base / BLOCK as u64);
        let inside = |from: Cursor, to: Cursor| between(base, from.at, to.at);
        let with = |rules: &[u32], places: u64| if rules.is_empty() { 0 } else { places };
        Places {
            base,
            run: run::places(&view) & inside(from.run, to.run),
            value: if tables.run_values { value::places(&view) & inside(from.value, to.value) } else { 0 },
            digit: with(&program.digit_rules, digit::places(&view, program.min_digits)) & inside(from.digit, to.digit),
            literal: literal::places(&view) & inside(from.literal, to.literal),
            lead: with(&program.lead_rules, lead::places(&view)) & inside(from.lead, to.lead),
            at: with(&program.at_rules, view.here.at) & inside(from.at, to.at),
            colon: with(&program.colon_rules, colon::places(&view)) & inside(from.colon, to.colon),
        }
    }

    /// Whether there is any.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.run | self.value | self.digit | self.literal | self.lead | self.at | self.colon != 0
    }
}
