//! Rows of the tool allowlist that do nothing, or cannot be meant.

use super::boundaries::{destination, each};
use super::{List, Notes, profile_path};
use crate::document::{Document, Problem, Step};
use crate::policy::condition::Condition;
use crate::policy::file::PolicyFile;
use crate::policy::row::Place;
use crate::policy::tool::{ToolDecision, ToolRow};
use crate::policy::written::{WrittenCondition, WrittenTool, WrittenTools};

/// Looks at one list. `broken` ones are not compared row by row.
pub(super) fn check(list: &List<'_, WrittenTool>, document: &Document, broken: bool, notes: &mut Notes) {
    for (i, row) in list.rows.iter().enumerate() {
        let mut add =
            |path: &[Step<'_>], problem, message: String| notes.add(document, path, problem, format!("tool {}: {message}", row.id.0));
        for (j, condition) in row.conditions.iter().enumerate() {
            if let Some((problem, message)) = objection(condition) {
                let mut path = list.path_to(i, "when");
                path.push(Step::Item(j));
                add(&path, problem, format!("argument {}: {message}", condition.argument));
            }
        }
        destination(row.destination.as_ref(), |key, item, problem, why| {
            let mut path = list.path_to(i, key);
            path.extend(item.map(Step::Item));
            add(&path, problem, why);
        });
        each(Some(&row.tool), |item, text| {
            if text == "!*" || text == "!**" {
                let mut path = list.path_to(i, "tool");
                path.extend(item.map(Step::Item));
                add(&path, Problem::NeverMatches, "it takes all tools away".to_owned());
            }
        });
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

/// Rows that an earlier one leaves nothing to.
fn reach(list: &List<'_, WrittenTool>, document: &Document, notes: &mut Notes) {
    let nowhere = || Place { file: String::new(), line: 0, column: 0 };
    let rows: Vec<ToolRow> = list.rows.iter().map(|row| ToolRow::new(row, nowhere(), None)).collect();
    for (i, row) in rows.iter().enumerate() {
        let Some(j) = rows[..i].iter().position(|earlier| covers(earlier, row)) else { continue };
        let line = document.place(&list.path_to(j, "id")).0;
        let same = rows[j].conditions == row.conditions && rows[j].arguments == row.arguments && rows[j].decision != row.decision;
        let (problem, what) = if same {
            (Problem::Contradiction, "says something else for the same calls")
        } else {
            (Problem::Unreachable, "takes all calls that it matches, so it is never reached")
        };
        let message = format!("tool {}: {} (line {line}) {what}", row.id, rows[j].id);
        notes.add(document, &list.path_to(i, "id"), problem, message);
    }
}

fn covers(earlier: &ToolRow, row: &ToolRow) -> bool {
    let met = |wanted: &Condition| match wanted {
        Condition::Open(which, patterns) => row.conditions.iter().any(|own| match own {
            Condition::Open(own, narrower) if own == which => {
                !narrower.any.is_empty() && narrower.any.iter().all(|pattern| patterns.covers(pattern, &narrower.none))
            }
            _ => false,
        }),
        other => row.conditions.contains(other),
    };
    earlier.conditions.iter().all(met) && earlier.arguments.iter().all(|argument| row.arguments.contains(argument))
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
