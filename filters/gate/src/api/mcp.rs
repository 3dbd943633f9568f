//! Calls of MCP: each is checked before it reaches its server.

use serde_json::Value;

use super::doc::{Doc, Value as Member};
use super::ledger::Ledger;
use super::places::Place;
use super::refusal::Refusal;
use super::text::decode;
use crate::flow::Surface;
use crate::name::Name;
use crate::policy::{Arguments, ToolDecision};

/// Ids of the requests in a message or a batch of them, for the answer.
pub(super) fn ids(doc: &Doc, unit: &[u8]) -> Option<Value> {
    let id = |value: &Member| {
        let raw = &unit[value.span.clone()];
        if value.string { doc.text(unit, &value.path).map(|text| text.into_owned().into()) } else { serde_json::from_slice(raw).ok() }
    };
    let at = |path: &str| path == "id" || path.strip_suffix("/id").is_some_and(|batch| batch.parse::<usize>().is_ok());
    let mut ids: Vec<Value> = doc.values.iter().filter(|value| at(&value.path)).filter_map(id).collect();
    if doc.value("id").is_some() { ids.pop() } else { (!ids.is_empty()).then_some(Value::Array(ids)) }
}

/// Decides the calls of a message or a batch of them, which `document` holds. A refused one refuses all.
pub(super) fn check(doc: &Doc, unit: &[u8], document: &[u8], ledger: &mut Ledger) {
    if !doc.whole {
        if !unit.trim_ascii().is_empty() {
            ledger.refuse(Refusal::Malformed);
        }
        return;
    }
    let says_call =
        |value: &Member| value.path.rsplit('/').next() == Some("method") && decode(&unit[value.span.clone()]) == b"tools/call".as_slice();
    if !doc.values.iter().any(says_call) {
        return;
    }
    // A server could take the other one of two members than we do.
    let text = String::from_utf8_lossy(document);
    match serde_json::from_str::<Arguments>(&text) {
        Ok(Arguments(Value::Array(messages))) => messages.iter().for_each(|message| decide(message, ledger)),
        Ok(Arguments(message)) => decide(&message, ledger),
        Err(_) => ledger.refuse(Refusal::Malformed),
    }
}

fn decide(message: &Value, ledger: &mut Ledger) {
    if message["method"] != "tools/call" {
        return;
    }
    let Some(tool) = message["params"]["name"].as_str().map(Name::new) else { return ledger.refuse(Refusal::Malformed) };
    let place = Place { surface: Some(Surface::ToolInput), tool: Some(tool), ..Place::default() };
    let ruling = ledger.rule_call(&ledger.flow_at(&place), &message["params"]["arguments"]);
    ledger.called(&ruling, &place, ruling.decision == ToolDecision::Block);
}
