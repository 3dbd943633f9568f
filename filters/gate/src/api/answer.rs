//! What a client gets instead of what was refused, in the words of the API that it speaks.

use serde_json::{Value, json};

use super::frames::{header, write};
use super::kind::{Api, Format, Kind};
use super::refusal::Refusal;
use crate::name::Name;

/// JSON-RPC's code for what a server decides on its own.
const RPC_REFUSED: i32 = -32001;
/// JSON-RPC's code for what cannot be read.
const RPC_PARSE: i32 = -32700;

/// A whole HTTP answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header `content-type`.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// The answer to a request of this kind that was refused, or whose response was. `decision` is what both sides can ask for in
/// the audit log. `rpc` is the id of the JSON-RPC request, where it is known.
///
/// ```
/// use tamis::api::{Api, Format, Kind, Refusal, answer};
/// let kind = Kind { api: Api::Anthropic, format: Format::Json };
/// let refusal = Refusal::Finding { class: "secret/api-key".into(), row: "no-keys".into() };
/// let answer = answer(kind, &refusal, &"d-1".into(), None);
/// assert_eq!((answer.status, answer.content_type), (403, "application/json"));
/// assert_eq!(
///     String::from_utf8(answer.body).unwrap(),
///     r#"{"error":{"message":"Blocked by policy: it holds secret/api-key (row no-keys). Decision d-1.","type":"permission_error"},"request_id":"d-1","type":"error"}"#
/// );
/// ```
#[must_use]
pub fn answer(kind: Kind, refusal: &Refusal, decision: &Name, rpc: Option<&Value>) -> Answer {
    let status = match (kind.api, refusal) {
        // The model learns that its call was refused, and goes on.
        (Api::Mcp, Refusal::Tool { .. }) => 200,
        _ => refusal.status(),
    };
    let body = error(kind.api, refusal, decision, rpc).to_string().into_bytes();
    Answer { status, content_type: "application/json", body }
}

/// The last bytes of a response that was refused after its beginning had left: an event that clients take for an error, or
/// nothing where no such thing exists, so that all that is left is to cut the connection.
#[must_use]
pub fn ending(kind: Kind, refusal: &Refusal, decision: &Name, rpc: Option<&Value>) -> Vec<u8> {
    let error = error(kind.api, refusal, decision, rpc);
    match (kind.format, kind.api) {
        (Format::Frames, _) => return exception(refusal, &error),
        (Format::Events, Api::Cohere) => {
            let delta = json!({"finish_reason": "ERROR", "error": text(refusal, decision)});
            format!("event: message-end\ndata: {}\n\n", json!({"type": "message-end", "delta": delta}))
        }
        (Format::JsonLines, Api::Cohere) => {
            let response = json!({"text": "", "finish_reason": "ERROR"});
            let said = text(refusal, decision);
            let end =
                json!({"is_finished": true, "event_type": "stream-end", "finish_reason": "ERROR", "response": response, "error": said});
            format!("{end}\n")
        }
        (Format::Events, Api::Anthropic) => format!("event: error\ndata: {error}\n\n"),
        (Format::Events, Api::Responses) => {
            let (code, message, error) = (code(refusal), text(refusal, decision), &error["error"]);
            // The API's own words; SDKs raise what `error` says, and take the rest for an event like others.
            let event = json!({"type": "error", "error": error, "code": code, "message": message, "param": null, "sequence_number": 0});
            format!("event: error\ndata: {event}\n\n")
        }
        (Format::Events, _) => format!("data: {error}\n\n"),
        (Format::JsonLines, _) => format!("{error}\n"),
        _ => String::new(),
    }
    .into_bytes()
}

/// The frame that SDKs of Amazon raise as an error.
fn exception(refusal: &Refusal, error: &Value) -> Vec<u8> {
    let kind = if refusal.status() == 503 { "serviceUnavailableException" } else { "validationException" };
    let (mut headers, mut out) = (Vec::new(), Vec::new());
    for (name, value) in [(":exception-type", kind), (":content-type", "application/json"), (":message-type", "exception")] {
        header(name, value.as_bytes(), &mut headers);
    }
    write(&headers, error.to_string().as_bytes(), &mut out);
    out
}

fn text(refusal: &Refusal, decision: &Name) -> String {
    format!("{refusal} Decision {decision}.")
}

fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Finding { .. } => "sensitive_data",
        Refusal::Tool { .. } => "tool_not_allowed",
        Refusal::Limit(_) => "limit_exceeded",
        Refusal::Malformed => "malformed_body",
        Refusal::Session { .. } => "session_refused",
        Refusal::Unrecorded => "audit_unavailable",
    }
}

fn error(api: Api, refusal: &Refusal, decision: &Name, rpc: Option<&Value>) -> Value {
    let message = text(refusal, decision);
    let decision = decision.as_str();
    match api {
        Api::Anthropic => {
            let kind = match refusal.status() {
                400 => "invalid_request_error",
                413 => "request_too_large",
                503 => "overloaded_error",
                _ => "permission_error",
            };
            json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": decision})
        }
        Api::Gemini => {
            let status = match refusal.status() {
                400 | 413 => "INVALID_ARGUMENT",
                503 => "UNAVAILABLE",
                _ => "PERMISSION_DENIED",
            };
            let info = json!({
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": code(refusal).to_ascii_uppercase(), "domain": "tamis",
                "metadata": {"decision": decision},
            });
            json!({"error": {"code": refusal.status(), "message": message, "status": status, "details": [info]}})
        }
        // The library of Ollama shows this member, and nothing else.
        Api::Ollama => json!({"error": message, "code": code(refusal), "decision": decision}),
        Api::Cohere => json!({"message": message, "code": code(refusal), "id": decision}),
        Api::Bedrock => {
            let kind = match refusal.status() {
                400 | 413 => "ValidationException",
                503 => "ServiceUnavailableException",
                _ => "AccessDeniedException",
            };
            json!({"__type": kind, "message": message, "decision": decision})
        }
        Api::Mcp => rpc_answer(refusal, &message, decision, rpc),
        Api::Chat | Api::Responses | Api::Unknown => {
            let kind = if refusal.status() == 503 { "server_error" } else { "invalid_request_error" };
            json!({"error": {"message": message, "type": kind, "param": null, "code": code(refusal), "decision": decision}})
        }
    }
}

fn rpc_answer(refusal: &Refusal, message: &str, decision: &str, rpc: Option<&Value>) -> Value {
    let one = |id: &Value| match refusal {
        Refusal::Tool { .. } => {
            let result = json!({"content": [{"type": "text", "text": message}], "isError": true, "resultType": "complete"});
            json!({"jsonrpc": "2.0", "id": id, "result": result})
        }
        _ => {
            let number = if *refusal == Refusal::Malformed { RPC_PARSE } else { RPC_REFUSED };
            let data = json!({"reason": code(refusal), "decision": decision});
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": number, "message": message, "data": data}})
        }
    };
    match rpc {
        Some(Value::Array(ids)) => ids.iter().map(one).collect(),
        Some(id) => one(id),
        None => one(&Value::Null),
    }
}
