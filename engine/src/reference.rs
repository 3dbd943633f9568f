//! The reference path: every rule's pattern at every position, by a regular expression library, without lanes.
//!
//! Slow on purpose. What it shares with the fast path is the meaning of things (units, contexts, evidence,
//! resolution); what it does without is everything that makes the fast path fast: masks, lanes, prefix tables, word
//! filters, the engine's automata, the window and the cutting into chunks.

use regex_automata::meta::Regex;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use crate::compile::{BuildError, compile, expression, natural_right_of};
use crate::context::{self, Context, Quote, Tie};
use crate::escape::{self, Unit};
use crate::evidence::{self, Exhibit};
use crate::finding::Finding;
use crate::lanes::seeker::url_scheme;
use crate::program::{Lane, Program, Rule};
use crate::resolve::Resolver;
use crate::span::Span;
use crate::spec::{Near, Reads, RuleSpec, Side};
use crate::stream::block::BlockFlow;
use crate::words;

/// A rule set run the slow way.
#[derive(Debug)]
pub struct Reference {
    program: Program,
    patterns: Vec<Patterns>,
}

#[derive(Debug)]
struct Patterns {
    plain: Regex,
    quoted: Option<Regex>,
    words: Vec<String>,
}

/// The haystack with its escapes undone, and where each unit stands.
struct Decoded<'a> {
    text: &'a [u8],
    units: Vec<(usize, Unit)>,
}

impl Reference {
    /// Prepares the rules.
    ///
    /// # Errors
    ///
    /// As [`compile`].
    ///
    /// # Panics
    ///
    /// When the library refuses a pattern that the compiler took.
    pub fn new(specs: &[RuleSpec]) -> Result<Self, BuildError> {
        let program = compile(specs)?;
        let patterns = specs
            .iter()
            .map(|spec| Patterns {
                plain: regex(&expression(spec), spec.right.unwrap_or_else(|| natural_right_of(&expression(spec)))),
                quoted: spec.quoted.as_deref().map(|p| regex(p, Side::None)),
                words: spec.words.iter().map(|w| w.to_ascii_lowercase()).collect(),
            })
            .collect();
        Ok(Reference { program, patterns })
    }

    /// Findings in the haystack. Quadratic and worse: for small haystacks.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Finding> {
        let decoded = Decoded::new(text);
        let mut resolver = Resolver::default();
        let mut blocks: Vec<BlockFlow> = Vec::new();
        for (index, rule) in self.program.rules.iter().enumerate() {
            for first in 0..decoded.units.len() {
                let Some((span, context)) = self.match_at(&decoded, index, first) else { continue };
                if rule.reads == Reads::Block {
                    blocks.push(BlockFlow::new(index as u32, rule.confidence, span.start, &text[span.range()]));
                    continue;
                }
                let exhibit = Exhibit { index: index as u32, rule, text, base: 0, span, context: context.as_ref() };
                if let Some(finding) = evidence::weigh(&exhibit, &mut evidence::Scratch::default()) {
                    resolver.add(finding);
                }
            }
        }
        merge(text, resolver, blocks)
    }

    /// The match of a rule that starts at a unit.
    fn match_at(&self, decoded: &Decoded<'_>, index: usize, first: usize) -> Option<(Span, Option<Context>)> {
        let rule = &self.program.rules[index];
        let patterns = &self.patterns[index];
        let start = decoded.units[first].0;
        let context = match rule.lane {
            Lane::RunValue | Lane::WordValue => {
                Some(context::read(decoded.text, start).filter(|c| words_fit(rule, patterns, decoded.text, c))?)
            }
            _ => None,
        };
        if rule.lane == Lane::Url {
            let scheme = url_scheme(decoded.text, start)?.to_ascii_lowercase();
            if !patterns.words.is_empty() && !patterns.words.iter().any(|w| w.as_bytes() == scheme) {
                return None;
            }
        } else if rule.lane == Lane::Digit && !patterns.words.is_empty() {
            let line = context::line_before(decoded.text, start);
            let counts = |at: &usize| context::name_starts(decoded.text, line.start + at);
            patterns.words.iter().find(|w| places(&decoded.text[line.clone()], w).iter().any(counts))?;
        }
        // Of a value that ends a run the whole run must look like one, too.
        let run = context.as_ref().filter(|c| matches!(c.tie, Tie::Joined | Tie::Compound)).map_or(start, |c| c.name.start);
        if rule.lane == Lane::RunValue && ![start, run].iter().all(|at| context::may_be_value(&decoded.text[*at..])) {
            return None;
        }
        if rule.reads == Reads::Compared && !context::opens_condition(decoded.text, start) {
            return None;
        }
        let quote = context.as_ref().and_then(|c| c.quote);
        let preceded = if first == 0 { None } else { Some(decoded.units[first - 1].1.value) };
        let forbidden = rule.left();
        if rule.lane != Lane::Url && quote.is_none() && preceded.is_some_and(|b| forbidden.contains(b)) {
            return None;
        }
        let (regex, to_quote) = match (&patterns.quoted, quote) {
            (Some(quoted), Some(_)) => (quoted, true),
            _ => (&patterns.plain, false),
        };
        let end = decoded.match_end(regex, first, quote, to_quote, rule.max_len as usize)?;
        Some((Span::new(start as u64, end as u64), context))
    }
}

fn words_fit(rule: &Rule, patterns: &Patterns, text: &[u8], context: &Context) -> bool {
    patterns.words.iter().any(|word| {
        places(&text[context.line.clone()], word).iter().map(|at| context.line.start + at).any(|at| match rule.near {
            Near::Line => context.ties_to(at, rule.lane == Lane::RunValue) && context::name_starts(text, at),
            Near::Name => context.is_named(rule.lane == Lane::RunValue) && context.name.contains(&at),
        })
    })
}

/// Where a word stands in a line, by the definition: separators stand for one another and for nothing, and short words are
/// whole words.
fn places(line: &[u8], word: &str) -> Vec<usize> {
    let is_separator = |b: u8| matches!(b, b'_' | b'-' | b'.' | b' ');
    let fits = |at: usize| {
        let mut i = at;
        for wanted in word.bytes() {
            match line.get(i) {
                Some(&found) if is_separator(wanted) && is_separator(found) => i += 1,
                _ if is_separator(wanted) => {}
                Some(found) if found.to_ascii_lowercase() == wanted => i += 1,
                _ => return false,
            }
        }
        words::ends(word, &line[at..], i - at)
    };
    (0..line.len()).filter(|at| fits(*at)).collect()
}

fn regex(pattern: &str, right: Side) -> Regex {
    let forbidden = right.forbidden();
    let allowed: String = (0..=255u8).filter(|b| !forbidden.contains(*b)).map(|b| format!("\\x{b:02x}")).collect();
    Regex::builder()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .configure(Regex::config().utf8_empty(false))
        .build(&format!("(?:{pattern})[{allowed}]"))
        .expect("the compiler took the pattern")
}

impl<'a> Decoded<'a> {
    fn new(text: &'a [u8]) -> Self {
        let mut units = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let unit = escape::unit_at(text, at, true).expect("a whole text has no unfinished unit");
            units.push((at, unit));
            at += unit.len;
        }
        Decoded { text, units }
    }

    /// Raw end of the match of `regex` that starts at unit `first`.
    fn match_end(&self, regex: &Regex, first: usize, quote: Option<Quote>, to_quote: bool, max_len: usize) -> Option<usize> {
        let start = self.units[first].0;
        let mut values = Vec::new();
        let mut ends = vec![start];
        let mut cut = false;
        for &(at, unit) in &self.units[first..] {
            let mut value = unit.value;
            if let Some(quote) = quote.filter(|q| q.byte == value) {
                if unit.guards <= quote.guards {
                    break;
                }
                value = b'\\';
            }
            values.push(value);
            ends.push(at + unit.len);
            if at + unit.len - start > max_len {
                cut = true;
                break;
            }
        }
        if !cut {
            values.push(b'\n');
        }
        let found = regex.find(Input::new(&values).anchored(Anchored::Yes))?;
        // A quoted pattern reaches from quote to quote; the end of the text closes what is open.
        let reaches = !to_quote || !cut && found.end() == values.len();
        reaches.then(|| ends[found.end() - 1])
    }
}

/// Findings and blocks in order, blocks first in rank.
fn merge(text: &[u8], mut resolver: Resolver, mut blocks: Vec<BlockFlow>) -> Vec<Finding> {
    blocks.sort_by_key(BlockFlow::start);
    let mut found = Vec::new();
    let mut free = 0;
    for mut block in blocks {
        if block.start() < free {
            continue;
        }
        block.advance(text, 0, true);
        resolver.drop_across(block.start());
        take(&mut resolver, block.start(), &mut found);
        found.push(block.finding());
        free = block.inside();
        resolver.forget_before(free);
    }
    take(&mut resolver, u64::MAX, &mut found);
    found
}

fn take(resolver: &mut Resolver, until: u64, found: &mut Vec<Finding>) {
    while let Some(next) = Some(resolver.next(until)).filter(|f| !f.is_empty()) {
        found.extend_from_slice(next);
    }
}
