//! `tamis rules test`: each rule against its own examples and near misses.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use tamis::engine::Reads;
use tamis::rules::Proof as ForeignProof;
use tamis::{Finding, RuleIndex, RuleSpec, Scanner};

use super::members::{Expanded, Generator};
use super::print;
use crate::failure::{Exit, Failure, complain, plural};
use crate::setup::Pack;

/// Random expansions of each template.
const ROUNDS: u64 = 40;
/// How many of them an example may miss: a member made at random may read like a word or a placeholder, and is then
/// left alone for good reason. A near miss may never be found.
const MAY_MISS: usize = 8;

/// Runs the command: rules of files are tested together with the built-in ones, as they will run.
pub(super) fn run(files: &[PathBuf]) -> Result<Exit, Failure> {
    let pack = Pack::load(files, true)?;
    let scanner = Scanner::new(pack.compile()?);
    let own = if files.is_empty() { 0 } else { pack.builtin };
    let (mut text, mut failed) = (String::new(), 0);
    let specs = pack.specs.iter().enumerate().skip(own);
    for (index, spec) in specs.clone() {
        let objections = Proof { scanner: &scanner, rule: RuleIndex(index as u32), spec }.objections();
        failed += usize::from(!objections.is_empty());
        for objection in objections {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{}: {objection}", spec.id);
        }
    }
    for proof in &pack.proofs {
        let Some(index) = pack.specs.iter().position(|spec| spec.id == proof.rule) else { continue };
        if let Some(objection) = whole(&scanner, RuleIndex(index as u32), proof) {
            failed += 1;
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{}: {objection}", proof.rule);
        }
    }
    print(text.as_bytes())?;
    let verdict = if failed == 0 { "all good".to_owned() } else { format!("{failed} failed") };
    complain(format_args!("{} tested, {verdict}", plural(specs.len() as u64, "rule")));
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
}

/// What is wrong with another scanner's example. Where rules overlap, another one may claim the secret. The text is not
/// shown: it may hold a real one.
fn whole(scanner: &Scanner, rule: RuleIndex, proof: &ForeignProof) -> Option<String> {
    let found = scanner.find(proof.text.as_bytes());
    let own = found.iter().any(|finding| finding.rule == rule);
    match proof.found {
        true if found.is_empty() => Some(format!("nothing is found in an example of {} bytes", proof.text.len())),
        false if own => Some(format!("it finds something in a negative example of {} bytes", proof.text.len())),
        _ => None,
    }
}

/// A rule and what it has to prove.
struct Proof<'a> {
    scanner: &'a Scanner,
    rule: RuleIndex,
    spec: &'a RuleSpec,
}

impl Proof<'_> {
    /// What is wrong with the rule, one line a template.
    fn objections(&self) -> Vec<String> {
        let generator = match Generator::new(self.spec) {
            Ok(generator) => generator,
            Err(why) => return vec![why],
        };
        let examples = self.spec.examples.iter().map(|template| ("example", template, true));
        let misses = self.spec.near_misses.iter().map(|template| ("near miss", template, false));
        let all = examples.chain(misses);
        all.filter_map(|(kind, template, wanted)| Some(format!("{kind} {template:?}: {}", self.objection(&generator, template, wanted)?)))
            .collect()
    }

    /// Tries random expansions of a template; says what went wrong, without the text.
    fn objection(&self, generator: &Generator, template: &str, wanted: bool) -> Option<String> {
        let mut wrong = Vec::new();
        for seed in 0..ROUNDS {
            match generator.expand(template, seed) {
                Ok(expanded) => wrong.extend(self.mistake(&expanded, wanted).map(|mistake| (seed, mistake))),
                Err(why) => return Some(why),
            }
        }
        let allowed = if wanted { MAY_MISS } else { 0 };
        let (seed, mistake) = wrong.first().filter(|_| wrong.len() > allowed)?;
        Some(format!("wrong in {} of {ROUNDS}: {mistake} (seed {seed})", wrong.len()))
    }

    fn mistake(&self, expanded: &Expanded, wanted: bool) -> Option<String> {
        let found = self.scanner.find(expanded.text.as_bytes());
        let right = if wanted { self.are_found(&found, &expanded.secrets) } else { found.iter().all(|f| f.rule != self.rule) };
        (!right).then(|| self.difference(&found, &expanded.secrets))
    }

    /// Whether the rule finds the secrets and nothing else. Where rules overlap, another one may claim a secret: what
    /// counts is that exactly it is found.
    fn are_found(&self, found: &[Finding], secrets: &[Range<usize>]) -> bool {
        let each = secrets.iter().all(|secret| found.iter().any(|f| self.is_secret(f, secret)));
        each && found.iter().filter(|f| f.rule == self.rule).all(|f| secrets.iter().any(|secret| self.is_secret(f, secret)))
    }

    /// Of a block the pattern is only the head, and what follows belongs to it.
    fn is_secret(&self, found: &Finding, secret: &Range<usize>) -> bool {
        let span = found.span.range();
        let block = self.spec.reads == Reads::Block;
        span.start == secret.start && (span.end == secret.end || block && span.end > secret.end)
    }

    fn difference(&self, found: &[Finding], secrets: &[Range<usize>]) -> String {
        let found: Vec<String> =
            found.iter().map(|f| format!("{} at {}..{}", self.scanner.rule(f.rule).id, f.span.start, f.span.end)).collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        let wanted: Vec<String> = secrets.iter().map(|s| format!("{}..{}", s.start, s.end)).collect();
        let wanted = if wanted.is_empty() { String::new() } else { format!(", the secret is at {}", wanted.join(", ")) };
        format!("found {found}{wanted}")
    }
}
