//! The compiled rule set, shared by all streams.

use std::sync::Arc;

use crate::classify::Classifier;
use crate::finding::{Finding, RuleIndex};
use crate::lanes::digit;
use crate::lanes::literal::{HEAD, Heads};
use crate::lanes::prefix::PrefixTable;
use crate::program::{Prefix, Program, Rule, Telling};
use crate::sink::Findings;
use crate::stream::Stream;

/// An immutable rule set, ready to scan. Cloning is cheap; a clone can be sent to any thread.
///
/// ```
/// # use tamis_engine::{Confidence, RuleSpec, Scanner, compile};
/// # let spec = RuleSpec { id: "acme.key".into(), title: "Acme key".into(), class: "secret/api-key".into(), confidence: Confidence::High,
/// #     pattern: "acme_[a-z0-9]{20}".into(), quoted: None, words: vec![], near: Default::default(), reads: Default::default(), left: None,
/// #     right: None, random: None, max_len: None, validator: None, revoke: None, reference: None, since: None, tags: vec![],
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
    /// Digit-lane rules by the groups they can match at.
    pub(crate) digits: digit::Index,
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

    fn with_classifier(program: Program, classifier: Classifier) -> Self {
        Scanner(Arc::new(Tables {
            run_any: RunAny::all(&program),
            digits: digit::Index::new(&program),
            prefixes: PrefixTable::new(program.run_prefixes.clone()),
            beginnings: Beginnings::new(&program),
            heads: Heads::new(&program),
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
    /// For each byte the beginnings that end in it, longest first.
    by_last: Vec<Vec<Vec<u8>>>,
}

impl Beginnings {
    fn new(program: &Program) -> Self {
        // A literal shorter than a head is found by the byte after it.
        let found_by = |p: &Prefix| (p.head() + HEAD).min(p.literal.len() + 1);
        let mut texts: Vec<Vec<u8>> = program.literals.iter().flat_map(|p| (1..found_by(p)).map(|n| p.literal[..n].to_vec())).collect();
        texts.sort_by_key(|t| core::cmp::Reverse(t.len()));
        let mut by_last = vec![Vec::new(); 256];
        for text in texts {
            let list: &mut Vec<Vec<u8>> = &mut by_last[usize::from(text[text.len() - 1])];
            if !list.contains(&text) {
                list.push(text);
            }
        }
        Beginnings { by_last }
    }

    /// Length of the longest beginning that the text ends in.
    pub(crate) fn at_end_of(&self, text: &[u8]) -> usize {
        let Some(last) = text.last() else { return 0 };
        self.by_last[usize::from(*last)].iter().find(|t| text.ends_with(t)).map_or(0, Vec::len)
    }
}
