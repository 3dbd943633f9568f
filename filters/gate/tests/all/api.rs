//! Bodies of requests and responses under a policy: the same at every cut.

mod documents;
mod frames;
mod hosted;
mod reader;
mod restore;
mod streams;
mod tools;

use std::sync::Arc;

use tamis::api::{Body, Counts, Filter, Kind, Limits, Message, Refusal};
use tamis::audit::{Event, What};
use tamis::grant::Scope;
use tamis::{Direction, Flow, Policy, PolicyFile, Settings, Timestamp};

use super::scanner;

/// A token with a right checksum, made here.
pub(crate) fn token() -> String {
    ["ghp_", "x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa", "2JF1fs"].concat()
}

pub(crate) fn policy(text: &str) -> Arc<Policy> {
    Arc::new(PolicyFile::load("tamis.toml", text).unwrap().policy())
}

/// What came out of a body, and what was said of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) events: Vec<Event>,
    pub(crate) findings: [u64; 5],
}

impl Outcome {
    /// What was decided on each finding and call: surface, tool, decision.
    pub(crate) fn decisions(&self) -> Vec<String> {
        let told = |event: &Event| {
            let decision = match &event.what {
                What::Finding(finding) => finding.decision,
                What::ToolCall(call) => call.decision,
                _ => return None,
            };
            let flow = &event.context.flow;
            let surface = flow.surface.map_or("-", |surface| surface.as_str());
            let tool = flow.tool.as_ref().map(|tool| format!("({tool})")).unwrap_or_default();
            Some(format!("{surface}{tool} {}", decision.as_str()))
        };
        self.events.iter().filter_map(told).collect()
    }
}

/// How a body is filtered.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    pub(crate) policy: Arc<Policy>,
    pub(crate) settings: Settings,
    pub(crate) limits: Limits,
    pub(crate) grant: Option<Scope>,
}

impl Run {
    pub(crate) fn new(kind: Kind, direction: Direction, policy: Arc<Policy>) -> Self {
        Run { kind, direction, policy, settings: Settings::default(), limits: Limits::default(), grant: None }
    }

    pub(crate) fn body(&self) -> Body {
        self.filter().body(self.message())
    }

    fn filter(&self) -> Filter {
        Filter::new(scanner().clone(), self.policy.clone(), self.settings.clone(), self.limits)
    }

    fn message(&self) -> Message {
        Message {
            kind: self.kind,
            flow: Flow { direction: Some(self.direction), ..Flow::default() },
            decision: "d-1".into(),
            now: Timestamp::UNIX_EPOCH,
            grant: self.grant.clone(),
            ..Message::default()
        }
    }

    fn chunks<'a>(&self, filter: &Filter, chunks: impl Iterator<Item = &'a [u8]>) -> (Outcome, Counts) {
        let (mut body, mut out, mut events) = (filter.body(self.message()), Vec::new(), Vec::new());
        for chunk in chunks {
            body.push(chunk, &mut out);
            events.extend(body.drain());
        }
        body.finish(&mut out);
        events.extend(body.drain());
        let text = String::from_utf8_lossy(&out).into_owned();
        let counts = body.counts();
        (Outcome { text, bytes: out, refusal: body.refusal().cloned(), events, findings: counts.findings }, counts)
    }

    /// The body whole, at every cut of small ones, and byte by byte, each after one that was left in the middle.
    pub(crate) fn every_way(&self, text: &[u8]) -> Outcome {
        let filter = self.filter();
        let (whole, counts) = self.chunks(&filter, [text].into_iter());
        assert_eq!(counts.received, text.len() as u64);
        for size in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(self.chunks(&filter, text.chunks(size)).0, whole, "in chunks of {size}");
        }
        let step = (text.len() / 200).max(1);
        for cut in (0..text.len()).step_by(step) {
            let (start, end) = text.split_at(cut);
            filter.body(self.message()).push(start, &mut Vec::new());
            assert_eq!(self.chunks(&filter, [start, end].into_iter()).0, whole, "cut at {cut}");
        }
        for event in &whole.events {
            assert!(!format!("{event:?}").contains(&token()), "a secret in an event");
        }
        whole
    }
}
