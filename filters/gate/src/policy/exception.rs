//! Exceptions: what a boundary would stop, and may pass for a while.

use jiff::Timestamp;
use serde::Serialize;

use super::condition::{Condition, Open, patterns};
use super::pattern::Kind;
use super::row::Place;
use super::ruling::Facts;
use super::written::{Reason, WrittenException, WrittenExceptionRules};
use crate::flow::Flow;

/// Most days from `created` to `expires`, unless a policy says otherwise.
const MAX_DAYS: u16 = 90;

/// Whether an exception is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionState {
    /// It holds.
    Active,
    /// Its time is over.
    Expired,
    /// It lasts longer than the policy lets it.
    TooLong,
    /// Its time has not come.
    NotYet,
    /// Who asked for it approved it, and the policy does not let them.
    SelfApproved,
    /// It has no ticket, and the policy asks for one.
    NoTicket,
}

impl ExceptionState {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ExceptionState::Active => "active",
            ExceptionState::Expired => "expired",
            ExceptionState::TooLong => "too-long",
            ExceptionState::NotYet => "not-yet",
            ExceptionState::SelfApproved => "self-approved",
            ExceptionState::NoTicket => "no-ticket",
        }
    }
}

/// What exceptions may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExceptionRules {
    pub(crate) max_days: u16,
    pub(crate) self_approval: bool,
    pub(crate) ticket_required: bool,
}

impl ExceptionRules {
    pub(crate) fn new(written: &WrittenExceptionRules) -> Self {
        ExceptionRules {
            max_days: written.max_days.unwrap_or(MAX_DAYS),
            self_approval: written.self_approval.unwrap_or(true),
            ticket_required: written.ticket_required.unwrap_or(false),
        }
    }
}

/// Lets findings in its scope pass, until it expires.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) fingerprints: Vec<String>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) reason: Reason,
    pub(crate) note: Option<String>,
    pub(crate) requested_by: String,
    pub(crate) approved_by: String,
    pub(crate) ticket: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
}

impl Exception {
    pub(crate) fn new(written: &WrittenException, place: Place) -> Self {
        let scope = &written.scope;
        let mut conditions: Vec<Condition> =
            scope.rule.as_ref().map(|texts| Condition::Rule(patterns(texts, Kind::Name))).into_iter().collect();
        conditions.extend(Condition::of_open(Open::Path, scope.path.as_ref()));
        conditions.extend(Condition::of_destination(scope.destination.as_ref()));
        Exception {
            id: written.id.0.clone(),
            place,
            fingerprints: scope.fingerprint.iter().flat_map(|all| all.0.iter().map(|text| text.0.clone())).collect(),
            conditions,
            reason: written.reason,
            note: written.note.clone(),
            requested_by: written.requested_by.clone(),
            approved_by: written.approved_by.clone(),
            ticket: written.ticket.clone(),
            created: written.created.first(),
            expires: written.expires.last(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Why it was made.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Why it was made, in words.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Who asked for it.
    #[must_use]
    pub fn requested_by(&self) -> &str {
        &self.requested_by
    }

    /// Who approved it.
    #[must_use]
    pub fn approved_by(&self) -> &str {
        &self.approved_by
    }

    /// Where it was talked about.
    #[must_use]
    pub fn ticket(&self) -> Option<&str> {
        self.ticket.as_deref()
    }

    /// From when on it holds.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The moment when it is over.
    #[must_use]
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// What it is for, for a person: `rule stripe.*, path tests/**`.
    #[must_use]
    pub fn scope(&self) -> String {
        let prints = self.fingerprints.iter().map(|print| format!("fingerprint {}", &print[..12]));
        let rest = self.conditions.iter().map(|condition| format!("{} {condition}", condition.key()));
        prints.chain(rest).collect::<Vec<_>>().join("; ")
    }

    /// Whether the finding is in its scope. An exception without a scope is for nothing.
    pub(crate) fn covers(&self, flow: &Flow, facts: &Facts<'_>) -> bool {
        let named = || facts.fingerprint.is_some_and(|print| self.names(&print.to_string()));
        (!self.fingerprints.is_empty() || !self.conditions.is_empty())
            && (self.fingerprints.is_empty() || named())
            && self.conditions.iter().all(|condition| condition.holds(flow, facts))
    }

    /// Whether one of its fingerprints is this one, or the start of it.
    fn names(&self, print: &str) -> bool {
        self.fingerprints.iter().any(|named| print.starts_with(named))
    }

    /// Whether it is in force.
    pub(crate) fn state(&self, rules: ExceptionRules, now: Timestamp) -> ExceptionState {
        let longest = i64::from(rules.max_days) * 24 * 60 * 60;
        // A day counts to its end, so from a day to one as many days later it is a day more.
        let lasts = self.expires.as_second() - self.created.as_second() - 24 * 60 * 60;
        if lasts > longest {
            ExceptionState::TooLong
        } else if now >= self.expires {
            ExceptionState::Expired
        } else if now < self.created {
            ExceptionState::NotYet
        } else if !rules.self_approval && self.requested_by == self.approved_by {
            ExceptionState::SelfApproved
        } else if rules.ticket_required && self.ticket.is_none() {
            ExceptionState::NoTicket
        } else {
            ExceptionState::Active
        }
    }
}
