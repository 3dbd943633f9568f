//! One body on its way.

use std::sync::Arc;

use super::answer::{Answer, answer, ending};
use super::filter::{Message, Shared};
use super::kind::{Api, Format, Kind};
use super::ledger::{Counts, Ledger};
use super::pass::Pass;
use super::places::{Place, Places};
use super::refusal::Refusal;
use super::units::Units;
use crate::audit::Event;
use crate::flow::Direction;
use crate::frame::Frame;
use crate::limit::Limit;
use crate::name::Name;
use crate::session::{Ids, Observer, Session};

/// Filters one request or response body as it flows.
///
/// Push chunks as they come: what may go on is appended to `out`. Where chunks are cut changes neither the bytes nor the
/// decisions. Memory is bounded by the [`Limits`](super::Limits), whatever flows through.
///
/// Nothing more goes out as soon as there is a [`refusal`](Body::refusal). Whoever has not let anything go on yet answers with
/// [`answer`](Body::answer); whoever has, sends what [`ending`](Body::ending) says and closes. Events are for the audit log:
/// [`drain`](Body::drain) them after each call, before what went out with them is let go.
///
/// ```
/// use tamis::api::{Api, Filter, Format, Kind, Limits, Message};
/// use tamis::{Decision, Direction, Flow, Policy, Scanner, Settings};
///
/// let filter = Filter::new(Scanner::new(tamis::rules::builtin()), Policy::default().into(), Settings::default(), Limits::default());
/// let mut body = filter.body(Message {
///     kind: Kind { api: Api::Chat, format: Format::Json },
///     flow: Flow { direction: Some(Direction::Outbound), ..Flow::default() },
///     ..Message::default()
/// });
/// let mut out = Vec::new();
/// body.push(br#"{"messages":[{"role":"user","content":"my key is ghp_x7Qm2VtR9pLk4WnZ8sYd"#, &mut out);
/// assert_eq!(out, br#"{"messages":[{"role":"user","content":"my key is "#);
/// body.push(br#"3FbH6jCgTa2JF1fs"}]}"#, &mut out);
/// body.finish(&mut out);
/// assert!(out.ends_with(br#""my key is [REDACTED:github.pat-classic]"}]}"#));
/// assert_eq!(body.counts().found(Decision::Redact), 1);
/// ```
#[derive(Debug)]
pub struct Body {
    shared: Arc<Shared>,
    kind: Kind,
    decision: Name,
    rpc: Option<serde_json::Value>,
    ledger: Ledger,
    /// Reads who sends a request.
    observer: Option<Observer>,
    ids: Ids,
    work: Work,
    ended: bool,
}

/// How the body is read.
#[derive(Debug)]
enum Work {
    /// As it flows.
    Flow(Box<Pass>),
    /// Document by document.
    Units(Box<Units>),
}

impl Body {
    pub(super) fn new(shared: Arc<Shared>, message: Message) -> Self {
        let Message { kind, flow, ids, decision, now, session, rpc, .. } = message;
        let outbound = flow.direction != Some(Direction::Inbound);
        let mut ledger = Ledger::new(&shared.scanner, &shared.policy, flow, ids.clone(), now);
        if let Some((session, rules)) = session {
            ledger.watch(session, rules);
        }
        let observer = (outbound && matches!(kind.format, Format::Json | Format::JsonLines | Format::Unknown)).then(Observer::default);
        let work = match (kind.api, kind.format) {
            (Api::Unknown, _) => Work::Flow(Box::new(flowing(&shared, kind, &ledger))),
            (Api::Mcp, Format::Json | Format::JsonLines) | (_, Format::Events) => Work::Units(Box::new(Units::new(&shared, kind, &ledger))),
            (_, Format::Json | Format::JsonLines) if !outbound => Work::Units(Box::new(Units::new(&shared, kind, &ledger))),
            _ => Work::Flow(Box::new(flowing(&shared, kind, &ledger))),
        };
        Body { shared, kind, decision, rpc, ledger, observer, ids, work, ended: false }
    }

    /// Takes the next bytes. What may go on is appended to `out`.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let room = self.shared.limits.body.map_or(u64::MAX, |most| most.saturating_sub(self.ledger.counts.received));
        self.ledger.counts.received += chunk.len() as u64;
        self.observe(chunk);
        if room < chunk.len() as u64 {
            self.ledger.limit(Limit::BodyLength, self.ledger.counts.received);
        }
        let before = out.len();
        match &mut self.work {
            Work::Flow(pass) => pass.push(chunk, &mut self.ledger, out),
            Work::Units(units) => units.push(&self.shared, chunk, &mut self.ledger, out),
        }
        self.went(out.len() - before);
    }

    /// The body has ended, whole or not: what was held back is decided and goes out. Calling it again does nothing.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if core::mem::replace(&mut self.ended, true) {
            return;
        }
        let before = out.len();
        match &mut self.work {
            Work::Flow(pass) => pass.finish(&mut self.ledger, out),
            Work::Units(units) => units.finish(&self.shared, &mut self.ledger, out),
        }
        self.went(out.len() - before);
        self.ledger.end();
    }

    fn observe(&mut self, chunk: &[u8]) {
        let Some(observer) = &mut self.observer else { return };
        observer.push(chunk);
        let sighting = observer.sighting();
        let mut ids = sighting.ids;
        ids.merge(&self.ids);
        self.ledger.learn(ids, sighting.model.as_ref());
    }

    fn went(&mut self, bytes: usize) {
        self.ledger.counts.released += bytes as u64;
        self.ledger.counts.held = self.ledger.counts.held.max(self.holdback());
    }

    /// Its API and shape.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Why nothing passes any more, if so.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.ledger.refusal()
    }

    /// Refuses it from outside: its session may not go on, or the log cannot be written.
    pub fn refuse(&mut self, refusal: Refusal) {
        self.ledger.refuse(refusal);
    }

    /// What the client gets instead, while nothing has gone on yet.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        self.refusal().map(|refusal| answer(self.kind, refusal, &self.decision, self.rpc.as_ref()))
    }

    /// What ends a response that is refused after its beginning went on. Empty where all that can be done is to cut the
    /// connection.
    #[must_use]
    pub fn ending(&self) -> Option<Vec<u8>> {
        self.refusal().map(|refusal| ending(self.kind, refusal, &self.decision, self.rpc.as_ref()))
    }

    /// Takes what happened since the last time, for the audit log.
    pub fn drain(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.ledger.drain()
    }

    /// How much flowed, and what was decided.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.ledger.counts
    }

    /// Bytes that came in and were not let go.
    #[must_use]
    pub fn holdback(&self) -> u64 {
        match &self.work {
            Work::Flow(pass) => pass.holdback(),
            Work::Units(units) => units.holdback(),
        }
    }

    /// Who sent it, as far as headers and body say so.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.ledger.ids
    }

    /// The model that is asked, as far as flow and body say so.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.ledger.flow.destination.model.as_deref()
    }

    /// The session that was charged, as it stands now.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.ledger.session()
    }
}

/// A body that is read as it flows.
fn flowing(shared: &Shared, kind: Kind, ledger: &Ledger) -> Pass {
    let frame = match kind.format {
        Format::Json => Frame::Json,
        Format::JsonLines => Frame::Jsonl,
        Format::Events => Frame::Sse,
        Format::Multipart | Format::Form | Format::Text | Format::Binary => Frame::Text,
        Format::Unknown => Frame::Auto,
    };
    let told = kind.api != Api::Unknown && matches!(kind.format, Format::Json | Format::JsonLines);
    let places = told.then(|| Places::new(kind.api, kind.format == Format::JsonLines, shared.limits.depth));
    Pass::new(shared, frame, Place::default(), places, ledger)
}
