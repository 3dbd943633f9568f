//! From a lane's place to candidates: look things up around it while it is in cache, and start what survives.

use super::places::ones;
use super::{PROPOSED, State};
use crate::bytes::ByteSet;
use crate::classify::BLOCK;
use crate::context::{self, Context, NAME_REACH, Tie};
use crate::escape;
use crate::evidence::{self, Exhibit};
use crate::finding::Finding;
use crate::lanes::at::local_start;
use crate::lanes::digit::{self, Numbered};
use crate::lanes::literal::Target;
use crate::lanes::seeker::{Seeker, url_scheme};
use crate::lanes::value::MIN_RUN;
use crate::program::{Lane, Rule};
use crate::scanner::Tables;
use crate::span::Span;
use crate::spec::Near;
use crate::verify::Thread;

impl State {
    /// Starts a candidate if its left neighbour allows it. `false` when that is not known yet.
    fn start(&mut self, tables: &Tables, rule: u32, offset: u64, whole: bool) -> bool {
        let forbidden = tables.program.rules[rule as usize].left();
        let index = self.window.index(offset);
        let text = self.window.text();
        let may_start = match self.masks.guard_before(offset) {
            None => Some(!forbidden.contains(text[index - 1])),
            Some(distance) => context::allows(escape::after_guard(text, index - distance, index, whole), forbidden),
        };
        match may_start {
            None => return false,
            Some(false) => {}
            Some(true) => self.run_thread(tables, &mut Thread::new(rule, offset), whole),
        }
        true
    }

    /// A long run of token characters starts here, or goes on after a `-` or `_`. `false` when it is not known yet
    /// whether a match may start.
    pub(super) fn run_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let index = self.window.index(offset);
        let mut decided = true;
        let bucket = tables.prefixes.bucket(&self.window.text()[index..]);
        for &prefix in tables.prefixes.of(bucket) {
            let prefix = tables.prefixes.get(prefix);
            if self.window.text()[index..].starts_with(&prefix.literal) {
                decided &= self.start(tables, prefix.rule, offset, whole);
            }
        }
        decided & self.run_any_candidate(tables, offset, whole)
    }

    /// The same for rules without a prefix, which ask for longer runs.
    fn run_any_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let length = self.masks.run_from(offset, |c| &c.token);
        let touches_end = !whole && offset + length >= self.masks.ready();
        let index = self.window.index(offset);
        let mut decided = true;
        for any in &tables.run_any {
            if u64::from(any.min_run) > length && !touches_end {
                break;
            }
            if any.telling.iter().all(|telling| telling.fits(&self.window.text()[index..])) {
                decided &= self.start(tables, any.rule, offset, whole);
            }
        }
        decided
    }

    /// A long run starts here that may be a value known by its name. `false` when that is not known yet.
    pub(super) fn run_value_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let index = self.window.index(offset);
        let text = self.window.text();
        match self.masks.may_be_value(offset, whole) {
            None => return false,
            Some(false) => return true,
            Some(true) => {}
        }
        let run = self.masks.run_from(offset, |c| &c.wide);
        if !whole && offset + run >= self.masks.ready() && run < (NAME_REACH + BLOCK) as u64 {
            return false;
        }
        if let Some(context) = context::read(text, index) {
            self.value_rules(tables, &context, offset, Lane::RunValue, whole);
        }
        self.joined_candidates(tables, offset, run.min(NAME_REACH as u64), whole);
        true
    }

    /// A long run starts here that a value may end: joined to a context word that starts it, or to a noun for secrets. The
    /// value starts within `reach`.
    fn joined_candidates(&mut self, tables: &Tables, offset: u64, reach: u64, whole: bool) {
        let joints = self.masks.from(offset, |c| &c.token) & !self.masks.from(offset, |c| &c.alnum);
        let joints = joints & (u64::MAX >> (u64::from(u64::BITS) - reach));
        if joints == 0 {
            return;
        }
        let start = self.window.index(offset);
        let worded = tables.program.words.starts(&self.window.text()[start..], |word| tables.run_words[word]);
        for joint in ones(joints) {
            let value = offset + joint as u64 + 1;
            if !worded && !context::ends_with_noun(&self.window.text()[start..start + joint])
                || self.masks.run_from(value, |c| &c.wide) < MIN_RUN
                || self.masks.may_be_value(value, whole) != Some(true)
            {
                continue;
            }
            let context = context::read(self.window.text(), self.window.index(value));
            if let Some(context) = context.filter(|c| matches!(c.tie, Tie::Joined | Tie::Compound)) {
                self.value_rules(tables, &context, value, Lane::RunValue, whole);
            }
        }
    }

    /// A value may start here, as a context word stands before.
    pub(super) fn value_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) {
        // Seekers that are under way at one time propose places that are less than this many bytes apart.
        let newest = &mut self.proposed[offset as usize % PROPOSED];
        if *newest == offset {
            return;
        }
        *newest = offset;
        let Some(context) = context::read(self.window.text(), self.window.index(offset)) else { return };
        self.value_rules(tables, &context, offset, Lane::WordValue, whole);
    }

    /// Starts the rules of `lane` whose words stand before the value.
    fn value_rules(&mut self, tables: &Tables, context: &Context, offset: u64, lane: Lane, whole: bool) {
        let mut found = core::mem::take(&mut self.scratch.words);
        find_words(tables, self.window.text(), context, &mut found);
        let mut started = Few::default();
        for &(word, at) in &found {
            for &rule in &tables.program.word_rules[word as usize] {
                let stated = &tables.program.rules[rule as usize];
                let counts = stated.lane == lane && word_counts(stated, self.window.text(), context, at) && started.insert(rule);
                if counts && self.may_have_name(stated, context) {
                    self.start_value(tables, rule, context, offset, whole);
                }
            }
        }
        self.scratch.words = found;
    }

    /// Whether the value's name leaves it open that it is what the rule looks for.
    fn may_have_name(&self, rule: &Rule, context: &Context) -> bool {
        let vague = rule.near == Near::Name && rule.class.starts_with("secret/");
        !vague || evidence::may_have_name(rule, &self.window.text()[context.name.clone()])
    }

    fn start_value(&mut self, tables: &Tables, index: u32, context: &Context, offset: u64, whole: bool) {
        let rule = &tables.program.rules[index as usize];
        let quote = context.quote;
        let allowed =
            quote.is_some() || context::may_start(self.window.text(), self.window.index(offset), rule.left(), whole) == Some(true);
        if allowed {
            self.run_thread(tables, &mut Thread::new(index, offset).in_quote(rule, quote), whole);
        }
    }

    /// A literal, a context word or `://` may start here. `false` when it is not known yet whether a match may start.
    pub(super) fn literal_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let index = self.window.index(offset);
        // A head may end before the text does: the window has readable bytes after it.
        let Some(first) = self.window.padded()[index..].first_chunk() else { return true };
        let mut decided = true;
        let mut sought = false;
        for target in tables.heads.targets(*first, self.window.text().len() - index) {
            decided &= self.target(tables, target, offset, &mut sought, whole);
        }
        decided
    }

    fn target(&mut self, tables: &Tables, target: Target, offset: u64, sought: &mut bool, whole: bool) -> bool {
        let index = self.window.index(offset);
        let rest = &self.window.text()[index..];
        match target {
            // From the end of a word that starts here all values are proposed that another word would lead to.
            Target::Word(_) if *sought => {}
            Target::Slashes => {
                if !whole && rest.len() < 5 && br":\/\/".starts_with(rest) {
                    return false;
                }
                let slashes = [&b"://"[..], br":\/\/"].into_iter().find(|s| rest.starts_with(s));
                if let Some(slashes) = slashes {
                    self.run_seeker(tables, Seeker::password(offset + slashes.len() as u64), whole);
                }
            }
            Target::Word(word) => {
                // Whether the rest of the word comes is seen from the value, backwards.
                if let Some(len) = tables.program.words.begun_at(word as usize, rest) {
                    *sought = true;
                    self.run_seeker(tables, Seeker::value(offset + len as u64), whole);
                }
            }
            Target::Literal(literal) => {
                let prefix = &tables.program.literals[literal as usize];
                // Of a literal that has not all arrived the automaton reads the rest.
                let behind = &self.window.text()[..index];
                if rest.iter().zip(&prefix.literal[prefix.head()..]).all(|(a, b)| a == b)
                    && (prefix.behind == 0 || behind.ends_with(&prefix.literal[..prefix.head()]))
                    && !self.is_short(offset, prefix.head(), &tables.program.rules[prefix.rule as usize])
                {
                    // At the stream's start there may be no room for the row that stands before the head.
                    let start = (offset + u64::from(prefix.behind)).checked_sub(prefix.head() as u64);
                    return start.is_none_or(|start| self.start(tables, prefix.rule, start, whole));
                }
            }
        }
        true
    }

    /// Whether fewer token characters follow than every match starts with: most words that begin like a token do not go
    /// on like one.
    fn is_short(&self, offset: u64, head: usize, rule: &Rule) -> bool {
        let run = self.masks.run_from(offset, |c| &c.token);
        let after = self.window.text().get(self.window.index(offset + run));
        // An escape may stand for a token character.
        head == 0 && run < u64::from(rule.min_run) && after.is_some_and(|byte| !escape::begins(*byte))
    }

    /// A group of digits starts here. `false` when that is not known yet.
    pub(super) fn digit_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let index = self.window.index(offset);
        let text = self.window.text();
        let run = self.masks.run_from(offset, |c| &c.digit);
        let arrived = offset + run < self.masks.ready();
        if !arrived && !whole && run < u64::from(digit::MAX_GROUP) {
            return false;
        }
        let after = text.get(index + run as usize).filter(|_| arrived);
        let fitting = after.map(|after| tables.digits.at(text[index - 1], run as u32, *after));
        let complete = whole || offset + digit::WINDOW <= self.masks.ready();
        let digits = digit::first(self.masks.from(offset, |c| &c.digit));
        let count = if complete { digits.count_ones() } else { u32::MAX };
        if fitting.is_some_and(|fitting| fitting.min_digits > count) {
            return true;
        }
        // Behind an escape digits stand farther on than in the match.
        let plain = complete && digit::first(self.masks.from(offset, |c| &c.guard)) == 0;
        let first = text[index];
        // A sign, or the last byte of its code.
        let signed = fitting.is_none_or(|fitting| fitting.signed) && digit::may_be_sign(text[index - 1]);
        let sign = if signed { escape::unit_before(text, index).filter(|u| matches!(u.value, b'+' | b'(')) } else { None };
        let mut line_read = false;
        for &Numbered { rule, min_digits, places, has_words, starts } in fitting.map_or(&tables.digits.all, |fitting| &fitting.rules) {
            if min_digits > count || plain && !places.fit(digits) {
                continue;
            }
            let (bare, signed) = (starts.has(first), sign.filter(|u| starts.has(u.value)));
            if !bare && signed.is_none() {
                continue;
            }
            // Most numbers have no rule's word before them, which one look tells of all rules.
            if has_words && !core::mem::replace(&mut line_read, true) {
                self.read_line(tables, offset);
            }
            if has_words && !self.line.are_of(tables, rule) {
                continue;
            }
            if bare && !self.start(tables, rule, offset, whole) {
                return false;
            }
            if signed.is_some_and(|u| !self.start(tables, rule, offset - u.len as u64, whole)) {
                return false;
            }
        }
        true
    }

    /// Two letters and two digits stand here. `false` when it is not known yet whether a match may start.
    pub(super) fn lead_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        tables.program.lead_rules.iter().all(|rule| self.start(tables, *rule, offset, whole))
    }

    /// An `@` stands here. `false` when it is not known yet whether a match may start.
    pub(super) fn at_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        let text = self.window.text();
        let at = self.window.index(offset);
        if !ByteSet::LOCAL.contains(text[at - 1]) {
            return true;
        }
        let Some(start) = local_start(text, at).map(|i| self.window.offset(i)) else { return true };
        tables.program.at_rules.iter().all(|rule| self.start(tables, *rule, start, whole))
    }

    /// Hexadecimal groups with a colon start here. `false` when that is not known yet.
    pub(super) fn colon_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) -> bool {
        tables.program.colon_rules.iter().all(|rule| self.start(tables, *rule, offset, whole))
    }

    /// The password of a URL starts here.
    pub(super) fn url_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) {
        let Some(scheme) = url_scheme(self.window.text(), self.window.index(offset)).map(<[u8]>::to_ascii_lowercase) else { return };
        for &rule in &tables.program.url_rules {
            let schemes = &tables.program.rules[rule as usize].schemes;
            if schemes.is_empty() || schemes.iter().any(|s| s.as_bytes() == scheme) {
                self.run_thread(tables, &mut Thread::new(rule, offset), whole);
            }
        }
    }

    /// Weighs the evidence for a match.
    pub(super) fn weigh(&mut self, thread: &Thread, rule: &Rule, end: u64) -> Option<Finding> {
        let text = self.window.text();
        let base = self.window.offset(0);
        let context = match rule.lane {
            Lane::RunValue | Lane::WordValue => context::read(text, self.window.index(thread.start)),
            _ => None,
        };
        let exhibit = Exhibit { index: thread.rule, rule, text, base, span: Span::new(thread.start, end), context: context.as_ref() };
        evidence::weigh(&exhibit, &mut self.scratch.evidence)
    }
}

/// Finds the words of a value's line where one may count: anywhere in the value's name, elsewhere where a name starts.
fn find_words(tables: &Tables, text: &[u8], context: &Context, found: &mut Vec<(u32, usize)>) {
    found.clear();
    let base = context.line.start;
    let line = &text[context.line.clone()];
    let counts = |at: usize| context.name.contains(&(base + at)) || context::name_starts(text, base + at);
    tables.program.words.find(line, counts, |word, at| found.push((word as u32, base + at)));
}

/// Whether a word found at `at` counts for the rule: in the value's name anywhere, in its line where a name starts.
/// A word and a space alone tie a long run to a word that says whose it is.
fn word_counts(rule: &Rule, text: &[u8], context: &Context, at: usize) -> bool {
    match rule.near {
        Near::Name => context.is_named(rule.lane == Lane::RunValue) && context.name.contains(&at),
        Near::Line => context.ties_to(at, rule.lane == Lane::RunValue) && context::name_starts(text, at),
    }
}

/// A handful of rule numbers without an allocation in the common case.
#[derive(Default)]
struct Few {
    rules: [u32; 8],
    len: usize,
    more: Vec<u32>,
}

impl Few {
    fn insert(&mut self, rule: u32) -> bool {
        if self.rules[..self.len].contains(&rule) || self.more.contains(&rule) {
            return false;
        }
        if self.len < self.rules.len() {
            self.rules[self.len] = rule;
            self.len += 1;
        } else {
            self.more.push(rule);
        }
        true
    }
}
