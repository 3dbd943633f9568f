//! Tool calls in responses: held until the policy can say whether they may be made, and taken out where they may not.

mod chat;
mod flowing;
pub(super) mod shapes;

use serde_json::{Value, json};

use super::doc::Doc;
use super::kind::{Api, Kind};
use super::ledger::Ledger;
use super::places::Place;
use crate::flow::Surface;
use crate::limit::Limit;
use crate::name::Name;
use crate::policy::{Arguments, ToolDecision, ToolRuling};

/// The row that is named where arguments cannot be read, so that no row can decide on them.
const UNREADABLE: &str = "arguments-unreadable";

/// The tool calls of one response.
#[derive(Debug)]
pub(super) struct Calls {
    kind: Kind,
    decision: Name,
    /// Most bytes that are held.
    most: usize,
    /// Documents of the call that is waiting, and where it stands.
    held: Vec<Vec<u8>>,
    waiting: Option<String>,
    /// Where calls stood that were refused, and what is said in their place.
    refused: Vec<(String, String)>,
    /// Whether a call was let through.
    allowed: bool,
    /// Whether the last call that was named was refused: parts that have no name are its own.
    refusing: bool,
    /// Calls whose parts went on.
    flowing: Vec<flowing::Flowing>,
    /// Where in the stream the reading is.
    pub(super) offset: u64,
}

/// What becomes of a document.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// It goes on.
    Pass,
    /// These go on instead: none while a call waits.
    Instead(Vec<Vec<u8>>),
}

/// A call as an API says it.
struct Call {
    tool: String,
    /// Its arguments; nothing where they cannot be read.
    arguments: Option<Value>,
}

impl Call {
    /// A call whose arguments are JSON in a text. None is as good as an empty object.
    fn of_text(tool: String, text: &str) -> Call {
        let text = if text.trim().is_empty() { "{}" } else { text };
        Call { tool, arguments: serde_json::from_str::<Arguments>(text).ok().map(|arguments| arguments.0) }
    }
}

/// What the policy says of a call.
fn rule(call: &Call, ledger: &Ledger) -> ToolRuling {
    let flow = ledger.flow_at(&place(&call.tool));
    match (ledger.rule_tool(&flow), &call.arguments) {
        (Some(ruling), _) => ruling,
        (None, Some(arguments)) => ledger.rule_call(&flow, arguments),
        (None, None) => ToolRuling { decision: ToolDecision::Block, row: UNREADABLE.into() },
    }
}

fn place(tool: &str) -> Place {
    Place { surface: Some(Surface::ToolInput), tool: Some(Name::new(tool)), ..Place::default() }
}

impl Calls {
    /// Checks the calls of responses of this API, where there is something to say about calls.
    pub(super) fn new(kind: Kind, ledger: &Ledger, decision: Name, most: usize) -> Option<Self> {
        let calls = Calls {
            kind,
            decision,
            most,
            held: Vec::new(),
            waiting: None,
            refused: Vec::new(),
            allowed: false,
            refusing: false,
            flowing: Vec::new(),
            offset: 0,
        };
        (ledger.guards_tools() && !matches!(kind.api, Api::Mcp | Api::Unknown)).then_some(calls)
    }

    /// Whether a refused call ends its response: no note can stand in its place.
    fn ends_responses(&self) -> bool {
        matches!(self.kind.api, Api::Cohere | Api::Bedrock)
    }

    /// Bytes of documents that wait.
    pub(super) fn holdback(&self) -> usize {
        self.held.iter().map(Vec::len).sum()
    }

    /// The next document of a stream. `document` is its text.
    pub(super) fn next(&mut self, doc: &Doc, unit: &[u8], document: &[u8], ledger: &mut Ledger) -> Step {
        match self.kind.api {
            Api::Chat => self.chat(doc, unit, ledger),
            Api::Anthropic => self.anthropic(doc, unit, document, ledger),
            Api::Responses => self.responses(doc, unit, document, ledger),
            _ => self.whole(document, ledger),
        }
    }

    /// A response that is one document.
    pub(super) fn whole(&mut self, document: &[u8], ledger: &mut Ledger) -> Step {
        // Where a member stands twice, the client could take the other one.
        let (mut value, sound) = match serde_json::from_slice::<Arguments>(document) {
            Ok(Arguments(value)) => (value, true),
            Err(_) => (serde_json::from_slice(document).unwrap_or_default(), false),
        };
        let mut changed = false;
        shapes::each_call(self.kind.api, &mut value, &mut |call| {
            if self.kind.api == Api::Gemini && call.tool.is_empty() {
                changed |= self.refusing;
                return self.refusing.then(String::new);
            }
            let arguments = call.arguments.filter(|_| sound);
            let note = self.refuses(&Call { arguments, ..call }, "", ledger);
            self.refusing = note.is_some();
            changed |= self.refusing;
            note
        });
        if !changed {
            return Step::Pass;
        }
        if !self.allowed {
            shapes::no_calls(self.kind.api, &mut value);
        }
        Step::Instead(vec![shapes::event(self.kind, &value)])
    }

    /// The stream has ended, or says so: what waits is decided.
    pub(super) fn end(&mut self, ledger: &mut Ledger) -> Vec<Vec<u8>> {
        match self.waiting.take() {
            None => Vec::new(),
            Some(_) if self.kind.api == Api::Chat => self.decide_chat(ledger),
            // A call that was never finished is none to be made.
            Some(_) => {
                self.held.clear();
                Vec::new()
            }
        }
    }

    /// Decides a call that stands here; what to say in its place, if it may not be made.
    fn refuses(&mut self, call: &Call, at: &str, ledger: &mut Ledger) -> Option<String> {
        let ruling = rule(call, ledger);
        ledger.called(&ruling, &place(&call.tool), self.ends_responses());
        if ruling.decision != ToolDecision::Block {
            self.allowed = true;
            return None;
        }
        let tool = ledger.harmless_name(&Name::new(&call.tool));
        let note = format!("[The call of the tool {tool} was refused by policy, row {}. Decision {}.]", ruling.row, self.decision);
        self.refused.push((at.to_owned(), note.clone()));
        Some(note)
    }

    /// Whether a call of this tool passes whatever its arguments are.
    fn passes(&mut self, tool: &str, ledger: &mut Ledger) -> bool {
        let ruling = ledger.rule_tool(&ledger.flow_at(&place(tool)));
        let Some(ruling) = ruling.filter(|ruling| ruling.decision != ToolDecision::Block) else { return false };
        ledger.called(&ruling, &place(tool), false);
        self.allowed = true;
        true
    }

    /// Holds a document back. What is too much to be held goes on unchecked, where the policy does not block there.
    fn hold(&mut self, unit: &[u8], ledger: &mut Ledger) -> Step {
        self.held.push(unit.to_vec());
        if self.holdback() <= self.most {
            return Step::Instead(Vec::new());
        }
        ledger.limit(Limit::HeldLength, self.offset);
        self.waiting = None;
        Step::Instead(core::mem::take(&mut self.held))
    }

    fn anthropic(&mut self, doc: &Doc, unit: &[u8], document: &[u8], ledger: &mut Ledger) -> Step {
        let kind = doc.text(unit, "type").unwrap_or_default();
        let index = doc.text(unit, "index").unwrap_or_default().into_owned();
        if &*kind == "content_block_start" && doc.text(unit, "content_block/type").as_deref() == Some("tool_use") {
            let tool = doc.text(unit, "content_block/name").unwrap_or_default();
            if self.passes(&tool, ledger) {
                return Step::Pass;
            }
            self.waiting = Some(index);
            return self.hold(unit, ledger);
        }
        if &*kind == "message_delta" && !self.refused.is_empty() && !self.allowed {
            let Ok(mut value) = serde_json::from_slice::<Value>(document) else { return Step::Pass };
            shapes::no_calls(Api::Anthropic, &mut value);
            return Step::Instead(vec![shapes::event(self.kind, &value)]);
        }
        if self.waiting.as_deref() != Some(index.as_str()) || index.is_empty() {
            return Step::Pass;
        }
        let step = self.hold(unit, ledger);
        if &*kind != "content_block_stop" || self.waiting.take().is_none() {
            return step;
        }
        let held = core::mem::take(&mut self.held);
        let (tool, text) = shapes::anthropic_call(&held);
        match self.refuses(&Call::of_text(tool, &text), &index, ledger) {
            None => Step::Instead(held),
            Some(note) => Step::Instead(shapes::anthropic_note(self.kind, &index, &note)),
        }
    }

    fn responses(&mut self, doc: &Doc, unit: &[u8], document: &[u8], ledger: &mut Ledger) -> Step {
        let kind = doc.text(unit, "type").unwrap_or_default();
        let index = doc.text(unit, "output_index").unwrap_or_default().into_owned();
        let item = doc.text(unit, "item/type").filter(|item| shapes::is_client_call(item));
        if let (Some(item), "response.output_item.added") = (&item, &*kind) {
            let tool = doc.text(unit, "item/name").unwrap_or_else(|| shapes::named(item).into());
            if self.passes(&tool, ledger) {
                return Step::Pass;
            }
            self.waiting = Some(index);
            return self.hold(unit, ledger);
        }
        if doc.objects.iter().any(|object| &*object.path == "response/output") && !self.refused.is_empty() {
            let Ok(mut value) = serde_json::from_slice::<Value>(document) else { return Step::Pass };
            for (at, item) in value["response"]["output"].as_array_mut().into_iter().flatten().enumerate() {
                if let Some((_, note)) = self.refused.iter().find(|(index, _)| *index == at.to_string()) {
                    *item = shapes::responses_message(item, note);
                }
            }
            return Step::Instead(vec![shapes::event(self.kind, &value)]);
        }
        if self.waiting.as_deref() != Some(index.as_str()) || index.is_empty() {
            return Step::Pass;
        }
        let step = self.hold(unit, ledger);
        if &*kind != "response.output_item.done" || self.waiting.take().is_none() {
            return step;
        }
        let held = core::mem::take(&mut self.held);
        let Ok(mut done) = serde_json::from_slice::<Value>(document) else { return Step::Instead(held) };
        let mut note = None;
        shapes::each_call(Api::Responses, &mut json!({"output": [done["item"].take()]}), &mut |call| {
            note = self.refuses(&call, &index, ledger);
            None
        });
        match note {
            None => Step::Instead(held),
            Some(note) => Step::Instead(shapes::responses_note(self.kind, &held, &index, &note)),
        }
    }
}
