//! Profiles as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OnLimit;
use super::boundary::WrittenBoundary;
use super::sections::{WrittenAudit, WrittenExceptionRules, WrittenSession, WrittenTokens};
use super::tool::{WrittenTool, WrittenTools};
use super::values::{Id, Many, PatternText};
use crate::decision::Decision;

/// What else holds where certain labels are given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Profile")]
pub(crate) struct WrittenProfile {
    /// Names the profile.
    pub(crate) name: Id,
    /// Labels that choose the profile, any of them: `production`, `repository=acme/*`, `route=payments`. Its name unless
    /// told otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<Many<PatternText>>,
    /// What happens to a finding of medium confidence or above that no boundary matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<Decision>,
    /// What happens where a stream hits a limit of the engine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_limit: Option<OnLimit>,
    /// Boundaries that stand before all others.
    #[serde(default, rename = "boundary", skip_serializing_if = "Vec::is_empty")]
    pub(crate) boundaries: Vec<WrittenBoundary>,
    /// What holds for all tool calls.
    #[serde(default, skip_serializing_if = "WrittenTools::is_empty")]
    pub(crate) tools: WrittenTools,
    /// Rows of the tool allowlist that stand before all others.
    #[serde(default, rename = "tool", skip_serializing_if = "Vec::is_empty")]
    pub(crate) tool_rows: Vec<WrittenTool>,
    /// What exceptions may be.
    #[serde(default, skip_serializing_if = "WrittenExceptionRules::is_empty")]
    pub(crate) exceptions: WrittenExceptionRules,
    /// When a session is refused or put in quarantine.
    #[serde(default, skip_serializing_if = "WrittenSession::is_empty")]
    pub(crate) session: WrittenSession,
    /// The audit log.
    #[serde(default, skip_serializing_if = "WrittenAudit::is_empty")]
    pub(crate) audit: WrittenAudit,
    /// Tokens that can be turned back.
    #[serde(default, skip_serializing_if = "WrittenTokens::is_empty")]
    pub(crate) tokens: WrittenTokens,
}
