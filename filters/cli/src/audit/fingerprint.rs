//! `tamis audit fingerprint`: did this value ever appear?

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use serde_json::json;
use tamis::Fingerprint;
use tamis::audit::{Record, What, destination, past};

use super::files::Files;
use super::print;
use crate::args::{ChoiceArgs, Listing, LogArgs};
use crate::failure::{Exit, Failure, complain, plural};
use crate::setup;

/// Longest value. Nobody has a longer key.
const LONGEST: u64 = 1 << 20;

/// Runs the command. The value comes from standard input, so that it stands in no list of processes and no history.
pub(super) fn run(log: &LogArgs, key: Option<&Path>, format: Listing) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let key = setup::fingerprint_key(key)?;
    let wanted = key.of_value(&value()?);
    let all = ChoiceArgs { session: None, since: None, until: None };
    let mut found = Vec::new();
    files.records(&all, |record| {
        if fingerprint(&record).is_some_and(|print| wanted.contains(&print)) {
            found.push(record);
        }
        Ok(())
    })?;
    print(&match format {
        Listing::Human => human(&found),
        Listing::Jsonl => found.iter().map(|record| format!("{}\n", json!(record))).collect(),
    })?;
    Ok(if found.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn value() -> Result<Vec<u8>, Failure> {
    if io::stdin().is_terminal() {
        complain("reading the value from standard input, to its end (Ctrl-D)");
    }
    let mut value = Vec::new();
    let read = io::stdin().lock().take(LONGEST).read_to_end(&mut value);
    read.map_err(|error| Failure::file("cannot read", "standard input".as_ref(), &error))?;
    // What ends the line does not belong to the value.
    let bare = value.strip_suffix(b"\n").map_or(&value[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    if bare.is_empty() {
        return Err(Failure::new("no value", "standard input is empty", "give the value there: `tamis audit fingerprint LOG < value`"));
    }
    Ok(bare.to_vec())
}

fn fingerprint(record: &Record) -> Option<Fingerprint> {
    match &record.event.what {
        What::Finding(finding) => Some(finding.fingerprint),
        What::ExceptionUsed(used) => Some(used.fingerprint),
        What::ExceptionRefused(refused) => refused.fingerprint,
        What::Restored(restored) => Some(restored.fingerprint),
        _ => None,
    }
}

fn human(found: &[Record]) -> String {
    if found.is_empty() {
        return "no: this value is in no event\n".to_owned();
    }
    let mut text = format!("yes: in {}\n", plural(found.len() as u64, "event"));
    for record in found {
        let context = &record.event.context;
        let session = context.ids.session.as_ref().map_or(String::new(), |session| format!("  session {session}"));
        let surface = context.flow.surface.map_or(String::new(), |surface| format!("  in {}", surface.as_str()));
        let to = destination(record).map_or(String::new(), |to| format!("  to {to}"));
        let path = context.flow.path.as_ref().map_or(String::new(), |path| format!("  {path}"));
        let what = match &record.event.what {
            What::Finding(finding) => format!("{} as {}", past(finding.decision), finding.rule),
            other => other.name().to_owned(),
        };
        text += &format!("{}  event {}  {what}{session}{surface}{to}{path}\n", record.event.time, record.seq);
    }
    text
}
