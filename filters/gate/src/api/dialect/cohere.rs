//! Cohere's chat: events that have a `type` (version 2) or an `event_type` (version 1).

use super::{ALL, Delta, Plan, place};
use crate::api::doc::Doc;
use crate::flow::Surface;
use crate::name::Name;

pub(super) fn plan(doc: &Doc, bytes: &[u8]) -> Plan {
    match doc.text(bytes, "type") {
        Some(kind) => second(doc, bytes, &kind),
        None => first(doc, bytes),
    }
}

/// Version 2.
fn second(doc: &Doc, bytes: &[u8], kind: &str) -> Plan {
    let mut plan = Plan::default();
    let index = doc.text(bytes, "index").unwrap_or_default();
    match kind {
        "content-end" => plan.ends.push(format!("content/{index}/")),
        "tool-call-start" => {
            let name = doc.text(bytes, "delta/message/tool_calls/function/name");
            plan.tools.extend(name.map(|name| (format!("call/{index}/"), Name::new(&name))));
            plan.ends.push("plan".to_owned());
        }
        "tool-call-end" => plan.ends.push(format!("call/{index}/")),
        "message-end" => plan.ends.push(ALL.to_owned()),
        kind if kind.ends_with("-delta") => {
            for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string) {
                let Some(path) = value.path.strip_prefix("delta/message/") else { continue };
                let (key, surface) = match path {
                    "content/text" => (format!("content/{index}/text"), Surface::Response),
                    "content/thinking" => (format!("content/{index}/thinking"), Surface::Reasoning),
                    "tool_plan" => ("plan".to_owned(), Surface::Reasoning),
                    "tool_calls/function/arguments" => (format!("call/{index}/arguments"), Surface::ToolInput),
                    _ => continue,
                };
                let logprobs = Some("logprobs".to_owned());
                plan.deltas.push(Delta { value: i, key, place: place(surface, value), logprobs });
            }
        }
        _ => {}
    }
    plan
}

/// Version 1, and `generate`, whose documents do not say what they are.
fn first(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    let index = doc.text(bytes, "tool_call_delta/index").unwrap_or_default();
    let kind = doc.text(bytes, "event_type");
    let kind = kind.as_deref().unwrap_or("text-generation");
    match kind {
        "tool-calls-chunk" => {
            plan.ends.push("text".to_owned());
            let name = doc.text(bytes, "tool_call_delta/name");
            plan.tools.extend(name.map(|name| (format!("call/{index}/"), Name::new(&name))));
        }
        "tool-calls-generation" => plan.ends.extend(["call/".to_owned(), "plan".to_owned()]),
        _ => {}
    }
    if kind == "stream-end" || doc.text(bytes, "is_finished").as_deref() == Some("true") {
        plan.ends.push(ALL.to_owned());
    }
    for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string && !value.span.is_empty()) {
        let (key, surface) = match (kind, &*value.path) {
            ("text-generation", "text") => ("text".to_owned(), Surface::Response),
            ("tool-calls-chunk", "text" | "tool_call_delta/text") => ("plan".to_owned(), Surface::Reasoning),
            ("tool-calls-chunk", "tool_call_delta/parameters") => (format!("call/{index}/arguments"), Surface::ToolInput),
            _ => continue,
        };
        plan.deltas.push(Delta { value: i, key, place: place(surface, value), logprobs: None });
    }
    plan
}
