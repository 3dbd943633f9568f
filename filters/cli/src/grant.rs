//! `tamis grant`: issuing and verifying signed grants.

use std::io::{self, Read, Write};
use std::path::Path;
use std::{env, fs};

use tamis::audit::{GrantAccepted, GrantRefused, What};
use tamis::grant::{Check, Claims, Grant, GrantKeys, IssuingKey, Scope};
use tamis::session::Id;
use tamis::{Destination, Flow, SigningKey, Timestamp};

use crate::args::{End, ExpectedArgs, GrantArgs, GrantCommand, IssueArgs, ReachArgs, VerifyArgs};
use crate::audit;
use crate::failure::{Exit, Failure, complain};
use crate::scan::cannot_write;
use crate::session::{Store, named};
use crate::{fd, jsonl};

/// Holds a grant where no file does.
const VARIABLE: &str = "TAMIS_GRANT";
/// Longest grant that is read.
const LONGEST: u64 = 64 * 1024;

/// Runs the command.
pub(crate) fn run(args: &GrantArgs) -> Result<Exit, Failure> {
    match &args.command {
        GrantCommand::Issue(args) => issue(args),
        GrantCommand::Verify(args) => verify(args),
    }
}

fn issue(args: &IssueArgs) -> Result<Exit, Failure> {
    let key = issuing_key(&args.key)?;
    let now = Timestamp::now();
    let expires = match args.expires {
        End::After(seconds) => now + std::time::Duration::from_secs(seconds.into()),
        End::At(time) => time,
    };
    if expires <= now {
        return Err(Failure::new("bad grant", expires, "it would have ended already: give a later --expires"));
    }
    let list = |names: &Vec<String>| (!names.is_empty()).then(|| names.clone());
    let ReachArgs { tool, repository, destination } = &args.reach;
    let claims = Claims {
        id: new_id()?,
        subject: args.agent.clone(),
        issued: now,
        expires,
        session: args.session.as_deref().map(named).transpose()?,
        audience: args.audience.clone(),
        scope: Scope { repositories: list(repository), tools: list(tool), destinations: list(destination) },
    };
    writeln!(io::stdout(), "{}", key.issue(&claims)).map_err(|error| cannot_write(&error))?;
    Ok(Exit::Clean)
}

fn issuing_key(path: &Path) -> Result<IssuingKey, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the grant key", path, &error))?;
    let bad = |why: &dyn std::fmt::Display| Failure::new("bad grant key", path.display(), why);
    if bytes.starts_with(b"-----BEGIN") {
        let text = String::from_utf8_lossy(&bytes);
        return SigningKey::from_pem(&text).map(IssuingKey::Ed25519).map_err(|error| bad(&error));
    }
    if bytes.starts_with(b"{") {
        return Err(bad(&"a JWKS document verifies, and issues nothing"));
    }
    let secret = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    IssuingKey::secret(secret.strip_suffix(b"\r").unwrap_or(secret)).map_err(|error| bad(&error))
}

fn new_id() -> Result<String, Failure> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new("cannot make an id", "the system's random numbers", error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn verify(args: &VerifyArgs) -> Result<Exit, Failure> {
    let session = args.session.as_deref().map(named).transpose()?;
    let now = Timestamp::now();
    let keys = keys(&args.key)?;
    let token = given(args.grant.as_deref())?;
    let token = token.ok_or_else(|| Failure::new("no grant", "there is nothing to verify", format!("give a file, or set {VARIABLE}")))?;
    let refused = |grant: Option<&Grant>, why: &dyn std::fmt::Display| {
        let event = GrantRefused { grant: grant.map(|grant| grant.id.clone()), why: why.to_string().into() };
        audit::record(&args.record, session.as_ref(), What::GrantRefused(event))?;
        complain(format_args!("grant refused: {why}"));
        Ok(Exit::Blocked)
    };
    let ExpectedArgs { audience, issuer } = &args.expected;
    let grant = match held_against(&keys, &token, audience, issuer.as_deref(), session.as_ref(), now) {
        Ok(grant) => grant,
        Err(why) => return refused(None, &why),
    };
    for flow in asked(&args.reach) {
        if let Err(beyond) = grant.scope.permits(&flow) {
            return refused(Some(&grant), &beyond);
        }
    }
    if let Some(session) = &session
        && let Err(why) = Store::open(&args.state)?.claim(&grant, session, now)?
    {
        return refused(Some(&grant), &why);
    }
    let Grant { id, subject, expires, .. } = grant.clone();
    audit::record(&args.record, session.as_ref(), What::GrantAccepted(GrantAccepted { expires, grant: id, subject }))?;
    let mut out = io::stdout().lock();
    let written = if args.format.is_human() { out.write_all(text(&grant).as_bytes()) } else { jsonl::line(&mut out, &grant) };
    written.map_err(|error| cannot_write(&error))?;
    Ok(Exit::Clean)
}

/// The grant that a token holds, if it is good.
pub(crate) fn held_against(
    keys: &GrantKeys,
    token: &str,
    audience: &str,
    issuer: Option<&str>,
    session: Option<&Id>,
    now: Timestamp,
) -> Result<Grant, tamis::grant::Refusal> {
    keys.verify(token, &Check { now, session, audience, issuer })
}

/// The keys of a file.
pub(crate) fn keys(path: &Path) -> Result<GrantKeys, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the grant keys", path, &error))?;
    GrantKeys::parse(&bytes).map_err(|bad| Failure::new("bad grant keys", path.display(), bad))
}

/// The text of a grant, from a file or the environment, if there is one.
pub(crate) fn given(path: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(path) = path else {
        return Ok(env::var(VARIABLE).ok().filter(|grant| !grant.is_empty()));
    };
    let mut text = Vec::new();
    let source = if path.as_os_str() == "-" { fd::stdin() } else { fs::File::open(path) };
    let read = source.and_then(|source| source.take(LONGEST).read_to_end(&mut text));
    read.map_err(|error| Failure::file("cannot read the grant", path, &error))?;
    Ok(Some(String::from_utf8_lossy(&text).into_owned()))
}

/// What is asked of a grant, one thing after the other.
fn asked(reach: &ReachArgs) -> impl Iterator<Item = Flow> {
    let tools = reach.tool.iter().map(|tool| Flow { tool: Some(tool.clone()), ..Flow::default() });
    let repositories = reach.repository.iter().map(|name| Flow { labels: [format!("repository={name}")].into(), ..Flow::default() });
    let hosts = reach
        .destination
        .iter()
        .map(|host| Flow { destination: Destination { host: Some(host.clone()), ..Destination::default() }, ..Flow::default() });
    tools.chain(repositories).chain(hosts)
}

fn text(grant: &Grant) -> String {
    let list = |names: &Option<Vec<String>>| match names {
        None => "as policy says".to_owned(),
        Some(names) if names.is_empty() => "none".to_owned(),
        Some(names) => names.join(", "),
    };
    let mut text = format!("grant {}\n  agent         {}\n", grant.id, grant.subject);
    if let Some(issuer) = &grant.issuer {
        text += &format!("  issuer        {issuer}\n");
    }
    let session = grant.session.as_ref().map_or("the first that uses it".to_owned(), ToString::to_string);
    text += &format!("  session       {session}\n  expires       {}\n", grant.expires.strftime("%Y-%m-%dT%H:%M:%SZ"));
    for (name, names) in
        [("tools", &grant.scope.tools), ("repositories", &grant.scope.repositories), ("destinations", &grant.scope.destinations)]
    {
        text += &format!("  {name:<13} {}\n", list(names));
    }
    // What a grant says comes from outside: it must not write to a terminal.
    text.split_inclusive('\n').map(|line| crate::failure::one_line(line.trim_end_matches('\n')) + "\n").collect()
}
