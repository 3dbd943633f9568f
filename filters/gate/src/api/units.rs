//! Streams of documents: events, lines, or a response as a whole.
//!
//! Each document is held until it is whole, and what is in it is decided at once: texts that flow through many documents in
//! their channels, texts that stand there whole by themselves, and all the rest as it stands.

use core::ops::Range;
use std::borrow::Cow;

use super::calls::{Calls, Step, shapes};
use super::channels::{Channels, Rest};
use super::dialect::{self, Delta, Plan};
use super::doc::{Doc, Value};
use super::edits::{Edits, MARK};
use super::filter::Shared;
use super::framed::Framing;
use super::kind::{Api, Format, Kind};
use super::ledger::Ledger;
use super::mcp;
use super::pass::Pass;
use super::places::{Place, Places};
use super::plain::written_out;
use super::refusal::Refusal;
use super::splitter::Splitter;
use super::sse;
use super::text::decode;
use crate::flow::Direction;
use crate::frame::Frame;
use crate::limit::Limit;
use crate::name::Name;
use crate::same::same;

/// Values of these names are words of the API, not texts.
const WORDS: [&str; 15] = [
    "role",
    "type",
    "id",
    "call_id",
    "tool_use_id",
    "tool_call_id",
    "item_id",
    "name",
    "status",
    "object",
    "model",
    "finish_reason",
    "stop_reason",
    "finishReason",
    "event_type",
];

/// A stream of documents on its way.
#[derive(Debug)]
pub(super) struct Units {
    kind: Kind,
    splitter: Splitter,
    /// Checks tool calls in responses.
    calls: Option<Calls>,
    /// Tool calls in requests are checked.
    guarded: bool,
    /// Ids of the JSON-RPC requests.
    rpc: Option<serde_json::Value>,
    channels: Channels,
    pub(super) framing: Framing,
    /// What of a document is neither a text that flows nor one that stands whole.
    pub(super) envelope: Option<Pass>,
    /// What is no document.
    pub(super) other: Option<Pass>,
    /// Texts that stand whole, and arguments.
    pub(super) text: Option<Pass>,
    json: Option<Pass>,
    /// A document that is too long to be held.
    long: Option<Pass>,
    /// Whether what went out ends as a document ends: with an empty line, or a line's end.
    dispatched: bool,
    /// Bytes that came in.
    pub(super) offset: u64,
}

impl Units {
    pub(super) fn new(shared: &Shared, kind: Kind, decision: &Name, ledger: &Ledger) -> Self {
        let (splitter, channels) = (Splitter::new(kind.format), Channels::default());
        let inbound = ledger.flow.direction == Some(Direction::Inbound);
        let calls = Calls::new(kind, ledger, decision.clone(), shared.limits.held).filter(|_| inbound);
        let guarded = kind.api == Api::Mcp && !inbound && ledger.guards_tools();
        Units {
            kind,
            splitter,
            calls,
            guarded,
            rpc: None,
            channels,
            framing: Framing::default(),
            envelope: None,
            other: None,
            text: None,
            json: None,
            long: None,
            dispatched: true,
            offset: 0,
        }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, shared: &Shared, mut bytes: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            let room = shared.limits.held.saturating_sub(self.splitter.held()).max(1);
            let (taken, unit) = match &self.long {
                None => self.splitter.next(&bytes[..bytes.len().min(room)]),
                Some(_) => self.splitter.skip(bytes),
            };
            let piece = &bytes[..taken];
            bytes = &bytes[taken..];
            self.offset += taken as u64;
            if let Some(pass) = &mut self.long {
                pass.push(piece, ledger, out);
                if unit.is_some() {
                    pass.finish(ledger, out);
                    self.long = None;
                }
            } else if let Some(unit) = unit {
                match self.splitter.is_lost() {
                    true => self.flow(shared, &unit, Limit::Framing, ledger, out),
                    false => self.unit(shared, &unit, ledger, out),
                }
            } else if self.splitter.held() >= shared.limits.held {
                let unit = self.splitter.take();
                self.flow(shared, &unit, Limit::HeldLength, ledger, out);
            }
        }
    }

    /// The stream ends: everything goes out.
    pub(super) fn finish(&mut self, shared: &Shared, ledger: &mut Ledger, out: &mut Vec<u8>) {
        match &mut self.long {
            Some(pass) => pass.finish(ledger, out),
            None => {
                let unit = self.splitter.take();
                if !unit.is_empty() {
                    self.unit(shared, &unit, ledger, out);
                }
            }
        }
        let waiting = self.calls.as_mut().map(|calls| calls.end(ledger)).unwrap_or_default();
        waiting.iter().for_each(|unit| self.replayed(shared, unit, ledger, out));
        let rests = self.channels.end(self.kind.api, "", |_| false, ledger);
        self.carry(&rests, ledger, out);
    }

    /// Ids of the JSON-RPC requests that were seen.
    pub(super) fn rpc(&self) -> Option<&serde_json::Value> {
        self.rpc.as_ref()
    }

    /// Bytes that came in and did not go out.
    pub(super) fn holdback(&self) -> u64 {
        self.splitter.held() as u64
            + self.calls.as_ref().map_or(0, Calls::holdback) as u64
            + self.channels.holdback()
            + self.long.as_ref().map_or(0, Pass::holdback)
    }

    /// The document that begins like this is too long to be held, or nobody knows where it ends: it is read as it flows.
    fn flow(&mut self, shared: &Shared, unit: &[u8], limit: Limit, ledger: &mut Ledger, out: &mut Vec<u8>) {
        ledger.limit(limit, self.offset);
        if self.guarded {
            // It may hold a call, and that would not be checked.
            ledger.refuse(Refusal::Limit(limit));
        }
        let rests = self.channels.end(self.kind.api, "", |_| false, ledger);
        self.carry(&rests, ledger, out);
        let (frame, places) = match self.kind.format {
            Format::Events => (Frame::Sse, None),
            Format::Frames => (Frame::Text, None),
            _ => (Frame::Jsonl, Some(Places::new(self.kind.api, false, shared.limits.depth))),
        };
        let mut pass = Pass::new(shared, frame, Place::default(), places, ledger).telling();
        pass.push(unit, ledger, out);
        self.long = Some(pass);
        self.dispatched = false;
    }

    /// A document is whole, or will never be.
    fn unit(&mut self, shared: &Shared, unit: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        match self.kind.format {
            Format::Frames => self.frame(shared, unit, ledger, out),
            _ => self.document(shared, unit, ledger, out),
        }
    }

    /// What a line, an event or a frame holds.
    pub(super) fn document(&mut self, shared: &Shared, unit: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        ledger.see(unit);
        let spans = self.spans(unit);
        let doc = Doc::read(self.kind.api, unit, &spans);
        let held = Held { doc: &doc, unit, spans: &spans };
        if self.kind.api == Api::Mcp {
            self.rpc = mcp::ids(&doc, unit).or(self.rpc.take());
            if let Some(tool) = doc.text(unit, "params/name") {
                ledger.tool = Some(Name::new(&tool));
            }
            if self.guarded {
                mcp::check(&doc, unit, &held.without(&[]), ledger);
            }
        }
        match self.called(&held, ledger) {
            Step::Pass => self.decide(shared, &held, ledger, out),
            Step::Instead(units) => units.iter().for_each(|unit| self.replayed(shared, unit, ledger, out)),
        }
    }

    /// What the check of tool calls makes of a document.
    fn called(&mut self, held: &Held<'_>, ledger: &mut Ledger) -> Step {
        let Some(calls) = &mut self.calls else { return Step::Pass };
        calls.offset = self.offset;
        match self.kind.format {
            _ if !held.doc.whole => {
                let mut units = if held.says_done() { calls.end(ledger) } else { Vec::new() };
                if units.is_empty() {
                    return Step::Pass;
                }
                units.push(held.unit.to_vec());
                Step::Instead(units)
            }
            Format::Json => calls.whole(&held.without(&[]), ledger),
            _ => calls.next(held.doc, held.unit, &held.without(&[]), ledger),
        }
    }

    /// A document that the check of tool calls gave back.
    fn replayed(&mut self, shared: &Shared, unit: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        let spans = self.spans(unit);
        let doc = Doc::read(self.kind.api, unit, &spans);
        self.decide(shared, &Held { doc: &doc, unit, spans: &spans }, ledger, out);
    }

    fn spans(&self, unit: &[u8]) -> Vec<Range<usize>> {
        match self.kind.format {
            Format::Events => sse::data(unit),
            _ => core::iter::once(start(unit)..unit.len()).collect(),
        }
    }

    /// Decides what is in a document, and lets it go on.
    fn decide(&mut self, shared: &Shared, held: &Held<'_>, ledger: &mut Ledger, out: &mut Vec<u8>) {
        let Held { doc, unit, spans } = *held;
        let streamed = self.kind.format != Format::Json;
        let edited = if doc.whole && !unit.contains(&MARK) {
            let plan = match held.data().trim_ascii_start().first() {
                // A stream of Gemini that is one array.
                Some(b'[') if self.kind.api == Api::Gemini => dialect::plan_of_list(doc, unit),
                _ if streamed => dialect::plan(self.kind.api, doc, unit),
                _ => Plan::default(),
            };
            if let Some(calls) = &mut self.calls {
                calls.follow(&plan, doc, unit, ledger);
            }
            self.ended(&plan, ledger, out);
            self.edit(shared, held, plan, ledger, out)
        } else {
            self.ended(&dialect::plan_of_text(held.data()), ledger, out);
            let frame = if self.kind.format == Format::Events { Frame::Sse } else { Frame::Jsonl };
            filtered(&mut self.other, shared, frame, &Place::default(), unit, ledger)
        };
        if ledger.is_open() {
            self.dispatched = match self.kind.format {
                Format::Events => sse::is_dispatched(unit) || unit.ends_with(b"\n") && self.dispatched && spans.is_empty(),
                _ => unit.ends_with(b"\n"),
            };
            match self.kind.format {
                Format::Frames => self.framing.now.write(&edited, out),
                _ => out.extend_from_slice(&edited),
            }
        }
    }

    /// Sends on what is left of texts that end before this document.
    fn ended(&mut self, plan: &Plan, ledger: &mut Ledger, out: &mut Vec<u8>) {
        for prefix in &plan.ends {
            let here = |key: &str| plan.deltas.iter().any(|delta| delta.key == key);
            let rests = self.channels.end(self.kind.api, prefix, here, ledger);
            self.carry(&rests, ledger, out);
        }
    }

    /// Writes documents of our own.
    fn carry(&mut self, rests: &[Rest], ledger: &Ledger, out: &mut Vec<u8>) {
        for Rest { document } in rests.iter().filter(|_| ledger.is_open()) {
            match self.kind.format {
                Format::Frames => self.framing.carrier.write(document, out),
                format => {
                    if !core::mem::replace(&mut self.dispatched, true) {
                        out.extend_from_slice(if format == Format::Events { b"\n\n" } else { b"\n" });
                    }
                    out.extend(shapes::written(self.kind, document));
                }
            }
        }
    }

    /// The document, with what the policy wants changed.
    fn edit(&mut self, shared: &Shared, held: &Held<'_>, plan: Plan, ledger: &mut Ledger, out: &mut Vec<u8>) -> Vec<u8> {
        let Held { doc, unit, .. } = *held;
        let mut edits = Edits::default();
        let mut unclean = Vec::new();
        let Plan { deltas, ends, tools, top } = plan;
        self.channels.named(tools);
        if !deltas.is_empty() {
            self.framing.carrier.clone_from(&self.framing.now);
        }
        for (i, delta) in deltas.iter().enumerate() {
            let value = &doc.values[delta.value];
            if !self.channels.has_room(&delta.key, shared.limits.channels) {
                ledger.limit(Limit::Channels, self.offset);
                let rests = self.channels.end_oldest(self.kind.api, ledger);
                self.carry(&rests, ledger, out);
            }
            let text = decode(&unit[value.span.clone()]);
            let (mut released, mut clean) = self.channels.push(shared, &delta.key, &delta.place, &text, ledger);
            let last = deltas[i + 1..].iter().all(|later| later.key != delta.key);
            if last && ends.iter().any(|prefix| delta.key.starts_with(prefix.as_str())) {
                self.channels.end_here(&delta.key, ledger, &mut released);
                clean = released == *text;
            } else {
                self.channels.remember(self.kind.api, &delta.key, &value.path, || held.without(&deltas));
            }
            edits.text(value, (released != *text).then_some(released));
            if !clean {
                unclean.extend(delta.logprobs.clone());
            }
        }
        for (i, value) in doc.values.iter().enumerate() {
            let Some(place) = standing(value, top.as_ref()).filter(|_| deltas.iter().all(|delta| delta.value != i)) else { continue };
            let raw = &unit[value.span.clone()];
            let text = decode(raw);
            let changed = changed(&mut self.text, shared, Frame::Text, &place, &text, ledger);
            if changed.is_some() {
                unclean.extend(logprobs(self.kind.api, &value.path));
            }
            edits.text(value, changed);
        }
        for object in &doc.objects {
            let Some(place) = &object.text else { continue };
            if unclean.iter().any(|path| **path == *object.path) {
                let none: &[u8] = if unit[object.span.start] == b'[' { b"[]" } else { b"null" };
                edits.replace(object.span.clone(), Some(none.to_vec()));
                continue;
            }
            let raw = written_out(&unit[object.span.clone()]);
            let changed = changed(&mut self.json, shared, Frame::Json, place, &raw, ledger);
            let written = matches!(raw, Cow::Owned(_)).then(|| raw.into_owned());
            edits.replace(object.span.clone(), changed.or(written));
        }
        edits.apply(unit, |rest| filtered(&mut self.envelope, shared, Frame::Jsonl, &Place::default(), rest, ledger))
    }
}

/// Where the document of a line begins.
fn start(unit: &[u8]) -> usize {
    if unit.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// Where a text stands that is whole, if the value is one.
fn standing(value: &Value, top: Option<&Place>) -> Option<Place> {
    let name = value.path.rsplit('/').next().unwrap_or_default();
    if !value.string || value.span.is_empty() {
        return None;
    }
    if let Some(top) = top.filter(|_| matches!(&*value.path, "text" | "refusal" | "arguments" | "input" | "code" | "transcript")) {
        return Some(top.clone());
    }
    value.place.surface.filter(|_| !WORDS.contains(&name)).map(|_| value.place.clone())
}

/// Where the probabilities of the tokens of a text stand.
fn logprobs(api: Api, path: &str) -> Option<String> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let mut first = path.splitn(3, '/');
    match (api, first.next(), first.next()) {
        (Api::Chat, Some("choices"), Some(at)) => Some(format!("choices/{at}/logprobs")),
        (Api::Ollama | Api::Cohere, ..) => Some("logprobs".to_owned()),
        (Api::Gemini, Some("candidates"), Some(at)) => Some(format!("candidates/{at}/logprobsResult")),
        (Api::Responses, ..) if parent.is_empty() => Some("logprobs".to_owned()),
        (Api::Responses, ..) => Some(format!("{parent}/logprobs")),
        _ => None,
    }
}

/// A text by itself, if it changes.
pub(super) fn changed(
    pass: &mut Option<Pass>,
    shared: &Shared,
    frame: Frame,
    place: &Place,
    text: &[u8],
    ledger: &mut Ledger,
) -> Option<Vec<u8>> {
    Some(filtered(pass, shared, frame, place, text, ledger)).filter(|out| !same(out, text))
}

/// What may go on of a text by itself.
pub(super) fn filtered(pass: &mut Option<Pass>, shared: &Shared, frame: Frame, place: &Place, text: &[u8], ledger: &mut Ledger) -> Vec<u8> {
    let pass = match pass {
        Some(pass) => {
            pass.restart(place, ledger);
            pass
        }
        None => pass.insert(Pass::new(shared, frame, place.clone(), None, ledger)),
    };
    let mut out = Vec::with_capacity(text.len());
    pass.push(text, ledger, &mut out);
    pass.finish(ledger, &mut out);
    out
}

/// A document that is held.
struct Held<'a> {
    doc: &'a Doc,
    unit: &'a [u8],
    /// Where it stands in the unit.
    spans: &'a [Range<usize>],
}

impl Held<'_> {
    /// The first line of data.
    fn data(&self) -> &[u8] {
        self.spans.first().map_or(&[][..], |span| &self.unit[span.clone()])
    }

    /// Whether the stream says that it ends.
    fn says_done(&self) -> bool {
        self.data().trim_ascii() == b"[DONE]"
    }

    /// The document, without the texts that flow through it.
    fn without(&self, deltas: &[Delta]) -> Vec<u8> {
        let mut document = Vec::with_capacity(self.unit.len());
        for span in self.spans {
            let mut at = span.start;
            for value in deltas.iter().map(|delta| &self.doc.values[delta.value].span).filter(|value| span.contains(&value.start)) {
                document.extend_from_slice(&self.unit[at..value.start]);
                at = value.end;
            }
            document.extend_from_slice(&self.unit[at..span.end]);
            document.push(b'\n');
        }
        document
    }
}
