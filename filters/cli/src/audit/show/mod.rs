//! `tamis audit show`: a session, rebuilt from the log alone.

pub(super) mod html;
mod lanes;
mod list;
mod text;

use serde::Serialize;
use tamis::Timestamp;
use tamis::audit::Timeline;
use tamis::session::Id;

use super::files::Files;
use super::print;
use crate::args::{ChoiceArgs, LogArgs, View};
use crate::failure::{Exit, Failure};

/// Runs the command.
pub(super) fn run(log: &LogArgs, session: Option<&str>, view: View) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let Some(session) = session else { return list::run(&files, view) };
    let choice = ChoiceArgs { session: Some(session.to_owned()), since: None, until: None };
    // As records write it.
    let mut timeline = Timeline::new(Id::new(session).as_ref().map_or(session, Id::as_str));
    files.records(&choice, |record| {
        timeline.add(record);
        Ok(())
    })?;
    if timeline.events == 0 {
        let remedy = "`tamis audit show` without --session lists all of them";
        return Err(Failure::new("no event of this session", session, remedy));
    }
    print(&match view {
        View::Text => text::page(&timeline),
        View::Json => pretty(&timeline)?,
        View::Html => html::session(&timeline),
    })?;
    Ok(Exit::Clean)
}

/// JSON for programs that a person may read as well.
pub(super) fn pretty(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new("cannot print", "JSON", error))?;
    Ok(text + "\n")
}

/// A time to the second.
pub(super) fn second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The time of day, to the millisecond.
fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M:%S%.3f").to_string()
}

/// How long it took, in the unit that people would choose.
fn lasting(start: Timestamp, end: Timestamp) -> String {
    let millis = end.duration_since(start).as_millis();
    match millis {
        ..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        60_000..3_600_000 => format!("{} min {} s", millis / 60_000, millis / 1000 % 60),
        _ => format!("{} h {} min", millis / 3_600_000, millis / 60_000 % 60),
    }
}
