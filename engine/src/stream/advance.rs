//! One step of a stream: classify what is new, move what is open, run the lanes, and say what is decided.

use super::State;
use super::block::BlockFlow;
use super::places::{Cursors, ones};
use super::sieve::{Scope, Sieve, lane};
use crate::bytes::ByteSet;
use crate::classify::BLOCK;
use crate::finding::{LimitHit, LimitKind};
use crate::known::Known;
use crate::lanes::literal::HEAD;
use crate::lanes::seeker::{Seeker, Step};
use crate::lanes::{Found, at};
use crate::masks::SLICE;
use crate::scanner::Tables;
use crate::spec::Reads;
use crate::verify::{Outcome, Thread};

impl State {
    /// Decides as much as the bytes in the window allow; all of it with `whole`. The bytes `ahead` come next.
    pub(super) fn advance(&mut self, tables: &Tables, whole: bool, ahead: &[u8]) {
        let end = self.window.end();
        // What is open stands before all that is new, and of matches with one end the first counts.
        self.move_threads(tables, whole);
        self.move_seekers(tables, whole);
        self.move_known(tables, whole);
        loop {
            let to = end.min(self.masks.ready() + SLICE as u64);
            let last = to == end;
            self.masks.classify(&tables.heads.tables, &self.window, to, ahead);
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
        let mut open = core::mem::replace(&mut self.threads, core::mem::take(&mut self.scratch.threads));
        for thread in &mut open {
            self.run_thread(tables, thread, whole);
        }
        open.clear();
        self.scratch.threads = open;
    }

    /// Runs a candidate as far as the window reaches and takes what comes of it.
    pub(super) fn run_thread(&mut self, tables: &Tables, thread: &mut Thread, whole: bool) {
        let before = thread.work;
        let outcome = thread.run(&tables.program, self.window.text(), self.window.offset(0), whole);
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
        let rule = &tables.program.rules[thread.rule as usize];
        if rule.reads == Reads::Block {
            let flow = BlockFlow::new(thread.rule, rule.confidence, thread.start, self.window.slice(thread.start, end));
            let at = self.flows.partition_point(|f| f.start() < thread.start);
            self.flows.insert(at, flow);
            return;
        }
        if let Some(finding) = self.weigh(thread, rule, end) {
            self.resolver.add(finding);
        }
    }

    fn move_seekers(&mut self, tables: &Tables, whole: bool) {
        if self.seekers.is_empty() {
            return;
        }
        let mut open = core::mem::replace(&mut self.seekers, core::mem::take(&mut self.scratch.seekers));
        for seeker in &open {
            self.run_seeker(tables, *seeker, whole);
        }
        open.clear();
        self.scratch.seekers = open;
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

    /// Looks at the new places of all lanes, one lane after the other.
    fn run_lanes(&mut self, tables: &Tables, whole: bool) {
        let from = self.cursors;
        if self.masks.ready() - from.least() <= BLOCK as u64 {
            return self.run_lanes_on_newest(tables, whole);
        }
        let to = Cursors::reach(&self.masks.newest(), self.masks.ready(), whole);
        let known = tables.known.as_ref().map(Known::kinds);
        self.masks.find_places(from.least(), known);
        self.cursors = Cursors {
            run: self.run_lane::<lane::Run>(tables, from.run, to.run, whole),
            value: self.run_lane::<lane::Value>(tables, from.value, to.value, whole),
            digit: self.run_lane::<lane::Digit>(tables, from.digit, to.digit, whole),
            literal: self.run_lane::<lane::Literal>(tables, from.literal, to.literal, whole),
            lead: self.run_lane::<lane::Lead>(tables, from.lead, to.lead, whole),
            at: self.run_lane::<lane::At>(tables, from.at, to.at, whole),
            colon: self.run_lane::<lane::Colon>(tables, from.colon, to.colon, whole),
            known: match known {
                Some(_) => self.run_lane::<lane::Known>(tables, from.known, self.known_until(tables, whole), whole),
                None => to.known,
            },
        };
    }

    /// Looks at a lane's places and says how far it has decided: it stops at a place that cannot be decided yet.
    fn run_lane<S: Sieve>(&mut self, tables: &Tables, from: u64, to: u64, whole: bool) -> u64 {
        if from >= to {
            return from;
        }
        let mut places = core::mem::take(&mut self.scratch.places);
        places.sift::<S>(&Scope { tables, masks: &self.masks, window: &self.window }, from, to);
        let stop = (0..places.len()).map(|i| places.offset(i)).find(|offset| !S::look(self, tables, *offset, whole));
        self.scratch.places = places;
        stop.unwrap_or(to)
    }

    /// The same as [`State::run_lanes`] when few bytes are new: without lists, as there is seldom a place.
    fn run_lanes_on_newest(&mut self, tables: &Tables, whole: bool) {
        let mut new = Found::default();
        self.cursors.newest(&self.masks, whole, &mut new);
        if new.run | new.value | new.digit | new.literal | new.lead | new.at | new.colon != 0 {
            self.look_at_newest(tables, &new, whole);
        }
        match &tables.known {
            Some(known) => {
                let to = self.known_until(tables, whole);
                let places = self.cursors.newest_known(&self.masks, known.kinds(), to);
                self.run_lane_on_newest::<lane::Known>(tables, places, |c| &mut c.known, whole);
            }
            None => self.cursors.known = self.masks.ready(),
        }
    }

    fn look_at_newest(&mut self, tables: &Tables, new: &Found<u64>, whole: bool) {
        self.run_lane_on_newest::<lane::Run>(tables, new.run, |c| &mut c.run, whole);
        self.run_lane_on_newest::<lane::Value>(tables, new.value, |c| &mut c.value, whole);
        self.run_lane_on_newest::<lane::Digit>(tables, new.digit, |c| &mut c.digit, whole);
        self.run_lane_on_newest::<lane::Literal>(tables, new.literal, |c| &mut c.literal, whole);
        self.run_lane_on_newest::<lane::Lead>(tables, new.lead, |c| &mut c.lead, whole);
        self.run_lane_on_newest::<lane::At>(tables, new.at, |c| &mut c.at, whole);
        self.run_lane_on_newest::<lane::Colon>(tables, new.colon, |c| &mut c.colon, whole);
    }

    /// Looks at a lane's places among the newest bytes; the lane's cursor goes back to one that cannot be decided yet.
    #[inline(always)]
    fn run_lane_on_newest<S: Sieve>(&mut self, tables: &Tables, places: u64, cursor: fn(&mut Cursors) -> &mut u64, whole: bool) {
        let base = self.masks.ready().wrapping_sub(BLOCK as u64);
        for offset in ones(places).map(|place| base.wrapping_add(place as u64)) {
            if S::keeps(&Scope { tables, masks: &self.masks, window: &self.window }, offset) && !S::look(self, tables, offset, whole) {
                *cursor(&mut self.cursors) = offset;
                return;
            }
        }
    }

    pub(super) fn move_flows(&mut self, whole: bool) {
        let Some(flow) = self.flows.first_mut() else { return };
        self.work += flow.advance(self.window.text(), self.window.offset(0), whole);
        let (start, inside) = (flow.start(), flow.inside());
        self.threads.retain(|t| t.start < start || t.start >= inside);
    }

    /// The offset before which no edit can happen any more: the release point.
    pub(super) fn decided(&self, tables: &Tables) -> u64 {
        let ready = self.masks.ready();
        let mut decided = self.cursors.least_but_literal().min(self.literal_hold(tables));
        if !tables.program.digit_rules.is_empty() {
            // A sign may be the start of a number that has not come yet.
            let before = self.window.text()[self.window.index(self.cursors.digit) - 1];
            decided = decided.min(self.cursors.digit - u64::from(matches!(before, b'+' | b'(')));
        }
        if !tables.program.at_rules.is_empty() {
            decided = decided.min(ready - self.pending_local());
        }
        if let Some(known) = &tables.known {
            decided = decided.min(self.known_hold(known));
        }
        self.threads.iter().map(|t| t.start).fold(decided, u64::min)
    }

    /// How many of the last bytes may be the local part of an address still to come.
    fn pending_local(&self) -> u64 {
        let text = self.window.text();
        let run = self.masks.trailing(&[|c| &c.token]);
        // Mostly the run of token characters is all there is of it.
        match text[..text.len() - run as usize].last() {
            Some(byte) if run < BLOCK as u64 && !ByteSet::LOCAL.contains(*byte) => run,
            _ => at::pending(text) as u64,
        }
    }

    /// The last bytes may be the beginning of a literal.
    fn literal_hold(&self, tables: &Tables) -> u64 {
        let ready = self.masks.ready();
        let put_back = self.cursors.literal + (HEAD as u64) <= ready;
        let beginning = ready - tables.beginnings.at_end_of(self.window.text()) as u64;
        if put_back { self.cursors.literal.min(beginning) } else { beginning }
    }
}
