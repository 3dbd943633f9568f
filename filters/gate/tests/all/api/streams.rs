//! Streams of events: texts that are cut by the wire come out as if they had been redacted whole.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tamis::api::{Api, Format, Kind, Limits, Refusal};
use tamis::{Direction, Frame, Policy, Rewriter, Settings};

use super::reader::texts;
use super::{Run, policy, token};
use crate::{pieces, scanner};

fn run(api: Api) -> Run {
    Run::new(Kind { api, format: Format::Events }, Direction::Inbound, Policy::default().into())
}

/// A text by itself, redacted.
pub(super) fn redacted(text: &str, frame: Frame) -> String {
    let settings = Settings { frame, ..Settings::default() };
    let mut rewriter = Rewriter::new(scanner(), &settings, Vec::new());
    let mut stream = scanner().stream();
    stream.push(text.as_bytes(), &mut rewriter);
    stream.finish(&mut rewriter);
    String::from_utf8(rewriter.output().clone()).unwrap()
}

/// A text in pieces of about this many characters.
pub(super) fn cut(text: &str, size: usize) -> Vec<String> {
    text.chars().collect::<Vec<_>>().chunks(size.max(1)).map(|chars| chars.iter().collect()).collect()
}

/// How events are written.
#[derive(Clone, Copy, Debug)]
struct Style {
    end: &'static str,
    names: bool,
    comments: bool,
    escaped: bool,
}

fn write(events: &[Value], style: Style) -> String {
    let Style { end, names, comments, escaped } = style;
    let mut out = String::new();
    for event in events {
        if comments {
            out += &format!(": ping{end}{end}");
        }
        if names && let Some(kind) = event["type"].as_str() {
            out += &format!("event: {kind}{end}");
        }
        let mut data = event.as_str().map_or_else(|| event.to_string(), str::to_owned);
        if escaped {
            let coded = |c: char| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            data = data.chars().map(|c| if c.is_ascii() { c.to_string() } else { coded(c) }).collect();
        }
        out += &format!("data: {data}{end}{end}");
    }
    out
}

/// A stream of this API that says a text, thinks another, and calls a tool with a third.
fn stream(api: Api, text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    match api {
        Api::Chat => chat(text, thought, arguments, size),
        Api::Anthropic => anthropic(text, thought, arguments, size),
        Api::Responses => responses(text, arguments, size),
        _ => gemini(text, thought, size),
    }
}

fn chat(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let chunk = |index: usize, delta: Value, finish: Value| json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": index, "delta": delta, "logprobs": null, "finish_reason": finish}]});
    let mut events = vec![chunk(0, json!({"role": "assistant", "content": ""}), Value::Null)];
    let (thoughts, texts) = (cut(thought, size), cut(text, size));
    // Two choices flow side by side.
    for i in 0..thoughts.len().max(texts.len()) {
        events.extend(thoughts.get(i).map(|part| chunk(0, json!({"reasoning_content": part}), Value::Null)));
        events.extend(texts.get(i).map(|part| chunk(1, json!({"content": part}), Value::Null)));
    }
    events.push(chunk(1, json!({}), json!("stop")));
    let call = |name: Value, part: &str| json!({"tool_calls": [{"index": 0, "id": name, "function": {"name": name, "arguments": part}}]});
    events.push(chunk(0, call(json!("Bash"), ""), Value::Null));
    events.extend(
        cut(arguments, size)
            .iter()
            .map(|part| chunk(0, json!({"tool_calls": [{"index": 0, "function": {"arguments": part}}]}), Value::Null)),
    );
    events.extend([chunk(0, json!({}), json!("tool_calls")), json!("[DONE]")]);
    events
}

pub(super) fn anthropic(text: &str, thought: &str, arguments: &str, size: usize) -> Vec<Value> {
    let delta = |index: usize, kind: &str, key: &str, part: &str| json!({"type": "content_block_delta", "index": index, "delta": {"type": kind, key: part}});
    let start = |index: usize, block: Value| json!({"type": "content_block_start", "index": index, "content_block": block});
    let stop = |index: usize| json!({"type": "content_block_stop", "index": index});
    let mut events = vec![json!({"type": "message_start", "message": {"id": "msg_1", "role": "assistant", "content": [], "model": "m"}})];
    events.push(start(0, json!({"type": "thinking", "thinking": "", "signature": ""})));
    events.extend(cut(thought, size).iter().map(|part| delta(0, "thinking_delta", "thinking", part)));
    events.extend([
        delta(0, "signature_delta", "signature", &token()),
        stop(0),
        start(1, json!({"type": "text", "text": ""})),
        json!({"type": "ping"}),
    ]);
    events.extend(cut(text, size).iter().map(|part| delta(1, "text_delta", "text", part)));
    events.extend([stop(1), start(2, json!({"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {}}))]);
    events.extend(cut(arguments, size).iter().map(|part| delta(2, "input_json_delta", "partial_json", part)));
    events.extend([stop(2), json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}), json!({"type": "message_stop"})]);
    events
}

fn responses(text: &str, arguments: &str, size: usize) -> Vec<Value> {
    let item = json!({"type": "function_call", "id": "fc", "call_id": "call_1", "name": "Bash", "arguments": arguments});
    let message =
        json!({"type": "message", "id": "msg", "role": "assistant", "content": [{"type": "output_text", "text": text, "annotations": []}]});
    let mut events = vec![json!({"type": "response.created", "response": {"id": "resp_1", "output": []}})];
    events.extend(cut(text, size).iter().map(|part| {
        json!({"type": "response.output_text.delta", "item_id": "msg", "output_index": 0, "content_index": 0, "delta": part, "logprobs": [], "obfuscation": "x7"})
    }));
    events.push(
        json!({"type": "response.output_text.done", "item_id": "msg", "output_index": 0, "content_index": 0, "text": text, "logprobs": []}),
    );
    events.push(json!({"type": "response.output_item.done", "output_index": 0, "item": message}));
    events.push(json!({"type": "response.output_item.added", "output_index": 1, "item": {"type": "function_call", "id": "fc", "name": "Bash", "arguments": ""}}));
    events.extend(
        cut(arguments, size)
            .iter()
            .map(|part| json!({"type": "response.function_call_arguments.delta", "item_id": "fc", "output_index": 1, "delta": part})),
    );
    events.push(json!({"type": "response.function_call_arguments.done", "item_id": "fc", "output_index": 1, "arguments": arguments}));
    events.push(json!({"type": "response.completed", "response": {"id": "resp_1", "output": [message, item]}}));
    events
}

fn gemini(text: &str, thought: &str, size: usize) -> Vec<Value> {
    let chunk = |parts: Value| json!({"candidates": [{"content": {"parts": parts, "role": "model"}}], "usageMetadata": {"totalTokenCount": 3}, "modelVersion": "g"});
    let mut events: Vec<Value> = cut(thought, size).iter().map(|part| chunk(json!([{"text": part, "thought": true}]))).collect();
    events.extend(cut(text, size).chunks(2).map(|parts| chunk(parts.iter().map(|part| json!({"text": part})).collect())));
    events.push(json!({"candidates": [{"content": {"parts": [{"text": "", "thoughtSignature": token()}], "role": "model"}, "finishReason": "STOP"}]}));
    events
}

/// What a reader should see of such a stream.
fn expected(api: Api, text: &str, thought: &str, arguments: &str) -> (BTreeMap<String, String>, Vec<String>) {
    let (said, called) = (redacted(text, Frame::Text), redacted(arguments, Frame::Json));
    let (joined, whole) = match api {
        Api::Chat => (
            vec![
                ("0.reasoning_content", redacted(thought, Frame::Text)),
                ("1.content", said),
                ("0.call.0", called),
                ("0.name.0", "Bash".into()),
            ],
            vec![],
        ),
        Api::Anthropic => {
            (vec![("0.thinking", thought.to_owned()), ("0.signature", token()), ("1.text", said), ("2.partial_json", called)], vec![])
        }
        Api::Responses => (
            vec![("0.0.response.output_text.delta", said.clone()), ("1.null.response.function_call_arguments.delta", called.clone())],
            // The whole text stands in `.done` and at the end.
            vec![said.clone(), called.clone(), said, called],
        ),
        _ => (vec![("thought", redacted(thought, Frame::Text)), ("text", said)], vec![]),
    };
    (joined.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (key.to_owned(), text)).collect(), whole)
}

const MODELS: [Api; 4] = [Api::Chat, Api::Anthropic, Api::Responses, Api::Gemini];

fn styles() -> impl Strategy<Value = Style> {
    (prop::sample::select(&["\n", "\r\n", "\r"][..]), any::<[bool; 3]>()).prop_map(|(end, [names, comments, escaped])| Style {
        end,
        names,
        comments,
        escaped,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A plain reader gets the redaction of each text, wherever the wire and the network cut.
    #[test]
    fn a_reader_gets_each_text_as_if_it_had_been_redacted_whole(
        api in prop::sample::select(&MODELS[..]), style in styles(), size in 1usize..30, chunk in 1usize..300,
        said in prop::collection::vec(prop::sample::select(pieces()), 0..6), called in prop::collection::vec(prop::sample::select(pieces()), 0..3),
        smile in "[ é😀]{0,3}",
    ) {
        let text = format!("{smile}{}", said.concat());
        let arguments = json!({"command": called.concat()}).to_string();
        let thought = said.iter().rev().cloned().collect::<String>();
        let wire = write(&stream(api, &text, &thought, &arguments, size), style);
        let (mut body, mut out) = (run(api).body(), Vec::new());
        wire.as_bytes().chunks(chunk).for_each(|chunk| body.push(chunk, &mut out));
        body.finish(&mut out);
        let out = String::from_utf8(out).unwrap();
        let seen = texts(api, &out);
        let wanted = expected(api, &text, &thought, &arguments);
        prop_assert_eq!(seen.0, wanted.0, "{}", out);
        if api == Api::Responses {
            // The items tell it once more.
            prop_assert!(wanted.1.iter().all(|text| seen.1.contains(text)), "{:?} {:?}", seen.1, wanted.1);
        }
    }
}

#[test]
fn streams_do_not_depend_on_their_chunks() {
    let text = format!("my key is {} and card 4716 2389 5507 3146, é😀", token());
    for api in MODELS {
        let wire = write(
            &stream(api, &text, &text, &json!({ "k": text }).to_string(), 5),
            Style { end: "\n", names: true, comments: true, escaped: false },
        );
        let outcome = run(api).every_way(wire.as_bytes());
        assert_eq!(outcome.refusal, None);
        let open = outcome.text.matches(&token()).count();
        // Signatures, and the thoughts that Anthropic signs.
        let kept = [(Api::Anthropic, 2), (Api::Gemini, 1)].into_iter().find(|(signed, _)| *signed == api).map_or(0, |(_, kept)| kept);
        assert_eq!(open, kept, "{}", outcome.text);
    }
}

#[test]
fn what_holds_nothing_back_stays_byte_for_byte() {
    for api in MODELS {
        let text = "One line, and\nanother one.\n";
        let wire = write(&stream(api, text, text, "{}", 1000), Style { end: "\n", names: true, comments: true, escaped: false });
        assert_eq!(run(api).every_way(wire.as_bytes()).text, wire);
    }
}

#[test]
fn odd_streams_lose_nothing() {
    let chunk = |text: &str| json!({"choices": [{"index": 0, "delta": {"content": text}}]}).to_string();
    let token = token();
    let (first, second) = token.split_at(11);
    let (first, second) = (chunk(&format!("a {first}")), chunk(&format!("{second} z")));
    for wire in [
        // No empty lines, no last line end, a mark at the start, fields in any order, documents over several lines.
        format!("data: {first}\ndata: {second}\n"),
        format!("data:{first}\n\ndata:{second}"),
        format!("\u{feff}data: {first}\n\ndata: {second}\n\n"),
        format!("id: 1\ndata: {first}\nretry: 3\n\n:\n\n\n\ndata: {second}\nevent: x\n\n"),
        format!("data: {}\n\ndata: {second}\n\n", first.replace("\"choices\":", "\"choices\":\ndata:  ")),
    ] {
        let outcome = run(Api::Chat).every_way(wire.as_bytes());
        let seen = super::reader::events(&outcome.text)
            .iter()
            .flat_map(|data| data.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect::<String>();
        assert!(!outcome.text.contains(&token[..11]), "{wire} {}", outcome.text);
        assert!(seen.contains("[REDACTED:github.pat-classic]"), "{seen}");
        assert_eq!(outcome.findings, [0, 0, 1, 0, 0]);
    }
    for wire in [
        "data: {\"choices\":[{\"delta\":{\"content\":\"x",
        "data: no JSON\n\n",
        "\0\n\n",
        "data: {\"a\":\"\0\"}\n\n",
        "data: {}{}\n\n",
        "\n\n\n",
    ] {
        assert_eq!(run(Api::Chat).every_way(wire.as_bytes()).text, wire);
    }
}

#[test]
fn an_event_that_is_too_long_is_read_as_it_flows() {
    let long = json!({"choices": [{"index": 0, "delta": {"content": format!("{} {}", token(), "x ".repeat(600))}}]});
    let short = json!({"choices": [{"index": 0, "delta": {"content": "so ends a-"}}]});
    let wire = write(&[short.clone(), long, short], Style { end: "\n", names: false, comments: false, escaped: false });
    let limits = Limits { held: 700, ..Limits::default() };
    let outcome = Run { limits, ..run(Api::Chat) }.every_way(wire.as_bytes());
    let (joined, _) = texts(Api::Chat, &outcome.text);
    assert_eq!(joined["0.content"], format!("so ends a-[REDACTED:github.pat-classic] {}so ends a-", "x ".repeat(600)));
    assert!(outcome.events.iter().any(|event| event.what.name() == "limit-hit"));
    let closed = Run { limits, policy: policy("on_limit = 'block'\n"), ..run(Api::Chat) }.every_way(wire.as_bytes());
    assert!(matches!(closed.refusal, Some(Refusal::Limit(_))));
    assert!(!closed.text.contains("REDACTED"));
}

#[test]
fn a_blocked_stream_ends_with_an_error_of_its_api() {
    let rows = "[[boundary]]\nid = 'no-keys'\nsurface = 'response'\ndecision = 'block'\n";
    for (api, ending) in [
        (
            Api::Anthropic,
            "event: error\ndata: {\"error\":{\"message\":\"Blocked by policy: it holds secret/api-key (row no-keys). Decision d-1.\",\"type\":\"permission_error\"},\"request_id\":\"d-1\",\"type\":\"error\"}\n\n",
        ),
        (
            Api::Chat,
            "data: {\"error\":{\"code\":\"sensitive_data\",\"decision\":\"d-1\",\"message\":\"Blocked by policy: it holds secret/api-key (row no-keys). Decision d-1.\",\"param\":null,\"type\":\"invalid_request_error\"}}\n\n",
        ),
    ] {
        let wire = write(
            &stream(api, &format!("see {} ok", token()), "", "{}", 6),
            Style { end: "\n", names: true, comments: false, escaped: false },
        );
        let run = Run { policy: policy(rows), ..run(api) };
        let outcome = run.every_way(wire.as_bytes());
        assert_eq!(outcome.refusal.map(|refusal| refusal.as_str()), Some("finding"));
        assert!(outcome.text.ends_with("\n\n") && !outcome.text.replace(&token(), "").contains("ghp_"), "{}", outcome.text);
        let mut body = run.body();
        body.push(wire.as_bytes(), &mut Vec::new());
        assert_eq!(String::from_utf8(body.ending().unwrap()).unwrap(), ending);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever comes, where it is cut changes nothing, and what is found does not leave.
    #[test]
    fn no_bytes_make_it_fail(
        api in prop::sample::select(&Api::ALL[..]), format in prop::sample::select(&Format::ALL[..]), inbound in any::<bool>(),
        parts in prop::collection::vec(prop::sample::select(scraps()), 0..24), size in 1usize..40, held in 20usize..400,
        tools in any::<bool>(),
    ) {
        let direction = if inbound { Direction::Inbound } else { Direction::Outbound };
        let rows = "[[tool]]\nid = 'a'\ntool = 'list'\nwhen = [{ argument = 'x', present = true }]\ndecision = 'allow'\n";
        let rules = policy(if tools { rows } else { "" });
        let run = Run { limits: Limits { held, depth: 6, channels: 2, body: None }, ..Run::new(Kind { api, format }, direction, rules) };
        let text = parts.concat();
        let filter = |size: usize| {
            let (mut body, mut out, mut events) = (run.body(), Vec::new(), Vec::new());
            text.as_bytes().chunks(size).for_each(|chunk| body.push(chunk, &mut out));
            body.finish(&mut out);
            events.extend(body.drain());
            (String::from_utf8_lossy(&out).into_owned(), events, body.refusal().cloned())
        };
        let whole = filter(text.len().max(1));
        prop_assert_eq!(filter(size), whole);
    }
}

/// Pieces of streams, whole and broken.
fn scraps() -> Vec<String> {
    let mut scraps: Vec<String> = [
        "data: ",
        "\n\n",
        "\r\n\r\n",
        "\r",
        "event: x\n",
        ": c\n",
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"",
        "\"}}]}",
        "[DONE]",
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"",
        "\"}}",
        "{\"type\":\"content_block_stop\",\"index\":0}",
        "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"",
        "\"}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"list\",\"arguments\":{\"x\":\"",
        "\"}}}",
        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"",
        "\"}]}}]}",
        "\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"rm\",\"arguments\":\"{}\"}}]",
        "\\",
        "\"",
        "\u{feff}",
        "\0",
        "[[[[[[[[",
        "é",
        " ",
        "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\",\"name\":\"rm\",\"input\":{}}}",
    ]
    .map(str::to_owned)
    .into();
    scraps.extend([token()[..13].to_owned(), token()[13..].to_owned(), token()]);
    scraps
}
