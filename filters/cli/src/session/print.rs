//! Sessions for people and programs.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use tamis::Timestamp;
use tamis::session::{Done, Session, Source, Standing};

use crate::args::Listing;
use crate::failure::{Exit, Failure, plural};
use crate::jsonl;
use crate::scan::cannot_write;

/// Prints all of them.
pub(super) fn list(sessions: &[Session], format: Listing) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    let written = sessions.iter().try_for_each(|session| match format {
        Listing::Jsonl => jsonl::line(&mut out, session),
        Listing::Human => writeln!(out, "{}", summary(session)),
    });
    done(written)
}

/// Prints one of them with all that is known.
pub(super) fn show(session: &Session) -> Result<Exit, Failure> {
    done(io::stdout().lock().write_all(details(session).as_bytes()))
}

/// A reader that has gone is not an error.
fn done(written: io::Result<()>) -> Result<Exit, Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(Exit::Clean),
    }
}

fn summary(session: &Session) -> String {
    let mut text = format!("{}  {}\n    last seen {}", session.id, standing(session), when(session.seen));
    if let Some(counts) = counts(session) {
        let _ = write!(text, "; {counts}");
    }
    if !session.left.is_empty() {
        let _ = write!(text, "; {} left", plural(session.left.len() as u64, "value"));
    }
    text
}

fn details(session: &Session) -> String {
    let mut text = format!("session {}", session.id);
    if let Some(source) = session.source {
        let _ = write!(text, " ({})", Source::as_str(source));
    }
    let mut line = |name: &str, value: &str| text.push_str(&format!("\n  {name:<9} {value}"));
    line("standing", &standing(session));
    line("seen", &format!("from {} to {}", when(session.started), when(session.seen)));
    line("counted", counts(session).as_deref().unwrap_or("nothing"));
    if let Some(grant) = &session.grant {
        line("grant", &format!("{}, until {}", grant.id, when(grant.expires)));
    }
    for (fingerprint, leak) in session.left.iter() {
        let to: Vec<&str> = leak.to.iter().map(AsRef::as_ref).collect();
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        let (times, first) = (plural(leak.times, "time"), when(leak.first));
        line("rotate", &format!("{} {fingerprint}: left{to} {times}, first {first}", leak.rule));
    }
    if session.left.more > 0 {
        line("rotate", &format!("and {} findings more that are not told apart", session.left.more));
    }
    for act in &session.acts {
        let done = match act.done {
            Done::Quarantined => "stopped",
            Done::Released => "released",
        };
        line(done, &format!("{} by {}: {}", when(act.at), act.by, act.reason));
    }
    text.push('\n');
    text
}

fn standing(session: &Session) -> String {
    match &session.standing {
        Standing::Open => "open".to_owned(),
        Standing::Quarantined { since, by, reason } => format!("in quarantine since {} by {by}: {reason}", when(*since)),
    }
}

fn counts(session: &Session) -> Option<String> {
    let blocks = (session.blocks > 0).then(|| format!("{} blocked", session.blocks));
    let found = session.findings.iter().map(|(class, count)| format!("{count} {class}"));
    let counts: Vec<String> = blocks.into_iter().chain(found).collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

/// To the second: nobody reads on.
fn when(time: Timestamp) -> impl std::fmt::Display {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
