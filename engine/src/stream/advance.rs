//! One step of a stream: classify what is new, move what is open, run the lanes, and say what is decided.

use super::Stream;
use super::block::BlockFlow;
use crate::finding::{LimitHit, LimitKind};
use crate::lanes::at::MAX_LOCAL;
use crate::lanes::literal::HEAD;
use crate::lanes::seeker::{Seeker, Step};
use crate::lanes::{at, colon, digit, lead, literal, run};
use crate::masks::SLICE;
use crate::scanner::Tables;
use crate::spec::Reads;
use crate::verify::{Outcome, Thread};

impl Stream {
    /// Decides as much as the bytes in the window allow; all of it with `whole`.
    pub(super) fn advance(&mut self, tables: &Tables, whole: bool) {
        let end = self.window.end();
        // What is open stands before all that is new, and of matches with one end the first counts.
        self.move_threads(tables, whole);
        self.move_seekers(tables, whole);
        loop {
            let to = end.min(self.masks.ready() + SLICE as u64);
            let last = to == end;
            self.masks.classify(&tables.heads.tables, &self.window, to);
            self.run_lanes(tables, whole && last);
            if last {
                break;
            }
        }
        self.move_flows(whole);
    }

    fn move_threads(&mut self, tables: &Tables, whole: bool) {
        if self.threads.is_empty() {
            return;
        }
        for mut thread in core::mem::take(&mut self.threads) {
            self.run_thread(tables, &mut thread, whole);
        }
    }

    /// Runs a candidate as far as the window reaches and takes what comes of it.
    pub(super) fn run_thread(&mut self, tables: &Tables, thread: &mut Thread, whole: bool) {
        let rule = &tables.program.rules[thread.rule as usize];
        let before = thread.work;
        let outcome = thread.run(rule, self.window.text(), self.window.offset(0), whole);
        self.work += thread.work - before;
        match outcome {
            Outcome::Open => self.threads.push(*thread),
            Outcome::Failed => {}
            Outcome::Matched(end) => self.matched(tables, thread, end),
            Outcome::TooLong(end) => {
                self.scratch.limits.push(LimitHit { kind: LimitKind::MatchLength, offset: thread.start });
                if let Some(end) = end {
                    self.matched(tables, thread, end);
                }
            }
        }
    }

    fn matched(&mut self, tables: &Tables, thread: &Thread, end: u64) {
        let index = thread.rule as usize;
        if self.last_end[index] == end {
            return;
        }
        self.last_end[index] = end;
        let rule = &tables.program.rules[index];
        if rule.reads == Reads::Block {
            let flow = BlockFlow::new(thread.rule, rule.confidence, thread.start, self.window.slice(thread.start, end));
            let at = self.flows.partition_point(|f| f.start() < thread.start);
            self.flows.insert(at, flow);
            return;
        }
        if let Some(finding) = self.weigh(tables, thread, rule, end) {
            self.resolver.add(finding);
        }
    }

    fn move_seekers(&mut self, tables: &Tables, whole: bool) {
        if self.seekers.is_empty() {
            return;
        }
        for seeker in core::mem::take(&mut self.seekers) {
            self.run_seeker(tables, seeker, whole);
        }
    }

    /// Lets a seeker propose places until it needs more bytes.
    pub(super) fn run_seeker(&mut self, tables: &Tables, mut seeker: Seeker, whole: bool) {
        loop {
            match seeker.step(self.window.text(), self.window.offset(0), whole) {
                Step::Value(offset) => self.value_candidate(tables, offset, whole),
                Step::Password(offset) => {
                    self.url_candidate(tables, offset, whole);
                    return;
                }
                Step::More => {
                    self.seekers.push(seeker);
                    return;
                }
                Step::Done => return,
            }
        }
    }

    fn run_lanes(&mut self, tables: &Tables, whole: bool) {
        let mut runs = core::mem::take(&mut self.scratch.runs);
        runs.clear();
        self.cursors.run = run::scan(&self.masks, self.cursors.run, whole, &mut runs);
        for start in &runs {
            if !self.run_candidate(tables, *start, whole) {
                self.cursors.run = start.offset;
                break;
            }
        }
        self.scratch.runs = runs;
        if !tables.program.digit_rules.is_empty() {
            let mut digits = core::mem::take(&mut self.scratch.digits);
            digits.clear();
            self.cursors.digit = digit::scan(&self.masks, self.cursors.digit, tables.program.min_digits, whole, &mut digits);
            for start in &digits {
                if !self.digit_candidate(tables, *start, whole) {
                    self.cursors.digit = start.offset;
                    break;
                }
            }
            self.scratch.digits = digits;
        }
        if !tables.heads.is_empty() {
            let mut places = self.places();
            self.cursors.literal = literal::scan(&tables.heads, &self.window, &self.masks, self.cursors.literal, &mut places);
            self.cursors.literal = self.each(places, self.cursors.literal, |stream, place| stream.literal_candidate(tables, place, whole));
        }
        if !tables.program.lead_rules.is_empty() {
            let mut places = self.places();
            self.cursors.lead = lead::scan(&self.masks, self.cursors.lead, whole, &mut places);
            self.cursors.lead = self.each(places, self.cursors.lead, |stream, place| stream.lead_candidate(tables, place, whole));
        }
        if !tables.program.at_rules.is_empty() {
            let mut places = self.places();
            self.cursors.at = at::scan(&self.masks, self.cursors.at, &mut places);
            self.cursors.at = self.each(places, self.cursors.at, |stream, place| stream.at_candidate(tables, place, whole));
        }
        if !tables.program.colon_rules.is_empty() {
            let mut places = self.places();
            self.cursors.colon = colon::scan(&self.masks, self.cursors.colon, whole, &mut places);
            self.cursors.colon = self.each(places, self.cursors.colon, |stream, place| stream.colon_candidate(tables, place, whole));
        }
    }

    fn places(&mut self) -> Vec<u64> {
        let mut places = core::mem::take(&mut self.scratch.places);
        places.clear();
        places
    }

    /// Looks at places in order. Returns the lane's cursor: the first place that cannot be decided yet, or `to`.
    fn each(&mut self, places: Vec<u64>, to: u64, look: impl Fn(&mut Self, u64) -> bool) -> u64 {
        let undecided = places.iter().copied().find(|place| !look(self, *place));
        self.scratch.places = places;
        undecided.unwrap_or(to)
    }

    fn move_flows(&mut self, whole: bool) {
        let Some(flow) = self.flows.first_mut() else { return };
        self.work += flow.advance(self.window.text(), self.window.offset(0), whole);
        let (start, inside) = (flow.start(), flow.inside());
        self.threads.retain(|t| t.start < start || t.start >= inside);
    }

    /// The offset before which no edit can happen any more: the release point.
    pub(super) fn decided(&self, tables: &Tables) -> u64 {
        let ready = self.masks.ready();
        let program = &tables.program;
        let mut decided = self.cursors.run;
        if !tables.heads.is_empty() {
            decided = decided.min(self.literal_hold(tables));
        }
        if !program.digit_rules.is_empty() {
            // A sign may be the start of a number that has not come yet.
            let before = self.window.text()[self.window.index(self.cursors.digit) - 1];
            decided = decided.min(self.cursors.digit - u64::from(matches!(before, b'+' | b'(')));
        }
        if !program.lead_rules.is_empty() {
            decided = decided.min(self.cursors.lead);
        }
        if !program.colon_rules.is_empty() {
            decided = decided.min(self.cursors.colon);
        }
        if !program.at_rules.is_empty() {
            let local = self.masks.trailing(|m| m.local);
            // An escape's letters may stand before the name.
            if local <= MAX_LOCAL as u64 + 8 {
                decided = decided.min(ready - local);
            }
        }
        self.threads.iter().map(|t| t.start).fold(decided, u64::min)
    }

    /// The last bytes may be the beginning of a literal.
    fn literal_hold(&self, tables: &Tables) -> u64 {
        let ready = self.masks.ready();
        let put_back = self.cursors.literal + (HEAD as u64) <= ready;
        let beginning = ready - tables.beginnings.at_end_of(self.window.text()) as u64;
        if put_back { self.cursors.literal.min(beginning) } else { beginning }
    }
}
