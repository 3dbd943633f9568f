//! What calls look like in each API, and what stands in the place of one that was refused.

use serde_json::{Value, json};

use super::Call;
use crate::api::kind::{Api, Format, Kind};
use crate::api::sse;

/// Shows each call of a document; one that is answered with a note is replaced by it.
pub(super) fn each_call(api: Api, document: &mut Value, see: &mut dyn FnMut(Call) -> Option<String>) {
    match api {
        Api::Chat => {
            for choice in document["choices"].as_array_mut().into_iter().flatten() {
                if let Some(message) = choice.get_mut("message").and_then(Value::as_object_mut) {
                    chat_message(message, see);
                }
            }
        }
        Api::Anthropic => {
            for block in document["content"].as_array_mut().into_iter().flatten().filter(|block| block["type"] == "tool_use") {
                if let Some(note) = see(of_value(text(&block["name"]), &block["input"])) {
                    *block = json!({"type": "text", "text": note});
                }
            }
        }
        Api::Responses => {
            for item in document["output"].as_array_mut().into_iter().flatten() {
                let kind = text(&item["type"]);
                if is_client_call(&kind) {
                    let name = item["name"].as_str().map_or_else(|| named(&kind).to_owned(), str::to_owned);
                    let call = match (item.get("arguments").and_then(Value::as_str), item.get("input")) {
                        (Some(arguments), _) => Call::of_text(name, arguments),
                        (None, Some(input)) => Call { tool: name, arguments: Some(json!({"input": input})) },
                        (None, None) => of_value(name, &item["action"]),
                    };
                    if let Some(note) = see(call) {
                        *item = responses_message(item, &note);
                    }
                }
            }
        }
        Api::Gemini => {
            let documents = match document {
                Value::Array(documents) => documents.as_mut_slice(),
                document => core::slice::from_mut(document),
            };
            let candidates = documents.iter_mut().flat_map(|document| document["candidates"].as_array_mut().into_iter().flatten());
            for part in candidates.flat_map(|candidate| candidate["content"]["parts"].as_array_mut().into_iter().flatten()) {
                let Some(call) = part.get("functionCall").or_else(|| part.get("function_call")) else { continue };
                let flows = call.get("partialArgs").is_some() || call["willContinue"] == true;
                let whole = of_value(text(&call["name"]), &call["args"]);
                // Arguments that come in parts are none to decide on.
                let call = if flows { Call { arguments: None, ..whole } } else { whole };
                if let Some(note) = see(call) {
                    *part = json!({"text": note});
                }
            }
        }
        Api::Ollama => {
            if let Some(message) = document.get_mut("message").and_then(Value::as_object_mut) {
                chat_message(message, see);
            }
        }
        Api::Cohere => {
            if let Some(message) = document.get_mut("message").and_then(Value::as_object_mut) {
                chat_message(message, see);
            }
            for call in document["tool_calls"].as_array().into_iter().flatten() {
                see(of_value(text(&call["name"]), &call["parameters"]));
            }
        }
        Api::Bedrock => {
            each_call(Api::Anthropic, document, see);
            each_call(Api::Chat, document, see);
            let blocks = document["output"]["message"]["content"].as_array();
            for call in blocks.into_iter().flatten().filter_map(|block| block.get("toolUse")) {
                see(of_value(text(&call["name"]), &call["input"]));
            }
        }
        Api::Mcp | Api::Unknown => {}
    }
}

fn chat_message(message: &mut serde_json::Map<String, Value>, see: &mut dyn FnMut(Call) -> Option<String>) {
    let mut notes = Vec::new();
    if let Some(calls) = message.get_mut("tool_calls").and_then(Value::as_array_mut) {
        calls.retain(|call| {
            let function = call.get("function").or_else(|| call.get("custom")).unwrap_or(call);
            let name = text(&function["name"]);
            let note = see(match function["arguments"].as_str().or(function["input"].as_str()) {
                Some(arguments) => Call::of_text(name, arguments),
                None => of_value(name, &function["arguments"]),
            });
            let stays = note.is_none();
            notes.extend(note);
            stays
        });
        if calls.is_empty() {
            message.remove("tool_calls");
        }
    }
    if let Some(call) = message.get("function_call").filter(|call| call.is_object())
        && let Some(note) = see(Call::of_text(text(&call["name"]), call["arguments"].as_str().unwrap_or_default()))
    {
        message.remove("function_call");
        notes.push(note);
    }
    if !notes.is_empty() {
        let said = message.get("content").and_then(Value::as_str).unwrap_or_default();
        message.insert("content".into(), format!("{said}{}", notes.join("\n")).into());
    }
}

/// A response that ended with calls, and has none any more, ended as one without.
pub(super) fn no_calls(api: Api, document: &mut Value) {
    match api {
        Api::Chat => {
            for choice in document["choices"].as_array_mut().into_iter().flatten() {
                if matches!(choice["finish_reason"].as_str(), Some("tool_calls" | "function_call")) {
                    choice["finish_reason"] = json!("stop");
                }
            }
        }
        Api::Anthropic => {
            let reason = if document["type"] == "message_delta" { &mut document["delta"] } else { document };
            if reason["stop_reason"] == "tool_use" {
                reason["stop_reason"] = json!("end_turn");
            }
        }
        _ => {}
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn of_value(tool: String, arguments: &Value) -> Call {
    let arguments = if arguments.is_null() { json!({}) } else { arguments.clone() };
    Call { tool, arguments: Some(arguments) }
}

/// Whether the item is a call that the client makes, not the provider.
pub(super) fn is_client_call(kind: &str) -> bool {
    matches!(kind, "function_call" | "custom_tool_call" | "local_shell_call" | "shell_call" | "apply_patch_call" | "computer_call")
}

/// The name of a tool that has none but its type.
pub(super) fn named(kind: &str) -> &str {
    kind.strip_suffix("_call").unwrap_or(kind)
}

/// The document of an event or a line.
pub(super) fn document(unit: &[u8]) -> Option<Value> {
    let data = sse::data(unit);
    if data.is_empty() {
        return serde_json::from_slice(unit).ok();
    }
    let joined: Vec<u8> = data.into_iter().flat_map(|span| unit[span].iter().copied().chain([b'\n'])).collect();
    serde_json::from_slice(&joined).ok()
}

/// A document as it stands in a stream: an event, a line, or itself.
pub(super) fn event(kind: Kind, document: &Value) -> Vec<u8> {
    standing(kind, || name(document), document.to_string().as_bytes())
}

/// The same, of a document that is written already.
pub(in crate::api) fn written(kind: Kind, document: &[u8]) -> Vec<u8> {
    standing(kind, || name(&serde_json::from_slice(document).ok()?), document)
}

/// What an event is called that holds this document.
fn name(document: &Value) -> Option<String> {
    document.get("type").or_else(|| document.get("event_type"))?.as_str().map(str::to_owned)
}

fn standing(kind: Kind, name: impl FnOnce() -> Option<String>, document: &[u8]) -> Vec<u8> {
    match kind.format {
        Format::Events => {
            let named = matches!(kind.api, Api::Anthropic | Api::Responses | Api::Cohere);
            let name = named.then(name).flatten().map(|name| format!("event: {name}\n")).unwrap_or_default();
            [name.as_bytes(), b"data: ", document, b"\n\n"].concat()
        }
        Format::JsonLines => [document, b"\n"].concat(),
        _ => document.to_vec(),
    }
}

/// Tool and arguments of a block that flowed in these events.
pub(super) fn anthropic_call(held: &[Vec<u8>]) -> (String, String) {
    let (mut tool, mut input, mut json) = (String::new(), Value::Null, String::new());
    for event in held.iter().filter_map(|unit| document(unit)) {
        if let Some(block) = event.get("content_block") {
            (tool, input) = (text(&block["name"]), block["input"].clone());
        }
        json.push_str(event["delta"]["partial_json"].as_str().unwrap_or_default());
    }
    let stated = input.as_object().filter(|input| !input.is_empty()).map(|_| input.to_string());
    (tool, if json.trim().is_empty() { stated.unwrap_or_default() } else { json })
}

/// A block that says a note.
pub(super) fn anthropic_note(kind: Kind, index: &str, note: &str) -> Vec<Vec<u8>> {
    let index: Value = serde_json::from_str(index).unwrap_or_default();
    [
        json!({"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": note}}),
        json!({"type": "content_block_stop", "index": index}),
    ]
    .iter()
    .map(|document| event(kind, document))
    .collect()
}

/// A message that says a note, in the place of an item.
pub(super) fn responses_message(item: &Value, note: &str) -> Value {
    let part = json!({"type": "output_text", "text": note, "annotations": []});
    json!({"type": "message", "id": item["id"], "role": "assistant", "status": "completed", "content": [part]})
}

/// The events of such a message.
pub(super) fn responses_note(kind: Kind, held: &[Vec<u8>], index: &str, note: &str) -> Vec<Vec<u8>> {
    let index: Value = serde_json::from_str(index).unwrap_or_default();
    let first = held.first().and_then(|unit| document(unit)).unwrap_or_default();
    let (id, number) = (&first["item"]["id"], &first["sequence_number"]);
    let message = responses_message(&first["item"], note);
    let part = &message["content"][0];
    let empty = json!({"type": "output_text", "text": "", "annotations": []});
    let started = json!({"type": "message", "id": id, "role": "assistant", "status": "in_progress", "content": []});
    [
        ("response.output_item.added", json!({"item": started})),
        ("response.content_part.added", json!({"item_id": id, "content_index": 0, "part": empty})),
        ("response.output_text.delta", json!({"item_id": id, "content_index": 0, "delta": note, "logprobs": []})),
        ("response.output_text.done", json!({"item_id": id, "content_index": 0, "text": note, "logprobs": []})),
        ("response.content_part.done", json!({"item_id": id, "content_index": 0, "part": part})),
        ("response.output_item.done", json!({"item": message})),
    ]
    .into_iter()
    .map(|(name, mut document)| {
        document["type"] = json!(name);
        document["output_index"] = index.clone();
        document["sequence_number"] = number.clone();
        event(kind, &document)
    })
    .collect()
}
