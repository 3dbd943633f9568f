//! All that can happen.
//!
//! Fields stand in the order of the alphabet: so the form that serde writes is the canonical one, byte for byte.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tamis_engine::{Confidence, Verdict};

use crate::decision::Decision;
use crate::engine::Layer;
use crate::fingerprint::Fingerprint;
use crate::limit::Limit;
use crate::name::Name;

/// What happened. The list is closed: a log holds nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Everything before was signed.
    Checkpoint(Checkpoint),
    /// An exception was found but does not apply.
    ExceptionRefused(ExceptionRefused),
    /// An exception let something pass.
    ExceptionUsed(ExceptionUsed),
    /// Something was found, and it was decided what becomes of it.
    Finding(FindingDecided),
    /// A session grant was good.
    GrantAccepted(GrantAccepted),
    /// A session grant was not good, or missing.
    GrantRefused(GrantRefused),
    /// A text was read to its end.
    Inspected(Inspected),
    /// A limit was hit: some bytes were not read as closely as the others.
    LimitHit(LimitReached),
    /// A log begins.
    LogOpened(LogOpened),
    /// The log was found with an end that nobody had been told of, and was put in order.
    LogRepaired(LogRepaired),
    /// The log goes on in another file.
    LogRotated(LogRotated),
    /// A policy came into force.
    PolicyLoaded(PolicyLoaded),
    /// A token was not turned back into its value.
    RestoreRefused(RestoreRefused),
    /// A token was turned back into its value.
    Restored(Restored),
    /// From now on the session is refused.
    SessionQuarantined(SessionQuarantined),
    /// Something a session sent was refused because of the session.
    SessionRefused(SessionRefused),
    /// A session in quarantine may go on.
    SessionReleased(SessionReleased),
    /// A session was seen for the first time.
    SessionStarted(SessionStarted),
    /// A sink could not store events.
    SinkFailed(SinkFailed),
    /// It can again.
    SinkRecovered(SinkRecovered),
    /// A tool was called, and it was decided whether it may be.
    ToolCall(ToolCall),
}

impl What {
    /// The word that stands for it in a record.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            What::Checkpoint(_) => "checkpoint",
            What::ExceptionRefused(_) => "exception-refused",
            What::ExceptionUsed(_) => "exception-used",
            What::Finding(_) => "finding",
            What::GrantAccepted(_) => "grant-accepted",
            What::GrantRefused(_) => "grant-refused",
            What::Inspected(_) => "inspected",
            What::LimitHit(_) => "limit-hit",
            What::LogOpened(_) => "log-opened",
            What::LogRepaired(_) => "log-repaired",
            What::LogRotated(_) => "log-rotated",
            What::PolicyLoaded(_) => "policy-loaded",
            What::RestoreRefused(_) => "restore-refused",
            What::Restored(_) => "restored",
            What::SessionQuarantined(_) => "session-quarantined",
            What::SessionRefused(_) => "session-refused",
            What::SessionReleased(_) => "session-released",
            What::SessionStarted(_) => "session-started",
            What::SinkFailed(_) => "sink-failed",
            What::SinkRecovered(_) => "sink-recovered",
            What::ToolCall(_) => "tool-call",
        }
    }
}

/// A finding, and what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingDecided {
    /// Its class, a path.
    pub class: Name,
    /// Column of the first byte, in bytes from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// How sure the engine is.
    pub confidence: Confidence,
    /// What became of it.
    pub decision: Decision,
    /// Offset after the last byte.
    pub end: u64,
    /// Id of the exception that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Name>,
    /// Names the value without telling it.
    pub fingerprint: Fingerprint,
    /// Encodings that were undone, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<Layer>,
    /// Line of the first byte, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Id of the policy row that decided; none where the default did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Name>,
    /// The rule that found it.
    pub rule: Name,
    /// Offset of the first byte, from 0.
    pub start: u64,
    /// What the validator said.
    pub verdict: Verdict,
}

/// A text that was read to its end: a message, a tool's input or output, a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspected {
    /// How much was read.
    pub bytes: u64,
    /// How often each class was found in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<Name, u64>,
    /// What became of it: the hardest decision about anything in it.
    pub decision: Decision,
}

/// A tool that was called. Its arguments are not recorded; what was found in them is, in events of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolCall {
    /// Whether it may be called.
    pub decision: Decision,
    /// Why: the condition that did not hold, in the policy's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Name>,
    /// Id of the policy row that decided; none where the default did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Name>,
}

/// An exception that let something pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionUsed {
    /// Who approved it.
    pub approved_by: Name,
    /// Its id.
    pub exception: Name,
    /// When it ends.
    pub expires: Timestamp,
    /// What passed.
    pub fingerprint: Fingerprint,
    /// The rule that found it.
    pub rule: Name,
}

/// An exception that matches and does not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRefused {
    /// Its id.
    pub exception: Name,
    /// What it would have let pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Why it does not apply.
    pub why: Name,
}

/// A value that was put back in place of its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// The value's fingerprint.
    pub fingerprint: Fingerprint,
    /// Id of the key that opened the token.
    pub key: Name,
    /// Id of the policy row that allowed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Name>,
    /// The scope that the token belongs to.
    pub scope: Name,
}

/// A token that stayed as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestoreRefused {
    /// Id of the policy row that forbade it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Name>,
    /// The scope it was to be restored in.
    pub scope: Name,
    /// Why.
    pub why: Name,
}

/// A session that was seen for the first time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionStarted {
    /// The program that says so, such as `claude-code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Name>,
    /// Who asked, as far as the client tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Name>,
}

/// A session that is refused from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionQuarantined {
    /// Who did it: a person, or the session rule.
    pub by: Name,
    /// Why.
    pub reason: Name,
}

/// A session that may go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionReleased {
    /// Who decided so.
    pub by: Name,
    /// Why.
    pub reason: Name,
}

/// Something that was refused because of its session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRefused {
    /// Why: it has no id, or it is in quarantine.
    pub reason: Name,
}

/// A session grant that was good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantAccepted {
    /// When it ends.
    pub expires: Timestamp,
    /// Its id.
    pub grant: Name,
    /// Whom it was given to.
    pub subject: Name,
}

/// A session grant that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRefused {
    /// Its id, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Name>,
    /// Why.
    pub why: Name,
}

/// A limit that the input ran into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitReached {
    /// Which limit.
    pub kind: Limit,
    /// Where.
    pub offset: u64,
}

/// A policy that came into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyLoaded {
    /// SHA-256 of its canonical form.
    pub digest: Name,
    /// The file, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Name>,
}

/// The first event of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogOpened {
    /// Id of the key that signs its checkpoints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Name>,
    /// Program and version.
    pub writer: Name,
}

/// A torn or unannounced end that was found and dealt with, in the open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRepaired {
    /// Bytes that were cut off: no whole record, and nobody was told that they were stored.
    pub cut: u64,
    /// Whole records beyond the last one that was announced: they stay.
    pub kept: u64,
    /// SHA-256 of the bytes that were cut off, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Name>,
}

/// The last event of a file whose log goes on in another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRotated {
    /// Name that this file has from now on.
    pub file: Name,
}

/// A signature over everything before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Id of the key.
    pub key: Name,
    /// Ed25519 signature, in hexadecimal digits.
    pub signature: Name,
}

/// A sink that did not store events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkFailed {
    /// Which one.
    pub sink: Name,
    /// Why.
    pub why: Name,
}

/// A sink that stores events again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkRecovered {
    /// How many events it did not get.
    pub missed: u64,
    /// Which one.
    pub sink: Name,
}
