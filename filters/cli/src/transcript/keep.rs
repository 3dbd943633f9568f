//! What must stay as it is, so that a session can still be resumed: ids that tie its parts together, and texts that their
//! maker signed or encrypted. A provider refuses a session in which one of these was touched.

use std::ops::Range;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// Members whose value is kept, wherever they stand.
const KEPT: [&str; 26] = [
    "id",
    "uuid",
    "parentUuid",
    "leafUuid",
    "sessionId",
    "session_id",
    "conversation_id",
    "thread_id",
    "turn_id",
    "requestId",
    "request_id",
    "response_id",
    "previous_response_id",
    "messageId",
    "promptId",
    "agentId",
    "call_id",
    "tool_use_id",
    "toolUseID",
    "sourceToolAssistantUUID",
    "parent_tool_use_id",
    "prompt_cache_key",
    "signature",
    "thoughtSignature",
    "encrypted_content",
    "snapshot_id",
];
/// Below these, people, models and tools choose the names: nothing is kept.
const FREE: [&str; 10] =
    ["input", "arguments", "args", "parameters", "toolUseResult", "output", "result", "resultDisplay", "structuredContent", "env"];
/// Kinds of objects whose `data` is not text.
const SEALED: [&str; 4] = ["redacted_thinking", "base64", "compaction", "encrypted"];

/// The parts of a JSON text that have to stay; none of a text that is no JSON.
pub(super) fn kept(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    if let Ok(parsed) = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default())
        && let Some(value) = &parsed.value
    {
        walk(value, &mut ranges);
    }
    ranges
}

fn walk(value: &Value<'_>, ranges: &mut Vec<Range<usize>>) {
    match value {
        Value::Array(array) => array.elements.iter().for_each(|item| walk(item, ranges)),
        Value::Object(object) => {
            for property in &object.properties {
                let name = property.name.as_str();
                if KEPT.contains(&name) || is_sealed(object, name) {
                    let range = property.value.range();
                    ranges.push(range.start..range.end);
                } else if !FREE.contains(&name) {
                    walk(&property.value, ranges);
                }
            }
        }
        _ => {}
    }
}

/// Whether a member is text that was signed, or no text at all.
fn is_sealed(object: &Object<'_>, name: &str) -> bool {
    let text = |name: &str| object.get_string(name).map(|text| text.value.as_ref());
    match name {
        "thinking" => text("signature").is_some_and(|signature| !signature.is_empty()),
        "data" => text("type").is_some_and(|kind| SEALED.contains(&kind)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(json: &str) -> Vec<&str> {
        kept(json).into_iter().map(|range| &json[range]).collect()
    }

    #[test]
    fn what_ties_a_session_together_stays() {
        for (json, expected) in [
            (r#"{"uuid":"u","parentUuid":null,"message":{"id":"m","content":"x"}}"#, &["\"u\"", "null", "\"m\""][..]),
            (r#"{"message":{"content":[{"type":"thinking","thinking":"t","signature":"s"}]}}"#, &["\"t\"", "\"s\""]),
            (r#"{"message":{"content":[{"type":"thinking","thinking":"t","signature":""}]}}"#, &["\"\""]),
            (r#"{"content":[{"type":"redacted_thinking","data":"d"},{"source":{"type":"base64","data":"p"}}]}"#, &["\"d\"", "\"p\""]),
            (r#"{"payload":{"type":"reasoning","encrypted_content":"e","call_id":"c","arguments":"{}"}}"#, &["\"e\"", "\"c\""]),
            (r#"{"content":[{"type":"tool_use","id":"i","input":{"id":"theirs","signature":"theirs"}}]}"#, &["\"i\""]),
            (r#"{"toolUseResult":{"id":"theirs"},"data":"theirs"}"#, &[]),
            ("half a {line", &[]),
        ] {
            assert_eq!(texts(json), expected, "{json}");
        }
    }
}
