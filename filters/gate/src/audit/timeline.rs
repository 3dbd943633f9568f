//! A session, rebuilt from its records.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::exposure::Exposures;
use super::record::Record;
use super::what::{ToolCall, What};
use crate::decision::Decision;
use crate::flow::Surface;
use crate::policy::PolicyDigest;
use crate::session::Id;

/// What one session did, in order: turns, the tool calls in them, what these were given and what came back.
///
/// ```
/// # use std::sync::Arc;
/// # use tamis::audit::{Chain, Context, Event, LogId, Record, SessionStarted, What};
/// # use tamis::session::{Id, Ids};
/// use tamis::audit::Timeline;
///
/// # let context = Context { ids: Ids { session: Id::new("s-1"), ..Ids::default() }, ..Context::default() };
/// # let what = What::SessionStarted(SessionStarted { client: Some("codex".into()), user: Some("dana".into()) });
/// # let event = Event { time: tamis::Timestamp::UNIX_EPOCH, context: Arc::new(context), what };
/// # let mut log = Vec::new();
/// # Chain::new(LogId([0; 16])).append(&mut log, &event);
/// let mut timeline = Timeline::new("s-1");
/// for line in log.split_inclusive(|b| *b == b'\n') {
///     timeline.add(Record::parse(line)?);
/// }
/// assert_eq!(timeline.users.first().map(|user| user.as_str()), Some("dana"));
/// # Ok::<_, tamis::audit::NotARecord>(())
/// ```
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// The session.
    pub session: String,
    /// Time of its first event.
    pub start: Option<Timestamp>,
    /// Time of its last event.
    pub end: Option<Timestamp>,
    /// Programs that said who they are.
    pub clients: BTreeSet<String>,
    /// Persons who asked, as far as that is known.
    pub users: BTreeSet<String>,
    /// Policies that were in force.
    pub policies: BTreeSet<PolicyDigest>,
    /// All agents, and which one started them.
    pub agents: BTreeMap<String, Option<String>>,
    /// Whether the session's last word on it was quarantine.
    pub quarantined: bool,
    /// How many events there are.
    pub events: u64,
    /// How many findings of each decision there are.
    pub decisions: BTreeMap<Decision, u64>,
    /// Tool calls that were refused.
    pub refused_calls: u64,
    /// The turns, in order.
    pub turns: Vec<Turn>,
    /// What went out as it was, and is to be rotated; and what did not go out.
    pub exposures: Exposures,
}

/// One request of a person, and all that it set off.
#[derive(Clone, Debug, Serialize)]
pub struct Turn {
    /// Its id. What belongs to no turn stands in one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Time of its first event.
    pub start: Timestamp,
    /// Time of its last event.
    pub end: Timestamp,
    /// What happened in it, in order.
    pub moments: Vec<Moment>,
}

/// Something in a turn.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// A tool call with all that belongs to it.
    Call(Box<Call>),
    /// Anything else.
    Event(Box<Record>),
}

/// A tool call: what was decided about it, what it was given and what came back.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The agent that called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Time of its first event.
    pub start: Timestamp,
    /// Time of its last event.
    pub end: Timestamp,
    /// Whether it might be called, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<ToolCall>,
    /// What was found in its input.
    pub input: Vec<Record>,
    /// What was found in its output.
    pub output: Vec<Record>,
    /// Anything else about it.
    pub more: Vec<Record>,
}

impl Timeline {
    /// A timeline for this session.
    #[must_use]
    pub fn new(session: &str) -> Self {
        Timeline { session: session.to_owned(), ..Timeline::default() }
    }

    /// Adds a record, in the order of the log. Those of other sessions are left out.
    pub fn add(&mut self, record: Record) {
        let context = std::sync::Arc::clone(&record.event.context);
        if context.ids.session.as_ref().is_none_or(|session| session.as_str() != self.session) {
            return;
        }
        self.events += 1;
        self.start = Some(self.start.map_or(record.event.time, |start| start.min(record.event.time)));
        self.end = Some(self.end.map_or(record.event.time, |end| end.max(record.event.time)));
        // Each process of a session says which policy it runs under: news only where it is another one.
        let known = context.policy.is_some_and(|policy| !self.policies.insert(policy));
        self.clients.extend(context.ids.source.map(|source| source.as_str().to_owned()));
        if let Some(agent) = agent(&record) {
            let parent = context.ids.parent_agent.as_ref().map(ToString::to_string);
            let known = self.agents.entry(agent).or_default();
            *known = known.take().or(parent);
        }
        self.count(&record);
        self.exposures.add(&record);
        if !(known && matches!(record.event.what, What::PolicyLoaded(_))) {
            self.place(record);
        }
    }

    fn count(&mut self, record: &Record) {
        match &record.event.what {
            What::SessionStarted(started) => {
                self.clients.extend(started.client.as_ref().map(ToString::to_string));
                self.users.extend(started.user.as_ref().map(ToString::to_string));
            }
            What::SessionQuarantined(_) => self.quarantined = true,
            What::SessionReleased(_) => self.quarantined = false,
            What::Finding(finding) => *self.decisions.entry(finding.decision).or_default() += 1,
            What::ToolCall(call) if call.decision == Decision::Block => self.refused_calls += 1,
            _ => {}
        }
    }

    /// Puts the record into its turn and its call.
    fn place(&mut self, record: Record) {
        let id = &record.event.context.ids.turn;
        // What names no turn belongs to the one that is going on.
        let at = match id {
            None => self.turns.len().checked_sub(1),
            Some(_) => self.turns.iter().rposition(|turn| turn.id == *id),
        };
        let time = record.event.time;
        let turn = match at {
            Some(at) => &mut self.turns[at],
            None => {
                self.turns.push(Turn { id: id.clone(), start: time, end: time, moments: Vec::new() });
                self.turns.last_mut().expect("one was just added")
            }
        };
        turn.end = turn.end.max(time);
        turn.add(record);
    }
}

impl Turn {
    fn add(&mut self, record: Record) {
        let context = &record.event.context;
        if context.ids.tool_call.is_none() && context.flow.tool.is_none() {
            return self.moments.push(Moment::Event(Box::new(record)));
        }
        let same = |call: &Call| match (&call.id, &context.ids.tool_call) {
            (Some(known), Some(id)) => known == id,
            // Without an id, what comes in one go belongs together.
            (None, None) => call.tool == context.flow.tool,
            _ => false,
        };
        let found = match context.ids.tool_call {
            Some(_) => self.moments.iter().rposition(|moment| matches!(moment, Moment::Call(call) if same(call))),
            None => self.moments.len().checked_sub(1).filter(|at| matches!(&self.moments[*at], Moment::Call(call) if same(call))),
        };
        let at = found.unwrap_or_else(|| {
            self.moments.push(Moment::Call(Box::new(Call::new(&record))));
            self.moments.len() - 1
        });
        if let Moment::Call(call) = &mut self.moments[at] {
            call.add(record);
        }
    }
}

impl Call {
    fn new(record: &Record) -> Self {
        let (context, time) = (&record.event.context, record.event.time);
        Call {
            id: context.ids.tool_call.clone(),
            tool: context.flow.tool.clone(),
            agent: agent(record),
            start: time,
            end: time,
            decided: None,
            input: Vec::new(),
            output: Vec::new(),
            more: Vec::new(),
        }
    }

    fn add(&mut self, record: Record) {
        self.end = self.end.max(record.event.time);
        if self.tool.is_none() {
            self.tool.clone_from(&record.event.context.flow.tool);
        }
        if self.agent.is_none() {
            self.agent = agent(&record);
        }
        match (&record.event.what, record.event.context.flow.surface) {
            (What::ToolCall(decided), _) => self.decided = Some(decided.clone()),
            (What::Finding(_) | What::Inspected(_) | What::ExceptionUsed(_), Some(Surface::ToolInput)) => self.input.push(record),
            (What::Finding(_) | What::Inspected(_) | What::ExceptionUsed(_), Some(Surface::ToolOutput)) => self.output.push(record),
            _ => self.more.push(record),
        }
    }

    /// The hardest decision about anything in it.
    #[must_use]
    pub fn decision(&self) -> Option<Decision> {
        let found = self.input.iter().chain(&self.output).chain(&self.more).filter_map(|record| match &record.event.what {
            What::Finding(finding) => Some(finding.decision),
            _ => None,
        });
        found.chain(self.decided.as_ref().map(|call| call.decision)).max()
    }
}

fn agent(record: &Record) -> Option<String> {
    let context = &record.event.context;
    context.ids.agent.as_ref().map(ToString::to_string).or_else(|| context.flow.agent.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Chain, LogId, sample};
    use crate::session::Ids;

    #[test]
    fn records_find_their_turn_and_their_call() {
        let ids = |turn: &str, call: Option<&str>| Ids {
            session: Id::new("s-1"),
            turn: Id::new(turn),
            agent: Id::new("main"),
            tool_call: call.and_then(Id::new),
            ..Ids::default()
        };
        let context = |turn, call: Option<&str>, surface| {
            let mut context = sample::context(surface);
            context.ids = ids(turn, call);
            context.flow.tool = call.map(|_| "Bash".to_owned());
            context
        };
        let allowed = What::ToolCall(ToolCall { decision: Decision::Allow, reason: None, row: None });
        let secret = |decision| sample::finding("secret/api-key", decision);
        let events = [
            sample::event(0, context("t-1", None, Surface::Message), secret(Decision::Redact)),
            sample::event(1, context("t-1", Some("c-1"), Surface::ToolInput), allowed.clone()),
            sample::event(2, context("t-1", Some("c-2"), Surface::ToolInput), allowed),
            sample::event(3, context("t-1", Some("c-1"), Surface::ToolOutput), secret(Decision::Observe)),
            sample::event(4, context("t-2", Some("c-3"), Surface::ToolInput), secret(Decision::Block)),
        ];
        let (mut chain, mut lines) = (Chain::new(LogId([1; 16])), Vec::new());
        events.iter().for_each(|event| chain.append(&mut lines, event));
        let mut timeline = Timeline::new("s-1");
        lines.split_inclusive(|b| *b == b'\n').for_each(|line| timeline.add(Record::parse(line).unwrap()));
        let shape: Vec<Vec<String>> = timeline
            .turns
            .iter()
            .map(|turn| {
                let name = |moment: &Moment| match moment {
                    Moment::Event(record) => record.event.what.name().to_owned(),
                    Moment::Call(call) => {
                        format!("{} {}>{}", call.id.as_ref().unwrap(), call.input.len(), call.output.len())
                    }
                };
                turn.moments.iter().map(name).collect()
            })
            .collect();
        assert_eq!(shape, [vec!["finding", "c-1 0>1", "c-2 0>0"], vec!["c-3 1>0"]]);
        assert_eq!(timeline.decisions, [(Decision::Observe, 1), (Decision::Redact, 1), (Decision::Block, 1)].into());
        assert!(Timeline::new("s-2").turns.is_empty());
    }

    #[test]
    fn a_policy_is_news_once() {
        let loaded = || What::PolicyLoaded(crate::audit::PolicyLoaded { digest: "d".into(), source: None });
        let (mut chain, mut lines) = (Chain::new(LogId([1; 16])), Vec::new());
        (0..3).for_each(|second| chain.append(&mut lines, &sample::event(second, sample::context(Surface::Message), loaded())));
        let mut timeline = Timeline::new("s-1");
        lines.split_inclusive(|b| *b == b'\n').for_each(|line| timeline.add(Record::parse(line).unwrap()));
        let shown: usize = timeline.turns.iter().map(|turn| turn.moments.len()).sum();
        assert_eq!((timeline.events, shown), (3, 1));
    }
}
