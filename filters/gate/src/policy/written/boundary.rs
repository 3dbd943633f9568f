//! Boundaries as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tamis_engine::{Confidence, Verdict};

use super::values::{Id, Many, PatternText};
use crate::decision::Decision;
use crate::flow::{Direction, Surface};
use crate::policy::Lifetime;

/// One row: what it says holds for findings and streams that match all of its conditions. What is left out matches
/// everything; what is not known of a stream matches no condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Boundary")]
pub(crate) struct WrittenBoundary {
    /// Names the row in reports and logs.
    pub(crate) id: Id,
    /// Why the row is there, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// Classes: `secret` holds `secret/api-key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) class: Option<Many<PatternText>>,
    /// Ids of rules, such as `aws.*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Many<PatternText>>,
    /// Where the text stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) surface: Option<Many<Surface>>,
    /// Which way it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<Direction>,
    /// Where it goes to, or comes back from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<WrittenDestination>,
    /// Names of tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tool: Option<Many<PatternText>>,
    /// Paths: `*` stays within a folder, `**` does not, a pattern without `/` means the file's own name, and one that
    /// ends in `/` all below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<Many<PatternText>>,
    /// Agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<Many<PatternText>>,
    /// The lowest confidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<super::values::ConfidenceWord>")]
    pub(crate) confidence: Option<Confidence>,
    /// What the offline check said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Many<super::values::VerdictWord>>")]
    pub(crate) verdict: Option<Many<Verdict>>,
    /// How long such a secret lives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) lifetime: Option<Many<Lifetime>>,
    /// What happens.
    pub(crate) decision: Decision,
    /// Tokens of what matches may be put back here. No unless told otherwise.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) restore: bool,
    /// Whether exceptions may lift the row. Yes unless told otherwise.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub(crate) exceptions: bool,
}

fn yes() -> bool {
    true
}

/// The far end of a stream.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "DestinationPatterns")]
pub(crate) struct WrittenDestination {
    /// Host names, whatever their case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host: Option<Many<PatternText>>,
    /// The gateway's names for ways there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) route: Option<Many<PatternText>>,
    /// Models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<Many<PatternText>>,
}
