//! `tamis session`: how sessions stand, and stopping and releasing them.

mod guard;
mod print;
mod store;

use std::env;

use tamis::audit::What;
use tamis::session::{Id, Session};
use tamis::{Harmless, Name, Settings, Timestamp};

use crate::args::{ActArgs, Listing, SessionsArgs, SessionsCommand};
use crate::failure::{Exit, Failure, complain};
use crate::{audit, setup};
pub(crate) use guard::Guard;
pub(crate) use store::{Store, make_private, state_folder};

/// Runs the command.
pub(crate) fn run(args: &SessionsArgs) -> Result<Exit, Failure> {
    match &args.command {
        SessionsCommand::List { quarantined, format, state } => {
            let mut sessions = Store::open(state)?.all()?;
            sessions.retain(|session| !quarantined || session.is_quarantined());
            print::list(&sessions, *format)
        }
        SessionsCommand::Show { id, format, state } => {
            let session = Store::open(state)?.read(&named(id)?)?;
            let session = session.ok_or_else(|| unknown(id))?;
            match format {
                Listing::Human => print::show(&session),
                Listing::Jsonl => print::list(&[session], *format),
            }
        }
        SessionsCommand::Quarantine(args) => quarantine(args),
        SessionsCommand::Release(args) => release(args),
    }
}

fn quarantine(args: &ActArgs) -> Result<Exit, Failure> {
    let (id, now) = (named(&args.id)?, Timestamp::now());
    let (by, reason) = act(args)?;
    let new = Store::open(&args.state)?.update(&id, |session| {
        let new = session.is_none();
        let session = session.get_or_insert_with(|| Session::new(id.clone(), None, now));
        let done = session.quarantine(by, reason, now);
        let done = done.ok_or_else(|| Failure::new("nothing to do", &args.id, "the session is in quarantine already"))?;
        audit::record(&args.record, Some(&id), What::SessionQuarantined(done))?;
        Ok(new)
    })?;
    complain(format_args!("session {id} is in quarantine{}", if new { "; it was never seen before: check the id" } else { "" }));
    Ok(Exit::Clean)
}

fn release(args: &ActArgs) -> Result<Exit, Failure> {
    let (id, now) = (named(&args.id)?, Timestamp::now());
    let (by, reason) = act(args)?;
    Store::open(&args.state)?.update(&id, |session| {
        let session = session.as_mut().ok_or_else(|| unknown(&args.id))?;
        let done = session.release(by, reason, now);
        let done = done.ok_or_else(|| Failure::new("nothing to do", &args.id, "the session is not in quarantine"))?;
        audit::record(&args.record, Some(&id), What::SessionReleased(done))
    })?;
    complain(format_args!("session {id} is released"));
    Ok(Exit::Clean)
}

/// The id, as the state of sessions knows it.
pub(crate) fn named(id: &str) -> Result<Id, Failure> {
    Harmless::new(&setup::builtin(), &Settings::default())
        .id(id)
        .ok_or_else(|| Failure::new("bad session id", "it is empty", "give the id that the agent uses"))
}

fn unknown(id: &str) -> Failure {
    Failure::new("no such session", id, "see `tamis session list`")
}

/// Who stops or releases a session, and why: an act has a person behind it. Neither may hold a secret: it stays on record.
fn act(args: &ActArgs) -> Result<(Name, Name), Failure> {
    let user = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()));
    let by = args.by.clone().or_else(user);
    let by = by.ok_or_else(|| Failure::new("nobody does it", "there is no user name", "give --by NAME"))?;
    let mut harmless = Harmless::new(&setup::builtin(), &Settings::default());
    let mut name = |text: &str| Name::new(&harmless.text(text));
    Ok((name(&by), name(&args.reason)))
}
