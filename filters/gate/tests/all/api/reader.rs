//! A plain reader of streams, as client SDKs read them.

use std::collections::BTreeMap;

use serde_json::Value;
use tamis::api::Api;

/// The data of each event, by the rules of the standard.
pub(crate) fn events(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let (mut events, mut data) = (Vec::new(), Vec::new());
    for line in text.split('\n') {
        if let Some(value) = line.strip_prefix("data:") {
            data.push(value.strip_prefix(' ').unwrap_or(value).to_owned());
        } else if line.is_empty() && !data.is_empty() {
            events.push(data.join("\n"));
            data.clear();
        }
    }
    if !data.is_empty() {
        events.push(data.join("\n"));
    }
    events
}

/// The texts of a stream, joined, by choice and kind, and those that are told whole, in order.
pub(crate) fn texts(api: Api, stream: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (mut joined, mut whole) = (BTreeMap::<String, String>::new(), Vec::new());
    for data in events(stream).iter().filter(|data| *data != "[DONE]") {
        let event: Value = serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}"));
        let mut add = |key: String, value: &Value| {
            if let Some(text) = value.as_str() {
                *joined.entry(key).or_default() += text;
            }
        };
        match api {
            Api::Chat => {
                for choice in event["choices"].as_array().into_iter().flatten() {
                    let (index, delta) = (&choice["index"], &choice["delta"]);
                    for key in ["content", "reasoning_content", "refusal"] {
                        add(format!("{index}.{key}"), &delta[key]);
                    }
                    for call in delta["tool_calls"].as_array().into_iter().flatten() {
                        add(format!("{index}.call.{}", call["index"]), &call["function"]["arguments"]);
                        add(format!("{index}.name.{}", call["index"]), &call["function"]["name"]);
                    }
                }
            }
            Api::Anthropic if event["type"] == "content_block_delta" => {
                for key in ["text", "partial_json", "thinking", "signature"] {
                    add(format!("{}.{key}", event["index"]), &event["delta"][key]);
                }
            }
            Api::Responses => {
                let kind = event["type"].as_str().unwrap_or_default();
                if kind.ends_with(".delta") {
                    add(format!("{}.{}.{kind}", event["output_index"], event["content_index"]), &event["delta"]);
                }
                if kind.ends_with(".done") {
                    whole.extend(["text", "arguments"].iter().filter_map(|key| event[key].as_str()).map(str::to_owned));
                }
                for item in event["response"]["output"].as_array().into_iter().flatten() {
                    whole.extend(item["arguments"].as_str().or(item["content"][0]["text"].as_str()).map(str::to_owned));
                }
            }
            Api::Gemini => {
                for part in event["candidates"][0]["content"]["parts"].as_array().into_iter().flatten() {
                    add(if part["thought"] == true { "thought".into() } else { "text".into() }, &part["text"]);
                }
            }
            _ => {}
        }
    }
    joined.retain(|_, text| !text.is_empty());
    (joined, whole)
}
