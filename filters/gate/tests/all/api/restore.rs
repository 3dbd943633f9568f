//! Values come back in place of their tokens where the policy lets them, in every shape and at every cut.

use serde_json::{Value, json};
use tamis::api::{Api, Format, Kind};
use tamis::audit::What;
use tamis::{Direction, Settings};

use super::reader::texts;
use super::{Run, policy, token};
use crate::tokens::tokenizer;

/// Tool calls get values back, and so do answers; what a model thinks does not.
const BACK: &str = r#"
[[boundary]]
id = "to-tools"
surface = ["tool-input", "response"]
direction = "inbound"
decision = "allow"
restore = true
"#;

fn run(api: Api, format: Format, rows: &str) -> Run {
    let settings = Settings { tokens: Some(tokenizer("s")), ..Settings::default() };
    Run { settings, ..Run::new(Kind { api, format }, Direction::Inbound, policy(rows)) }
}

fn sealed() -> String {
    tokenizer("s").seal("github.pat-classic", token().as_bytes()).unwrap()
}

/// How many values were put back, and how many were not.
fn told(events: &[tamis::audit::Event]) -> (usize, usize) {
    let count = |is: fn(&What) -> bool| events.iter().filter(|event| is(&event.what)).count();
    (count(|what| matches!(what, What::Restored(_))), count(|what| matches!(what, What::RestoreRefused(_))))
}

#[test]
fn documents_get_their_values_back_where_they_may() {
    let document = |text: &str| {
        json!({"content": [
            {"type": "thinking", "thinking": format!("so {} it is", sealed()), "signature": "x"},
            {"type": "text", "text": format!("it is {text}.")},
            {"type": "tool_use", "id": "t", "name": "curl", "input": {"env": {"TOKEN": text}}},
        ]})
    };
    let seen = run(Api::Anthropic, Format::Json, BACK).every_way(document(&sealed()).to_string().as_bytes());
    assert_eq!(serde_json::from_str::<Value>(&seen.text).unwrap(), document(&token()));
    assert_eq!(told(&seen.events), (2, 1));
    assert_eq!(seen.findings.iter().sum::<u64>(), 0, "what came back is not found again");
    let seen = run(Api::Anthropic, Format::Json, "").every_way(document(&sealed()).to_string().as_bytes());
    assert_eq!(serde_json::from_str::<Value>(&seen.text).unwrap(), document(&sealed()));
    assert_eq!(told(&seen.events), (0, 3));
}

#[test]
fn a_token_that_streams_in_pieces_comes_back_whole() {
    let said = format!("it is {} indeed", sealed());
    for size in [1, 5, 17, 400] {
        let pieces: Vec<String> = said.as_bytes().chunks(size).map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect();
        let event = |delta: Value, end: Value| json!({"choices": [{"index": 0, "delta": delta, "finish_reason": end}]});
        let mut events: Vec<Value> = pieces.iter().map(|piece| event(json!({ "content": piece }), Value::Null)).collect();
        events.push(event(json!({}), json!("stop")));
        let wire: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let seen = run(Api::Chat, Format::Events, BACK).every_way(wire.as_bytes());
        let restored: Vec<_> = texts(Api::Chat, &seen.text).0.into_values().collect();
        assert_eq!(restored, [said.replace(&sealed(), &token())], "in pieces of {size}");
        assert_eq!(told(&seen.events), (1, 0));
    }
}

#[test]
fn texts_of_no_known_api_get_theirs_too() {
    let rows = BACK.replace("surface = [\"tool-input\", \"response\"]\n", "");
    for (format, wire) in [
        (Format::Text, format!("TOKEN={}\n", sealed())),
        (Format::Json, json!({"a": format!("b\n{}", sealed())}).to_string()),
        (Format::JsonLines, format!("{{\"a\":\"{0}\"}}\n{{\"b\":\"{0}\"}}\n", sealed())),
        (Format::Events, format!("data: {}\n\n", sealed())),
    ] {
        let seen = run(Api::Unknown, format, &rows).every_way(wire.as_bytes());
        assert_eq!(seen.text, wire.replace(&sealed(), &token()), "{format:?}");
    }
}

#[test]
fn a_token_of_another_session_or_that_was_changed_stays() {
    let foreign = tokenizer("other").seal("github.pat-classic", token().as_bytes()).unwrap();
    let mut changed = sealed();
    let last = changed.len() - 3;
    let other = if &changed[last..=last] == "A" { "B" } else { "A" };
    changed.replace_range(last..=last, other);
    for wrong in [foreign, changed] {
        let wire = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": wrong}}]}).to_string();
        let seen = run(Api::Chat, Format::Json, BACK).every_way(wire.as_bytes());
        assert_eq!((seen.text, told(&seen.events)), (wire, (0, 1)));
    }
}
