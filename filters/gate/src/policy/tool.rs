//! Which tools may be called, and with what.

mod argument;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::{Condition, Open};
use super::row::Place;
use super::written::WrittenTool;
use crate::flow::Flow;
pub(crate) use argument::{Argument, stays};

/// What happens to a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ToolDecision {
    /// It is let through.
    Allow,
    /// It is let through, and reported.
    Observe,
    /// It is refused.
    Block,
}

impl ToolDecision {
    /// The same as a decision on a finding.
    #[must_use]
    pub fn decision(self) -> crate::Decision {
        match self {
            ToolDecision::Allow => crate::Decision::Allow,
            ToolDecision::Observe => crate::Decision::Observe,
            ToolDecision::Block => crate::Decision::Block,
        }
    }
}

/// One row of the tool allowlist.
#[derive(Clone, Debug)]
pub(crate) struct ToolRow {
    pub(crate) id: Arc<str>,
    pub(crate) note: Option<String>,
    pub(crate) place: Option<Place>,
    pub(crate) profile: Option<usize>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) decision: ToolDecision,
}

impl ToolRow {
    pub(crate) fn new(written: &WrittenTool, place: Place, profile: Option<usize>) -> Self {
        let mut conditions: Vec<Condition> = Condition::of_open(Open::Tool, Some(&written.tool)).into_iter().collect();
        conditions.extend(Condition::of_open(Open::Agent, written.agent.as_ref()));
        conditions.extend(Condition::of_destination(written.destination.as_ref()));
        ToolRow {
            id: written.id.0.as_str().into(),
            note: written.note.clone(),
            place: Some(place),
            profile,
            conditions,
            arguments: written.conditions.iter().map(|condition| Argument::new(condition, written.decision)).collect(),
            decision: written.decision,
        }
    }

    /// What holds for calls that no row matches.
    pub(crate) fn default(decision: ToolDecision, profile: Option<(usize, &str)>) -> Self {
        let id = profile.map_or_else(|| "tools.default".to_owned(), |(_, name)| format!("{name}.tools.default"));
        let (conditions, arguments) = (Vec::new(), Vec::new());
        ToolRow { id: id.into(), note: None, place: None, profile: profile.map(|(i, _)| i), conditions, arguments, decision }
    }

    /// Whether it is for calls of this tool, whatever their arguments.
    pub(crate) fn is_about(&self, flow: &Flow) -> bool {
        self.conditions.iter().all(|condition| condition.holds_for(flow))
    }

    /// Whether all conditions hold for a call with these arguments.
    pub(crate) fn matches(&self, flow: &Flow, arguments: &Value) -> bool {
        self.is_about(flow) && self.arguments.iter().all(|a| a.holds(arguments))
    }
}
