//! The tool allowlist as it is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boundary::WrittenDestination;
use super::values::{Id, Many, PatternText};
use crate::policy::ToolDecision;

/// What holds for all tool calls.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Tools")]
pub(crate) struct WrittenTools {
    /// What happens to a call that no row matches: `block` where there are rows, `allow` where there are none, unless
    /// told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default: Option<ToolDecision>,
}

impl WrittenTools {
    pub(super) fn is_empty(&self) -> bool {
        *self == WrittenTools::default()
    }
}

/// One row of the allowlist: it decides calls that match all of its conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Tool")]
pub(crate) struct WrittenTool {
    /// Names the row in reports and logs.
    pub(crate) id: Id,
    /// Why the row is there, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// Names of tools.
    pub(crate) tool: Many<PatternText>,
    /// Agents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<Many<PatternText>>,
    /// Where the call goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<WrittenDestination>,
    /// What its arguments have to be, all of it.
    #[serde(default, rename = "when", skip_serializing_if = "Vec::is_empty")]
    pub(crate) conditions: Vec<WrittenCondition>,
    /// What happens.
    pub(crate) decision: ToolDecision,
}

/// What one argument of a call has to be. An argument that is missing fails every condition but `present = false`; of a
/// list, every item has to be so. A row that blocks is met by one item, and by what cannot be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ArgumentCondition")]
pub(crate) struct WrittenCondition {
    /// The argument: its name, or a JSON Pointer (`/options/path`).
    pub(crate) argument: String,
    /// It is one of these patterns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is: Option<Many<PatternText>>,
    /// It is a path that matches one of these, and does not leave its folder with `..`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<Many<PatternText>>,
    /// It is a number of at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<Number>,
    /// It is a number of at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<Number>,
    /// It is there, or it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) present: Option<bool>,
}

impl WrittenCondition {
    /// The argument's name; as a pointer only where it has to be one.
    pub(crate) fn name(&self) -> &str {
        self.argument.strip_prefix('/').filter(|name| !name.contains(['/', '~'])).unwrap_or(&self.argument)
    }
}

/// A whole number.
pub(crate) type Number = i64;
