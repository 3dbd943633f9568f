//! A session as the gate knows it, and when it is stopped.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::Id;
use super::ids::Source;
use super::leak::Leaks;
use super::rules::SessionRules;
use crate::audit::{SessionQuarantined, SessionRefused, SessionReleased, What};
use crate::decision::Decision;
use crate::fingerprint::Fingerprint;
use crate::name::Name;
use crate::selection::is_below;

/// Who quarantines where no person does.
const BY_RULE: &str = "session-rules";
/// Most acts that are kept.
const MOST_ACTS: usize = 100;

/// What is kept of a session: its standing, what was counted, and what left. It holds no byte of a payload.
///
/// All of it is a function of what is told to it and when; whoever calls has the clock and keeps the state.
///
/// ```
/// use tamis::Timestamp;
/// use tamis::session::{Id, Incident, Session, SessionRules};
///
/// let rules = SessionRules { max_blocks: Some(1), ..SessionRules::default() };
/// let now = Timestamp::UNIX_EPOCH;
/// let mut session = Session::new(Id::new("s-1").unwrap(), None, now);
/// assert!(session.note(&rules, &Incident::ToolRefused, now).is_none());
/// assert!(session.note(&rules, &Incident::ToolRefused, now).is_some(), "one more than may be");
/// assert!(session.admit(&rules, now).refused.is_some());
/// session.release("dana".into(), "the tool is allowed now".into(), now);
/// assert!(session.admit(&rules, now).refused.is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Its id.
    pub id: Id,
    /// The program that runs it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// When it was first seen.
    pub started: Timestamp,
    /// When it was last seen.
    pub seen: Timestamp,
    /// Whether what it sends is let through.
    pub standing: Standing,
    /// Blocked findings and refused tool calls, since it started or was last released.
    pub blocks: u64,
    /// Findings by class, since it started or was last released.
    pub findings: BTreeMap<Name, u64>,
    /// The grant that it runs under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Granted>,
    /// What went out as it was.
    #[serde(default, skip_serializing_if = "Leaks::is_empty")]
    pub left: Leaks,
    /// Each time it was put in quarantine or released, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
}

/// Whether what a session sends is let through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Standing {
    /// It is.
    Open,
    /// It is not, until somebody releases the session.
    Quarantined {
        /// Since when.
        since: Timestamp,
        /// Who did it: a person, or `session-rules`.
        by: Name,
        /// Why.
        reason: Name,
    },
}

/// The grant that a session runs under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Granted {
    /// Its id.
    pub id: Name,
    /// When it ends.
    pub expires: Timestamp,
}

/// Somebody stopped a session, or let it go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub done: Done,
    /// Who.
    pub by: Name,
    /// Why.
    pub reason: Name,
}

/// What was done to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// It was put in quarantine.
    Quarantined,
    /// It was released.
    Released,
}

/// What a session's rules count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incident {
    /// Something was found in what the session sent.
    Found {
        /// The rule that found it.
        rule: Name,
        /// Its class, a path.
        class: Name,
        /// What became of it.
        decision: Decision,
        /// Names the value without telling it.
        fingerprint: Fingerprint,
        /// Where it was going, as far as that is known.
        to: Option<Name>,
    },
    /// A tool call was refused.
    ToolRefused,
}

/// Whether a session may send something now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// Asking put it in quarantine.
    pub quarantined: Option<SessionQuarantined>,
    /// It may not.
    pub refused: Option<SessionRefused>,
}

impl SessionRules {
    /// Whether something without a session id may pass.
    #[must_use]
    pub fn admit_unnamed(&self) -> Admission {
        let why = match self {
            SessionRules { id_required: true, .. } => Some("it has no session id"),
            SessionRules { grant_required: true, .. } => Some("it has no session id, so no grant"),
            _ => None,
        };
        Admission { quarantined: None, refused: why.map(|why| SessionRefused { reason: why.into() }) }
    }
}

impl Session {
    /// A session that is seen for the first time.
    #[must_use]
    pub fn new(id: Id, source: Option<Source>, now: Timestamp) -> Self {
        Session {
            id,
            source,
            started: now,
            seen: now,
            standing: Standing::Open,
            blocks: 0,
            findings: BTreeMap::new(),
            grant: None,
            left: Leaks::default(),
            acts: Vec::new(),
        }
    }

    /// Whether it may send something now. A grant that has run out puts it in quarantine.
    pub fn admit(&mut self, rules: &SessionRules, now: Timestamp) -> Admission {
        self.seen = self.seen.max(now);
        let mut quarantined = None;
        if self.grant.as_ref().is_some_and(|grant| grant.expires <= now) {
            quarantined = self.quarantine(BY_RULE.into(), "its grant has run out".into(), now);
        }
        let why = match &self.standing {
            Standing::Quarantined { reason, .. } => Some(format!("it is in quarantine: {reason}")),
            Standing::Open if rules.grant_required && self.grant.is_none() => Some("it has no grant".to_owned()),
            Standing::Open => None,
        };
        Admission { quarantined, refused: why.map(|why| SessionRefused { reason: Name::from(why) }) }
    }

    /// Counts what happened. Answers with the quarantine that it leads to, once.
    pub fn note(&mut self, rules: &SessionRules, incident: &Incident, now: Timestamp) -> Option<SessionQuarantined> {
        self.seen = self.seen.max(now);
        match incident {
            Incident::ToolRefused => self.blocks += 1,
            // What is not worth a report is not counted either, but it went out.
            Incident::Found { rule, class, decision, fingerprint, to } => {
                if decision.passes() {
                    self.left.add(*fingerprint, rule, class, to.as_ref(), now);
                }
                self.blocks += u64::from(*decision == Decision::Block);
                if *decision != Decision::Allow {
                    *self.findings.entry(class.clone()).or_default() += 1;
                }
            }
        }
        let reason = self.breach(rules)?;
        self.quarantine(BY_RULE.into(), reason, now)
    }

    /// The rule that is broken, if one is.
    fn breach(&self, rules: &SessionRules) -> Option<Name> {
        if let Some(max) = rules.max_blocks.filter(|max| self.blocks > u64::from(*max)) {
            return Some(format!("{} blocked, and {max} may be", self.blocks).into());
        }
        rules.max_findings.iter().find_map(|(path, max)| {
            let count: u64 = self.findings.iter().filter(|(class, _)| is_below(class.as_str(), path)).map(|(_, count)| count).sum();
            (count > u64::from(*max)).then(|| format!("{count} findings of {path}, and {max} may be").into())
        })
    }

    /// Stops it. Answers nothing where it is stopped already.
    pub fn quarantine(&mut self, by: Name, reason: Name, now: Timestamp) -> Option<SessionQuarantined> {
        if self.is_quarantined() {
            return None;
        }
        self.standing = Standing::Quarantined { since: now, by: by.clone(), reason: reason.clone() };
        self.act(Act { at: now, done: Done::Quarantined, by: by.clone(), reason: reason.clone() });
        Some(SessionQuarantined { by, reason })
    }

    /// Lets it go on, and counts anew. A grant that has run out is gone: the session needs another one. Answers nothing
    /// where it is not stopped.
    pub fn release(&mut self, by: Name, reason: Name, now: Timestamp) -> Option<SessionReleased> {
        if !self.is_quarantined() {
            return None;
        }
        self.standing = Standing::Open;
        self.blocks = 0;
        self.findings.clear();
        self.grant = self.grant.take().filter(|grant| grant.expires > now);
        self.act(Act { at: now, done: Done::Released, by: by.clone(), reason: reason.clone() });
        Some(SessionReleased { by, reason })
    }

    /// Does what somebody decided elsewhere, once: nothing that was decided before the last act, or is still to come. Answers
    /// with what happened, if anything did.
    pub fn carry_out(&mut self, act: &Act, now: Timestamp) -> Option<What> {
        if act.at > now || self.acts.last().is_some_and(|last| last.at >= act.at) {
            return None;
        }
        let (by, reason) = (act.by.clone(), act.reason.clone());
        match act.done {
            Done::Quarantined => self.quarantine(by, reason, act.at).map(What::SessionQuarantined),
            Done::Released => self.release(by, reason, act.at).map(What::SessionReleased),
        }
    }

    /// Whether it is stopped.
    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        matches!(self.standing, Standing::Quarantined { .. })
    }

    fn act(&mut self, act: Act) {
        if self.acts.len() >= MOST_ACTS {
            self.acts.remove(0);
        }
        self.acts.push(act);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::FingerprintKey;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn session() -> Session {
        Session::new(Id::new("s").unwrap(), None, at(0))
    }

    fn found(class: &str, decision: Decision) -> Incident {
        let fingerprint = FingerprintKey::default().value(class.as_bytes());
        Incident::Found { rule: "a.b".into(), class: class.into(), decision, fingerprint, to: Some("api.example".into()) }
    }

    #[test]
    fn too_many_findings_of_a_class_and_those_below_it() {
        let rules = SessionRules { max_findings: [("secret".to_owned(), 2)].into(), ..SessionRules::default() };
        let mut session = session();
        for incident in [
            found("pii/email", Decision::Redact),
            found("secret/api-key", Decision::Redact),
            found("secret/password", Decision::Allow),
            found("secrets", Decision::Redact),
            found("secret/password", Decision::Tokenize),
        ] {
            assert_eq!(session.note(&rules, &incident, at(1)), None);
        }
        let quarantined = session.note(&rules, &found("secret/password", Decision::Observe), at(2)).unwrap();
        assert_eq!((quarantined.by.as_str(), quarantined.reason.as_str()), ("session-rules", "3 findings of secret, and 2 may be"));
        assert_eq!(session.note(&rules, &found("secret/password", Decision::Redact), at(3)), None, "it is told once");
    }

    #[test]
    fn what_was_decided_elsewhere_is_done_once() {
        let act = |second, done| Act { at: at(second), done, by: "dana".into(), reason: "why".into() };
        let mut session = session();
        assert_eq!(session.carry_out(&act(5, Done::Released), at(9)), None, "it is not stopped");
        assert_eq!(session.carry_out(&act(5, Done::Quarantined), at(4)), None, "that is still to come");
        assert!(session.carry_out(&act(5, Done::Quarantined), at(9)).is_some() && session.is_quarantined());
        assert_eq!(session.carry_out(&act(4, Done::Released), at(9)), None, "that was before");
        assert!(session.carry_out(&act(6, Done::Released), at(9)).is_some() && !session.is_quarantined());
        assert_eq!(session.carry_out(&act(5, Done::Quarantined), at(9)), None, "that is done");
        session.quarantine("session-rules".into(), "again".into(), at(7)).unwrap();
        assert_eq!(session.carry_out(&act(6, Done::Released), at(9)), None, "that was another time");
    }

    #[test]
    fn what_went_out_is_listed_for_rotation() {
        let mut session = session();
        for (second, decision) in [(1, Decision::Observe), (2, Decision::Redact), (3, Decision::Allow), (4, Decision::Block)] {
            session.note(&SessionRules::default(), &found("secret/api-key", decision), at(second));
        }
        let leaks: Vec<_> = session.left.iter().map(|(_, leak)| leak).collect();
        assert_eq!((leaks.len(), leaks[0].times, leaks[0].first, leaks[0].last), (1, 2, at(1), at(3)));
        assert_eq!((leaks[0].rule.as_str(), leaks[0].to.len()), ("a.b", 1));
    }

    #[test]
    fn a_grant_that_runs_out_stops_the_session() {
        let rules = SessionRules { grant_required: true, ..SessionRules::default() };
        let mut session = session();
        let reason = |admission: Admission| admission.refused.map(|refused| refused.reason.as_str().to_owned());
        assert_eq!(reason(session.admit(&rules, at(1))).as_deref(), Some("it has no grant"));
        session.grant = Some(Granted { id: "g".into(), expires: at(10) });
        assert_eq!(reason(session.admit(&rules, at(9))), None);
        let admission = session.admit(&rules, at(10));
        assert!(admission.quarantined.is_some());
        assert_eq!(reason(admission).as_deref(), Some("it is in quarantine: its grant has run out"));
        session.release("dana".into(), "a new one comes".into(), at(11)).unwrap();
        assert_eq!(reason(session.admit(&rules, at(12))).as_deref(), Some("it has no grant"));
    }

    #[test]
    fn what_has_no_id_is_refused_where_one_is_required() {
        assert_eq!(SessionRules::default().admit_unnamed(), Admission::default());
        for rules in [
            SessionRules { id_required: true, ..SessionRules::default() },
            SessionRules { grant_required: true, ..SessionRules::default() },
        ] {
            assert!(rules.admit_unnamed().refused.is_some());
        }
    }

    proptest! {
        /// From a quarantine on everything is refused, whatever comes, until a release; and the state survives its file.
        #[test]
        fn a_session_in_quarantine_sends_nothing(steps in prop::collection::vec(0..6u8, 0..40), max in 0..4u32) {
            let rules = SessionRules { max_blocks: Some(max), ..SessionRules::default() };
            let (mut session, mut stopped, mut blocks) = (session(), false, 0);
            for (i, step) in steps.into_iter().enumerate() {
                let now = at(i as i64);
                match step {
                    0 | 1 => {
                        blocks += 1;
                        let told = session.note(&rules, &Incident::ToolRefused, now).is_some();
                        prop_assert_eq!(told, !stopped && blocks > max);
                        stopped |= told;
                    }
                    2 => drop(session.note(&rules, &found("secret/x", Decision::Redact), now)),
                    3 => {
                        prop_assert_eq!(session.quarantine("dana".into(), "x".into(), now).is_some(), !stopped);
                        stopped = true;
                    }
                    4 => {
                        prop_assert_eq!(session.release("dana".into(), "x".into(), now).is_some(), stopped);
                        blocks = if stopped { 0 } else { blocks };
                        stopped = false;
                    }
                    _ => prop_assert!(session.admit(&rules, now).quarantined.is_none()),
                }
                prop_assert_eq!(session.admit(&rules, now).refused.is_some(), stopped);
                let json = serde_json::to_string(&session).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Session>(&json).unwrap(), &session);
            }
        }
    }
}
