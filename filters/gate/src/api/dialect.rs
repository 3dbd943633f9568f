//! What the documents of a stream mean: which of their texts go on from one to the next, and what ends them.

mod bedrock;
mod cohere;
mod ollama;

use super::doc::{Doc, Value};
use super::kind::Api;
use super::places::Place;
use crate::flow::Surface;
use crate::gate::Touch;
use crate::name::Name;

/// What a document means for the texts that flow beside each other.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Texts that go on from the documents before.
    pub(super) deltas: Vec<Delta>,
    /// Texts that end with this document: all whose key starts like this.
    pub(super) ends: Vec<String>,
    /// Tools that are called, by the start of the keys of their texts.
    pub(super) tools: Vec<(String, Name)>,
    /// Surface of the texts at the top of the document, where its type says so.
    pub(super) top: Option<Place>,
}

/// A part of a text that flows through many documents.
#[derive(Debug)]
pub(super) struct Delta {
    /// Index among the document's values.
    pub(super) value: usize,
    /// Names the text in the stream.
    pub(super) key: String,
    pub(super) place: Place,
    /// Where the probabilities of its tokens stand.
    pub(super) logprobs: Option<String>,
}

/// Everything ends.
const ALL: &str = "";

/// What a document of a streamed response means.
pub(super) fn plan(api: Api, doc: &Doc, bytes: &[u8]) -> Plan {
    match api {
        Api::Chat => chat(doc, bytes),
        Api::Responses => responses(doc, bytes),
        Api::Anthropic => anthropic(doc, bytes),
        Api::Gemini => gemini(doc, bytes),
        Api::Ollama => ollama::plan(doc, bytes),
        Api::Cohere => cohere::plan(doc, bytes),
        Api::Bedrock => bedrock::plan(doc, bytes),
        Api::Mcp | Api::Unknown => Plan::default(),
    }
}

/// What data means that is no document.
pub(super) fn plan_of_text(data: &[u8]) -> Plan {
    let ends = if data.trim_ascii() == b"[DONE]" { vec![ALL.to_owned()] } else { Vec::new() };
    Plan { ends, ..Plan::default() }
}

/// What a streamed response means that comes as one list of documents.
pub(super) fn plan_of_list(doc: &Doc, bytes: &[u8]) -> Plan {
    Plan { ends: vec![ALL.to_owned()], ..gemini(doc, bytes) }
}

fn place(surface: Surface, of: &Value) -> Place {
    Place { surface: Some(surface), ..of.place.clone() }
}

/// The index that the object at this path says, or the one that it stands at.
fn index<'p>(doc: &Doc, bytes: &[u8], path: &str, key: &str, stands: &'p str) -> std::borrow::Cow<'p, str> {
    match doc.text(bytes, &format!("{path}/{key}")) {
        Some(said) => std::borrow::Cow::Owned(said.into_owned()),
        None => std::borrow::Cow::Borrowed(stands),
    }
}

fn chat(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    for (i, value) in doc.values.iter().enumerate() {
        let mut path = value.path.split('/');
        let (Some("choices"), Some(at)) = (path.next(), path.next()) else { continue };
        let rest: Vec<&str> = path.collect();
        let choice = index(doc, bytes, &format!("choices/{at}"), "index", at);
        let what = match rest.as_slice() {
            ["finish_reason"] if value.string => {
                plan.ends.push(format!("{choice}/"));
                continue;
            }
            ["delta", "tool_calls", n, "function" | "custom", "name"] => {
                let call = index(doc, bytes, &format!("choices/{at}/delta/tool_calls/{n}"), "index", n);
                let name = doc.text(bytes, &value.path).filter(|name| !name.is_empty());
                plan.tools.extend(name.map(|name| (format!("{choice}/call/{call}/"), Name::new(&name))));
                continue;
            }
            ["delta", "tool_calls", n, "function" | "custom", last @ ("arguments" | "input")] => {
                let call = index(doc, bytes, &format!("choices/{at}/delta/tool_calls/{n}"), "index", n);
                format!("call/{call}/{last}")
            }
            ["delta", "content" | "refusal" | "reasoning_content" | "reasoning"] | ["text"] => rest.join("/"),
            ["delta", "function_call", "arguments"] | ["delta", "audio", "transcript"] => rest.join("/"),
            ["delta", "content", _, "text"] => "delta/content".to_owned(),
            ["delta", "content", _, "thinking", _, "text"] => "delta/thinking".to_owned(),
            ["delta", "reasoning_details", _, kind @ ("text" | "summary")] => format!("details/{kind}"),
            _ => continue,
        };
        if value.string {
            let logprobs = Some(format!("choices/{at}/logprobs"));
            plan.deltas.push(Delta { value: i, key: format!("{choice}/{what}"), place: value.place.clone(), logprobs });
        }
    }
    plan
}

fn anthropic(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    let block = || doc.text(bytes, "index").unwrap_or_default().into_owned();
    match doc.text(bytes, "type").as_deref() {
        Some("content_block_start") => {
            let name = doc.text(bytes, "content_block/name");
            plan.tools.extend(name.map(|name| (format!("{}/", block()), Name::new(&name))));
        }
        Some("content_block_delta") => {
            for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string) {
                if let "delta/text" | "delta/partial_json" | "delta/thinking" = &*value.path {
                    let key = format!("{}/{}", block(), value.path);
                    plan.deltas.push(Delta { value: i, key, place: value.place.clone(), logprobs: None });
                }
            }
        }
        Some("content_block_stop") => plan.ends.push(format!("{}/", block())),
        Some("message_delta" | "message_stop" | "error") => plan.ends.push(ALL.to_owned()),
        _ => {}
    }
    plan
}

fn responses(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    let Some(kind) = doc.text(bytes, "type") else { return plan };
    let part = |name: &str| doc.text(bytes, name).unwrap_or_default();
    let output = part("output_index");
    let stem = kind.rsplit_once('.').map_or("", |(stem, _)| stem);
    let surface = match stem {
        stem if stem.contains("reasoning") => Surface::Reasoning,
        stem if stem.contains("arguments") || stem.contains("input") || stem.contains("code") => Surface::ToolInput,
        _ => Surface::Response,
    };
    let section = if part("summary_index").is_empty() { part("content_index") } else { part("summary_index") };
    let key = format!("{output}/{section}/{stem}");
    plan.top = Some(Place { surface: Some(surface), touch: Touch::Free, tool: None });
    match &*kind {
        "response.output_item.added" => {
            let name = doc.text(bytes, "item/name");
            plan.tools.extend(name.map(|name| (format!("{output}/"), Name::new(&name))));
        }
        "response.output_item.done" => plan.ends.push(format!("{output}/")),
        "response.content_part.done" | "response.reasoning_summary_part.done" => plan.ends.push(format!("{output}/{section}/")),
        "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled" | "error" => plan.ends.push(ALL.to_owned()),
        kind if kind.ends_with(".done") => plan.ends.push(key),
        // Sound and pictures come in deltas, too.
        kind if kind.ends_with(".delta") && !kind.starts_with("response.audio.") => {
            if let Some((i, value)) = doc.values.iter().enumerate().find(|(_, value)| value.string && &*value.path == "delta") {
                let logprobs = Some("logprobs".to_owned());
                plan.deltas.push(Delta { value: i, key, place: place(surface, value), logprobs });
            }
        }
        _ => {}
    }
    plan
}

fn gemini(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string) {
        // In a list, each document stands below its number.
        let start = value.path.find("candidates/").unwrap_or(0);
        let (list, path) = value.path.split_at(start);
        let mut path = path.split('/');
        let (Some("candidates"), Some(at)) = (path.next(), path.next()) else { continue };
        let rest: Vec<&str> = path.collect();
        let this = format!("{list}candidates/{at}");
        let candidate = index(doc, bytes, &this, "index", at);
        match rest.as_slice() {
            ["finishReason"] => plan.ends.push(format!("{candidate}/")),
            // Vertex streams the arguments of a call, where it is asked to.
            ["content", "parts", n, "functionCall", "partialArgs", k, "stringValue"] => {
                let said = |name: &str| doc.text(bytes, &format!("{this}/content/parts/{n}/functionCall/partialArgs/{k}/{name}"));
                let key = format!("{candidate}/call/{}\n", said("jsonPath").unwrap_or_default());
                if said("willContinue").as_deref() != Some("true") {
                    plan.ends.push(key.clone());
                }
                plan.deltas.push(Delta { value: i, key, place: place(Surface::ToolInput, value), logprobs: None });
            }
            ["content", "parts", n, "text"] => {
                let thought = doc.text(bytes, &format!("{this}/content/parts/{n}/thought")).as_deref() == Some("true");
                let (kind, surface) = if thought { ("thought", Surface::Reasoning) } else { ("text", Surface::Response) };
                let logprobs = Some(format!("{this}/logprobsResult"));
                plan.deltas.push(Delta { value: i, key: format!("{candidate}/{kind}"), place: place(surface, value), logprobs });
            }
            _ => {}
        }
    }
    plan
}
