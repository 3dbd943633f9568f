//! Documents that carry what was held back, where the stream has none of its own left for it.

use serde_json::{Map, Value};

use super::kind::Api;
use super::text::encode;

/// Members that say what an element is. Texts are left out: clients join those of all documents.
const KEPT: [&str; 4] = ["type", "index", "contentBlockIndex", "thought"];
/// Members at the top that belong to one document only.
const OWN: [&str; 3] = ["obfuscation", "p", "usage"];

/// Stands for the text while the document is built.
const MARK: &str = "\0";

/// The JSON of a document like `last` that holds nothing but `text`, at the same path.
pub(super) fn with_text(api: Api, last: &[u8], path: &str, text: &[u8]) -> Option<Vec<u8>> {
    let document = like(api, last, path, MARK)?.to_string();
    let (before, after) = document.split_once("\\u0000")?;
    let mut out = before.as_bytes().to_vec();
    encode(text, &mut out);
    out.extend_from_slice(after.as_bytes());
    Some(out)
}

fn like(api: Api, last: &[u8], path: &str, text: &str) -> Option<Value> {
    let last: Value = serde_json::from_slice(last).ok()?;
    let path: Vec<&str> = path.split('/').collect();
    let Value::Object(mut document) = with(api, &last, &path, text)? else { return None };
    let Value::Object(last) = last else { return None };
    for (key, value) in last {
        if !value.is_object() && !value.is_array() && !OWN.contains(&key.as_str()) {
            document.entry(key).or_insert(value);
        }
    }
    Some(Value::Object(document))
}

fn with(api: Api, node: &Value, path: &[&str], text: &str) -> Option<Value> {
    let Some((key, rest)) = path.split_first() else { return Some(text.into()) };
    match node {
        Value::Array(items) => Some(Value::Array(vec![with(api, items.get(key.parse::<usize>().ok()?)?, rest, text)?])),
        Value::Object(members) => {
            let mut kept: Map<String, Value> =
                members.iter().filter(|(key, _)| is_kept(api, key)).map(|(key, value)| (key.clone(), value.clone())).collect();
            if matches!(api, Api::Chat | Api::Bedrock) && members.contains_key("finish_reason") {
                kept.insert("finish_reason".into(), Value::Null);
            }
            kept.insert((*key).to_owned(), with(api, members.get(*key)?, rest, text)?);
            Some(Value::Object(kept))
        }
        _ => None,
    }
}

fn is_kept(api: Api, key: &str) -> bool {
    KEPT.contains(&key) || matches!(api, Api::Gemini | Api::Ollama) && key == "role" || api == Api::Gemini && key == "jsonPath"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_text_is_said_again() {
        for (api, last, path, expected) in [
            (
                Api::Chat,
                r#"{"id":"c","choices":[{"index":1,"delta":{"role":"assistant","tool_calls":[{"index":2,"id":"x","type":"function","function":{"name":"f","arguments":"{"}}]},"finish_reason":"stop"}],"usage":null}"#,
                "choices/0/delta/tool_calls/0/function/arguments",
                r#"{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"é\""},"index":2,"type":"function"}]},"finish_reason":null,"index":1}],"id":"c"}"#,
            ),
            (
                Api::Anthropic,
                r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}"#,
                "delta/text",
                r#"{"delta":{"text":"é\"","type":"text_delta"},"index":0,"type":"content_block_delta"}"#,
            ),
            (
                Api::Responses,
                r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"delta":"a","logprobs":[1],"obfuscation":"zz"}"#,
                "delta",
                r#"{"delta":"é\"","item_id":"m","output_index":0,"type":"response.output_text.delta"}"#,
            ),
            (
                Api::Gemini,
                r#"{"candidates":[{"content":{"parts":[{"text":"a"},{"thought":true,"text":"b"}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{},"modelVersion":"g"}"#,
                "candidates/0/content/parts/1/text",
                r#"{"candidates":[{"content":{"parts":[{"text":"é\"","thought":true}],"role":"model"}}],"modelVersion":"g"}"#,
            ),
        ] {
            assert_eq!(like(api, last.as_bytes(), path, "\u{e9}\"").unwrap().to_string(), expected);
        }
        assert_eq!(like(Api::Chat, b"no JSON", "a", "x"), None);
    }
}
