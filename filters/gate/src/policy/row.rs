//! A boundary that is ready to decide.

use core::fmt;
use std::sync::Arc;

use serde::Serialize;
use tamis_engine::Confidence;

use super::condition::Condition;
use super::ruling::Facts;
use super::written::WrittenBoundary;
use crate::decision::Decision;
use crate::flow::Flow;

/// Where a row stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: Arc<str>,
    pub(crate) note: Option<String>,
    /// None for the rows that every policy ends with.
    pub(crate) place: Option<Place>,
    /// The profile that it belongs to.
    pub(crate) profile: Option<usize>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) decision: Decision,
    pub(crate) restore: bool,
    pub(crate) exceptions: bool,
}

/// Id of the last row but one: what has no row of its own.
pub(crate) const DEFAULT: &str = "default";
/// Id of the last row.
pub(crate) const DEFAULT_LOW: &str = "default-low";

impl Row {
    pub(crate) fn new(written: &WrittenBoundary, place: Place, profile: Option<usize>) -> Self {
        Row {
            id: written.id.0.as_str().into(),
            note: written.note.clone(),
            place: Some(place),
            profile,
            conditions: Condition::of_boundary(written),
            decision: written.decision,
            restore: written.restore,
            exceptions: written.exceptions,
        }
    }

    /// Whatever is more likely right than wrong.
    pub(crate) fn default(decision: Decision, profile: Option<(usize, &str)>) -> Self {
        let id = profile.map_or_else(|| DEFAULT.to_owned(), |(_, name)| format!("{name}.{DEFAULT}"));
        let conditions = vec![Condition::Confidence(Confidence::Medium)];
        Row {
            id: id.into(),
            note: None,
            place: None,
            profile: profile.map(|(i, _)| i),
            conditions,
            decision,
            restore: false,
            exceptions: true,
        }
    }

    /// The rest: worth a look, not worth a change.
    pub(crate) fn default_low() -> Self {
        Row { id: DEFAULT_LOW.into(), conditions: Vec::new(), decision: Decision::Observe, ..Row::default(Decision::Observe, None) }
    }

    /// Whether all conditions hold.
    pub(crate) fn matches(&self, flow: &Flow, facts: &Facts<'_>) -> bool {
        self.conditions.iter().all(|condition| condition.holds(flow, facts))
    }
}
