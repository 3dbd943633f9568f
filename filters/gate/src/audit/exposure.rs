//! What left, what was stopped, and what has to be rotated.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::record::Record;
use super::what::What;
use crate::decision::Decision;
use crate::fingerprint::Fingerprint;
use crate::flow::Surface;

/// Most values that are told apart.
const MOST: usize = 10_000;

/// The values that were found, by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exposures {
    /// Values that went on as they were.
    pub left: BTreeMap<Fingerprint, Exposure>,
    /// Values that were only ever replaced or blocked.
    pub stopped: BTreeMap<Fingerprint, Exposure>,
    /// Findings that are counted nowhere above, as there are too many values.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One value, known by its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The rule that found it.
    pub rule: String,
    /// Its class.
    pub class: String,
    /// How often it was found.
    pub count: u64,
    /// When it was first found.
    pub first: Timestamp,
    /// When it was last found.
    pub last: Timestamp,
    /// Hosts, models or tools that it went to, as far as they are known.
    pub to: BTreeSet<String>,
    /// Sessions in which it was found.
    pub sessions: BTreeSet<String>,
    /// Exceptions that let it pass.
    pub exceptions: BTreeSet<String>,
}

impl Exposure {
    /// Whether whoever issued the value should issue another one: it is a secret.
    #[must_use]
    pub fn is_to_rotate(&self) -> bool {
        self.class.split('/').next() == Some("secret")
    }
}

impl Exposures {
    /// Adds a record; those that are no findings count nothing.
    pub fn add(&mut self, record: &Record) {
        let What::Finding(finding) = &record.event.what else { return };
        let context = &record.event.context;
        let passed = finding.decision.passes();
        let list = if passed { &mut self.left } else { &mut self.stopped };
        if list.len() >= MOST && !list.contains_key(&finding.fingerprint) {
            self.more += 1;
            return;
        }
        let exposure = list.entry(finding.fingerprint).or_insert_with(|| Exposure {
            rule: finding.rule.to_string(),
            class: finding.class.to_string(),
            count: 0,
            first: record.event.time,
            last: record.event.time,
            to: BTreeSet::new(),
            sessions: BTreeSet::new(),
            exceptions: BTreeSet::new(),
        });
        exposure.count += 1;
        exposure.first = exposure.first.min(record.event.time);
        exposure.last = exposure.last.max(record.event.time);
        exposure.to.extend(destination(record));
        exposure.sessions.extend(context.ids.session.as_ref().map(ToString::to_string));
        exposure.exceptions.extend(finding.exception.as_ref().map(ToString::to_string));
        if self.left.contains_key(&finding.fingerprint) {
            self.stopped.remove(&finding.fingerprint);
        }
    }

    /// Secrets that left.
    pub fn to_rotate(&self) -> impl Iterator<Item = (&Fingerprint, &Exposure)> {
        self.left.iter().filter(|(_, exposure)| exposure.is_to_rotate())
    }
}

/// Where the bytes of a record went, in one word.
#[must_use]
pub fn destination(record: &Record) -> Option<String> {
    let flow = &record.event.context.flow;
    let to = &flow.destination;
    to.host.clone().or_else(|| to.model.clone()).or_else(|| to.route.clone()).or_else(|| match flow.surface {
        Some(Surface::ToolInput) => flow.tool.as_ref().map(|tool| format!("tool {tool}")),
        _ => None,
    })
}

/// Sums over a log: by control, class and destination.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Events that were counted.
    pub events: u64,
    /// Time of the first one.
    pub start: Option<Timestamp>,
    /// Time of the last one.
    pub end: Option<Timestamp>,
    /// Sessions that appear.
    pub sessions: u64,
    /// By the id of a framework's entry.
    pub controls: BTreeMap<String, Tally>,
    /// By class.
    pub classes: BTreeMap<String, Tally>,
    /// By destination.
    pub destinations: BTreeMap<String, Tally>,
    /// How often each kind of event is there.
    pub kinds: BTreeMap<&'static str, u64>,
    /// The values.
    pub exposures: Exposures,
    #[serde(skip)]
    seen: BTreeSet<String>,
}

/// Counts of findings and calls, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Went on as it was.
    pub left: u64,
    /// Was replaced.
    pub replaced: u64,
    /// Was stopped.
    pub blocked: u64,
    /// Events that are no decisions.
    pub other: u64,
}

impl Tally {
    fn add(&mut self, decision: Option<Decision>) {
        match decision {
            None => self.other += 1,
            Some(Decision::Allow | Decision::Observe) => self.left += 1,
            Some(Decision::Redact | Decision::Tokenize) => self.replaced += 1,
            Some(Decision::Block) => self.blocked += 1,
        }
    }

    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.left + self.replaced + self.blocked + self.other
    }
}

impl Summary {
    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let time = record.event.time;
        self.events += 1;
        self.start = Some(self.start.map_or(time, |start| start.min(time)));
        self.end = Some(self.end.map_or(time, |end| end.max(time)));
        *self.kinds.entry(record.event.what.name()).or_default() += 1;
        if let Some(session) = &record.event.context.ids.session {
            self.sessions += u64::from(self.seen.insert(session.to_string()));
        }
        let decision = match &record.event.what {
            What::Finding(finding) => Some(finding.decision),
            What::ToolCall(call) => Some(call.decision),
            _ => None,
        };
        for tag in &record.tags {
            self.controls.entry(tag.to_string()).or_default().add(decision);
        }
        if let What::Finding(finding) = &record.event.what {
            self.classes.entry(finding.class.to_string()).or_default().add(decision);
            let to = destination(record).unwrap_or_else(|| "not known".to_owned());
            self.destinations.entry(to).or_default().add(decision);
        }
        self.exposures.add(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sample;

    #[test]
    fn a_value_that_left_once_has_left() {
        let record = |class: &str, decision| {
            let mut line = Vec::new();
            let event = sample::event(0, sample::context(Surface::ToolOutput), sample::finding(class, decision));
            crate::audit::Chain::new(crate::audit::LogId([0; 16])).append(&mut line, &event);
            Record::parse(&line).unwrap()
        };
        let mut summary = Summary::default();
        for (class, decision) in [
            ("secret/api-key", Decision::Redact),
            ("secret/api-key", Decision::Allow),
            ("secret/api-key", Decision::Block),
            ("pii/email", Decision::Observe),
            ("secret/password", Decision::Tokenize),
        ] {
            summary.add(&record(class, decision));
        }
        let classes = |list: &BTreeMap<Fingerprint, Exposure>| list.values().map(|e| e.class.clone()).collect::<Vec<_>>();
        assert_eq!(classes(&summary.exposures.left), ["pii/email", "secret/api-key"]);
        assert_eq!(classes(&summary.exposures.stopped), ["secret/password"]);
        assert_eq!(summary.exposures.to_rotate().count(), 1);
        assert_eq!(summary.classes["secret/api-key"], Tally { left: 1, replaced: 1, blocked: 1, other: 0 });
        assert_eq!((summary.sessions, summary.destinations["api.example.com"].total()), (1, 5));
    }
}
