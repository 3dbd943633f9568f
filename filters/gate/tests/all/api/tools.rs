//! Tool calls that may not be made.

use serde_json::{Value, json};
use tamis::api::{Api, Format, Kind, Limits, Refusal};
use tamis::grant::Scope;
use tamis::{Direction, Limit};

use super::frames::frame;
use super::reader::events;
use super::{Outcome, Run, policy, token};

/// Reading is allowed below `src`, listing always, and nothing else.
const ROWS: &str = r#"
[[tool]]
id = "read-src"
tool = "read"
when = [{ argument = "path", path = "src/**" }]
decision = "allow"

[[tool]]
id = "list"
tool = "list"
decision = "allow"
"#;

fn run(api: Api, format: Format, direction: Direction) -> Run {
    Run::new(Kind { api, format }, direction, policy(ROWS))
}

fn wire(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {}\n\n", event.as_str().map_or_else(|| event.to_string(), str::to_owned))).collect()
}

fn streamed(api: Api, stream: &[Value]) -> (Outcome, Vec<Value>) {
    let outcome = run(api, Format::Events, Direction::Inbound).every_way(wire(stream).as_bytes());
    let seen = events(&outcome.text).iter().filter(|data| *data != "[DONE]").map(|data| serde_json::from_str(data).unwrap()).collect();
    (outcome, seen)
}

fn note(tool: &str) -> String {
    format!("[The call of the tool {tool} was refused by policy, row tools.default. Decision d-1.]")
}

#[test]
fn a_request_to_a_tool_is_decided_before_it_leaves() {
    let call = |tool: &str, path: &str| {
        json!({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": tool, "arguments": {"path": path}}}).to_string()
    };
    for (text, refusal, answer) in [
        (call("read", "src/a.rs"), None, ""),
        (call("list", "/"), None, ""),
        (
            call("read", "/etc/passwd"),
            Some(Refusal::Tool { tool: "read".into(), row: "tools.default".into() }),
            r#"{"id":"a","jsonrpc":"2.0","result":{"content":[{"text":"Blocked by policy: the tool read may not be called like this (row tools.default). Decision d-1.","type":"text"}],"isError":true,"resultType":"complete"}}"#,
        ),
        (
            r#"{"id":7,"method":"tools/call","params":{"name":"read","arguments":{"path":"src/a","path":"/etc"}}}"#.to_owned(),
            Some(Refusal::Malformed),
            r#"{"error":{"code":-32700,"data":{"decision":"d-1","reason":"malformed_body"},"message":"Blocked by policy: the body cannot be read. Decision d-1."},"id":7,"jsonrpc":"2.0"}"#,
        ),
        (
            r#"{"id":7,"meth\u006fd":"tools\/call","params":{"name":"rm"}}"#.to_owned(),
            Some(Refusal::Tool { tool: "rm".into(), row: "tools.default".into() }),
            "",
        ),
        (
            format!("[{},{}]", json!({"id": 1, "method": "ping"}), call("rm", "x")),
            Some(Refusal::Tool { tool: "rm".into(), row: "tools.default".into() }),
            "",
        ),
        (r#"{"id":1,"method":"tools/call","params":{"#.to_owned(), Some(Refusal::Malformed), ""),
        (r#"{"id":1,"method":"tools/list"}"#.to_owned(), None, ""),
    ] {
        let run = run(Api::Mcp, Format::Json, Direction::Outbound);
        let outcome = run.every_way(text.as_bytes());
        assert_eq!(outcome.refusal, refusal, "{text}");
        assert_eq!(outcome.text, if refusal.is_none() { text.as_str() } else { "" });
        let mut body = run.body();
        body.push(text.as_bytes(), &mut Vec::new());
        body.finish(&mut Vec::new());
        if !answer.is_empty() {
            assert_eq!(String::from_utf8(body.answer().unwrap().body).unwrap(), answer);
        }
    }
    let limits = Limits { held: 100, ..Limits::default() };
    let long = Run { limits, ..run(Api::Mcp, Format::Json, Direction::Outbound) }.every_way(call("list", &"x".repeat(200)).as_bytes());
    assert_eq!((long.refusal, long.text.as_str()), (Some(Refusal::Limit(Limit::HeldLength)), ""));
}

#[test]
fn a_grant_takes_tools_away_and_gives_none() {
    let call = |tool: &str| json!({"id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {"path": "src/a"}}}).to_string();
    let granted = |tools: &[&str]| Some(Scope { tools: Some(tools.iter().map(|tool| (*tool).to_owned()).collect()), ..Scope::default() });
    let refused = |tool: &str, row: &str| Some(Refusal::Tool { tool: tool.into(), row: row.into() });
    for (policy, grant, tool, refusal) in [
        (policy(ROWS), granted(&["list"]), "list", None),
        (policy(ROWS), granted(&["list"]), "read", refused("read", "grant")),
        (policy(ROWS), granted(&["*"]), "rm", refused("rm", "tools.default")),
        (policy(ROWS), Some(Scope::default()), "read", None),
        (policy(""), granted(&[]), "list", refused("list", "grant")),
    ] {
        let run = Run { grant, ..Run::new(Kind { api: Api::Mcp, format: Format::Json }, Direction::Outbound, policy) };
        assert_eq!(run.every_way(call(tool).as_bytes()).refusal, refusal, "{tool}");
    }
    let response = json!({"content": [{"type": "tool_use", "id": "t", "name": "list", "input": {}}], "stop_reason": "tool_use"});
    let run = Run { grant: granted(&["read"]), ..run(Api::Anthropic, Format::Json, Direction::Inbound) };
    let seen = run.every_way(response.to_string().as_bytes());
    assert!(seen.text.contains("The call of the tool list was refused by policy, row grant."), "{}", seen.text);
}

#[test]
fn arguments_of_calls_that_may_be_made_are_filtered() {
    let text =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "list", "arguments": {"env": token()}}}).to_string();
    let outcome = run(Api::Mcp, Format::Json, Direction::Outbound).every_way(text.as_bytes());
    assert_eq!(outcome.decisions(), ["tool-input(list) allow", "tool-input(list) redact"]);
    assert_eq!(outcome.text, text.replace(&token(), "[REDACTED:github.pat-classic]"));
}

#[test]
fn a_response_loses_the_calls_that_may_not_be_made() {
    let arguments = |path: &str| json!({ "path": path }).to_string();
    let call = |tool: &str, path: &str| json!({"id": "c", "type": "function", "function": {"name": tool, "arguments": arguments(path)}});
    for (api, response, expected) in [
        (
            Api::Chat,
            json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": null, "tool_calls": [call("rm", "x"), call("read", "src/x")]}, "finish_reason": "tool_calls"}]}),
            json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": note("rm"), "tool_calls": [call("read", "src/x")]}, "finish_reason": "tool_calls"}]}),
        ),
        (
            Api::Chat,
            json!({"choices": [{"message": {"content": "so: ", "tool_calls": [call("read", "/x")]}, "finish_reason": "tool_calls"}]}),
            json!({"choices": [{"message": {"content": format!("so: {}", note("read"))}, "finish_reason": "stop"}]}),
        ),
        (
            Api::Anthropic,
            json!({"content": [{"type": "tool_use", "id": "t", "name": "rm", "input": {"path": "x"}}], "stop_reason": "tool_use"}),
            json!({"content": [{"type": "text", "text": note("rm")}], "stop_reason": "end_turn"}),
        ),
        (
            Api::Responses,
            json!({"output": [{"type": "function_call", "id": "f", "call_id": "c", "name": "read", "arguments": arguments("..")}, {"type": "local_shell_call", "id": "l", "action": {"command": ["ls"]}}]}),
            json!({"output": [
                {"type": "message", "id": "f", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": note("read"), "annotations": []}]},
                {"type": "message", "id": "l", "role": "assistant", "status": "completed", "content": [{"type": "output_text", "text": note("local_shell"), "annotations": []}]}]}),
        ),
        (
            Api::Gemini,
            json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "list", "args": {}}}, {"functionCall": {"name": "rm", "args": {"a": 1}}}]}}]}),
            json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "list", "args": {}}}, {"text": note("rm")}]}}]}),
        ),
    ] {
        let outcome = run(api, Format::Json, Direction::Inbound).every_way(response.to_string().as_bytes());
        assert_eq!(serde_json::from_str::<Value>(&outcome.text).unwrap(), expected);
        assert_eq!(outcome.refusal, None);
    }
    // Of two members of one name the client may take either.
    let twice = r#"{"content":[{"type":"tool_use","name":"read","input":{"path":"/etc","path":"src/a"}}]}"#;
    let outcome = run(Api::Anthropic, Format::Json, Direction::Inbound).every_way(twice.as_bytes());
    assert!(outcome.text.contains("row arguments-unreadable"), "{}", outcome.text);
}

#[test]
fn a_chat_stream_loses_the_calls_that_may_not_be_made() {
    let chunk = |delta: Value, finish: Value| json!({"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]});
    let part = |index: usize, name: Value, arguments: &str| {
        chunk(json!({"tool_calls": [{"index": index, "function": {"name": name, "arguments": arguments}}]}), Value::Null)
    };
    let stream = |first: &str, second: &str| {
        vec![
            chunk(json!({"role": "assistant", "content": "I look. "}), Value::Null),
            part(0, json!(first), "{\"path\":"),
            part(0, Value::Null, "\"x\"}"),
            part(1, json!(second), "{\"path\":\"src/"),
            part(1, Value::Null, "y\"}"),
            chunk(json!({}), json!("tool_calls")),
            json!("[DONE]"),
        ]
    };
    let all = |seen: &[Value], of: &dyn Fn(&Value) -> &Value| {
        seen.iter().filter_map(|event| of(event).as_str().map(str::to_owned)).collect::<String>()
    };
    for (first, second, said, called, index, finish) in [
        ("list", "list", "I look. ".to_owned(), "listlist", 1, "tool_calls"),
        ("rm", "read", format!("I look. {}", note("rm")), "read", 0, "tool_calls"),
        ("read", "rm", format!("I look. {}{}", note("read"), note("rm")), "", 0, "stop"),
    ] {
        let (outcome, seen) = streamed(Api::Chat, &stream(first, second));
        let function = |event: &Value| event["choices"][0]["delta"]["tool_calls"][0].clone();
        let calls: Vec<Value> = seen.iter().map(function).filter(|call| !call.is_null()).collect();
        assert_eq!(all(&seen, &|event| &event["choices"][0]["delta"]["content"]), said, "{}", outcome.text);
        assert_eq!(calls.iter().filter_map(|call| call["function"]["name"].as_str()).collect::<String>(), called);
        assert_eq!(calls.last().map_or(0, |call| call["index"].as_u64().unwrap()), index);
        assert_eq!(all(&seen, &|event| &event["choices"][0]["finish_reason"]), finish);
        assert_eq!(outcome.refusal, None);
    }
}

#[test]
fn a_call_that_stands_whole_in_a_stream_is_replaced_there() {
    let gemini = json!({"candidates": [{"content": {"parts": [{"functionCall": {"name": "rm", "args": {"a": 1}}}]}}]});
    let (_, seen) = streamed(Api::Gemini, &[gemini]);
    assert_eq!(seen, [json!({"candidates": [{"content": {"parts": [{"text": note("rm")}]}}]})]);
    let line =
        |calls: Value| json!({"message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": false}).to_string() + "\n";
    let call = |tool: &str, path: &str| json!({"function": {"name": tool, "arguments": {"path": path}}});
    let wire = line(json!([call("read", "/etc"), call("read", "src/a")])) + &line(json!([call("list", "x")]));
    let outcome = run(Api::Ollama, Format::JsonLines, Direction::Inbound).every_way(wire.as_bytes());
    let seen: Vec<Value> = outcome.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(seen[0]["message"], json!({"role": "assistant", "content": note("read"), "tool_calls": [call("read", "src/a")]}));
    assert_eq!((seen.len(), &seen[1]["message"]["tool_calls"]), (2, &json!([call("list", "x")])));
}

#[test]
fn a_call_without_room_for_a_note_ends_the_response() {
    let input = |path: &str| {
        let text = json!({ "path": path }).to_string();
        let (a, b) = text.split_at(6);
        [a.to_owned(), b.to_owned()]
    };
    let second = |tool: &str, path: &str| {
        let event =
            |kind: &str, function: Value| json!({"type": kind, "index": 0, "delta": {"message": {"tool_calls": {"function": function}}}});
        let mut events = vec![event("tool-call-start", json!({"name": tool, "arguments": ""}))];
        events.extend(input(path).map(|part| event("tool-call-delta", json!({"arguments": part}))));
        events.extend([json!({"type": "tool-call-end", "index": 0}), json!({"type": "message-end"})]);
        (Format::Events, wire(&events).into_bytes())
    };
    let first = |tool: &str, path: &str| {
        let event = json!({"event_type": "tool-calls-generation", "tool_calls": [{"name": tool, "parameters": {"path": path}}]});
        (Format::JsonLines, format!("{event}\n").into_bytes())
    };
    let converse = |tool: &str, path: &str| {
        let mut events = vec![json!({"contentBlockIndex": 1, "start": {"toolUse": {"toolUseId": "t", "name": tool}}})];
        events.extend(input(path).map(|part| json!({"contentBlockIndex": 1, "delta": {"toolUse": {"input": part}}})));
        events.extend([json!({"contentBlockIndex": 1}), json!({"stopReason": "tool_use"})]);
        (Format::Frames, events.iter().flat_map(|event| frame(&[], event.to_string().as_bytes())).collect())
    };
    let whole = |tool: &str, path: &str| {
        let call = json!({"toolUse": {"toolUseId": "t", "name": tool, "input": {"path": path}}});
        (Format::Json, json!({"output": {"message": {"role": "assistant", "content": [call]}}}).to_string().into_bytes())
    };
    type Said<'a> = (Api, &'a dyn Fn(&str, &str) -> (Format, Vec<u8>));
    let said: [Said<'_>; 4] = [(Api::Cohere, &second), (Api::Cohere, &first), (Api::Bedrock, &converse), (Api::Bedrock, &whole)];
    for (api, stream) in said {
        for (tool, path, refused) in [("read", "src/a", false), ("list", "x", false), ("read", "/etc", true), ("rm", "src/a", true)] {
            let (format, wire) = stream(tool, path);
            let outcome = run(api, format, Direction::Inbound).every_way(&wire);
            let refusal = refused.then(|| Refusal::Tool { tool: tool.into(), row: "tools.default".into() });
            assert_eq!(outcome.refusal, refusal, "{api:?} {format:?} {tool} {path}");
            assert_eq!(outcome.bytes.ends_with(&wire[wire.len() - 16..]), !refused, "{}", outcome.text);
            assert_eq!(outcome.decisions(), [format!("tool-input({tool}) {}", if refused { "block" } else { "allow" })]);
        }
    }
}

#[test]
fn arguments_of_gemini_may_come_in_parts() {
    let part = |call: Value| json!({"candidates": [{"content": {"role": "model", "parts": [{"functionCall": call}]}, "index": 0}]});
    let stream = |tool: &str, pieces: [&str; 2]| {
        let parts = |text: &str, more: bool| json!([{"jsonPath": "$.text", "stringValue": text, "willContinue": more}]);
        vec![
            part(json!({"name": tool, "willContinue": true})),
            part(json!({"partialArgs": parts(pieces[0], true), "willContinue": true})),
            part(json!({"partialArgs": parts(pieces[1], false), "willContinue": true})),
            part(json!({})),
        ]
    };
    let secret = token();
    let (outcome, seen) = streamed(Api::Gemini, &stream("list", [&format!("a {}", &secret[..20]), &format!("{} b", &secret[20..])]));
    let texts = seen
        .iter()
        .filter_map(|event| event.pointer("/candidates/0/content/parts/0/functionCall/partialArgs/0/stringValue").and_then(Value::as_str));
    assert_eq!(texts.collect::<String>(), "a [REDACTED:github.pat-classic] b", "{}", outcome.text);
    assert!(outcome.decisions().contains(&"tool-input(list) allow".to_owned()), "{:?}", outcome.decisions());
    // What decides on `read` are its arguments, and they are not known when it begins.
    for (tool, row) in [("rm", "tools.default"), ("read", "arguments-unreadable")] {
        let (outcome, seen) = streamed(Api::Gemini, &stream(tool, ["src/", "a"]));
        let said: String = seen.iter().filter_map(|event| event.pointer("/candidates/0/content/parts/0/text")?.as_str()).collect();
        assert_eq!(said, note(tool).replace("tools.default", row));
        assert!(!outcome.text.contains("functionCall"), "{}", outcome.text);
    }
}

#[test]
fn an_anthropic_stream_says_a_note_in_the_place_of_a_call() {
    let stream =
        |tool: &str, path: [&str; 2]| {
            let mut events = vec![json!({"type": "message_start", "message": {"content": []}})];
            events.push(
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t", "name": tool, "input": {}}}),
        );
            events.extend(path.map(
                |part| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": part}}),
            ));
            events.push(json!({"type": "ping"}));
            events.push(json!({"type": "content_block_stop", "index": 0}));
            events.push(json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}}));
            events
        };
    let (allowed, events) = (stream("read", ["{\"path\":\"sr", "c/a\"}"]), stream("read", ["{\"path\":\"/e", "tc\"}"]));
    let (outcome, _) = streamed(Api::Anthropic, &allowed);
    assert_eq!(outcome.decisions(), ["tool-input(read) allow"]);
    assert!(outcome.text.contains("\"stop_reason\":\"tool_use\"") && outcome.text.contains("c/a"));
    let (outcome, seen) = streamed(Api::Anthropic, &events);
    let texts: Vec<&str> = seen.iter().filter_map(|event| event["delta"]["text"].as_str()).collect();
    assert_eq!(texts, [note("read")]);
    assert!(!outcome.text.contains("partial_json") && !outcome.text.contains("/e"));
    assert_eq!(seen.last().unwrap()["delta"]["stop_reason"], "end_turn");
    assert_eq!(outcome.decisions(), ["tool-input(read) block"]);
}

#[test]
fn a_responses_stream_says_a_note_in_the_place_of_a_call() {
    let item = json!({"type": "function_call", "id": "f", "call_id": "c", "name": "rm", "arguments": "{\"path\":\"x\"}"});
    let stream = [
        json!({"type": "response.output_item.added", "output_index": 0, "sequence_number": 3, "item": {"type": "function_call", "id": "f", "name": "rm", "arguments": ""}}),
        json!({"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{\"path\":\"x\"}"}),
        json!({"type": "response.function_call_arguments.done", "output_index": 0, "arguments": "{\"path\":\"x\"}"}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": item}),
        json!({"type": "response.completed", "response": {"output": [item]}}),
    ];
    let (outcome, seen) = streamed(Api::Responses, &stream);
    assert!(!outcome.text.contains("function_call"), "{}", outcome.text);
    let kinds: Vec<&str> = seen.iter().map(|event| event["type"].as_str().unwrap().trim_start_matches("response.")).collect();
    assert_eq!(
        kinds,
        [
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed"
        ]
    );
    assert_eq!(seen[2]["delta"], note("rm"));
    let output = &seen[6]["response"]["output"];
    assert_eq!((output[0]["type"].as_str(), output[0]["content"][0]["text"].as_str()), (Some("message"), Some(&*note("rm"))));
}

#[test]
fn a_call_that_never_ends_is_not_made() {
    let events =
        [json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"name": "rm", "arguments": "{"}}]}}]})];
    let (outcome, seen) = streamed(Api::Chat, &events);
    assert_eq!(seen[0]["choices"][0]["delta"], json!({"content": note("rm")}), "{}", outcome.text);
    let events = [json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": "rm", "input": {}}})];
    assert_eq!(streamed(Api::Anthropic, &events).0.text, "");
}
