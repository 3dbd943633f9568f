//! What is decided on one body: events for the log, counts, and whether it may go on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tamis_engine::{LimitHit, Scanner};

use super::filter::Shared;
use super::places::Place;
use super::refusal::Refusal;
use super::spare::Spare;
use crate::audit::{Context, Event, FindingDecided, Inspected, LimitReached, SessionQuarantined, ToolCall, What};
use crate::decision::Decision;
use crate::flow::Flow;
use crate::gate::Decided;
use crate::grant::Scope;
use crate::limit::Limit;
use crate::name::Name;
use crate::policy::{Policy, ToolRuling};
use crate::session::{Ids, Incident, Observer, Session, SessionRules};

/// Contexts that are kept for the next event of the same place.
const CONTEXTS: usize = 8;

/// How much flowed, and what was decided on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes that came in.
    pub received: u64,
    /// Bytes that went out.
    pub released: u64,
    /// Most bytes that were held back at once.
    pub held: u64,
    /// Findings by decision, the mildest first, in the order of [`Decision::ALL`].
    pub findings: [u64; 5],
    /// Tool calls that were let through.
    pub calls: u64,
    /// Tool calls that were refused.
    pub calls_refused: u64,
    /// Limits that were hit.
    pub limits: u64,
    /// Values that were put back in place of their tokens.
    pub restored: u64,
}

impl Counts {
    /// How many findings were decided like this.
    #[must_use]
    pub fn found(&self, decision: Decision) -> u64 {
        self.findings[decision as usize]
    }
}

/// The record of one body.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) scanner: Scanner,
    pub(super) policy: Arc<Policy>,
    /// What its session was granted, where that is known.
    pub(super) grant: Option<Scope>,
    spare: Arc<Spare>,
    pub(super) flow: Flow,
    pub(super) ids: Ids,
    /// What headers said.
    told: Ids,
    pub(super) now: Timestamp,
    pub(super) counts: Counts,
    /// The tool that was called last.
    pub(super) tool: Option<Name>,
    /// Reads who sends it, in the order in which it is decided.
    observer: Option<Observer>,
    /// It has read more than is known here.
    unread: bool,
    session: Option<(Session, SessionRules)>,
    stopped: Option<SessionQuarantined>,
    refusal: Option<Refusal>,
    contexts: Vec<(Place, Arc<Context>)>,
    classes: BTreeMap<Name, u64>,
    hardest: Decision,
    events: Vec<Event>,
    limits: Vec<Limit>,
}

impl Ledger {
    pub(super) fn new(shared: &Shared, flow: Flow, ids: Ids, now: Timestamp) -> Self {
        Ledger {
            scanner: shared.scanner.clone(),
            policy: Arc::clone(&shared.policy),
            grant: None,
            spare: Arc::clone(&shared.spare),
            flow,
            told: ids.clone(),
            ids,
            now,
            counts: Counts::default(),
            tool: None,
            observer: None,
            unread: false,
            session: None,
            stopped: None,
            refusal: None,
            contexts: Vec::new(),
            classes: BTreeMap::new(),
            hardest: Decision::Allow,
            events: Vec::new(),
            limits: Vec::new(),
        }
    }

    pub(super) fn watch(&mut self, session: Session, rules: SessionRules) {
        self.session = Some((session, rules));
    }

    pub(super) fn session(&self) -> Option<&Session> {
        self.session.as_ref().map(|(session, _)| session)
    }

    /// Why nothing passes any more, if so.
    pub(super) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    pub(super) fn is_open(&self) -> bool {
        self.refusal.is_none()
    }

    /// Nothing passes any more. The first reason counts.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        self.hardest = Decision::Block;
        self.refusal.get_or_insert(refusal);
    }

    /// Reads who sends it.
    pub(super) fn observe(&mut self) {
        self.observer = Some(Observer::default());
    }

    /// The body goes on with these bytes.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        if let Some(observer) = &mut self.observer {
            observer.push(bytes);
            self.unread = true;
        }
    }

    /// Takes over what the body has said of its sender. What headers said comes first.
    pub(super) fn learn(&mut self) {
        let Some(observer) = self.observer.as_mut().filter(|_| self.unread) else { return };
        self.unread = false;
        let sighting = observer.sighting();
        let mut ids = sighting.ids;
        ids.merge(&self.told);
        let model = sighting.model.map(|model| model.as_str().to_owned());
        if self.ids != ids || self.flow.destination.model.is_none() && model.is_some() {
            self.ids = ids;
            self.flow.destination.model = self.flow.destination.model.take().or(model);
            self.contexts.clear();
        }
    }

    /// Where a text stands, for the policy.
    pub(super) fn flow_at(&self, place: &Place) -> Flow {
        let mut flow = self.flow.clone();
        flow.surface = place.surface.or(flow.surface);
        flow.tool = place.tool.as_ref().map(ToString::to_string).or(flow.tool);
        flow
    }

    /// Notes down what a gate decided here.
    pub(super) fn decided(&mut self, decided: &Decided, place: &Place) {
        let Decided { located, ruling, .. } = decided;
        let scanner = self.scanner.clone();
        let rule = scanner.rule(located.finding.rule);
        let class = Name::new(&rule.class);
        self.counts.findings[ruling.decision as usize] += 1;
        *self.classes.entry(class.clone()).or_default() += 1;
        self.hardest = self.hardest.max(ruling.decision);
        for what in FindingDecided::events(decided, rule, |exception| self.policy.state(exception, &self.flow, self.now)) {
            self.tell(without_lines(what), place);
        }
        let to = self.flow.destination.host.as_deref().map(Name::new);
        self.charge(&decided.incident(rule, to));
        if ruling.decision == Decision::Block {
            self.refuse(Refusal::Finding { class, row: Name::new(&ruling.row) });
        }
    }

    /// Notes down what the policy says of a tool call. `stops` says that the whole body is refused with it.
    pub(super) fn called(&mut self, ruling: &ToolRuling, place: &Place, stops: bool) {
        let decision = ruling.decision.decision();
        let row = Name::new(&ruling.row);
        self.tool.clone_from(&place.tool);
        self.hardest = self.hardest.max(decision);
        self.tell(What::ToolCall(ToolCall { decision, reason: None, row: Some(row.clone()) }), place);
        if decision == Decision::Block {
            self.counts.calls_refused += 1;
            self.charge(&Incident::ToolRefused);
            if stops {
                let tool = place.tool.as_ref().map(|tool| self.harmless_name(tool)).unwrap_or_else(|| Name::new("?"));
                self.refuse(Refusal::Tool { tool, row });
            }
        } else {
            self.counts.calls += 1;
        }
    }

    fn charge(&mut self, incident: &Incident) {
        let Some((session, rules)) = &mut self.session else { return };
        if let Some(stopped) = session.note(rules, incident, self.now) {
            let reason = stopped.reason.clone();
            self.stopped = Some(stopped.clone());
            self.tell(What::SessionQuarantined(stopped), &Place::default());
            self.refuse(Refusal::Session { reason });
        }
    }

    /// A gate hit a limit of the engine.
    pub(super) fn hit(&mut self, hit: LimitHit) {
        self.limit(hit.kind.into(), hit.offset);
    }

    /// A limit was hit: the policy says whether that ends the body. Of each kind, the first one counts.
    pub(super) fn limit(&mut self, limit: Limit, offset: u64) {
        if self.limits.contains(&limit) {
            return;
        }
        self.limits.push(limit);
        self.counts.limits += 1;
        self.tell(What::LimitHit(LimitReached { kind: limit, offset }), &Place::default());
        if limit == Limit::BodyLength || self.policy.on_limit(&self.flow) == Decision::Block {
            self.refuse(Refusal::Limit(limit));
        }
    }

    /// The body has ended.
    pub(super) fn end(&mut self) {
        let classes = core::mem::take(&mut self.classes);
        let inspected = Inspected { bytes: self.counts.received, classes, decision: self.hardest };
        self.tell(What::Inspected(inspected), &Place::default());
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.events.drain(..)
    }

    /// Something happened here.
    pub(super) fn tell(&mut self, what: What, place: &Place) {
        self.learn();
        let context = self.context(place);
        self.events.push(Event { time: self.now, context, what });
    }

    fn context(&mut self, place: &Place) -> Arc<Context> {
        if let Some((_, context)) = self.contexts.iter().find(|(known, _)| known == place) {
            return Arc::clone(context);
        }
        let mut flow = self.flow_at(place);
        // Names that others chose can hold secrets, too.
        let mut harmless = self.spare.harmless();
        let Flow { path, tool, agent, destination, .. } = &mut flow;
        for text in [path, tool, agent, &mut destination.host, &mut destination.route, &mut destination.model].into_iter().flatten() {
            *text = harmless.text(text).into_owned();
        }
        let mut ids = self.ids.clone();
        for slot in [&mut ids.session, &mut ids.turn, &mut ids.agent, &mut ids.parent_agent, &mut ids.tool_call] {
            *slot = slot.as_ref().and_then(|id| harmless.id(id.as_str()));
        }
        drop(harmless);
        let context = Arc::new(Context { ids, flow, policy: Some(self.policy.digest()) });
        if self.contexts.len() == CONTEXTS {
            self.contexts.remove(0);
        }
        self.contexts.push((place.clone(), Arc::clone(&context)));
        context
    }

    pub(super) fn harmless_name(&self, name: &Name) -> Name {
        Name::new(&self.spare.harmless().text(name.as_str()))
    }
}

/// Bodies have offsets; hardly any has lines.
fn without_lines(what: What) -> What {
    match what {
        What::Finding(finding) => What::Finding(FindingDecided { line: None, column: None, ..finding }),
        what => what,
    }
}
