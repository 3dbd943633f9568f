//! Sessions: named by headers or bodies, required, counted, stopped.

use tamis_wasm_host::Message;

use crate::support::{LABEL, chat, key, reply, start, whole};

#[test]
fn a_session_is_required_where_the_policy_says_so() {
    let configuration = r#"{"session": {"id_required": true}, "gateway": {"session_headers": ["X-Our-Session"]}}"#;
    let Some(mut vm) = start(configuration) else { return };
    let named = |name: &str| {
        let mut exchange = whole(&chat("hello"), &reply("ok"));
        if !name.is_empty() {
            exchange.request = exchange.request.with(name, "s-1");
        }
        exchange
    };
    let refused = vm.exchange(named(""));
    assert_eq!((refused.response.status(), refused.request.text().as_str()), (Some(403), ""));
    assert!(refused.response.text().contains("session_refused"));
    for name in ["x-our-session", "x-claude-code-session-id", "mcp-session-id"] {
        let passed = vm.exchange(named(name));
        assert_eq!((passed.response.status(), passed.request.text()), (Some(200), chat("hello")), "{name}");
        assert_eq!(vm.property("tamis_session"), Some(&b"s-1"[..]), "{name}");
    }
    let body = r#"{"prompt_cache_key":"0198a7b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b","input":"hello"}"#;
    let mut in_body = whole("", &reply("ok"));
    in_body.request = Message::post("/v1/responses", [body.as_bytes()]);
    assert_eq!(vm.exchange(in_body).response.status(), Some(200));
}

#[test]
fn a_session_that_is_blocked_too_often_is_stopped() {
    let configuration = r#"{"session": {"max_blocks": 1}, "boundary": [{"id": "no-keys", "class": "secret", "decision": "block"}]}"#;
    let Some(mut vm) = start(configuration) else { return };
    let mut send = |session: &str, text: &str| {
        let mut exchange = whole(&chat(text), &reply("ok"));
        exchange.request = exchange.request.with("mcp-session-id", session);
        let passed = vm.exchange(exchange);
        (passed.response.status(), passed.response.text().contains("session_refused"))
    };
    assert_eq!(send("s-1", "hello"), (Some(200), false));
    assert_eq!(send("s-1", &key()), (Some(403), false), "the first one is let pass");
    assert_eq!(send("s-1", "hello"), (Some(200), false));
    assert_eq!(send("s-1", &key()), (Some(403), true), "one more, and it is in quarantine");
    assert_eq!(send("s-1", "hello"), (Some(403), true));
    assert_eq!(send("s-2", "hello"), (Some(200), false));
}

#[test]
fn findings_are_counted_over_requests() {
    let Some(mut vm) = start(r#"{"session": {"max_findings": {"secret": 2}}}"#) else { return };
    let mut texts = Vec::new();
    for _ in 0..4 {
        let mut exchange = whole(&chat(&key()), &reply("ok"));
        exchange.request = exchange.request.with("mcp-session-id", "s-1");
        texts.push(vm.exchange(exchange).request.text());
    }
    assert_eq!(texts, [chat(LABEL), chat(LABEL), String::new(), String::new()]);
}
