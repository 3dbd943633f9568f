//! What one argument of a tool call has to be.

use core::fmt;

use serde_json::Value;

use super::ToolDecision;
use crate::policy::condition::patterns;
use crate::policy::pattern::{Kind, Patterns};
use crate::policy::written::WrittenCondition;

/// What one argument has to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    name: String,
    is: Option<Patterns>,
    path: Option<Patterns>,
    min: Option<i64>,
    max: Option<i64>,
    present: Option<bool>,
    /// Whether what cannot be told counts as met: in rows that block, so that nothing slips by in a shape nobody thought of.
    wary: bool,
}

impl Argument {
    pub(crate) fn new(written: &WrittenCondition, decision: ToolDecision) -> Self {
        Argument {
            name: written.name().to_owned(),
            is: written.is.as_ref().map(|texts| patterns(texts, Kind::Name)),
            path: written.path.as_ref().map(|texts| patterns(texts, Kind::Path)),
            min: written.min,
            max: written.max,
            present: written.present,
            wary: decision == ToolDecision::Block,
        }
    }

    /// As it is named in the policy.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it holds. A condition on something that is not there does not. Of a list, each item has to be so; where the
    /// row blocks, one is enough.
    pub(crate) fn holds(&self, arguments: &Value) -> bool {
        let found = if self.name.starts_with('/') { arguments.pointer(&self.name) } else { arguments.get(&self.name) };
        let found = found.filter(|value| !value.is_null());
        if self.present == Some(false) {
            return found.is_none();
        }
        match found {
            None => false,
            Some(Value::Array(items)) if self.wary => !self.asks_for_a_value() || items.iter().any(|item| self.suits(item)),
            Some(Value::Array(items)) => !items.is_empty() && items.iter().all(|item| self.suits(item)),
            Some(value) => self.suits(value),
        }
    }

    /// Whether more is asked than that it is there.
    fn asks_for_a_value(&self) -> bool {
        self.is.is_some() || self.path.is_some() || self.min.is_some() || self.max.is_some()
    }

    fn suits(&self, value: &Value) -> bool {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            // Only that it is there can be said of anything else.
            _ => return self.wary || !self.asks_for_a_value(),
        };
        let number = value.as_f64().or_else(|| text.trim().parse().ok());
        #[expect(clippy::cast_precision_loss, reason = "limits are small")]
        let within = |least: Option<i64>, most: Option<i64>| {
            let fits = |n: f64| least.is_none_or(|least| n >= least as f64) && most.is_none_or(|most| n <= most as f64);
            (least.is_none() && most.is_none()) || number.map_or(self.wary, fits)
        };
        let is_path = |patterns: &Patterns| if stays(&text) { patterns.matches(&text) } else { self.wary };
        self.is.as_ref().is_none_or(|patterns| patterns.matches(&text))
            && self.path.as_ref().is_none_or(is_path)
            && within(self.min, self.max)
    }

    /// Whether this holds wherever all of the others do. It may say no where the answer is yes, and never yes where it is no.
    pub(crate) fn follows_from(&self, others: &[Argument]) -> bool {
        let mut others = others.iter().filter(|other| other.name == self.name);
        if self.present == Some(false) {
            return others.any(|other| other.present == Some(false));
        }
        let there: Vec<&Argument> = others.filter(|other| other.present != Some(false)).collect();
        match there.first() {
            None => false,
            // What a row that blocks takes in doubt is more than its patterns say, and a list may meet each with another item.
            Some(other) if other.wary && self.wary => there.chunks(1).any(|one| self.is_wider_than(one)),
            Some(other) if other.wary => !self.asks_for_a_value() && there.iter().any(|other| other.asks_for_a_value()),
            Some(_) => self.is_wider_than(&there),
        }
    }

    /// Whether a value that meets all of the others meets this.
    fn is_wider_than(&self, others: &[&Argument]) -> bool {
        let covered = |own: &Option<Patterns>, theirs: fn(&Argument) -> Option<&Patterns>| {
            own.as_ref().is_none_or(|own| others.iter().filter_map(|other| theirs(other)).any(|other| own.covers_all(other)))
        };
        covered(&self.is, |other| other.is.as_ref())
            && covered(&self.path, |other| other.path.as_ref())
            && self.min.is_none_or(|least| others.iter().any(|other| other.min.is_some_and(|other| other >= least)))
            && self.max.is_none_or(|most| others.iter().any(|other| other.max.is_some_and(|other| other <= most)))
    }
}

/// Whether a path does not leave its folder on the way.
pub(crate) fn stays(path: &str) -> bool {
    !path.split(['/', '\\']).any(|part| part == "..") && !path.starts_with('~')
}

/// What it has to be, for a person.
impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
