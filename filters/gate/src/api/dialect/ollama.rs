//! Ollama's chat and generate: a document a line, the last of which is `done`.

use super::{ALL, Delta, Plan, place};
use crate::api::doc::Doc;
use crate::flow::Surface;

pub(super) fn plan(doc: &Doc, bytes: &[u8]) -> Plan {
    let mut plan = Plan::default();
    // A text that says nothing goes on: what is left of it leaves before the last line, which clients may read for its counts only.
    for (i, value) in doc.values.iter().enumerate().filter(|(_, value)| value.string && !value.span.is_empty()) {
        let surface = match &*value.path {
            "message/content" | "response" => Surface::Response,
            "message/thinking" | "thinking" => Surface::Reasoning,
            _ => continue,
        };
        let logprobs = Some("logprobs".to_owned());
        plan.deltas.push(Delta { value: i, key: value.path.to_string(), place: place(surface, value), logprobs });
    }
    if doc.text(bytes, "done").as_deref() == Some("true") {
        plan.ends.push(ALL.to_owned());
    }
    plan
}
