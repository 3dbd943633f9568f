//! JSON-RPC messages, one a line, as MCP servers speak on their standard streams.
//!
//! A call that is refused does not reach the server: the client gets the answer. What a server says is decided as the output
//! of the tool that it answers for. Messages that pass unchanged keep every byte.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::sync::Mutex;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tamis::api::{Api, Format, Kind, Refusal, answer};
use tamis::policy::Arguments;
use tamis::session::{Id, Ids, Source};
use tamis::{Direction, Flow, Name, Surface};

use super::{Side, locked};
use crate::failure::Failure;
use crate::fd;
use crate::inspect::{Inspector, Verdict};

/// As many calls may wait for their answers, and their tools are still known.
const CALLS: usize = 10_000;

/// What both directions know of the talk.
pub(super) struct Talk {
    /// Tools by the id of their call, as its text.
    calls: Mutex<HashMap<String, String>>,
    /// Where the client reads.
    client: Mutex<File>,
}

/// What becomes of a line.
#[derive(Debug, Default)]
pub(super) struct Decided {
    /// What goes on, with the line's end.
    pub(super) forward: Option<Vec<u8>>,
    /// What the client gets instead.
    pub(super) answer: Option<Vec<u8>>,
}

impl Talk {
    pub(super) fn new(client: File) -> Self {
        Talk { calls: Mutex::default(), client: Mutex::new(client) }
    }

    /// Writes lines to the client: they stay whole, whichever side they come from.
    pub(super) fn say(&self, lines: &[u8]) -> io::Result<()> {
        fd::write(&mut *locked(&self.client), lines)
    }

    fn begin(&self, id: &str, tool: &str) {
        let mut calls = locked(&self.calls);
        if calls.len() < CALLS {
            calls.insert(id.to_owned(), tool.to_owned());
        }
    }

    fn end(&self, id: &str) -> Option<String> {
        locked(&self.calls).remove(id)
    }
}

/// The members of a message that matter.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    method: Option<String>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// A message, refused or as it may go on.
type Outcome = Result<Vec<u8>, Refusal>;

/// Whether a line is a message, or a batch of them.
pub(super) fn is_message(line: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Head {
        jsonrpc: String,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Line {
        One(Head),
        Batch(Vec<Head>),
    }
    let versions = match serde_json::from_slice(line) {
        Ok(Line::One(head)) => vec![head.jsonrpc],
        Ok(Line::Batch(heads)) => heads.into_iter().map(|head| head.jsonrpc).collect(),
        Err(_) => Vec::new(),
    };
    !versions.is_empty() && versions.iter().all(|version| version == "2.0")
}

/// Decides a line.
pub(super) fn decide(inspector: &mut Inspector, side: Side, talk: &Talk, line: &[u8]) -> Decided {
    let text = line.trim_ascii();
    if text.is_empty() {
        return Decided { forward: Some(line.to_owned()), ..Decided::default() };
    }
    let batch: Option<Vec<&RawValue>> = text.starts_with(b"[").then(|| serde_json::from_slice(text).ok()).flatten();
    let messages = match &batch {
        Some(messages) => messages.iter().map(|message| message.get().as_bytes()).collect(),
        None => vec![text],
    };
    let (mut forward, mut answers, mut same) = (Vec::new(), Vec::new(), true);
    for message in messages {
        match one(inspector, side, talk, message) {
            Ok(bytes) => {
                same &= bytes == message;
                forward.push(bytes);
            }
            Err(refusal) => {
                same = false;
                answers.extend(refused(&refusal, side, message));
            }
        }
    }
    let joined = |parts: &[Vec<u8>]| match (parts, batch.is_some()) {
        ([], _) => None,
        ([one], false) => Some([&one[..], b"\n"].concat()),
        (parts, _) => Some([&b"["[..], &parts.join(&b","[..]), b"]\n"].concat()),
    };
    let forward = if same { Some(line.to_owned()) } else { joined(&forward) };
    match side {
        // The client waits for an answer in the place where the server's would have come.
        Side::Out | Side::Err => Decided { forward: forward.or_else(|| joined(&answers)), answer: None },
        Side::In => Decided { forward, answer: joined(&answers) },
    }
}

/// What the client gets for a refused message, if it waits for anything.
fn refused(refusal: &Refusal, side: Side, message: &[u8]) -> Option<Vec<u8>> {
    let parsed = serde_json::from_slice::<Message<'_>>(message).ok();
    let is_request = parsed.as_ref().is_some_and(|message| message.method.is_some());
    let id: Option<Value> = parsed.and_then(|message| message.id).and_then(|id| serde_json::from_str(id.get()).ok());
    let waits = match side {
        // What has no id expects no answer, unless nobody can tell.
        Side::In => id.is_some() || *refusal == Refusal::Malformed,
        // What the server asks on its own is just not asked.
        Side::Out | Side::Err => id.is_some() && !is_request,
    };
    let kind = Kind { api: Api::Mcp, format: Format::Json };
    let decision = id.as_ref().map_or_else(|| Name::new("none"), |id| Name::from(id.to_string().trim_matches('"').to_owned()));
    waits.then(|| answer(kind, refusal, &decision, id.as_ref()).body)
}

/// Decides one message.
fn one(inspector: &mut Inspector, side: Side, talk: &Talk, text: &[u8]) -> Outcome {
    // The server could take the other one of two members with one name.
    let (Ok(message), Ok(Arguments(_))) = (serde_json::from_slice::<Message<'_>>(text), serde_json::from_slice(text)) else {
        return if side == Side::In { Err(Refusal::Malformed) } else { inspected(inspector, side.flow(inspector), text) };
    };
    let id = message.id.map(RawValue::get).filter(|id| *id != "null");
    let ids = Ids { source: Some(Source::Mcp), tool_call: id.and_then(|id| Id::new(id.trim_matches('"'))), ..Ids::default() };
    inspector.sent_by(&ids);
    let known = |surface, direction, tool| Flow { surface: Some(surface), direction: Some(direction), tool, ..Flow::default() };
    let flow = match (side, message.method.as_deref(), id) {
        (Side::In, Some("tools/call"), _) => return call(inspector, talk, id, message.params, text),
        (Side::In, ..) => known(Surface::Message, Direction::Outbound, None),
        (_, None, Some(id)) => known(Surface::ToolOutput, Direction::Inbound, talk.end(id)),
        (_, Some("notifications/message"), _) => known(Surface::Log, Direction::Inbound, None),
        _ => known(Surface::Message, Direction::Inbound, None),
    };
    let flow = inspector.flow(flow);
    inspected(inspector, flow, text)
}

/// Decides a call: whether the tool may be called with these arguments at all, and what stands in them.
fn call(inspector: &mut Inspector, talk: &Talk, id: Option<&str>, params: Option<&RawValue>, text: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Params {
        name: String,
        #[serde(default)]
        arguments: Value,
    }
    let params: Params = params.and_then(|params| serde_json::from_str(params.get()).ok()).ok_or(Refusal::Malformed)?;
    let (surface, direction) = (Some(Surface::ToolInput), Some(Direction::Outbound));
    let flow = inspector.flow(Flow { surface, direction, tool: Some(params.name.clone()), ..Flow::default() });
    match inspector.call(&flow, &params.arguments) {
        Ok(None) => {}
        Ok(Some(row)) => {
            recorded(inspector)?;
            return Err(Refusal::Tool { tool: Name::new(&params.name), row });
        }
        Err(failure) => return Err(why(&failure)),
    }
    let passed = inspected(inspector, flow, text)?;
    if let Some(id) = id {
        talk.begin(id, &params.name);
    }
    Ok(passed)
}

fn inspected(inspector: &mut Inspector, flow: Flow, text: &[u8]) -> Outcome {
    let verdict: Verdict = inspector.text(&flow, text).map_err(|failure| why(&failure))?;
    recorded(inspector)?;
    verdict.blocked.map_or(Ok(verdict.text), |blocked| Err(blocked.refusal))
}

/// What was decided has consequences only once it is on record.
fn recorded(inspector: &mut Inspector) -> Result<(), Refusal> {
    inspector.commit().map_err(|_| Refusal::Unrecorded)
}

fn why(failure: &Failure) -> Refusal {
    Refusal::Session { reason: Name::from(failure.to_string()) }
}
