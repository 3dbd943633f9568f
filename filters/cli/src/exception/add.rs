//! `tamis exception add`

use std::path::Path;

use sha2::{Digest, Sha256};
use tamis::policy::{NewException, add_exception};
use tamis::{Diagnostic, PolicyFile, Timestamp};

use super::write;
use crate::args::AddArgs;
use crate::failure::{Exit, Failure, complain};
use crate::harmless::without_secrets;
use crate::judge::{read, told};
use crate::policy::print;
use crate::setup;

const DAY: i64 = 24 * 60 * 60;

const NOTHING: &str = "nothing was written";

/// Runs the command. Nothing is written that would not be in force.
pub(super) fn run(args: &AddArgs) -> Result<Exit, Failure> {
    let path = &args.file;
    let name = path.display().to_string();
    let text = if path.exists() { read(path, "cannot read the exceptions")?.1 } else { String::new() };
    let now = Timestamp::now();
    let new = exception(args, now)?;
    refuse_hollow(&new)?;
    let added = add_exception(&name, &text, &new).map_err(|mistakes| {
        // What stands below the old text is in no file.
        let lines = text.lines().count() as u64;
        let own = mistakes.iter().find(|mistake| mistake.line > lines);
        own.map_or_else(|| told(&mistakes, path), |mistake| Failure::new(NOTHING, &mistake.message, "give other flags"))
    })?;
    refuse_useless(args, &new, &name, &added, now)?;
    write(path, &added)?;
    print(format!("{}\n", new.id).as_bytes())?;
    complain(format_args!("exception {} is written to {name} and holds until {}", new.id, new.expires));
    Ok(Exit::Clean)
}

/// The exception as the flags say it.
fn exception(args: &AddArgs, now: Timestamp) -> Result<NewException, Failure> {
    let today = day(now, 0)?;
    let expires = match args.expires.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()) {
        Some(days) => day(now, days)?,
        None => args.expires.clone(),
    };
    let mut new = NewException {
        id: String::new(),
        fingerprint: args.fingerprint.clone(),
        rule: args.rule.clone(),
        path: args.path.clone(),
        host: args.host.clone(),
        route: args.route.clone(),
        model: args.model.clone(),
        reason: Some(args.reason),
        note: args.note.clone(),
        requested_by: args.requested_by.clone(),
        approved_by: args.approved_by.clone(),
        ticket: args.ticket.clone(),
        created: today.clone(),
        expires,
    };
    let hash = Sha256::digest(format!("{new:?}"));
    new.id = args.id.clone().unwrap_or_else(|| format!("EX-{today}-{:02x}{:02x}", hash[0], hash[1]));
    Ok(new)
}

/// The day that is as many days after now.
fn day(now: Timestamp, later: i64) -> Result<String, Failure> {
    let then = later.checked_mul(DAY).and_then(|more| now.as_second().checked_add(more)).and_then(|then| Timestamp::from_second(then).ok());
    let then = then.ok_or_else(|| Failure::new("bad date", format_args!("--expires {later}d"), "give fewer days"))?;
    Ok(then.to_string()[..10].to_owned())
}

/// Refuses an exception that is for nothing, and one that tells the secret it is for: it is kept beside the code.
fn refuse_hollow(new: &NewException) -> Result<(), Failure> {
    let NewException { fingerprint, rule, path, host, route, model, note, ticket, requested_by, approved_by, .. } = new;
    let scope = [fingerprint, rule, path, host, route, model];
    if scope.iter().all(|names| names.is_empty()) {
        return Err(Failure::new(NOTHING, "it would be for nothing", "give --fingerprint, --rule, --path or --host"));
    }
    let mut texts = scope.into_iter().flatten().chain(note).chain(ticket).chain([requested_by, approved_by]);
    match texts.find(|text| without_secrets(text) != text.as_str()) {
        Some(secret) => Err(Failure::new(NOTHING, secret, "leave the secret out; --fingerprint names it")),
        None => Ok(()),
    }
}

/// Refuses an exception that the policy would not let in force, or that is for nothing.
fn refuse_useless(args: &AddArgs, new: &NewException, name: &str, added: &str, now: Timestamp) -> Result<(), Failure> {
    let mut file = policy(args.policy.as_deref())?;
    file.add_exceptions(name, added).map_err(|mistakes| told(&mistakes, &args.file))?;
    let scanner = setup::builtin();
    let own = format!("exception {}: ", new.id);
    let about: Vec<Diagnostic> = file
        .check(scanner.rules(), now)
        .into_iter()
        .filter(|diagnostic| diagnostic.file == name && diagnostic.message.starts_with(&own))
        .collect();
    match about.iter().find(|diagnostic| diagnostic.level == tamis::Level::Error) {
        // The place is one in a file that is not written.
        Some(error) => Err(Failure::new(NOTHING, &error.message, "give other flags")),
        None => {
            about.iter().for_each(|warning| complain(Failure::new("beware", &warning.message, "it was written all the same")));
            Ok(())
        }
    }
}

/// The policy that is given, or the one that lies here. Without any, the default one's rules hold.
pub(super) fn policy(path: Option<&Path>) -> Result<PolicyFile, Failure> {
    let here = Path::new("tamis.toml");
    let Some(path) = path.or_else(|| here.exists().then_some(here)) else { return Ok(PolicyFile::default()) };
    let (name, text) = read(path, "cannot read the policy")?;
    PolicyFile::load(&name, &text).map_err(|mistakes| told(&mistakes, path))
}
