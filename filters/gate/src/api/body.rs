//! One body on its way.

use std::borrow::Cow;
use std::sync::Arc;

use super::answer::{Answer, answer, ending};
use super::charset::Opening;
use super::filter::{Message, Shared};
use super::kind::{Api, Format, Kind};
use super::ledger::{Counts, Ledger};
use super::pass::Pass;
use super::places::{Place, Places};
use super::plain::Plain;
use super::refusal::Refusal;
use super::units::Units;
use crate::audit::Event;
use crate::flow::Direction;
use crate::frame::Frame;
use crate::limit::Limit;
use crate::name::Name;
use crate::session::{Ids, Session};

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
    /// Its first bytes, where they are to be text.
    opening: Option<Opening>,
    work: Work,
    ended: bool,
}

/// How the body is read.
#[derive(Debug)]
enum Work {
    /// As it flows; JSON without the escapes that letters hide behind.
    Flow(Box<Pass>, Option<Plain>),
    /// Document by document.
    Units(Box<Units>),
}

impl Body {
    pub(super) fn new(shared: Arc<Shared>, message: Message) -> Self {
        let Message { kind, flow, ids, decision, now, session, grant, rpc, .. } = message;
        let outbound = flow.direction != Some(Direction::Inbound);
        let mut ledger = Ledger::new(&shared, flow, ids, now);
        ledger.grant = grant;
        if let Some((session, rules)) = session {
            ledger.watch(session, rules);
        }
        if outbound && matches!(kind.format, Format::Json | Format::JsonLines | Format::Unknown) {
            ledger.observe();
        }
        let plain = matches!(kind.format, Format::Json | Format::JsonLines).then(Plain::default);
        let flow = || Work::Flow(Box::new(flowing(&shared, kind, &ledger)), plain);
        let work = match (kind.api, kind.format) {
            // Frames say how long they are: what changes in them is written anew.
            (_, Format::Frames) => Work::Units(Box::new(Units::new(&shared, kind, &decision, &ledger))),
            (Api::Unknown, _) => flow(),
            (Api::Mcp, Format::Json | Format::JsonLines) | (_, Format::Events) => {
                Work::Units(Box::new(Units::new(&shared, kind, &decision, &ledger)))
            }
            (_, Format::Json | Format::JsonLines) if !outbound => Work::Units(Box::new(Units::new(&shared, kind, &decision, &ledger))),
            _ => flow(),
        };
        if kind.format == Format::Unreadable {
            ledger.refuse(Refusal::Malformed);
        }
        let text = !matches!(kind.format, Format::Binary | Format::Frames);
        Body { shared, kind, decision, rpc, ledger, opening: text.then(Opening::default), work, ended: false }
    }

    /// Takes the next bytes. What may go on is appended to `out`.
    pub fn push(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let room = self.shared.limits.body.map_or(u64::MAX, |most| most.saturating_sub(self.ledger.counts.received));
        self.ledger.counts.received += chunk.len() as u64;
        if room < chunk.len() as u64 {
            self.ledger.limit(Limit::BodyLength, self.ledger.counts.received);
        }
        let (bytes, wide) = self.opening.as_mut().map_or((Cow::Borrowed(chunk), false), |opening| opening.push(chunk));
        if wide {
            self.ledger.refuse(Refusal::Malformed);
        }
        let before = out.len();
        self.read(&bytes, out);
        self.went(out.len() - before);
    }

    fn read(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match &mut self.work {
            Work::Flow(pass, None) => pass.push(bytes, &mut self.ledger, out),
            Work::Flow(pass, Some(plain)) => pass.push(&plain.push(bytes), &mut self.ledger, out),
            Work::Units(units) => units.push(&self.shared, bytes, &mut self.ledger, out),
        }
    }

    /// The body has ended, whole or not: what was held back is decided and goes out. Calling it again does nothing.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if core::mem::replace(&mut self.ended, true) {
            return;
        }
        let before = out.len();
        let opening = self.opening.as_mut().map(Opening::finish).unwrap_or_default();
        self.read(&opening, out);
        match &mut self.work {
            Work::Flow(pass, plain) => {
                let mut written = Vec::new();
                plain.iter_mut().for_each(|plain| plain.finish(&mut written));
                pass.push(&written, &mut self.ledger, out);
                pass.finish(&mut self.ledger, out);
            }
            Work::Units(units) => units.finish(&self.shared, &mut self.ledger, out),
        }
        self.went(out.len() - before);
        self.ledger.end();
    }

    fn went(&mut self, bytes: usize) {
        self.ledger.learn();
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
        self.refusal().map(|refusal| answer(self.kind, refusal, &self.decision, self.rpc()))
    }

    /// What ends a response that is refused after its beginning went on. Empty where all that can be done is to cut the
    /// connection.
    #[must_use]
    pub fn ending(&self) -> Option<Vec<u8>> {
        self.refusal().map(|refusal| ending(self.kind, refusal, &self.decision, self.rpc()))
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
        let held = match &self.work {
            Work::Flow(pass, plain) => pass.holdback() + plain.as_ref().map_or(0, Plain::holdback),
            Work::Units(units) => units.holdback(),
        };
        held + self.opening.as_ref().map_or(0, Opening::holdback)
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

    /// The id of the JSON-RPC request, or the ids of a batch of them, as far as they are known: for the answer, and for the
    /// [`Message`] of the response.
    #[must_use]
    pub fn rpc(&self) -> Option<&serde_json::Value> {
        match &self.work {
            Work::Units(units) => self.rpc.as_ref().or(units.rpc()),
            Work::Flow(..) => self.rpc.as_ref(),
        }
    }

    /// The tool that was called last, by a request of MCP: for the flow of the response.
    #[must_use]
    pub fn tool(&self) -> Option<&Name> {
        self.ledger.tool.as_ref()
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
        Format::Multipart | Format::Form | Format::Text | Format::Binary | Format::Unreadable | Format::Frames => Frame::Text,
        Format::Unknown => Frame::Auto,
    };
    let told = kind.api != Api::Unknown && matches!(kind.format, Format::Json | Format::JsonLines);
    let places = told.then(|| Places::new(kind.api, kind.format == Format::JsonLines, shared.limits.depth));
    Pass::new(shared, frame, Place::default(), places, ledger).telling()
}
