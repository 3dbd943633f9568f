//! Streams of Ollama, Cohere and Bedrock: lines, events and binary frames whose texts are cut by the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use tamis::api::{Api, Format, Kind};
use tamis::{Direction, Frame, Policy};

use super::frames::{HEADERS, frame, frames};
use super::reader::events;
use super::streams::{anthropic, cut, redacted};
use super::{Run, policy, token};
use crate::pieces;

/// A stream that says a text, thinks another and calls a tool with a third, and where its reader finds them.
struct Case {
    kind: Kind,
    stream: fn(&str, &str, &str, usize) -> Vec<Value>,
    /// Whether frames hold documents as base64.
    invoked: bool,
    said: &'static [&'static str],
    thought: &'static [&'static str],
    called: &'static [&'static str],
    /// Where the text stands once more, whole.
    again: &'static [&'static str],
    /// The thought is bound to a signature.
    bound: bool,
}

/// Cohere's first version, which streams the same documents as lines and as events.
const COHERE_FIRST: Case = Case {
    kind: Kind { api: Api::Cohere, format: Format::JsonLines },
    stream: cohere_first,
    invoked: false,
    said: &["/text"],
    thought: &["/tool_call_delta/text"],
    called: &["/tool_call_delta/parameters"],
    again: &["/response/text", "/response/chat_history/0/message"],
    bound: false,
};

const CASES: [Case; 8] = [
    Case {
        kind: Kind { api: Api::Ollama, format: Format::JsonLines },
        stream: ollama_chat,
        invoked: false,
        said: &["/message/content"],
        thought: &["/message/thinking"],
        called: &["/message/tool_calls/0/function/arguments"],
        again: &[],
        bound: false,
    },
    Case {
        kind: Kind { api: Api::Ollama, format: Format::JsonLines },
        stream: ollama_generate,
        invoked: false,
        said: &["/response"],
        thought: &["/thinking"],
        called: &[],
        again: &[],
        bound: false,
    },
    COHERE_FIRST,
    Case { kind: Kind { api: Api::Cohere, format: Format::Events }, ..COHERE_FIRST },
    Case {
        kind: Kind { api: Api::Cohere, format: Format::Events },
        stream: cohere_second,
        invoked: false,
        said: &["/delta/message/content/text"],
        thought: &["/delta/message/tool_plan"],
        called: &["/delta/message/tool_calls/function/arguments"],
        again: &[],
        bound: false,
    },
    Case {
        kind: Kind { api: Api::Bedrock, format: Format::Frames },
        stream: converse,
        invoked: false,
        said: &["/delta/text"],
        thought: &["/delta/reasoningContent/text"],
        called: &["/delta/toolUse/input"],
        again: &[],
        bound: true,
    },
    Case {
        kind: Kind { api: Api::Bedrock, format: Format::Frames },
        stream: anthropic,
        invoked: true,
        said: &["/delta/text"],
        thought: &["/delta/thinking"],
        called: &["/delta/partial_json"],
        again: &[],
        bound: true,
    },
    Case {
        kind: Kind { api: Api::Bedrock, format: Format::Frames },
        stream: |text, _, _, size| {
            let mut documents: Vec<Value> = cut(text, size).iter().map(|part| json!({"generation": part, "stop_reason": null})).collect();
            documents.push(json!({"generation": "", "stop_reason": "stop"}));
            documents
        },
        invoked: true,
        said: &["/generation"],
        thought: &[],
        called: &[],
        again: &[],
        bound: false,
    },
];

fn ollama_chat(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let line = |message: Value, done: bool| json!({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": done});
    let said = |key: &str, part: &str| {
        let mut message = json!({"role": "assistant", "content": ""});
        message[key] = part.into();
        line(message, false)
    };
    let mut lines: Vec<Value> = cut(thought, size).iter().map(|part| said("thinking", part)).collect();
    lines.extend(cut(text, size).iter().map(|part| said("content", part)));
    let call = json!({"function": {"name": "Bash", "arguments": serde_json::from_str::<Value>(arguments).unwrap()}});
    lines.push(line(json!({"role": "assistant", "content": "", "tool_calls": [call]}), false));
    let mut last = line(json!({"role": "assistant", "content": ""}), true);
    last["done_reason"] = "stop".into();
    lines.push(last);
    lines
}

fn ollama_generate(text: &str, thought: &str, _: &str, size: usize) -> Vec<Value> {
    let line = |key: &str, part: &str| {
        let mut line = json!({"model": "m", "response": "", "done": false});
        line[key] = part.into();
        line
    };
    let mut lines: Vec<Value> = cut(thought, size).iter().map(|part| line("thinking", part)).collect();
    lines.extend(cut(text, size).iter().map(|part| line("response", part)));
    lines.push(json!({"model": "m", "response": "", "done": true, "context": [1, 2, 3]}));
    lines
}

fn cohere_first(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let event = |kind: &str, key: &str, value: Value| json!({"is_finished": kind == "stream-end", "event_type": kind, key: value});
    let mut events = vec![event("stream-start", "generation_id", json!("g"))];
    events.extend(cut(text, size).iter().map(|part| event("text-generation", "text", part.as_str().into())));
    events.extend(cut(thought, size).iter().map(|part| event("tool-calls-chunk", "tool_call_delta", json!({"text": part}))));
    events.push(event("tool-calls-chunk", "tool_call_delta", json!({"index": 0, "name": "Bash"})));
    let parts = cut(arguments, size);
    events.extend(parts.iter().map(|part| event("tool-calls-chunk", "tool_call_delta", json!({"index": 0, "parameters": part}))));
    let history = json!([{"message": text, "role": "CHATBOT"}]);
    events.push(event("stream-end", "response", json!({"generation_id": "g", "text": text, "chat_history": history})));
    events
}

fn cohere_second(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let event = |kind: &str, message: Value| json!({"type": kind, "index": 0, "delta": {"message": message}});
    let mut events = vec![json!({"type": "message-start", "id": "x", "delta": {"message": {"role": "assistant", "content": []}}})];
    events.push(event("content-start", json!({"content": {"type": "text", "text": ""}})));
    events.extend(cut(text, size).iter().map(|part| event("content-delta", json!({"content": {"text": part}}))));
    events.push(json!({"type": "content-end", "index": 0}));
    let plan = cut(thought, size);
    events.extend(plan.iter().map(|part| json!({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": part}}})));
    let call = |function: Value| json!({"tool_calls": {"function": function}});
    events.push(event("tool-call-start", call(json!({"name": "Bash", "arguments": ""}))));
    events.extend(cut(arguments, size).iter().map(|part| event("tool-call-delta", call(json!({"arguments": part})))));
    events.push(json!({"type": "tool-call-end", "index": 0}));
    events.push(json!({"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}}));
    events
}

fn converse(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let delta = |block: usize, delta: Value| json!({"contentBlockIndex": block, "delta": delta, "p": "abcdefgh"});
    let stop = |block: usize| json!({"contentBlockIndex": block, "p": "abc"});
    let mut documents = vec![json!({"role": "assistant", "p": "abcd"})];
    documents.extend(cut(thought, size).iter().map(|part| delta(0, json!({"reasoningContent": {"text": part}}))));
    documents.extend([delta(0, json!({"reasoningContent": {"signature": token()}})), stop(0)]);
    documents.extend(cut(text, size).iter().map(|part| delta(1, json!({"text": part}))));
    documents.extend([stop(1), json!({"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "t", "name": "Bash"}}})]);
    documents.extend(cut(arguments, size).iter().map(|part| delta(2, json!({"toolUse": {"input": part}}))));
    documents.extend([stop(2), json!({"stopReason": "tool_use", "p": "a"}), json!({"usage": {"inputTokens": 1}})]);
    documents
}

impl Case {
    fn run(&self) -> Run {
        Run::new(self.kind, Direction::Inbound, Policy::default().into())
    }

    fn wire(&self, text: &str, thought: &str, arguments: &str, size: usize) -> Vec<u8> {
        let written = |document: &Value| match self.kind.format {
            Format::JsonLines => format!("{document}\n").into_bytes(),
            Format::Events => format!("event: {}\ndata: {document}\n\n", document["type"].as_str().unwrap_or("x")).into_bytes(),
            _ if self.invoked => {
                frame(&HEADERS, json!({"bytes": STANDARD.encode(document.to_string()), "p": "abcdef"}).to_string().as_bytes())
            }
            _ => frame(&HEADERS, document.to_string().as_bytes()),
        };
        (self.stream)(text, thought, arguments, size).iter().flat_map(written).collect()
    }

    fn documents(&self, bytes: &[u8]) -> Vec<Value> {
        let text = || core::str::from_utf8(bytes).unwrap();
        let json = |text: &[u8]| serde_json::from_slice(text).unwrap();
        match self.kind.format {
            Format::JsonLines => text().lines().map(|line| json(line.as_bytes())).collect(),
            Format::Events => events(text()).iter().map(|data| json(data.as_bytes())).collect(),
            _ => {
                let frames = frames(bytes).into_iter().map(|(_, payload)| json(&payload));
                frames
                    .map(|document: Value| match document["bytes"].as_str() {
                        Some(inner) => json(&STANDARD.decode(inner).unwrap()),
                        None => document,
                    })
                    .collect()
            }
        }
    }

    /// What a reader that joins the texts at these places sees.
    fn joined(documents: &[Value], places: &[&str]) -> String {
        let told = documents.iter().flat_map(|document| places.iter().filter_map(|place| document.pointer(place)));
        told.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
    }

    fn check(&self, bytes: &[u8], text: &str, thought: &str, arguments: &str) {
        let documents = self.documents(bytes);
        let thought = if self.bound { thought.to_owned() } else { redacted(thought, Frame::Text) };
        for (places, expected) in
            [(self.said, redacted(text, Frame::Text)), (self.thought, thought), (self.called, redacted(arguments, Frame::Json))]
        {
            if !places.is_empty() {
                assert_eq!(Self::joined(&documents, places), expected, "{places:?} of {:?}", self.kind);
            }
        }
        for place in self.again {
            assert_eq!(Self::joined(&documents, &[place]), redacted(text, Frame::Text), "{place}");
        }
        if self.kind.api == Api::Ollama && self.said == ["/message/content"] {
            assert!(documents.iter().all(|document| document["message"]["role"] == "assistant"), "{documents:?}");
        }
        let done = documents.iter().position(|document| document["done"] == true).unwrap_or(documents.len() - 1);
        assert_eq!(done, documents.len() - 1, "the last line is the last");
    }
}

#[test]
fn a_secret_in_many_documents_is_found_at_every_cut() {
    let text = format!("my key is {} and card 4716 2389 5507 3146, é😀 {}", token(), token());
    let arguments = json!({ "k": text }).to_string();
    for case in &CASES {
        let wire = case.wire(&text, &text, &arguments, 5);
        let outcome = case.run().every_way(&wire);
        assert_eq!(outcome.refusal, None);
        case.check(&outcome.bytes, &text, &text, &arguments);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_reader_gets_each_text_as_if_it_had_been_redacted_whole(
        case in 0..CASES.len(), size in 1usize..30, chunk in 1usize..300, said in prop::collection::vec(prop::sample::select(pieces()), 0..6),
        called in prop::collection::vec(prop::sample::select(pieces()), 0..3), smile in "[ é😀]{0,3}",
    ) {
        let case = &CASES[case];
        let text = format!("{smile}{}", said.concat());
        let arguments = json!({"command": called.concat()}).to_string();
        let thought = said.iter().rev().cloned().collect::<String>();
        let (mut body, mut out) = (case.run().body(), Vec::new());
        case.wire(&text, &thought, &arguments, size).chunks(chunk).for_each(|chunk| body.push(chunk, &mut out));
        body.finish(&mut out);
        case.check(&out, &text, &thought, &arguments);
    }
}

#[test]
fn what_holds_nothing_back_stays_byte_for_byte() {
    for case in &CASES {
        let text = "One line, and\nanother one.\n";
        let wire = case.wire(text, text, "{}", 1000);
        assert_eq!(case.run().every_way(&wire).bytes, wire);
    }
}

#[test]
fn a_refused_stream_ends_as_its_sdk_expects() {
    let rows = "[[boundary]]\nid = 'no-keys'\nsurface = 'response'\ndecision = 'block'\n";
    let message = "Blocked by policy: it holds secret/api-key (row no-keys). Decision d-1.";
    for (case, place) in [(0, "/error"), (2, "/error"), (4, "/delta/error"), (5, "/message")] {
        let case = &CASES[case];
        let run = Run { policy: policy(rows), ..case.run() };
        let wire = case.wire(&format!("see {} ok", token()), "", "{}", 6);
        assert_eq!(run.every_way(&wire).refusal.map(|refusal| refusal.as_str()), Some("finding"));
        let mut body = run.body();
        body.push(&wire, &mut Vec::new());
        let ending = body.ending().unwrap();
        assert_eq!(case.documents(&ending)[0].pointer(place), Some(&json!(message)));
        if case.kind.format == Format::Frames {
            assert!(frames(&ending)[0].0.windows(19).any(|bytes| bytes == b"validationException"));
        }
    }
}

#[test]
fn each_text_meets_its_surface() {
    for (api, direction, text, decisions) in [
        (
            Api::Ollama,
            Direction::Inbound,
            r#"{"message":{"role":"assistant","content":"@","thinking":"@","tool_calls":[{"function":{"name":"Bash","arguments":{"a":"@"}}}]},"done":true}"#,
            &["response redact", "reasoning redact", "tool-input(Bash) redact"][..],
        ),
        (Api::Ollama, Direction::Outbound, r#"{"system":"@","prompt":"@"}"#, &["system-prompt redact", "message redact"]),
        (
            Api::Cohere,
            Direction::Outbound,
            r#"{"preamble":"@","message":"@","chat_history":[{"role":"CHATBOT","message":"@"}],"tool_results":[{"call":{"name":"x"},"outputs":[{"a":"@"}]}]}"#,
            &["system-prompt redact", "message redact", "response redact", "tool-output redact"],
        ),
        (
            Api::Cohere,
            Direction::Inbound,
            r#"{"message":{"role":"assistant","tool_plan":"@","content":[{"type":"text","text":"@"}],"tool_calls":[{"function":{"name":"f","arguments":"@"}}]}}"#,
            &["reasoning redact", "response redact", "tool-input(f) redact"],
        ),
        (
            Api::Bedrock,
            Direction::Outbound,
            r#"{"system":[{"text":"@"}],"messages":[{"role":"user","content":[{"text":"@"},{"toolResult":{"toolUseId":"t","content":[{"json":{"a":"@"}}]}}]},
            {"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":{"a":"@"}}}]}],"toolConfig":{"tools":[{"toolSpec":{"description":"@"}}]}}"#,
            &["system-prompt redact", "message redact", "tool-output redact", "tool-input(f) redact", "system-prompt redact"],
        ),
        (
            Api::Bedrock,
            Direction::Inbound,
            r#"{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"@ ","signature":"@"}}},{"text":"@"}]}},"stopReason":"end_turn"}"#,
            &["reasoning observe", "reasoning observe", "response redact"],
        ),
    ] {
        let run = Run::new(Kind { api, format: Format::Json }, direction, Policy::default().into());
        let mut told = run.every_way(text.replace('@', &token()).as_bytes()).decisions();
        let mut expected = decisions.to_vec();
        // What stands whole in a list is decided before what is one text.
        told.sort();
        expected.sort_unstable();
        assert_eq!(told, expected, "{text}");
    }
}

#[test]
fn probabilities_do_not_spell_what_was_taken_out() {
    let (first, second) = (&token()[..9], &token()[9..]);
    for (api, format, text) in [
        (
            Api::Responses,
            Format::Events,
            format!(
                "data: {{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"{first}\",\"logprobs\":[{{\"token\":\"{first}\"}}]}}\n\ndata: {{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"{second} \",\"logprobs\":[{{\"token\":\"{second}\"}}]}}\n\n"
            ),
        ),
        (
            Api::Ollama,
            Format::JsonLines,
            format!(
                "{{\"response\":\"{first}\",\"logprobs\":[{{\"token\":\"{first}\"}}]}}\n{{\"response\":\"{second} \",\"logprobs\":[{{\"token\":\"{second}\"}}]}}\n"
            ),
        ),
    ] {
        let outcome = Run::new(Kind { api, format }, Direction::Inbound, Policy::default().into()).every_way(text.as_bytes());
        assert!(!outcome.text.contains(first) && !outcome.text.contains(second), "{}", outcome.text);
        assert!(outcome.text.contains("\"logprobs\":[]"), "{}", outcome.text);
    }
}
