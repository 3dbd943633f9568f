//! `tamis exception list`

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tamis::policy::{Exception, ExceptionState, Place};
use tamis::{Confidence, Flow, Timestamp};

use super::add::policy;
use crate::args::Listing;
use crate::color::{Color, Palette};
use crate::failure::{Exit, Failure, complain, one_line, plural};
use crate::jsonl;
use crate::judge::{exceptions_of, read, told};
use crate::policy::print;

/// An exception as programs read it.
#[derive(Serialize)]
struct Listed<'e> {
    id: &'e str,
    state: ExceptionState,
    scope: String,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'e str>,
    requested_by: &'e str,
    approved_by: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<&'e str>,
    created: Timestamp,
    expires: Timestamp,
    place: &'e Place,
}

/// Runs the command. Exit code 1 says that one of them is not in force.
pub(super) fn run(files: &[PathBuf], given: Option<&Path>, labels: &[String], format: Listing) -> Result<Exit, Failure> {
    let mut file = policy(given)?;
    for path in exceptions_of(given.unwrap_or(Path::new("tamis.toml")), files) {
        let (name, text) = read(&path, "cannot read the exceptions")?;
        file.add_exceptions(&name, &text).map_err(|mistakes| told(&mistakes, &path))?;
    }
    let (policy, now) = (file.policy(), Timestamp::now());
    let flow = Flow { labels: labels.iter().cloned().collect(), ..Flow::default() };
    let (mut out, mut lapsed) = (Vec::new(), 0);
    for exception in policy.exceptions() {
        let state = policy.state(exception, &flow, now);
        lapsed += u64::from(state != ExceptionState::Active);
        // Writing into memory does not fail.
        let _ = match format {
            Listing::Jsonl => jsonl::line(&mut out, &listed(exception, state)),
            Listing::Human => human(&mut out, exception, state, now),
        };
    }
    print(&out)?;
    if format.is_human() {
        let count = policy.exceptions().len() as u64;
        complain(format_args!("{}; {lapsed} not in force", plural(count, "exception")));
    }
    Ok(if lapsed > 0 { Exit::Findings } else { Exit::Clean })
}

fn listed(exception: &Exception, state: ExceptionState) -> Listed<'_> {
    Listed {
        id: exception.id(),
        state,
        scope: exception.scope(),
        reason: exception.reason().as_str(),
        note: exception.note(),
        requested_by: exception.requested_by(),
        approved_by: exception.approved_by(),
        ticket: exception.ticket(),
        created: exception.created(),
        expires: exception.expires(),
        place: exception.place(),
    }
}

fn human(out: &mut Vec<u8>, exception: &Exception, state: ExceptionState, now: Timestamp) -> io::Result<()> {
    let palette = Palette::for_stdout(Color::Auto);
    let (place, faint) = (palette.place, palette.faint);
    let level = palette.level(if state == ExceptionState::Active { Confidence::Low } else { Confidence::Certain });
    let left = (exception.expires().as_second() - now.as_second()).max(0) as u64 / (24 * 60 * 60);
    let state = match state {
        ExceptionState::Active => format!("active, {} left", plural(left, "day")),
        other => other.as_str().to_owned(),
    };
    writeln!(out, "{place}{}{place:#} {level}{state}{level:#}  {}", exception.id(), one_line(&exception.scope()))?;
    let ticket = exception.ticket().map(|ticket| format!(" · {ticket}")).unwrap_or_default();
    let note = exception.note().map(|note| format!(": {note}")).unwrap_or_default();
    let who = format!("asked for by {}, approved by {}", exception.requested_by(), exception.approved_by());
    let line = format!("{}{note} · {who}{ticket} · {}", exception.reason().as_str(), exception.place());
    writeln!(out, "    {faint}{}{faint:#}", one_line(&line))
}
