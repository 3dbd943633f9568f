//! `tamis rules test`: each rule against its own examples and near misses.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use tamis::{Finding, RuleIndex, RuleSpec, Scanner};

use super::{members, print};
use crate::failure::{Exit, Failure, complain};
use crate::setup::Pack;

/// Random expansions of each template.
const ROUNDS: u64 = 20;

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
    print(text.as_bytes())?;
    complain(format_args!("{} rules tested, {failed} failed", specs.len()));
    Ok(if failed == 0 { Exit::Clean } else { Exit::Findings })
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
        let Proof { spec, .. } = self;
        let examples = spec.examples.iter().filter_map(|t| self.try_all(t, |found, secrets| found == secrets).map(|why| format!("example {t:?}: {why}")));
        let misses = spec.near_misses.iter().filter_map(|t| self.try_all(t, |found, _| found.is_empty()).map(|why| format!("near miss {t:?}: {why}")));
        examples.chain(misses).collect()
    }

    /// Tries random expansions; says what went wrong, without the text: near misses of one rule are members of others.
    fn try_all(&self, template: &str, right: impl Fn(&[Range<usize>], &[Range<usize>]) -> bool) -> Option<String> {
        (0..ROUNDS).find_map(|seed| {
            let expanded = match members::expand(self.spec, template, seed) {
                Ok(expanded) => expanded,
                Err(why) => return Some(why),
            };
            let found = self.scanner.find(&expanded.text);
            let own: Vec<Range<usize>> = found.iter().filter(|f| f.rule == self.rule).map(|f| f.span.range()).collect();
            (!right(&own, &expanded.secrets)).then(|| self.difference(&found, &expanded.secrets, seed))
        })
    }

    fn difference(&self, found: &[Finding], secrets: &[Range<usize>], seed: u64) -> String {
        let found: Vec<String> = found.iter().map(|f| format!("{} at {}..{}", self.scanner.rule(f.rule).id, f.span.start, f.span.end)).collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        let wanted: Vec<String> = secrets.iter().map(|s| format!("{}..{}", s.start, s.end)).collect();
        let wanted = if wanted.is_empty() { String::new() } else { format!(", the secret is at {}", wanted.join(", ")) };
        format!("found {found}{wanted} (seed {seed})")
    }
}
