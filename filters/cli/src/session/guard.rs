//! Whether a session may send what flows, and what it is charged with.

use std::fs;
use std::time::SystemTime;

use tamis::audit::{GrantAccepted, GrantRefused, SessionRefused, SessionStarted, What};
use tamis::grant::{Grant, Replay};
use tamis::session::{Granted, Id, Incident, Session, SessionRules};
use tamis::{Decided, Flow, Name, Rule, Timestamp};

use super::{Store, named};
use crate::args::{GuardArgs, SessionArgs};
use crate::failure::Failure;
use crate::grant;
use crate::judge::Judge;

/// The session of a run, kept in step with the state that all processes share.
pub(crate) struct Guard {
    store: Store,
    id: Id,
    rules: SessionRules,
    to: Option<Name>,
    charges: Vec<Incident>,
    /// When the state was last changed, as far as this process knows.
    stamp: Option<SystemTime>,
}

/// How a run begins.
#[derive(Default)]
pub(crate) struct Entry {
    /// The session that is charged, if there is one, and how it stands.
    pub(crate) guard: Option<(Guard, Session)>,
    /// What happened on the way in.
    pub(crate) events: Vec<What>,
    /// Why nothing may pass, if so.
    pub(crate) refused: Option<Failure>,
}

/// What charging a session led to.
#[derive(Default)]
pub(crate) struct Settled {
    pub(crate) events: Vec<What>,
    /// Why nothing may pass any more, if so.
    pub(crate) stopped: Option<Failure>,
}

impl Entry {
    fn refuse(mut self, place: &str, event: What, reason: &Name) -> Self {
        self.events.push(event);
        self.refused = Some(Failure::blocked("session refused", place, reason));
        self
    }
}

impl Guard {
    /// Asks whether something may be sent at all.
    pub(crate) fn enter(session: &SessionArgs, args: &GuardArgs, judge: &Judge, flow: &Flow) -> Result<Entry, Failure> {
        let rules = judge.policy.session_rules(flow);
        let (now, mut entry) = (Timestamp::now(), Entry::default());
        let Some(id) = &session.session else {
            if args.grant.is_some() {
                return Err(Failure::new("bad command line", "--grant without --session", "a grant belongs to a session: name it"));
            }
            return Ok(match rules.admit_unnamed().refused {
                Some(refused) => entry.refuse("no session", What::SessionRefused(refused.clone()), &refused.reason),
                None => entry,
            });
        };
        let id = named(id)?;
        let store = Store::open(&args.state)?;
        let mut granted = None;
        match shown(args, &rules, &store, &id, flow, now)? {
            Shown::Nothing => {}
            Shown::Good(grant, replay) => {
                let Grant { id, subject, expires, .. } = grant;
                if replay == Replay::First {
                    entry.events.push(What::GrantAccepted(GrantAccepted { expires, grant: id.clone(), subject }));
                }
                granted = Some(Granted { id, expires });
            }
            Shown::Refused(refused) => {
                let reason = Name::from(format!("its grant is refused: {}", refused.why));
                return Ok(entry.refuse(id.as_str(), What::GrantRefused(refused), &reason));
            }
        }
        // Who only knows a session's name has none of its rights.
        let unshown = rules.grant_required && granted.is_none();
        let (session, new, admission) = store.update(&id, |slot| {
            let new = slot.is_none();
            let session = slot.get_or_insert_with(|| Session::new(id.clone(), None, now));
            session.grant = granted.or(session.grant.take());
            let admission = session.admit(&rules, now);
            Ok((session.clone(), new, admission))
        })?;
        if new {
            entry.events.push(What::SessionStarted(SessionStarted { client: None, user: None }));
        }
        entry.events.extend(admission.quarantined.map(What::SessionQuarantined));
        let unshown = unshown.then(|| SessionRefused { reason: "it shows no grant".into() });
        if let Some(refused) = admission.refused.or(unshown) {
            return Ok(entry.refuse(id.as_str(), What::SessionRefused(refused.clone()), &refused.reason));
        }
        let to = flow.destination.host.as_deref().or(flow.destination.route.as_deref()).map(Name::new);
        let stamp = stamp(&store, &id);
        entry.guard = Some((Guard { store, id, rules, to, charges: Vec::new(), stamp }, session));
        Ok(entry)
    }

    /// The rules that the session is held against.
    pub(crate) fn rules(&self) -> &SessionRules {
        &self.rules
    }

    /// Something was found in what the session sends.
    pub(crate) fn found(&mut self, decided: &Decided, rule: &Rule) {
        self.charges.push(decided.incident(rule, self.to.clone()));
    }

    /// A tool call of the session was refused.
    pub(crate) fn tool_refused(&mut self) {
        self.charges.push(Incident::ToolRefused);
    }

    /// Brings the charges to the shared state, and asks whether the session may go on: another process may have stopped
    /// it.
    pub(crate) fn settle(&mut self) -> Result<Settled, Failure> {
        if self.charges.is_empty() && stamp(&self.store, &self.id) == self.stamp {
            return Ok(Settled::default());
        }
        let (id, rules, charges, now) = (&self.id, &self.rules, std::mem::take(&mut self.charges), Timestamp::now());
        let settled = self.store.update(id, |slot| {
            let session = slot.get_or_insert_with(|| Session::new(id.clone(), None, now));
            let events = charges.iter().filter_map(|charge| session.note(rules, charge, now)).map(What::SessionQuarantined).collect();
            let refused = session.admit(rules, now).refused;
            let stopped = refused.map(|SessionRefused { reason }| Failure::blocked("session stopped", id, reason));
            Ok(Settled { events, stopped })
        })?;
        self.stamp = stamp(&self.store, &self.id);
        Ok(settled)
    }
}

/// What a session shows for itself.
enum Shown {
    Nothing,
    Good(Grant, Replay),
    Refused(GrantRefused),
}

fn shown(args: &GuardArgs, rules: &SessionRules, store: &Store, session: &Id, flow: &Flow, now: Timestamp) -> Result<Shown, Failure> {
    let Some(key) = &args.grant_key else {
        return match (&args.grant, rules.grant_required) {
            (Some(_), _) => Err(Failure::new("bad command line", "--grant without --grant-key", "name the key that verifies it")),
            (None, _) => Ok(Shown::Nothing),
        };
    };
    let keys = grant::keys(key)?;
    let Some(token) = grant::given(args.grant.as_deref())? else { return Ok(Shown::Nothing) };
    let refused = |grant: Option<&Grant>, why: &dyn std::fmt::Display| {
        Shown::Refused(GrantRefused { grant: grant.map(|grant| grant.id.clone()), why: Name::from(why.to_string()) })
    };
    let grant = match grant::held_against(&keys, &token, &args.grant_audience, args.grant_issuer.as_deref(), Some(session), now) {
        Ok(grant) => grant,
        Err(why) => return Ok(refused(None, &why)),
    };
    if let Err(beyond) = grant.scope.permits(flow) {
        return Ok(refused(Some(&grant), &beyond));
    }
    Ok(match store.claim(&grant, session, now)? {
        Ok(replay) => Shown::Good(grant, replay),
        Err(why) => refused(Some(&grant), &why),
    })
}

/// When a session's state was last changed.
fn stamp(store: &Store, id: &Id) -> Option<SystemTime> {
    fs::metadata(store.path(id)).and_then(|state| state.modified()).ok()
}
