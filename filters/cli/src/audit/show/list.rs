//! The sessions of a log, for who does not know their ids.

use std::collections::BTreeMap;

use serde::Serialize;
use tamis::audit::What;
use tamis::{Decision, Timestamp};

use super::{lasting, pretty, second};
use crate::args::{ChoiceArgs, View};
use crate::audit::files::Files;
use crate::audit::print;
use crate::failure::{Exit, Failure, plural};

/// One session, in numbers.
#[derive(Serialize)]
struct Row {
    session: String,
    start: Timestamp,
    end: Timestamp,
    events: u64,
    findings: u64,
    /// Findings that ended a stream, and calls that were refused.
    blocked: u64,
    quarantined: bool,
}

/// Lists all sessions, by the time of their first events.
pub(super) fn run(files: &Files, view: View) -> Result<Exit, Failure> {
    let mut sessions: BTreeMap<String, Row> = BTreeMap::new();
    let mut without = 0u64;
    files.records(&ChoiceArgs { session: None, since: None, until: None }, |record| {
        let Some(id) = &record.event.context.ids.session else {
            without += 1;
            return Ok(());
        };
        let time = record.event.time;
        let row = sessions.entry(id.as_str().to_owned()).or_insert_with_key(|id| Row {
            session: id.clone(),
            start: time,
            end: time,
            events: 0,
            findings: 0,
            blocked: 0,
            quarantined: false,
        });
        row.events += 1;
        row.end = row.end.max(time);
        match &record.event.what {
            What::Finding(finding) => {
                row.findings += 1;
                row.blocked += u64::from(finding.decision == Decision::Block);
            }
            What::ToolCall(call) => row.blocked += u64::from(call.decision == Decision::Block),
            What::SessionQuarantined(_) => row.quarantined = true,
            What::SessionReleased(_) => row.quarantined = false,
            _ => {}
        }
        Ok(())
    })?;
    let mut rows: Vec<Row> = sessions.into_values().collect();
    rows.sort_by(|a, b| a.start.cmp(&b.start).then_with(|| a.session.cmp(&b.session)));
    print(&match view {
        View::Json => pretty(&rows)?,
        View::Text => text(&rows, without),
        View::Html => return Err(Failure::new("no page of all sessions", "--format html", "name one with --session ID")),
    })?;
    Ok(Exit::Clean)
}

fn text(rows: &[Row], without: u64) -> String {
    let width = rows.iter().map(|row| row.session.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        let blocked = if row.blocked > 0 { format!(", {} blocked", row.blocked) } else { String::new() };
        let state = if row.quarantined { ", in quarantine" } else { "" };
        let (start, lasting) = (second(row.start), lasting(row.start, row.end));
        let (events, findings) = (plural(row.events, "event"), plural(row.findings, "finding"));
        text += &format!("{:<width$}  {start}  {lasting:>11}  {events}, {findings}{blocked}{state}\n", row.session);
    }
    if rows.is_empty() {
        text += "no session\n";
    }
    if without > 0 {
        text += &format!("and {} of no session\n", plural(without, "event"));
    }
    text
}
