//! How grave an event is, and what it says in one sentence.

use super::event::Event;
use super::what::What;
use crate::decision::Decision;

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// All is well.
    Info,
    /// Something was prevented.
    Warn,
    /// Something left that should not have, or cannot be told.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warn => "warn",
            Severity::Error => "error",
        }
    }

    /// The number that OpenTelemetry gives it.
    pub(super) fn otel(self) -> u8 {
        match self {
            Severity::Info => 9,
            Severity::Warn => 13,
            Severity::Error => 17,
        }
    }

    /// The number that OCSF gives it.
    pub(super) fn ocsf(self) -> u8 {
        match self {
            Severity::Info => 1,
            Severity::Warn => 3,
            Severity::Error => 4,
        }
    }

    /// OCSF's word for that number.
    pub(super) fn ocsf_name(self) -> &'static str {
        match self {
            Severity::Info => "Informational",
            Severity::Warn => "Medium",
            Severity::Error => "High",
        }
    }
}

/// How grave the event is.
#[must_use]
pub fn severity(event: &Event) -> Severity {
    match &event.what {
        What::Finding(finding) => match finding.decision {
            Decision::Allow => Severity::Info,
            Decision::Observe if finding.class.as_str().starts_with("secret") => Severity::Error,
            _ => Severity::Warn,
        },
        What::ToolCall(call) if call.decision == Decision::Block => Severity::Warn,
        What::SinkFailed(_) => Severity::Error,
        What::ExceptionRefused(_)
        | What::GrantRefused(_)
        | What::LimitHit(_)
        | What::LogRepaired(_)
        | What::RestoreRefused(_)
        | What::SessionQuarantined(_)
        | What::SessionRefused(_) => Severity::Warn,
        _ => Severity::Info,
    }
}

/// What the event says, for people.
///
/// ```
/// use tamis::audit::{Event, SessionReleased, What, sentence};
/// let what = What::SessionReleased(SessionReleased { by: "kim".into(), reason: "false alarm".into() });
/// let event = Event { time: tamis::Timestamp::UNIX_EPOCH, context: Default::default(), what };
/// assert_eq!(sentence(&event), "released from quarantine by kim: false alarm");
/// ```
#[must_use]
pub fn sentence(event: &Event) -> String {
    match &event.what {
        What::Checkpoint(checkpoint) => format!("all of the log up to here signed with key {}", checkpoint.key),
        What::ExceptionRefused(e) => format!("exception {} does not apply: {}", e.exception, e.why),
        What::ExceptionUsed(e) => {
            format!(
                "exception {} let {} {} pass; approved by {}, until {}",
                e.exception,
                e.rule,
                e.fingerprint.short(),
                e.approved_by,
                e.expires
            )
        }
        What::Finding(f) => {
            let by = match (&f.exception, &f.row) {
                (Some(exception), _) => format!("exception {exception}"),
                (None, Some(row)) => format!("row {row}"),
                (None, None) => "the default".to_owned(),
            };
            let what = past(f.decision);
            format!("{what} {} ({}, {}) {} by {by}", f.rule, f.class, f.confidence.as_str(), f.fingerprint.short())
        }
        What::GrantAccepted(g) => format!("grant {} of {} accepted, until {}", g.grant, g.subject, g.expires),
        What::GrantRefused(g) => match &g.grant {
            Some(grant) => format!("grant {grant} refused: {}", g.why),
            None => format!("refused without a grant: {}", g.why),
        },
        What::Inspected(i) if i.classes.is_empty() => format!("{} bytes, nothing found", i.bytes),
        What::Inspected(i) => {
            let classes: Vec<String> = i.classes.iter().map(|(class, count)| format!("{class} ×{count}")).collect();
            format!("{} bytes with {}: {}", i.bytes, classes.join(", "), past(i.decision))
        }
        What::LimitHit(l) => format!("a limit was hit at byte {}: what follows was taken for text", l.offset),
        What::LogOpened(l) => format!("log begun by {}", l.writer),
        What::LogRepaired(l) => format!("log repaired: {} bytes of a torn record cut off, {} unannounced records kept", l.cut, l.kept),
        What::LogRotated(l) => format!("log goes on in a new file; this one is {} from now on", l.file),
        What::PolicyLoaded(p) => format!("policy {} in force", p.digest),
        What::RestoreRefused(r) => format!("token not restored in {}: {}", r.scope, r.why),
        What::Restored(r) => format!("token restored in {}: {}", r.scope, r.fingerprint.short()),
        What::SessionQuarantined(s) => format!("put in quarantine by {}: {}", s.by, s.reason),
        What::SessionRefused(s) => format!("refused: {}", s.reason),
        What::SessionReleased(s) => format!("released from quarantine by {}: {}", s.by, s.reason),
        What::SessionStarted(s) => match (&s.client, &s.user) {
            (Some(client), Some(user)) => format!("session of {user} began in {client}"),
            (Some(client), None) => format!("session began in {client}"),
            (None, Some(user)) => format!("session of {user} began"),
            (None, None) => "session began".to_owned(),
        },
        What::SinkFailed(s) => format!("sink {} failed: {}", s.sink, s.why),
        What::SinkRecovered(s) => format!("sink {} works again; {} events are not in it", s.sink, s.missed),
        What::ToolCall(call) => {
            let row = call.row.as_ref().map_or("the default".to_owned(), |row| format!("row {row}"));
            let reason = call.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
            let verb = if call.decision == Decision::Block { "refused" } else { "allowed" };
            format!("call {verb} by {row}{reason}")
        }
    }
}

/// What was done, in one word.
#[must_use]
pub fn past(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allowed",
        Decision::Observe => "observed",
        Decision::Redact => "redacted",
        Decision::Tokenize => "tokenized",
        Decision::Block => "blocked",
    }
}
