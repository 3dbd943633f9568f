//! Where each lane is, and the places it names in a block.

use crate::classify::{BLOCK, GROUP};
use crate::lanes::{Group, between, colon, digit, lead, literal, ones, run, value};
use crate::masks::Masks;
use crate::scanner::Tables;
use crate::window::{AROUND, Window};

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
    pub(super) fn reach(masks: &Masks, whole: bool) -> Self {
        let ready = masks.ready();
        let cursor = |undecided: u64| Cursor { at: if whole { ready } else { ready.saturating_sub(undecided) }, stop: None };
        let run = masks.trailing(|c, slot| c.token[slot]);
        let wide = masks.trailing(|c, slot| c.wide[slot]);
        let short = masks.trailing(|c, slot| c.alnum[slot] | c.colon[slot]);
        Cursors {
            run: cursor(run.min(run::LONG - 1)),
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

    fn least(&self) -> u64 {
        self.all().iter().fold(u64::MAX, |least, c| least.min(c.at))
    }

    fn greatest(&self) -> u64 {
        self.all().iter().fold(0, |most, c| most.max(c.at))
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

/// The bits for which `wanted` holds.
#[inline(always)]
fn keep(bits: u64, wanted: impl Fn(&u64) -> bool) -> u64 {
    // Without a branch: which places stay is hard to predict.
    ones(bits).fold(0, |kept, place| kept | u64::from(wanted(&place)) << place)
}

/// What is looked at where no rule needs a lane: all bits or none.
#[derive(Clone, Copy)]
struct Enabled {
    digit: u64,
    value: u64,
    lead: u64,
    at: u64,
    colon: u64,
}

impl Enabled {
    fn new(tables: &Tables) -> Self {
        let on = |yes: bool| if yes { u64::MAX } else { 0 };
        let program = &tables.program;
        Enabled {
            digit: on(!program.digit_rules.is_empty()),
            value: on(tables.run_values),
            lead: on(!program.lead_rules.is_empty()),
            at: on(!program.at_rules.is_empty()),
            colon: on(!program.colon_rules.is_empty()),
        }
    }
}

impl Places {
    /// Lists the blocks that have places between the lanes' cursors and reaches.
    pub(super) fn list(masks: &Masks, window: &Window, tables: &Tables, from: &Cursors, to: &Cursors, out: &mut Vec<Places>) {
        let enabled = Enabled::new(tables);
        let block = BLOCK as u64;
        let blocks = from.least() / block..masks.ready().div_ceil(block);
        let whole = from.greatest().div_ceil(block)..to.least() / block;
        masks.classifier().with(
            #[inline(always)]
            || {
                let mut group = Group::default();
                for number in blocks.clone().step_by(GROUP) {
                    masks.places(number, &mut group);
                    for i in 0..GROUP.min((blocks.end - number) as usize) {
                        let number = number + i as u64;
                        let mut places = Places::new(&group, i, masks.block(number, |c| &c.at), number * block, &enabled);
                        if !places.any() {
                            continue;
                        }
                        if !whole.contains(&number) {
                            places.clip(from, to);
                        }
                        places.sift(tables, masks, group.long[i], window.around(places.base));
                        if places.any() {
                            out.push(places);
                        }
                    }
                }
            },
        );
    }

    /// The places in a block of a group.
    #[inline(always)]
    fn new(group: &Group, i: usize, at: u64, base: u64, enabled: &Enabled) -> Self {
        Places {
            base,
            run: group.run[i],
            value: group.value[i] & enabled.value,
            digit: group.digit[i] & enabled.digit,
            literal: group.literal[i],
            lead: group.lead[i] & enabled.lead,
            at: at & enabled.at,
            colon: group.colon[i] & enabled.colon,
        }
    }

    /// Drops places that a look at a few bytes rules out. `text` starts a byte before the block.
    #[inline(always)]
    fn sift(&mut self, tables: &Tables, masks: &Masks, long: u64, text: &[u8; AROUND]) {
        let at = |place: u64, n: usize| text[(place as usize & (BLOCK - 1)) + 1 + n];
        if self.run != 0 && tables.least_run >= run::LONG as u32 {
            let begins = |place: &u64| tables.prefixes.may_begin(at(*place, 0), at(*place, 1));
            self.run = self.run & long | keep(self.run & !long, begins);
        }
        if self.value != 0 {
            self.value = keep(self.value, |place| value::may_follow(text[*place as usize & (BLOCK - 1)]));
        }
        if self.literal != 0 {
            let head = |place: u64| u32::from_le_bytes([at(place, 0), at(place, 1), at(place, 2), at(place, 3)]);
            self.literal = keep(self.literal, |place| tables.heads.may_be(head(*place)));
        }
        // Of a group of digits that has not all arrived nothing is known.
        if self.digit != 0 && self.base + 2 * BLOCK as u64 <= masks.ready() {
            self.digit = keep(self.digit, |place| digit::count(masks.from(self.base + place, |c| &c.digit)) >= tables.program.min_digits);
        }
    }

    /// Keeps the places from each lane's cursor to its reach.
    fn clip(&mut self, from: &Cursors, to: &Cursors) {
        let base = self.base;
        let inside = |from: Cursor, to: Cursor| between(base, from.at, to.at);
        self.run &= inside(from.run, to.run);
        self.value &= inside(from.value, to.value);
        self.digit &= inside(from.digit, to.digit);
        self.literal &= inside(from.literal, to.literal);
        self.lead &= inside(from.lead, to.lead);
        self.at &= inside(from.at, to.at);
        self.colon &= inside(from.colon, to.colon);
    }

    /// Whether there is any.
    #[inline(always)]
    fn any(&self) -> bool {
        self.run | self.value | self.digit | self.literal | self.lead | self.at | self.colon != 0
    }
}
