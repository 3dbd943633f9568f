//! The compiled rule set, shared by all streams.

use std::sync::Arc;

use crate::classify::Classifier;
use crate::evidence::{self, Account, Counted};
use crate::finding::{Finding, RuleIndex};
use crate::known::{Known, KnownError, KnownKey, KnownSet};
use crate::lanes::filter::Filter;
use crate::lanes::literal::{HEAD, Heads};
use crate::lanes::prefix::PrefixTable;
use crate::lanes::{digit, lead};
use crate::program::{Lane, Prefix, Program, Rule, Telling};
use crate::sink::Findings;
use crate::spec::Near;
use crate::stream::Stream;
use crate::words::WordSet;

/// An immutable rule set, ready to scan. Cloning is cheap; a clone can be sent to any thread.
///
/// ```
/// # use tamis_engine::{Confidence, RuleSpec, Scanner, compile};
/// # let spec = RuleSpec { id: "acme.key".into(), title: "Acme key".into(), class: "secret/api-key".into(), confidence: Confidence::High,
/// #     pattern: "acme_[a-z0-9]{20}".into(), quoted: None, words: vec![], near: Default::default(), reads: Default::default(), left: None,
/// #     right: None, random: None, max_len: None, validator: None, parts: vec![], within: None, revoke: None, reference: None, since: None, tags: vec![],
/// #     examples: vec![], near_misses: vec![] };
/// let scanner = Scanner::new(compile(&[spec]).unwrap());
/// let found = scanner.find(b"key: acme_8fk2m9qwx7zt4rp1vn6c, next");
/// assert_eq!(found[0].span.range(), 5..30);
/// ```
#[derive(Clone, Debug)]
pub struct Scanner(Arc<Tables>);

/// What the lanes look things up in, beside the program itself.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) program: Program,
    pub(crate) prefixes: PrefixTable,
    pub(crate) heads: Heads,
    pub(crate) classifier: Classifier,
    /// Beginnings of literals that are too short to be found by their heads: text that ends in one is held back.
    pub(crate) beginnings: Beginnings,
    /// Rules without a prefix, those with the shortest runs first.
    pub(crate) run_any: Vec<RunAny>,
    /// The letters that matches of the lead lane start with.
    pub(crate) leads: lead::Letters,
    /// Digit-lane rules by the groups they can match at.
    pub(crate) digits: digit::Index,
    /// The values that the user knows.
    pub(crate) known: Option<Known>,
    /// Index of their first rule.
    pub(crate) known_rules: u32,
    /// By word, whether a long run that starts with it may end with a value.
    pub(crate) run_words: Vec<bool>,
    /// The words that rules of the digit lane look for.
    pub(crate) digit_words: WordSet,
}

/// By word, whether one of its rules is wanted.
fn words_of(program: &Program, wanted: impl Fn(&Rule) -> bool) -> Vec<bool> {
    program.word_rules.iter().map(|rules| rules.iter().any(|rule| wanted(&program.rules[*rule as usize]))).collect()
}

impl Scanner {
    /// Makes a program ready to scan. Takes well under a millisecond.
    #[must_use]
    pub fn new(program: Program) -> Self {
        Self::with_classifier(program, Classifier::best())
    }

    /// The same with the scalar classifier, which is the definition that the vector forms are compared with.
    #[must_use]
    pub fn scalar(program: Program) -> Self {
        Self::with_classifier(program, Classifier::scalar())
    }

    /// A scanner that also looks for the values of a set, each under a rule `known.` and its name, after the program's own.
    ///
    /// # Errors
    ///
    /// When the set was made with another key.
    pub fn with_known(program: Program, set: &KnownSet, key: &KnownKey) -> Result<Self, KnownError> {
        Ok(Self::with(program, Some(Known::new(set, key)?), Classifier::best()))
    }

    fn with_classifier(program: Program, classifier: Classifier) -> Self {
        Self::with(program, None, classifier)
    }

    fn with(mut program: Program, known: Option<Known>, classifier: Classifier) -> Self {
        let known_rules = program.rules.len() as u32;
        program.rules.extend(known.iter().flat_map(Known::rules));
        Scanner(Arc::new(Tables {
            known,
            known_rules,
            run_any: RunAny::all(&program),
            leads: lead::Letters::new(&program),
            digits: digit::Index::new(&program),
            prefixes: PrefixTable::new(program.run_prefixes.clone()),
            beginnings: Beginnings::new(&program),
            heads: Heads::new(&program),
            run_words: words_of(&program, |rule| rule.lane == Lane::RunValue && rule.near == Near::Line),
            digit_words: {
                let known = words_of(&program, |rule| rule.lane == Lane::Digit);
                program.words.only(|word| known[word])
            },
            classifier,
            program,
        }))
    }

    /// A stream at its start.
    #[must_use]
    pub fn stream(&self) -> Stream {
        Stream::new(self.clone())
    }

    /// The rule of a finding.
    #[must_use]
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.0.program.rules[index.0 as usize]
    }

    /// All rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0.program.rules
    }

    /// The name of the vector instructions in use.
    #[must_use]
    pub fn instructions(&self) -> &'static str {
        self.0.classifier.name()
    }

    /// Findings in a haystack that is all in memory. Linear in its length.
    #[must_use]
    pub fn find(&self, haystack: &[u8]) -> Vec<Finding> {
        let mut findings = Findings::default();
        let mut stream = self.stream();
        stream.push(haystack, &mut findings);
        stream.finish(&mut findings);
        findings.found
    }

    /// What the learned scorer counts for and against a finding in `haystack` that is known by its name: where the sum
    /// of the weights is above zero the finding is of medium confidence, else low. `None` for findings of other rules,
    /// and where a placeholder is seen.
    #[must_use]
    pub fn explain(&self, haystack: &[u8], finding: &Finding) -> Option<Vec<Counted>> {
        evidence::explain(self.rule(finding.rule), finding.rule.0, haystack, finding.span)
    }

    /// What counted for a finding in `haystack`: its name and how it is tied to it, how random it looks, signs of a
    /// placeholder, and what [`Scanner::explain`] lists.
    #[must_use]
    pub fn account(&self, haystack: &[u8], finding: &Finding) -> Account {
        evidence::account(self.rule(finding.rule), finding.rule.0, haystack, finding.span)
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.0
    }
}

/// What is looked at of a rule without a prefix, side by side.
#[derive(Debug)]
pub(crate) struct RunAny {
    pub(crate) rule: u32,
    /// Token characters that every match starts with, at least.
    pub(crate) min_run: u32,
    pub(crate) telling: [Telling; 3],
}

impl RunAny {
    fn all(program: &Program) -> Vec<Self> {
        let of = |&rule: &u32| {
            let stated = &program.rules[rule as usize];
            // A place that says nothing more takes the place of one that is missing.
            let telling = |i: usize| stated.telling.get(i).copied().unwrap_or(stated.telling[0]);
            RunAny { rule, min_run: stated.min_run, telling: [telling(1), telling(2), telling(0)] }
        };
        let mut all: Vec<Self> = program.run_any.iter().map(of).collect();
        all.sort_by_key(|rule| (rule.min_run, rule.rule));
        all
    }
}

impl Tables {
    /// The shortest run that a rule without a prefix starts with.
    pub(crate) fn least_run(&self) -> u32 {
        self.run_any.first().map_or(u32::MAX, |rule| rule.min_run)
    }
}

/// Beginnings of literals, by the byte they end in.
#[derive(Debug)]
pub(crate) struct Beginnings {
    /// Those of two bytes or more, read backwards.
    backwards: Filter,
    /// Whether a byte is a beginning by itself.
    single: [bool; 256],
    /// For each byte where its beginnings start in `all`; one more ends the last.
    starts: [u16; 257],
    /// Longest first for each last byte.
    all: Vec<Beginning>,
}

/// The beginning of a literal: as much of its end as eight bytes hold, and the rest before them.
#[derive(Debug)]
struct Beginning {
    tail: u64,
    mask: u64,
    text: Vec<u8>,
}

/// The last eight bytes, or fewer, the last one highest.
#[inline(always)]
fn tail(text: &[u8]) -> u64 {
    match text.last_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => text.iter().fold(0, |all, byte| all >> 8 | u64::from(*byte) << 56),
    }
}

impl Beginnings {
    fn new(program: &Program) -> Self {
        // A literal shorter than a head is found by the byte after it.
        let found_by = |p: &Prefix| (p.head() + HEAD).min(p.literal.len() + 1);
        // What stands before a match need not be held back.
        let literals = program.literals.iter().filter(|p| p.behind == 0);
        let mut texts: Vec<&[u8]> = literals.flat_map(|p| (1..found_by(p)).map(|n| &p.literal[..n])).collect();
        texts.sort_unstable_by_key(|text| (text.last().copied(), core::cmp::Reverse(text.len()), *text));
        texts.dedup();
        let mut starts = [0; 257];
        for (byte, start) in starts.iter_mut().enumerate() {
            *start = texts.partition_point(|text| usize::from(text[text.len() - 1]) < byte) as u16;
        }
        let mut single = [false; 256];
        texts.iter().filter(|text| text.len() == 1).for_each(|text| single[usize::from(text[0])] = true);
        let longer = texts.iter().filter(|text| text.len() > 1);
        let backwards = Filter::new(longer.map(|text| text.rchunks(1).take(4).collect()), &[]);
        let unused = |text: &[u8]| 8 * 8usize.saturating_sub(text.len()) as u32;
        let all =
            texts.into_iter().map(|text| Beginning { tail: tail(text), mask: u64::MAX << unused(text), text: text.to_vec() }).collect();
        Beginnings { backwards, single, starts, all }
    }

    /// Length of the longest beginning that the text ends in.
    pub(crate) fn at_end_of(&self, text: &[u8]) -> usize {
        let Some(last) = text.last().map(|byte| usize::from(*byte)) else { return 0 };
        let tail = tail(text);
        if !self.backwards.may_begin(((tail >> 32) as u32).swap_bytes()) {
            return usize::from(self.single[last]);
        }
        let fits = |b: &&Beginning| tail & b.mask == b.tail && (b.text.len() <= 8 || text.ends_with(&b.text));
        self.all[usize::from(self.starts[last])..usize::from(self.starts[last + 1])].iter().find(fits).map_or(0, |b| b.text.len())
    }
}
