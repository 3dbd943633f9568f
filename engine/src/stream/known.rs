//! Known values in a stream: from the places that their lane names to findings.

use super::State;
use super::sieve::Scope;
use crate::bytes::ByteSet;
use crate::escape::{self, Before};
use crate::finding::{Confidence, Finding, RuleIndex, Verdict};
use crate::known::Known;
use crate::known::lane::AHEAD;
use crate::scanner::Tables;
use crate::span::Span;

/// What waits for more bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pending: Vec<Pending>,
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

    /// How far places can be decided: up to the last bytes, from which on a form may still go on.
    pub(super) fn known_until(&self, tables: &Tables, whole: bool) -> u64 {
        let ready = self.masks.ready();
        let Some(known) = tables.known.as_ref().filter(|_| !whole) else { return ready };
        let last = self.window.slice(ready.saturating_sub(AHEAD), ready);
        let open = last.iter().rev().take_while(|byte| known.holds(**byte)).count();
        ready - open as u64
    }

    /// The anchor of a form may be here. What cannot be decided waits for itself.
    pub(super) fn known_candidate(&mut self, tables: &Tables, place: u64, whole: bool) {
        let Some(known) = &tables.known else { return };
        let scope = Scope { tables, masks: &self.masks, window: &self.window };
        let (before, after) = scope.beside(place);
        for number in known.forms(before, after) {
            if let Some(start) = place.checked_sub(u64::from(known.form(number).at)) {
                self.try_form(tables, Pending { form: number, start, seen: start }, whole);
            }
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
        let low = self.cursors.known.saturating_sub(known.reach).max(self.released).min(ready);
        let tail = self.window.slice(low, ready);
        let open = tail.iter().rev().take_while(|byte| known.holds(**byte)).count() as u64;
        self.known.pending.iter().map(|pending| pending.start).fold(ready - open, u64::min)
    }
}
