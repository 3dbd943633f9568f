//! Known values in a stream: from the places that their lane names to findings.

use super::State;
use crate::bytes::ByteSet;
use crate::escape::{self, Before};
use crate::finding::{Confidence, Finding, RuleIndex, Verdict};
use crate::known::Known;
use crate::known::lane::{AHEAD, TOGETHER};
use crate::scanner::Tables;
use crate::span::Span;

/// How far the lane is, and what waits for more bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The first place that is not decided.
    cursor: u64,
    pending: Vec<Pending>,
    places: Vec<u64>,
}

/// A form that may stand at `start`, of which the end has not come.
#[derive(Clone, Copy, Debug)]
struct Pending {
    form: u32,
    start: u64,
    /// Every byte before this may stand in it.
    seen: u64,
}

/// What is known of a form at a place.
enum Outcome {
    No,
    Wait,
    Found,
}

impl Progress {
    pub(super) fn clear(&mut self) {
        self.cursor = 0;
        self.pending.clear();
    }
}

impl State {
    /// Takes up what waits.
    pub(super) fn move_known(&mut self, tables: &Tables, whole: bool) {
        if self.known.pending.is_empty() {
            return;
        }
        let waiting = core::mem::take(&mut self.known.pending);
        for pending in waiting {
            self.try_form(tables, pending, whole);
        }
    }

    /// Looks at the new places.
    pub(super) fn run_known(&mut self, tables: &Tables, whole: bool) {
        let Some(known) = &tables.known else { return };
        let ready = self.masks.ready();
        let to = if whole { ready } else { self.known_until(known) };
        let from = self.known.cursor;
        if from >= to {
            return;
        }
        self.known.cursor = to;
        let mut places = core::mem::take(&mut self.known.places);
        self.masks.classifier().with(
            #[inline(always)]
            || self.list_known(known, from, to, &mut places),
        );
        for place in places.drain(..) {
            let (before, after) = self.beside(place);
            for number in known.forms(before, after) {
                if let Some(start) = place.checked_sub(u64::from(known.form(number).at)) {
                    self.try_form(tables, Pending { form: number, start, seen: start }, whole);
                }
            }
        }
        self.known.places = places;
    }

    /// How far places can be decided: up to the last bytes, from which on a form may still go on.
    fn known_until(&self, known: &Known) -> u64 {
        let ready = self.masks.ready();
        let last = self.window.slice(ready.saturating_sub(AHEAD), ready);
        let open = last.iter().rev().take_while(|byte| known.holds(**byte)).count();
        ready - open as u64
    }

    /// Lists the places from `from` to `to` that may be a form's anchor.
    #[inline(always)]
    fn list_known(&self, known: &Known, from: u64, to: u64, places: &mut Vec<u64>) {
        let slots = self.masks.slots(from, to);
        let mut slot = slots.start;
        while slot < slots.end {
            if slot + TOGETHER <= slots.end {
                let masks: [u64; TOGETHER] = known.places(self.masks.columns(), slot);
                masks.into_iter().zip(slot..).for_each(|(mask, slot)| self.keep_known(known, mask, slot, from..to, places));
                slot += TOGETHER;
            } else {
                let [mask] = known.places(self.masks.columns(), slot);
                self.keep_known(known, mask, slot, from..to, places);
                slot += 1;
            }
        }
    }

    #[inline(always)]
    fn keep_known(&self, known: &Known, mut mask: u64, slot: usize, within: core::ops::Range<u64>, places: &mut Vec<u64>) {
        let base = self.masks.start_of(slot);
        while mask != 0 {
            let place = base.wrapping_add(u64::from(mask.trailing_zeros()));
            mask &= mask - 1;
            let (before, after) = self.beside(place);
            if known.may_be(before, after) && within.contains(&place) {
                places.push(place);
            }
        }
    }

    /// The four bytes before a place and the four from there on.
    #[inline(always)]
    fn beside(&self, place: u64) -> (u32, u32) {
        let at = self.window.index(place);
        match self.window.padded()[at - 4..at + 4].try_into() {
            Ok(bytes) => {
                let both = u64::from_le_bytes(bytes);
                (both as u32, (both >> 32) as u32)
            }
            Err(_) => unreachable!("the slice has the array's length"),
        }
    }

    fn try_form(&mut self, tables: &Tables, mut pending: Pending, whole: bool) {
        let Some(known) = &tables.known else { return };
        match self.outcome(known, &mut pending, whole) {
            Outcome::No => {}
            Outcome::Wait => self.known.pending.push(pending),
            Outcome::Found => {
                let form = known.form(pending.form);
                self.resolver.add(Finding {
                    rule: RuleIndex(tables.known_rules + form.name),
                    span: Span::new(pending.start, pending.start + u64::from(form.len)),
                    confidence: Confidence::Certain,
                    verdict: Verdict::Abstain,
                    layer: form.layer,
                    told: crate::told::Told::default(),
                });
            }
        }
    }

    /// Whether the form stands there, between whole characters.
    fn outcome(&mut self, known: &Known, pending: &mut Pending, whole: bool) -> Outcome {
        let form = known.form(pending.form);
        let (start, end) = (pending.start, pending.start + u64::from(form.len));
        // What was given out held a byte that no form holds.
        if start < self.passed() {
            return Outcome::No;
        }
        let ready = self.window.end();
        let come = self.window.slice(pending.seen, ready.min(end));
        self.work += come.len() as u64;
        if !come.iter().all(|byte| known.holds(*byte)) {
            return Outcome::No;
        }
        pending.seen = ready.min(end);
        if ready < end {
            return if whole { Outcome::No } else { Outcome::Wait };
        }
        let text = self.window.text();
        match escape::before(text, self.window.index(start), whole) {
            Before::Inside => return Outcome::No,
            Before::Unclear => return Outcome::Wait,
            Before::Unit(unit) if form.bounded && start > 0 && ByteSet::ALNUM.contains(unit.value) => return Outcome::No,
            Before::Unit(_) | Before::Nothing => {}
        }
        let bytes = self.window.slice(start, end);
        if !known.is(form, bytes) {
            return Outcome::No;
        }
        match escape::ends_at(text, self.window.index(start), self.window.index(end), whole) {
            None => Outcome::Wait,
            Some(false) => Outcome::No,
            Some(true) => Outcome::Found,
        }
    }

    /// The first byte that may be a part of a known value which is not decided.
    pub(super) fn known_hold(&self, known: &Known) -> u64 {
        let ready = self.masks.ready();
        let low = self.known.cursor.saturating_sub(known.reach).max(self.released).min(ready);
        let tail = self.window.slice(low, ready);
        let open = tail.iter().rev().take_while(|byte| known.holds(**byte)).count() as u64;
        self.known.pending.iter().map(|pending| pending.start).fold(ready - open, u64::min)
    }
}
