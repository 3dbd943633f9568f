//! Calls in streams of chat completions: several may flow side by side, and clients count them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Call, Calls, Step, shapes};
use crate::api::doc::Doc;
use crate::api::kind::Api;
use crate::api::ledger::Ledger;

/// Name and arguments of a call, as far as they have come.
type Said = (String, String);

impl Calls {
    /// All calls of a response wait for its end, as soon as one of them has to.
    pub(super) fn chat(&mut self, doc: &Doc, unit: &[u8], ledger: &mut Ledger) -> Step {
        let call = |path: &str| path.contains("/delta/tool_calls/") || path.contains("/delta/function_call/");
        if self.waiting.is_none() {
            let named = doc.values.iter().filter(|value| call(&value.path) && value.path.ends_with("/name") && !value.span.is_empty());
            let tools: Vec<String> = named.filter_map(|value| doc.text(unit, &value.path)).map(|name| name.into_owned()).collect();
            // Not `all`: each call is to be recorded.
            let waits = tools.iter().filter(|tool| !self.passes(tool, ledger)).count();
            if waits == 0 {
                return Step::Pass;
            }
            self.waiting = Some(String::new());
        }
        let step = self.hold(unit, ledger);
        let ended = doc.values.iter().any(|value| value.string && value.path.ends_with("/finish_reason"));
        if self.waiting.is_some() && ended {
            self.waiting = None;
            return Step::Instead(self.decide_chat(ledger));
        }
        step
    }

    /// Decides all calls that wait.
    pub(super) fn decide_chat(&mut self, ledger: &mut Ledger) -> Vec<Vec<u8>> {
        let held = core::mem::take(&mut self.held);
        let mut documents: Vec<Value> = held.iter().filter_map(|unit| shapes::document(unit)).collect();
        let mut said = BTreeMap::<(u64, u64), Said>::new();
        for document in &documents {
            each_part(document, |at, part| {
                let (name, arguments) = said.entry(at).or_default();
                let function = part.get("function").or_else(|| part.get("custom")).unwrap_or(part);
                name.push_str(function["name"].as_str().unwrap_or_default());
                arguments.push_str(function["arguments"].as_str().or(function["input"].as_str()).unwrap_or_default());
            });
        }
        let mut notes = BTreeMap::new();
        for (at, (tool, arguments)) in said.into_iter().filter(|(_, (tool, _))| !tool.is_empty()) {
            if let Some(note) = self.refuses(&Call::of_text(tool, &arguments), "", ledger) {
                notes.insert(at, note);
            }
        }
        if notes.is_empty() {
            return held;
        }
        let mut told = notes.clone();
        documents.iter_mut().for_each(|document| take_out(document, &notes, &mut told));
        if !self.allowed {
            documents.iter_mut().for_each(|document| shapes::no_calls(Api::Chat, document));
        }
        documents.iter().map(|document| shapes::event(self.kind, document)).collect()
    }
}

/// The parts of calls in a document, with the choice and the number of the call.
fn each_part(document: &Value, mut see: impl FnMut((u64, u64), &Value)) {
    for choice in document["choices"].as_array().into_iter().flatten() {
        let at = choice["index"].as_u64().unwrap_or_default();
        for part in choice["delta"]["tool_calls"].as_array().into_iter().flatten() {
            see((at, part["index"].as_u64().unwrap_or_default()), part);
        }
        if let Some(part) = choice["delta"].get("function_call") {
            see((at, 0), part);
        }
    }
}

/// Takes refused calls out of a document, and counts the others anew. What is said in the place of a call is told once.
fn take_out(document: &mut Value, refused: &BTreeMap<(u64, u64), String>, told: &mut BTreeMap<(u64, u64), String>) {
    for choice in document["choices"].as_array_mut().into_iter().flatten() {
        let at = choice["index"].as_u64().unwrap_or_default();
        let Some(delta) = choice.get_mut("delta").and_then(Value::as_object_mut) else { continue };
        let mut notes = Vec::new();
        if refused.contains_key(&(at, 0)) && delta.remove("function_call").is_some() {
            notes.extend(told.remove(&(at, 0)));
        }
        if let Some(parts) = delta.get_mut("tool_calls").and_then(Value::as_array_mut) {
            parts.retain_mut(|part| {
                let number = part["index"].as_u64().unwrap_or_default();
                let before = refused.range((at, 0)..(at, number)).count() as u64;
                part["index"] = json!(number - before);
                let stays = !refused.contains_key(&(at, number));
                if !stays {
                    notes.extend(told.remove(&(at, number)));
                }
                stays
            });
            if parts.is_empty() {
                delta.remove("tool_calls");
            }
        }
        if !notes.is_empty() {
            let said = delta.get("content").and_then(Value::as_str).unwrap_or_default();
            delta.insert("content".into(), format!("{said}{}", notes.join("\n")).into());
        }
    }
}
