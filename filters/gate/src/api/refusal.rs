//! Why something does not pass.

use core::fmt;

use crate::limit::Limit;
use crate::name::Name;

/// Why a request or a response is not let through. No part of it holds a byte of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something was found that must not pass.
    Finding {
        /// Its class, a path.
        class: Name,
        /// The row of the policy that says so.
        row: Name,
    },
    /// A tool that must not be called, or not with these arguments.
    Tool {
        /// The tool.
        tool: Name,
        /// The row of the policy that says so.
        row: Name,
    },
    /// A limit was hit, and the policy blocks there.
    Limit(Limit),
    /// It cannot be read, and what cannot be read cannot be decided.
    Malformed,
    /// The session may not send anything.
    Session {
        /// Why.
        reason: Name,
    },
    /// What happens cannot be recorded now, and nothing passes unrecorded.
    Unrecorded,
}

impl Refusal {
    /// The HTTP status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Malformed | Refusal::Limit(Limit::Framing) => 400,
            Refusal::Limit(Limit::BodyLength | Limit::HeldLength) => 413,
            Refusal::Unrecorded => 503,
            _ => 403,
        }
    }

    /// One word, for metrics and logs.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Refusal::Finding { .. } => "finding",
            Refusal::Tool { .. } => "tool",
            Refusal::Limit(_) => "limit",
            Refusal::Malformed => "malformed",
            Refusal::Session { .. } => "session",
            Refusal::Unrecorded => "unrecorded",
        }
    }
}

/// A sentence for whoever sent it.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Finding { class, row } => write!(f, "Blocked by policy: it holds {class} (row {row})."),
            Refusal::Tool { tool, row } => write!(f, "Blocked by policy: the tool {tool} may not be called like this (row {row})."),
            Refusal::Limit(limit) => write!(f, "Blocked by policy: it hits the limit {}.", limit.as_str()),
            Refusal::Malformed => f.write_str("Blocked by policy: the body cannot be read."),
            Refusal::Session { reason } => write!(f, "Blocked by policy: the session may not go on, {reason}."),
            Refusal::Unrecorded => f.write_str("Nothing passes now: the audit log cannot be written."),
        }
    }
}
