//! One step of a stream: classify what is new, move what is open, run the lanes, and say what is decided.

use super::Stream;
use super::block::BlockFlow;
use crate::classify::HeadTables;
use crate::finding::{LimitHit, LimitKind};
use crate::lanes::at::MAX_LOCAL;
use crate::lanes::seeker::{Seeker, Step};
use crate::lanes::{at, colon, digit, lead, literal, run};
use crate::masks::SLICE;
use crate::spec::Reads;
use crate::verify::{Outcome, Thread};

impl Stream {
    /// Decides as much as the bytes in the window allow; all of it with `whole`.
    pub(super) fn advance(&mut self, whole: bool) {
        let end = self.window.end();
        // What is open stands before all that is new, and of matches with one end the first counts.
        self.move_threads(whole);
        self.move_seekers(whole);
        loop {
            let to = end.min(self.masks.ready() + SLICE as u64);
            let last = to == end;
            let scanner = self.scanner.clone();
            self.masks.classify(&scanner.tables().heads, &self.window, to);
            self.run_lanes(whole && last);
            if last {
                break;
            }
        }
        self.move_flows(whole);
    }

    fn move_threads(&mut self, whole: bool) {
        if self.threads.is_empty() {
            return;
        }
        for mut thread in core::mem::take(&mut self.threads) {
            self.run_thread(&mut thread, whole);
        }
    }

    /// Runs a candidate as far as the window reaches and takes what comes of it.
    pub(super) fn run_thread(&mut self, thread: &mut Thread, whole: bool) {
        let scanner = self.scanner.clone();
        let rule = &scanner.tables().program.rules[thread.rule as usize];
        let before = thread.work;
        let outcome = thread.run(rule, self.window.text(), self.window.offset(0), whole);
        self.work += thread.work - before;
        match outcome {
            Outcome::Open => self.threads.push(*thread),
            Outcome::Failed => {}
            Outcome::Matched(end) => self.matched(thread, end),
            Outcome::TooLong(end) => {
                self.scratch.limits.push(LimitHit { kind: LimitKind::MatchLength, offset: thread.start });
                if let Some(end) = end {
                    self.matched(thread, end);
                }
            }
        }
    }

    fn matched(&mut self, thread: &Thread, end: u64) {
        let rule = thread.rule as usize;
        if self.last_end[rule] == end {
            return;
        }
        self.last_end[rule] = end;
        let scanner = self.scanner.clone();
        let rule = &scanner.tables().program.rules[rule];
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

    fn move_seekers(&mut self, whole: bool) {
        if self.seekers.is_empty() {
            return;
        }
        for seeker in core::mem::take(&mut self.seekers) {
            self.run_seeker(seeker, whole);
        }
    }

    /// Lets a seeker propose places until it needs more bytes.
    pub(super) fn run_seeker(&mut self, mut seeker: Seeker, whole: bool) {
        loop {
            match seeker.step(self.window.text(), self.window.offset(0), whole) {
                Step::Value(offset) => self.value_candidate(offset, whole),
                Step::Password(offset) => {
                    self.url_candidate(offset, whole);
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

    fn run_lanes(&mut self, whole: bool) {
        let scanner = self.scanner.clone();
        let tables = scanner.tables();
        let mut scratch = core::mem::take(&mut self.scratch);

        scratch.runs.clear();
        self.cursors.run = run::scan(&self.masks, self.cursors.run, whole, &mut scratch.runs);
        core::mem::swap(&mut self.scratch, &mut scratch);
        let runs = core::mem::take(&mut self.scratch.runs);
        for start in &runs {
            self.run_candidate(*start, whole);
        }
        self.scratch.runs = runs;

        if tables.literals {
            let mut places = core::mem::take(&mut self.scratch.places);
            places.clear();
            self.cursors.literal = literal::scan(&self.masks, self.cursors.literal, &mut places);
            self.each(&mut places, whole, |stream, place, whole| stream.literal_candidate(place, whole), |c, place| c.literal = place + literal::HEAD - 1);
        }
        if !tables.program.digit_rules.is_empty() {
            let mut digits = core::mem::take(&mut self.scratch.digits);
            digits.clear();
            self.cursors.digit = digit::scan(&self.masks, self.cursors.digit, tables.program.min_digits, whole, &mut digits);
            for start in &digits {
                if !self.digit_candidate(*start, whole) {
                    self.cursors.digit = start.offset;
                    break;
                }
            }
            self.scratch.digits = digits;
        }
        if !tables.program.lead_rules.is_empty() {
            let mut places = core::mem::take(&mut self.scratch.places);
            places.clear();
            self.cursors.lead = lead::scan(&self.masks, self.cursors.lead, whole, &mut places);
            self.each(&mut places, whole, |stream, place, whole| stream.lead_candidate(place, whole), |c, place| c.lead = place);
        }
        if !tables.program.at_rules.is_empty() {
            let mut places = core::mem::take(&mut self.scratch.places);
            places.clear();
            self.cursors.at = at::scan(&self.masks, self.cursors.at, &mut places);
            self.each(&mut places, whole, |stream, place, whole| stream.at_candidate(place, whole), |c, place| c.at = place);
        }
        if !tables.program.colon_rules.is_empty() {
            let mut places = core::mem::take(&mut self.scratch.places);
            places.clear();
            self.cursors.colon = colon::scan(&self.masks, self.cursors.colon, whole, &mut places);
            self.each(&mut places, whole, |stream, place, whole| stream.colon_candidate(place, whole), |c, place| c.colon = place);
        }
    }

    /// Looks at places in order; at one that cannot be decided yet the lane's cursor goes back to it.
    fn each(
        &mut self,
        places: &mut Vec<u64>,
        whole: bool,
        look: impl Fn(&mut Self, u64, bool) -> bool,
        put_back: impl Fn(&mut super::Cursors, u64),
    ) {
        for &place in places.iter() {
            if !look(self, place, whole) {
                put_back(&mut self.cursors, place);
                break;
            }
        }
        self.scratch.places = core::mem::take(places);
    }

    fn move_flows(&mut self, whole: bool) {
        while let Some(flow) = self.flows.first_mut() {
            self.work += flow.advance(self.window.text(), self.window.offset(0), whole);
            let (start, inside) = (flow.start(), flow.inside());
            self.threads.retain(|t| t.start < start || t.start >= inside);
            if !flow.ended() || self.flows.len() == 1 {
                break;
            }
            // The next block starts after this one, or was a part of it.
            self.flows.retain(|f| f.start() == start || f.start() >= inside);
            break;
        }
    }

    /// The offset before which no edit can happen any more: the release point.
    pub(super) fn decided(&self) -> u64 {
        let scanner = &self.scanner;
        let tables = scanner.tables();
        let ready = self.masks.ready();
        let mut decided = self.cursors.run;
        if tables.literals {
            decided = decided.min(self.literal_hold(&tables.heads, &tables.rows));
        }
        if !tables.program.digit_rules.is_empty() {
            decided = decided.min(self.cursors.digit);
        }
        if !tables.program.lead_rules.is_empty() {
            decided = decided.min(self.cursors.lead);
        }
        if !tables.program.colon_rules.is_empty() {
            decided = decided.min(self.cursors.colon);
        }
        if !tables.program.at_rules.is_empty() {
            let local = self.masks.trailing(|m| m.local);
            if local <= MAX_LOCAL as u64 + 8 {
                decided = decided.min(ready - local);
            }
        }
        self.threads.iter().map(|t| t.start).fold(decided, u64::min)
    }

    /// The last bytes may be the start of a literal's head.
    fn literal_hold(&self, heads: &HeadTables, rows: &[Vec<u8>]) -> u64 {
        let ready = self.masks.ready();
        let text = self.window.text();
        let in_head = |place: usize, byte: u8| heads.low[place][usize::from(byte & 15)] & heads.high[place][usize::from(byte >> 4)];
        let mut hold = self.cursors.literal;
        if let [.., second_last, last] = text {
            if in_head(0, *last) != 0 {
                hold = hold.min(ready.saturating_sub(1));
            }
            if in_head(0, *second_last) & in_head(1, *last) != 0 {
                hold = hold.min(ready.saturating_sub(2));
            }
        }
        // A literal that starts with a row of equal bytes is found at the row's end.
        for row in rows {
            let longest = (1..row.len()).rev().find(|n| text.ends_with(&row[..*n]));
            hold = hold.min(ready - longest.unwrap_or(0) as u64);
        }
        hold
    }
}
