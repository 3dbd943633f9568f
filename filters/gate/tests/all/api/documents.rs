//! Documents that are filtered as they flow.

use tamis::api::{Api, Format, Kind, Limits, Refusal};
use tamis::{Direction, Limit, Policy};

use super::{Run, policy, token};

fn run(api: Api, format: Format, direction: Direction) -> Run {
    Run::new(Kind { api, format }, direction, Policy::default().into())
}

#[test]
fn each_finding_meets_its_surface() {
    let token = token();
    for (api, direction, text, decisions) in [
        (
            Api::Chat,
            Direction::Outbound,
            r#"{"model":"m","messages":[{"role":"system","content":"@"},{"role":"user","content":"@"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"Bash","arguments":"{\"a\":\"@\"}"}}]},{"role":"tool","tool_call_id":"c","content":"a\n@\n"}],"metadata":{"k":"@"}}"#,
            &["system-prompt redact", "message redact", "tool-input(Bash) redact", "tool-output(Bash) redact", "- redact"][..],
        ),
        (
            Api::Anthropic,
            Direction::Inbound,
            r#"{"content":[{"type":"thinking","thinking":"@ ","signature":"@"},{"type":"text","text":"@"},{"type":"tool_use","id":"t","name":"Read","input":{"path":"@"}}]}"#,
            &["reasoning observe", "reasoning observe", "response redact", "tool-input(Read) redact"],
        ),
        (Api::Unknown, Direction::Outbound, r#"{"a":["@",{"@":1}]}"#, &["- redact", "- redact"]),
        (Api::Chat, Direction::Outbound, "{\"messages\":[{\"content\":\"@ never ends", &["message redact"]),
    ] {
        let text = text.replace('@', &token);
        let outcome = run(api, Format::Json, direction).every_way(text.as_bytes());
        assert_eq!(outcome.decisions(), decisions, "{text}");
        assert_eq!(outcome.text.matches(&token).count(), decisions.iter().filter(|d| d.ends_with("observe")).count());
        assert_eq!(outcome.refusal, None);
    }
}

#[test]
fn nothing_hides_behind_escapes() {
    let hidden: String = token().bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    for (api, direction, text) in [
        (Api::Unknown, Direction::Outbound, r#"{"a":"@ \u0022\n"}"#),
        (Api::Chat, Direction::Outbound, r#"{"messages":[{"role":"user","content":"@ \u0022\n"}]}"#),
        (
            Api::Anthropic,
            Direction::Inbound,
            r#"{"content":[{"type":"text","text":"@ \"\n"},{"type":"tool_use","name":"f","input":{"a":"@"}}]}"#,
        ),
        (Api::Mcp, Direction::Outbound, r#"{"method":"tools/call","params":{"name":"f","arguments":{"a":"@"}}}"#),
    ] {
        let outcome = run(api, Format::Json, direction).every_way(text.replace('@', &hidden).as_bytes());
        assert_eq!(outcome.text, text.replace('@', "[REDACTED:github.pat-classic]"));
    }
}

#[test]
fn a_list_of_documents_is_one_text() {
    let (first, second) = (&token()[..9], &token()[9..]);
    let text = r#"[{"candidates":[{"content":{"parts":[{"text":"is <"}],"role":"model"}}]},
{"candidates":[{"content":{"parts":[{"text":"> ok "}]},"finishReason":"STOP"}]}]"#;
    let wire = text.replace('<', first).replace('>', second);
    let outcome = run(Api::Gemini, Format::Json, Direction::Inbound).every_way(wire.as_bytes());
    assert_eq!(outcome.text, text.replace('<', "").replace('>', "[REDACTED:github.pat-classic]"));
}

#[test]
fn what_holds_nothing_stays_byte_for_byte() {
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Unreadable) {
        for text in
            ["{\"messages\": [ {\"role\":\"user\" , \"content\":\"h\\u00e9 \\\"x\\\"\"} ]}", "a=b&c=%20", "", "\u{feff}\r\n\0", "{]["]
        {
            assert_eq!(run(Api::Chat, format, Direction::Outbound).every_way(text.as_bytes()).text, text);
        }
    }
}

#[test]
fn what_is_no_readable_text_does_not_pass() {
    let text = format!(r#"{{"messages":[{{"role":"user","content":"{}"}}]}}"#, token());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (format, bytes) in [(Format::Json, &wide[..]), (Format::Unknown, &wide), (Format::Text, &wide), (Format::Unreadable, b"{}")] {
        for api in [Api::Chat, Api::Unknown] {
            let outcome = run(api, format, Direction::Outbound).every_way(bytes);
            assert_eq!(outcome.refusal, Some(Refusal::Malformed), "{api:?} {format:?}");
            assert_eq!(outcome.text, "");
        }
    }
}

#[test]
fn a_surface_can_be_blocked() {
    let rows = "[[boundary]]\nid = 'no-keys'\nsurface = 'system-prompt'\ndecision = 'block'\n";
    let run = Run { policy: policy(rows), ..run(Api::Responses, Format::Json, Direction::Outbound) };
    let outcome = run.every_way(format!(r#"{{"input":"{0} x","instructions":"be {0}","x":1}}"#, token()).as_bytes());
    assert_eq!(outcome.refusal, Some(Refusal::Finding { class: "secret/api-key".into(), row: "no-keys".into() }));
    assert_eq!(outcome.text, r#"{"input":"[REDACTED:github.pat-classic] x","instructions":"be "#);
    let mut body = run.body();
    body.push(format!(r#"{{"instructions":"{}"}}"#, token()).as_bytes(), &mut Vec::new());
    body.finish(&mut Vec::new());
    let answer = body.answer().unwrap();
    assert_eq!(answer.status, 403);
    assert_eq!(
        String::from_utf8(answer.body).unwrap(),
        r#"{"error":{"code":"sensitive_data","decision":"d-1","message":"Blocked by policy: it holds secret/api-key (row no-keys). Decision d-1.","param":null,"type":"invalid_request_error"}}"#
    );
}

#[test]
fn limits_are_told_and_close_where_the_policy_says_so() {
    let text = format!(r#"{{"messages":[{{"content":{}1}}]}}"#, r#"{"content":"#.repeat(40));
    let limits = Limits { depth: 16, body: Some(100_000), ..Limits::default() };
    let open = Run { limits, ..run(Api::Chat, Format::Json, Direction::Outbound) };
    assert_eq!(open.every_way(text.as_bytes()).refusal, None);
    assert_eq!(open.every_way(text.as_bytes()).text, text);
    let closed = Run { policy: policy("on_limit = 'block'\n"), ..open.clone() };
    let mut body = closed.body();
    body.push(text.as_bytes(), &mut Vec::new());
    assert_eq!(body.refusal(), Some(&Refusal::Limit(Limit::Depth)));
    let mut body = open.body();
    (0..11).for_each(|_| body.push(&[b' '; 10_000], &mut Vec::new()));
    assert_eq!(body.refusal(), Some(&Refusal::Limit(Limit::BodyLength)));
    assert_eq!(body.answer().unwrap().status, 413);
}
