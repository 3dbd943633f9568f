//! A policy as its file says it: everything is optional, and nothing is looked up.

mod boundary;
mod date;
mod exception;
mod profile;
mod sections;
mod tool;
mod values;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use boundary::{WrittenBoundary, WrittenDestination};
pub(crate) use date::Date;
pub use exception::Reason;
pub(crate) use exception::{FingerprintText, WrittenException, WrittenExceptions, WrittenScope};
pub(crate) use profile::WrittenProfile;
pub(crate) use sections::{Section, WrittenAudit, WrittenExceptionRules, WrittenSession, WrittenTokens};
pub(crate) use tool::{WrittenCondition, WrittenTool, WrittenTools};
pub(crate) use values::{ConfidenceWord, Many, PatternText, VerdictWord};

use crate::decision::Decision;

/// A Tamis policy: what may pass from where to where. The same in TOML (`tamis.toml`) and JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Tamis policy")]
pub(crate) struct Written {
    /// Where this schema is; for editors, ignored.
    #[serde(rename = "$schema", skip_serializing)]
    #[schemars(rename = "$schema")]
    pub(crate) schema: Option<String>,
    /// What happens to a finding of medium confidence or above that no boundary matches. `redact` unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Decision>,
    /// What happens where a stream hits a limit of the engine: `observe` (unless told otherwise) or `block`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) on_limit: Option<OnLimit>,
    /// Boundaries, read from the top down: the first one that matches a finding decides.
    #[serde(rename = "boundary", skip_serializing_if = "Vec::is_empty")]
    pub(crate) boundaries: Vec<WrittenBoundary>,
    /// What holds for all tool calls.
    #[serde(skip_serializing_if = "WrittenTools::is_empty")]
    pub(crate) tools: WrittenTools,
    /// Tools that may or may not be called, read from the top down.
    #[serde(rename = "tool", skip_serializing_if = "Vec::is_empty")]
    pub(crate) tool_rows: Vec<WrittenTool>,
    /// What else holds where certain labels are given. A profile's rows stand before all others.
    #[serde(rename = "profile", skip_serializing_if = "Vec::is_empty")]
    pub(crate) profiles: Vec<WrittenProfile>,
    /// What exceptions may be.
    #[serde(skip_serializing_if = "WrittenExceptionRules::is_empty")]
    pub(crate) exceptions: WrittenExceptionRules,
    /// Exceptions to the boundaries.
    #[serde(rename = "exception", skip_serializing)]
    pub(crate) exception_rows: Vec<WrittenException>,
    /// When a session is refused or put in quarantine.
    #[serde(skip_serializing_if = "WrittenSession::is_empty")]
    pub(crate) session: WrittenSession,
    /// The audit log.
    #[serde(skip_serializing_if = "WrittenAudit::is_empty")]
    pub(crate) audit: WrittenAudit,
    /// Tokens that can be turned back.
    #[serde(skip_serializing_if = "WrittenTokens::is_empty")]
    pub(crate) tokens: WrittenTokens,
}

/// What happens where a stream hits a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OnLimit {
    /// It is reported, and the stream goes on.
    Observe,
    /// Nothing passes any more.
    Block,
}
