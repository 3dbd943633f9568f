//! Rows of the tool allowlist that do nothing, or cannot be meant.

use std::collections::BTreeSet;

use super::boundaries::{destination, each, taken_away};
use super::reach::{Named, named, takes, those};
use super::{List, Notes, profile_path};
use crate::document::{Document, Problem, Step};
use crate::policy::condition::Condition;
use crate::policy::file::PolicyFile;
use crate::policy::pattern::{Kind, Pattern};
use crate::policy::row::Place;
use crate::policy::tool::{ToolDecision, ToolRow, stays};
use crate::policy::written::{WrittenCondition, WrittenTool, WrittenTools};

/// Looks at one list. `broken` ones are not compared row by row.
pub(super) fn check(list: &List<'_, WrittenTool>, document: &Document, broken: bool, notes: &mut Notes) {
    for (i, row) in list.rows.iter().enumerate() {
        let mut add =
            |path: &[Step<'_>], problem, message: String| notes.add(document, path, problem, format!("tool {}: {message}", row.id.0));
        for (j, condition) in row.conditions.iter().enumerate() {
            let mut object = |key: Option<&'static str>, item: Option<usize>, problem, message: String| {
                let mut path = list.path_to(i, "when");
                path.push(Step::Item(j));
                path.extend(key.map(Step::Value).into_iter().chain(item.map(Step::Item)));
                add(&path, problem, format!("argument {}: {message}", condition.argument));
            };
            if let Some((problem, message)) = objection(condition).or_else(|| against(condition, &row.conditions[..j])) {
                object(None, None, problem, message);
            }
            for (key, texts, kind) in [("is", &condition.is, Kind::Name), ("path", &condition.path, Kind::Path)] {
                each(texts.as_ref(), |item, text| {
                    taken_away(text, texts.as_ref(), kind).inspect(|(problem, why)| object(Some(key), item, *problem, why.clone()));
                    if kind == Kind::Path && row.decision != ToolDecision::Block && !text.starts_with('!') && !stays(text) {
                        let why = format!("`{text}` never matches: a path that climbs out of its folder is no match");
                        object(Some(key), item, Problem::NeverMatches, why);
                    }
                });
            }
        }
        destination(row.destination.as_ref(), |key, item, problem, why| {
            let mut path = list.path_to(i, key);
            path.extend(item.map(Step::Item));
            add(&path, problem, why);
        });
        for (key, texts) in [("tool", Some(&row.tool)), ("agent", row.agent.as_ref())] {
            each(texts, |item, text| {
                let mut path = list.path_to(i, key);
                path.extend(item.map(Step::Item));
                taken_away(text, texts, Kind::Name).inspect(|(problem, why)| add(&path, *problem, why.clone()));
            });
        }
    }
    if !broken {
        reach(list, document, notes);
    }
}

fn objection(condition: &WrittenCondition) -> Option<(Problem, String)> {
    let WrittenCondition { is, path, min, max, present, .. } = condition;
    let value = is.is_some() || path.is_some() || min.is_some() || max.is_some();
    if !value && present.is_none() {
        Some((Problem::Contradiction, "nothing is asked of it: add is, path, min, max or present".to_owned()))
    } else if value && *present == Some(false) {
        Some((Problem::Contradiction, "it cannot be missing and have a value".to_owned()))
    } else if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        Some((Problem::NeverMatches, format!("no number is at least {min} and at most {max}")))
    } else {
        None
    }
}

/// Why a condition cannot be met by a call that meets those before it.
fn against(condition: &WrittenCondition, before: &[WrittenCondition]) -> Option<(Problem, String)> {
    let before = || before.iter().filter(|other| other.name() == condition.name());
    let missing = |condition: &WrittenCondition| condition.present == Some(false);
    if before().any(|other| missing(other) != missing(condition)) {
        return Some((
            Problem::Contradiction,
            "an earlier condition asks for it to be missing, or there, and this one does not".to_owned(),
        ));
    }
    let least = before().filter_map(|other| other.min).chain(condition.min).max()?;
    let most = before().filter_map(|other| other.max).chain(condition.max).min()?;
    (least > most)
        .then(|| (Problem::NeverMatches, format!("together with an earlier condition, no number is at least {least} and at most {most}")))
}

/// Rows that earlier ones leave nothing to.
fn reach(list: &List<'_, WrittenTool>, document: &Document, notes: &mut Notes) {
    let nowhere = || Place { file: String::new(), line: 0, column: 0 };
    let rows: Vec<ToolRow> = list.rows.iter().map(|row| ToolRow::new(row, nowhere(), None)).collect();
    for (i, row) in rows.iter().enumerate() {
        let Some(by) = covered(&rows[..i], row) else { continue };
        let named = those(&by, |j| &list.rows[j].id.0, list, document);
        let same = |j: usize| rows[j].conditions == row.conditions && list.rows[j].conditions == list.rows[i].conditions;
        let (problem, what) = if by.len() == 1 && same(by[0]) && rows[by[0]].decision != row.decision {
            (Problem::Contradiction, "says something else for the same calls")
        } else if by.len() == 1 {
            (Problem::Unreachable, "takes all calls that it matches, so it is never reached")
        } else {
            (Problem::Unreachable, "take all calls that it matches, so it is never reached")
        };
        notes.add(document, &list.path_to(i, "id"), problem, format!("tool {}: {named} {what}", row.id));
    }
}

/// The earlier rows that take all calls of a row, if they do.
fn covered(earlier: &[ToolRow], row: &ToolRow) -> Option<Vec<usize>> {
    let anything = Pattern::new("**", Kind::Name);
    let takes_all = |other: &ToolRow, case: &Named<'_>| {
        let met = |condition: &Condition| match condition {
            Condition::Open(which, patterns) => takes(*which, patterns, case, &row.conditions),
            _ => false,
        };
        other.conditions.iter().all(met) && other.arguments.iter().all(|argument| argument.follows_from(&row.arguments))
    };
    let by: Option<BTreeSet<usize>> =
        named(&row.conditions, &anything).iter().map(|case| earlier.iter().position(|other| takes_all(other, case))).collect();
    by.map(|by| by.into_iter().collect())
}

/// An allowlist that allows everything anyway.
pub(super) fn check_default(file: &PolicyFile, document: &Document, notes: &mut Notes) {
    let profiles = file.written.profiles.iter().enumerate();
    let all = profiles.map(|(i, p)| (profile_path(i), &p.tools, &p.tool_rows));
    for (mut path, tools, rows) in all.chain([(Vec::new(), &file.written.tools, &file.written.tool_rows)]) {
        let WrittenTools { default } = tools;
        let only_allows = !rows.is_empty() && rows.iter().all(|row| row.decision == ToolDecision::Allow);
        if *default == Some(ToolDecision::Allow) && only_allows {
            path.extend([Step::Value("tools"), Step::Value("default")]);
            let message = "tools.default allows all tools, so the rows that allow some do nothing: use block";
            notes.add(document, &path, Problem::Contradiction, message);
        }
    }
}
