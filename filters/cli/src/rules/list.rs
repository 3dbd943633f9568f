//! `tamis rules list`

use std::fmt::Write as _;

use serde::Serialize;
use tamis::{Confidence, Rule};

use super::print;
use crate::args::{Listing, PackArgs};
use crate::failure::{Exit, Failure};
use crate::jsonl;
use crate::setup;

/// A rule in a listing.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    class: &'a str,
    confidence: Confidence,
    lane: &'static str,
    validator: Option<&'static str>,
    revoke: Option<&'a str>,
    reference: Option<&'a str>,
    since: Option<&'a str>,
    tags: &'a [String],
}

impl<'a> Row<'a> {
    fn of(rule: &'a Rule) -> Self {
        Row {
            id: &rule.id,
            title: &rule.title,
            class: &rule.class,
            confidence: rule.confidence,
            lane: rule.lane.as_str(),
            validator: rule.validator.map(|v| v.name()),
            revoke: rule.revoke.as_deref(),
            reference: rule.reference.as_deref(),
            since: rule.since.as_deref(),
            tags: &rule.tags,
        }
    }
}

/// Runs the command.
pub(super) fn run(listing: Listing, pack: &PackArgs) -> Result<Exit, Failure> {
    let scanner = setup::scanner(pack)?;
    let mut rows: Vec<Row> = scanner.rules().iter().map(Row::of).collect();
    rows.sort_by_key(|row| row.id);
    let mut text = Vec::new();
    match listing {
        Listing::Human => text = table(&rows).into_bytes(),
        Listing::Jsonl => {
            for row in &rows {
                jsonl::line(&mut text, row).map_err(|error| crate::scan::cannot_write(&error))?;
            }
        }
    }
    print(&text)?;
    Ok(Exit::Clean)
}

fn table(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let (ids, classes) = (width(|r| r.id.len()), width(|r| r.class.len()));
    let mut text = String::new();
    for row in rows {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{:ids$}  {:classes$}  {:6}  {}", row.id, row.class, row.confidence.as_str(), row.title);
    }
    text
}
