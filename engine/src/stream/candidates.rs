//! From a lane's place to candidates: look things up around it while it is in cache, and start what survives.

use super::Stream;
use crate::bytes::ByteSet;
use crate::context::{self, Context};
use crate::escape::{self, Before};
use crate::evidence::{self, Exhibit};
use crate::finding::Finding;
use crate::lanes::at::local_start;
use crate::lanes::digit::DigitStart;
use crate::lanes::run::RunStart;
use crate::lanes::seeker::{Seeker, url_scheme};
use crate::program::{Lane, Prefix, Rule};
use crate::scanner::Tables;
use crate::span::Span;
use crate::spec::{Near, Reads};
use crate::verify::Thread;

impl Stream {
    /// Starts a candidate if its left neighbour allows it. `false` when that is not known yet.
    fn start(&mut self, rule: u32, offset: u64, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        let forbidden = scanner.tables().program.rules[rule as usize].left();
        match context::may_start(self.window.text(), self.window.index(offset), forbidden, whole) {
            None => return false,
            Some(false) => {}
            Some(true) => self.run_thread(&mut Thread::new(rule, offset), whole),
        }
        true
    }

    /// A long run of token characters starts here, or goes on after a `-` or `_`.
    pub(super) fn run_candidate(&mut self, run: RunStart, whole: bool) {
        let offset = if run.outer { self.unit_end(run.offset) } else { run.offset };
        let scanner = self.scanner.clone();
        let tables = scanner.tables();
        let index = self.window.index(offset);
        let mut last = u32::MAX;
        for rule in tables.prefixes.at(&scanner_text(&self.window)[index..]).collect::<Few>() {
            if rule != last {
                last = rule;
                self.start(rule, offset, whole);
            }
        }
        if !tables.program.run_any.is_empty() {
            let run = self.masks.run_from(offset, |m| m.token);
            let touches_end = !whole && offset + run >= self.masks.ready();
            for &rule in &tables.program.run_any {
                if touches_end || run >= u64::from(tables.program.rules[rule as usize].min_run) {
                    self.start(rule, offset, whole);
                }
            }
        }
        if tables.run_values && run.outer {
            self.run_value_candidate(tables, offset, whole);
        }
    }

    /// The end of the escape that covers the start of a run, as its letters look like token characters.
    fn unit_end(&self, offset: u64) -> u64 {
        let text = self.window.text();
        let index = self.window.index(offset);
        if index == 0 || !matches!(text[index - 1], b'\\' | b'[' | b';' | b'?' | 0x1b) {
            return offset;
        }
        (offset..offset + escape::MAX_UNIT as u64)
            .take_while(|o| self.window.index(*o) < text.len())
            .find(|o| !matches!(escape::before(text, self.window.index(*o), true), Before::Inside))
            .unwrap_or(offset)
    }

    fn run_value_candidate(&mut self, tables: &Tables, offset: u64, whole: bool) {
        let index = self.window.index(offset);
        let text = self.window.text();
        // Most long runs are names in code: the byte before them tells.
        let before = text[index - 1];
        if !matches!(before, b'"' | b'\'' | b'`' | b'=' | b':' | b' ' | b'\t' | b'>' | b'\n') && !before.is_ascii_alphanumeric() {
            return;
        }
        let Some(context) = context::read(text, index) else { return };
        self.value_rules(tables, &context, offset, Lane::RunValue, whole);
    }

    /// A value may start here, as a context word stands before.
    pub(super) fn value_candidate(&mut self, offset: u64, whole: bool) {
        if self.proposed.contains(&offset) {
            return;
        }
        self.proposed.rotate_right(1);
        self.proposed[0] = offset;
        let scanner = self.scanner.clone();
        let Some(context) = context::read(self.window.text(), self.window.index(offset)) else { return };
        self.value_rules(scanner.tables(), &context, offset, Lane::WordValue, whole);
    }

    /// Starts the rules of `lane` whose words stand before the value.
    fn value_rules(&mut self, tables: &Tables, context: &Context, offset: u64, lane: Lane, whole: bool) {
        let mut found = core::mem::take(&mut self.scratch.words);
        find_words(tables, &scanner_text(&self.window)[context.line.clone()], context.line.start, &mut found);
        let mut started = Few::default();
        for &(word, at) in &found {
            for &rule in &tables.program.word_rules[word as usize] {
                let stated = &tables.program.rules[rule as usize];
                if stated.lane == lane && near(stated, context, at) && started.insert(rule) {
                    self.start_value(stated, rule, context, offset, whole);
                }
            }
        }
        self.scratch.words = found;
    }

    fn start_value(&mut self, rule: &Rule, index: u32, context: &Context, offset: u64, whole: bool) {
        let quote = context.quote;
        let allowed = quote.is_some() || context::may_start(self.window.text(), self.window.index(offset), rule.left(), whole) == Some(true);
        if allowed {
            self.run_thread(&mut Thread::new(index, offset).in_quote(rule, quote), whole);
        }
    }

    /// The head of a literal, a context word or `://` may start here. `false` when that is not known yet.
    pub(super) fn literal_candidate(&mut self, offset: u64, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        let tables = scanner.tables();
        let text = self.window.text();
        let index = self.window.index(offset);
        if escape::before(text, index, whole) == Before::Unclear {
            return false;
        }
        let rest = &text[index..];
        let mut seekers: [Option<Seeker>; 2] = [None, None];
        if !tables.program.url_rules.is_empty() {
            for slashes in [&b"://"[..], br":\/\/"] {
                if rest.starts_with(slashes) {
                    seekers[0] = Some(Seeker::password(offset + slashes.len() as u64));
                }
            }
        }
        tables.program.words.at(rest, 0, |word, len| {
            if tables.program.word_lane[word] {
                seekers[1] = Some(Seeker::value(offset, offset + len as u64));
            }
        });
        // Of a literal that has not all arrived the automaton reads the rest.
        let fits = |p: &&Prefix| index >= p.head() && text[index - p.head()..].iter().zip(&p.literal).all(|(a, b)| a == b);
        let mut started = Few::default();
        for prefix in tables.program.literals.iter().filter(fits).collect::<Vec<_>>() {
            if started.insert(prefix.rule) {
                self.start(prefix.rule, offset - prefix.head() as u64, whole);
            }
        }
        for seeker in seekers.into_iter().flatten() {
            self.run_seeker(seeker, whole);
        }
        true
    }

    /// A group of digits starts here. `false` when that is not known yet.
    pub(super) fn digit_candidate(&mut self, start: DigitStart, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        let tables = scanner.tables();
        let index = self.window.index(start.offset);
        let sign = matches!(self.window.text()[index - 1], b'+' | b'(');
        for &rule in &tables.program.digit_rules {
            let stated = &tables.program.rules[rule as usize];
            if stated.has_words && !self.words_before(tables, rule, start.offset) {
                continue;
            }
            if !self.start(rule, start.offset, whole) || sign && !self.start(rule, start.offset - 1, whole) {
                return false;
            }
        }
        true
    }

    /// Whether one of the rule's words stands in the line before `offset`.
    fn words_before(&mut self, tables: &Tables, rule: u32, offset: u64) -> bool {
        let line = context::line_before(self.window.text(), self.window.index(offset));
        let mut found = core::mem::take(&mut self.scratch.words);
        find_words(tables, &scanner_text(&self.window)[line.clone()], line.start, &mut found);
        let has = found.iter().any(|(word, _)| tables.program.word_rules[*word as usize].contains(&rule));
        self.scratch.words = found;
        has
    }

    /// Two letters and two digits stand here. `false` when it is not known yet whether a match may start.
    pub(super) fn lead_candidate(&mut self, offset: u64, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        scanner.tables().program.lead_rules.iter().all(|rule| self.start(*rule, offset, whole))
    }

    /// An `@` stands here.
    pub(super) fn at_candidate(&mut self, offset: u64, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        let text = self.window.text();
        let at = self.window.index(offset);
        if !ByteSet::LOCAL.contains(text[at - 1]) {
            return true;
        }
        let Some(start) = local_start(text, at).map(|i| self.window.offset(i)) else { return true };
        for &rule in &scanner.tables().program.at_rules {
            self.start(rule, start, whole);
        }
        true
    }

    /// Hexadecimal groups with a colon start here. `false` when that is not known yet.
    pub(super) fn colon_candidate(&mut self, offset: u64, whole: bool) -> bool {
        let scanner = self.scanner.clone();
        scanner.tables().program.colon_rules.iter().all(|rule| self.start(*rule, offset, whole))
    }

    /// The password of a URL starts here.
    pub(super) fn url_candidate(&mut self, offset: u64, whole: bool) {
        let scanner = self.scanner.clone();
        let tables = scanner.tables();
        let Some(scheme) = url_scheme(self.window.text(), self.window.index(offset)).map(<[u8]>::to_ascii_lowercase) else { return };
        for &rule in &tables.program.url_rules {
            let schemes = &tables.program.rules[rule as usize].schemes;
            if schemes.is_empty() || schemes.iter().any(|s| s.as_bytes() == scheme) {
                self.run_thread(&mut Thread::new(rule, offset), whole);
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
        debug_assert!(rule.reads != Reads::Block, "blocks are not weighed whole");
        let exhibit = Exhibit { index: thread.rule, rule, text, base, span: Span::new(thread.start, end), context: context.as_ref() };
        evidence::weigh(&exhibit, &mut self.scratch.unescaped)
    }
}

/// A borrow of the window's bytes that leaves the rest of the stream free.
fn scanner_text(window: &crate::window::Window) -> &[u8] {
    window.text()
}

fn find_words(tables: &Tables, line: &[u8], base: usize, found: &mut Vec<(u32, usize)>) {
    found.clear();
    tables.program.words.find(line, |word, at| found.push((word as u32, base + at)));
}

fn near(rule: &Rule, context: &Context, at: usize) -> bool {
    rule.near == Near::Line || context.name.contains(&at)
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

impl FromIterator<u32> for Few {
    fn from_iter<I: IntoIterator<Item = u32>>(rules: I) -> Self {
        let mut few = Few::default();
        for rule in rules {
            few.insert(rule);
        }
        few
    }
}

impl IntoIterator for Few {
    type Item = u32;
    type IntoIter = core::iter::Chain<core::iter::Take<core::array::IntoIter<u32, 8>>, std::vec::IntoIter<u32>>;

    fn into_iter(self) -> Self::IntoIter {
        self.rules.into_iter().take(self.len).chain(self.more)
    }
}
