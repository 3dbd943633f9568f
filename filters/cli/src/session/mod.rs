//! `tamis session`: how sessions stand, and stopping and releasing them.

mod print;
mod store;

use std::env;

use tamis::session::{Id, Session};
use tamis::{Name, Timestamp};

use crate::args::{ActArgs, Listing, SessionsArgs, SessionsCommand};
use crate::failure::{Exit, Failure, complain};
pub(crate) use store::Store;

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
    let (id, by, now) = (named(&args.id)?, person(args)?, Timestamp::now());
    let reason = Name::new(&args.reason);
    let (new, done) = Store::open(&args.state)?.update(&id, |session| {
        let new = session.is_none();
        let session = session.get_or_insert_with(|| Session::new(id.clone(), None, now));
        (new, session.quarantine(by, reason, now))
    })?;
    if done.is_none() {
        return Err(Failure::new("nothing to do", &args.id, "the session is in quarantine already"));
    }
    complain(format_args!("session {id} is in quarantine{}", if new { "; it was never seen before: check the id" } else { "" }));
    Ok(Exit::Clean)
}

fn release(args: &ActArgs) -> Result<Exit, Failure> {
    let (id, by, now) = (named(&args.id)?, person(args)?, Timestamp::now());
    let reason = Name::new(&args.reason);
    let done = Store::open(&args.state)?.update(&id, |session| match session {
        None => Err(unknown(&args.id)),
        Some(session) => Ok(session.release(by, reason, now)),
    })??;
    if done.is_none() {
        return Err(Failure::new("nothing to do", &args.id, "the session is not in quarantine"));
    }
    complain(format_args!("session {id} is released"));
    Ok(Exit::Clean)
}

/// The id, as the state of sessions knows it.
pub(crate) fn named(id: &str) -> Result<Id, Failure> {
    Id::new(id).ok_or_else(|| Failure::new("bad session id", "it is empty", "give the id that the agent uses"))
}

fn unknown(id: &str) -> Failure {
    Failure::new("no such session", id, "see `tamis session list`")
}

/// Who stops or releases a session: an act has a person behind it.
fn person(args: &ActArgs) -> Result<Name, Failure> {
    let user = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| env::var(name).ok().filter(|user| !user.is_empty()));
    let by = args.by.clone().or_else(user);
    by.map(Name::from).ok_or_else(|| Failure::new("nobody does it", "there is no user name", "give --by NAME"))
}
