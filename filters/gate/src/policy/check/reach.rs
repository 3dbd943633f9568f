//! Boundaries that earlier ones leave nothing to.
//!
//! A boundary is taken apart into cases that are as hard to cover as any other finding it matches: of what it does not
//! ask for, nothing is known; of a pattern, the pattern itself. It can be reached if one of these is left by all earlier
//! rows.

use std::collections::{BTreeMap, BTreeSet};

use tamis_engine::{Confidence, Rule, Verdict};

use super::boundaries::admits;
use super::{List, Notes};
use crate::document::{Document, Problem};
use crate::flow::{Direction, Surface};
use crate::policy::condition::{Condition, Open};
use crate::policy::pattern::{Kind, Pattern, Patterns};
use crate::policy::written::WrittenBoundary;

/// Finds rows that cannot be reached, and those that say the opposite of an earlier one.
pub(super) fn check(list: &List<'_, WrittenBoundary>, document: &Document, rules: &[Rule], notes: &mut Notes) {
    let rows: Vec<Vec<Condition>> = list.rows.iter().map(Condition::of_boundary).collect();
    for i in 1..rows.len() {
        let Some(by) = covered(&rows, i, rules) else { continue };
        let (row, first) = (&list.rows[i], by.first().copied().unwrap_or_default());
        let named = those(&by, |j| &list.rows[j].id.0, list, document);
        let path = list.path_to(i, "id");
        if by.len() == 1 && rows[first] == rows[i] && list.rows[first].decision != row.decision {
            let (then, now) = (list.rows[first].decision.as_str(), row.decision.as_str());
            let message = format!("boundary {}: it says {now} where {named} says {then} for the same findings", row.id.0);
            notes.add(document, &path, Problem::Contradiction, message);
        } else {
            let takes = if by.len() == 1 { "takes" } else { "take" };
            let message = format!("boundary {}: it is never reached: {named} {takes} all that it matches", row.id.0);
            notes.add(document, &path, Problem::Unreachable, message);
        }
    }
}

/// Rows with their lines, for a person.
pub(super) fn those<'l, T>(rows: &[usize], id: impl Fn(usize) -> &'l str, list: &List<'_, T>, document: &Document) -> String {
    let one = |j: &usize| format!("{} (line {})", id(*j), document.place(&list.path_to(*j, "id")).0);
    rows.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// A finding in a stream, as hard to cover as any that a row matches.
#[derive(Clone, Copy)]
struct Case<'r> {
    rule: &'r Rule,
    confidence: Confidence,
    verdict: Verdict,
    surface: Option<Surface>,
    direction: Option<Direction>,
    named: Named<'r>,
}

/// Of each thing that is named freely, what a row asks it to be: one of its patterns, if it asks for any.
pub(super) type Named<'r> = [Option<&'r Pattern>; Open::ALL.len()];

/// What a row asks of names, one pattern of each at a time. `anything` is one for all names.
pub(super) fn named<'r>(row: &'r [Condition], anything: &'r Pattern) -> Vec<Named<'r>> {
    let mut cases: Vec<Named<'r>> = vec![[None; Open::ALL.len()]];
    for condition in row {
        let Condition::Open(which, patterns) = condition else { continue };
        let all: Vec<&Pattern> = if patterns.any.is_empty() { vec![anything] } else { patterns.any.iter().collect() };
        cases = product(cases, &all, |case, pattern| case[*which as usize] = Some(pattern));
    }
    cases
}

/// Whether an earlier row's patterns match all of this row's names that a pattern of its own stands for.
pub(super) fn takes(which: Open, patterns: &Patterns, case: &Named<'_>, row: &[Condition]) -> bool {
    case[which as usize].is_some_and(|pattern| {
        let besides = row.iter().find_map(|own| match own {
            Condition::Open(own, patterns) if *own == which => Some(&patterns.none[..]),
            _ => None,
        });
        patterns.covers(pattern, besides.unwrap_or_default())
    })
}

/// The earlier rows that cover all of a row, if they do.
fn covered(rows: &[Vec<Condition>], i: usize, rules: &[Rule]) -> Option<Vec<usize>> {
    let (row, earlier) = (&rows[i], &rows[..i]);
    let anything = Pattern::new("**", Kind::Name);
    let cases = cases(row, earlier, rules, &anything);
    let mut by = BTreeSet::new();
    for case in &cases {
        by.insert(earlier.iter().position(|other| other.iter().all(|condition| holds(condition, case, row)))?);
    }
    (!cases.is_empty()).then(|| by.into_iter().collect())
}

fn cases<'r>(row: &'r [Condition], earlier: &[Vec<Condition>], rules: &'r [Rule], anything: &'r Pattern) -> Vec<Case<'r>> {
    let mut confidence = Confidence::Low;
    let mut verdicts = vec![Verdict::Valid, Verdict::Invalid, Verdict::Abstain];
    let (mut surfaces, mut directions) = (vec![None], vec![None]);
    for condition in row {
        match condition {
            Condition::Confidence(least) => confidence = *least,
            Condition::Verdict(all) => verdicts.clone_from(all),
            Condition::Surface(all) => surfaces = all.iter().copied().map(Some).collect(),
            Condition::Direction(one) => directions = vec![Some(*one)],
            Condition::Open(..) | Condition::Class(_) | Condition::Rule(_) | Condition::Lifetime(_) => {}
        }
    }
    let mut cases: Vec<Case<'r>> = kinds(row, earlier, rules)
        .into_iter()
        .map(|rule| Case { rule, confidence, verdict: Verdict::Abstain, surface: None, direction: None, named: [None; Open::ALL.len()] })
        .collect();
    cases = product(cases, &verdicts, |case, verdict| case.verdict = verdict);
    cases = product(cases, &surfaces, |case, surface| case.surface = surface);
    cases = product(cases, &directions, |case, direction| case.direction = direction);
    product(cases, &named(row, anything), |case, named| case.named = named)
}

/// One rule for each set of rules that all rows see alike.
fn kinds<'r>(row: &[Condition], earlier: &[Vec<Condition>], rules: &'r [Rule]) -> Vec<&'r Rule> {
    let mut kinds: BTreeMap<Vec<bool>, &Rule> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| row.iter().all(|condition| admits(condition, rule))) {
        let seen = earlier.iter().map(|other| other.iter().all(|condition| admits(condition, rule))).collect();
        kinds.entry(seen).or_insert(rule);
    }
    kinds.into_values().collect()
}

/// Each case with each of the values.
fn product<C: Copy, T: Copy>(cases: Vec<C>, values: &[T], set: impl Fn(&mut C, T)) -> Vec<C> {
    let with = |case: C, value: T| {
        let mut case = case;
        set(&mut case, value);
        case
    };
    cases.into_iter().flat_map(|case| values.iter().map(move |value| (case, *value))).map(|(case, value)| with(case, value)).collect()
}

/// Whether a condition of an earlier row holds for the case, which is one of this row's.
fn holds(condition: &Condition, case: &Case<'_>, row: &[Condition]) -> bool {
    match condition {
        Condition::Confidence(least) => case.confidence >= *least,
        Condition::Verdict(all) => all.contains(&case.verdict),
        Condition::Surface(all) => case.surface.is_some_and(|surface| all.contains(&surface)),
        Condition::Direction(one) => case.direction == Some(*one),
        Condition::Open(which, patterns) => takes(*which, patterns, &case.named, row),
        Condition::Class(_) | Condition::Rule(_) | Condition::Lifetime(_) => admits(condition, case.rule),
    }
}
