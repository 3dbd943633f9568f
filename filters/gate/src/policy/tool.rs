//! Which tools may be called, and with what.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::{Condition, Open, patterns};
use super::pattern::{Kind, Patterns};
use super::row::Place;
use super::written::{WrittenCondition, WrittenTool};
use crate::flow::Flow;

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
            arguments: written.conditions.iter().map(Argument::new).collect(),
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

/// What one argument has to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) is: Option<Patterns>,
    pub(crate) path: Option<Patterns>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) present: Option<bool>,
}

impl Argument {
    fn new(written: &WrittenCondition) -> Self {
        Argument {
            name: written.argument.clone(),
            is: written.is.as_ref().map(|texts| patterns(texts, Kind::Name)),
            path: written.path.as_ref().map(|texts| patterns(texts, Kind::Path)),
            min: written.min,
            max: written.max,
            present: written.present,
        }
    }

    /// Whether it holds. A condition on something that is not there, or is a table, does not.
    pub(crate) fn holds(&self, arguments: &Value) -> bool {
        let found = if self.name.starts_with('/') { arguments.pointer(&self.name) } else { arguments.get(&self.name) };
        let found = found.filter(|value| !value.is_null());
        if self.present == Some(false) {
            return found.is_none();
        }
        match found {
            None => false,
            Some(Value::Array(items)) => !items.is_empty() && items.iter().all(|item| self.suits(item)),
            Some(value) => self.suits(value),
        }
    }

    fn suits(&self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            // Only that it is there can be said of anything else.
            _ => return self.is.is_none() && self.path.is_none() && self.min.is_none() && self.max.is_none(),
        };
        let number = value.as_f64().or_else(|| text.trim().parse().ok());
        #[expect(clippy::cast_precision_loss, reason = "limits are small")]
        let within = |least: Option<i64>, most: Option<i64>| {
            (least.is_none() && most.is_none())
                || number.is_some_and(|n| least.is_none_or(|least| n >= least as f64) && most.is_none_or(|most| n <= most as f64))
        };
        self.is.as_ref().is_none_or(|patterns| patterns.matches(&text))
            && self.path.as_ref().is_none_or(|patterns| stays(&text) && patterns.matches(&text))
            && within(self.min, self.max)
    }
}

/// Whether a path does not leave its folder on the way.
fn stays(path: &str) -> bool {
    !path.split(['/', '\\']).any(|part| part == "..") && !path.starts_with('~')
}

/// What it has to be, for a person.
impl core::fmt::Display for Argument {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let parts = [
            self.is.as_ref().map(|patterns| format!("is {patterns}")),
            self.path.as_ref().map(|patterns| format!("is a path like {patterns}")),
            self.min.map(|least| format!("is at least {least}")),
            self.max.map(|most| format!("is at most {most}")),
            self.present.map(|present| if present { "is there" } else { "is not there" }.to_owned()),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}
