//! Sessions: named by headers or bodies, required, counted, stopped.

use tamis::grant::{Claims, IssuingKey, Scope};
use tamis::session::Id;
use tamis::{SigningKey, Timestamp};
use tamis_wasm_host::{Collector, Message};

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
fn an_operator_stops_and_releases_a_session() {
    let act = |id: &str, done: &str, at: i64| {
        let at = Timestamp::from_second(at).expect("it can be reckoned with");
        format!(r#"{{"id": "{id}", "done": "{done}", "at": "{at}", "by": "dana", "reason": "looked at"}}"#)
    };
    let acts = [
        act("s-1", "quarantined", NOW - 60),
        act("s-2", "released", NOW - 30),
        act("s-2", "quarantined", NOW - 60),
        act("s-3", "quarantined", NOW + 60),
    ];
    let configuration = format!(r#"{{"gateway": {{"collector": {{"cluster": "c"}}, "sessions": [{}]}}}}"#, acts.join(","));
    let Some(mut vm) = start(&configuration) else { return };
    vm.set_collector(Collector::Answers(200));
    let mut send = |session: &str| {
        let mut exchange = whole(&chat("hello"), &reply("ok"));
        exchange.request = exchange.request.with("mcp-session-id", session);
        vm.exchange(exchange).response.text()
    };
    for _ in 0..2 {
        assert!(send("s-1").contains("it is in quarantine: looked at"));
        for open in ["s-2", "s-3", "s-4"] {
            assert_eq!(send(open), reply("ok"), "{open}");
        }
    }
    vm.tick().expect("it lives");
    let told: String = vm.take_calls().iter().map(|call| String::from_utf8_lossy(&call.body).into_owned()).collect();
    assert_eq!((told.matches("session-quarantined").count(), told.matches("session-released").count()), (2, 1), "{told}");
    let nobody = configuration.replacen("dana", "", 1);
    let refused = crate::support::plugin().map(|module| module.start(nobody.as_bytes()).map(|_| ()));
    assert!(matches!(refused, Some(Err(_))), "an act has somebody who did it");
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

/// What time it is for the plugin here.
const NOW: i64 = 1_760_000_000;

fn grant(id: &str, ends: i64, session: Option<&str>, scope: Scope) -> String {
    let at = |second| Timestamp::from_second(second).expect("it can be reckoned with");
    let claims = Claims {
        id: id.to_owned(),
        subject: "agent/build".to_owned(),
        issued: at(NOW - 60),
        expires: at(ends),
        session: session.and_then(Id::new),
        audience: "tamis".to_owned(),
        scope,
    };
    IssuingKey::Ed25519(SigningKey::from_seed(&[7; 32])).issue(&claims)
}

#[test]
fn nothing_passes_without_a_grant_where_one_is_required() {
    let keys = SigningKey::from_seed(&[7; 32]).public().to_pem().replace('\n', "\\n");
    let configuration = format!(r#"{{"session": {{"grant_required": true}}, "gateway": {{"grants": {{"keys": "{keys}"}}}}}}"#);
    let Some(mut vm) = start(&configuration) else { return };
    let mut send = |session: &str, grant: &str| {
        let mut exchange = whole(&chat("hello"), &reply("ok"));
        for (name, value) in [("mcp-session-id", session), ("x-tamis-grant", grant)].into_iter().filter(|(_, value)| !value.is_empty()) {
            exchange.request = exchange.request.with(name, value);
        }
        let passed = vm.exchange(exchange);
        assert!(passed.request.header("x-tamis-grant").is_none() && (passed.local || passed.request.text() == chat("hello")));
        if passed.local { passed.response.text() } else { "passed".to_owned() }
    };
    let open = Scope::default;
    let mine = grant("g-1", NOW + 60, None, open());
    let elsewhere = Scope { destinations: Some(vec!["other.example.com".to_owned()]), ..open() };
    let mut forged = mine.clone();
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    for (session, grant, says) in [
        ("s-1", "", "it has no grant"),
        ("s-1", &mine, "passed"),
        ("s-1", &mine, "passed"),
        ("s-1", "", "it has no grant"),
        ("s-2", &mine, "its grant is refused: another session has used it"),
        ("", &mine, "its grant is refused: no header names the session"),
        ("", "", "it has no session id, so no grant"),
        ("s-2", &grant("g-2", NOW, None, open()), "its grant is refused: it has expired"),
        ("s-2", &grant("g-3", NOW + 60, Some("s-3"), open()), "its grant is refused: it is for another session"),
        ("s-3", &grant("g-3", NOW + 60, Some("s-3"), open()), "passed"),
        ("s-4", &grant("g-4", NOW + 60, None, elsewhere), "the grant is not for the destination api.example.com"),
        ("s-4", &forged, "its grant is refused: its signature is wrong"),
        ("s-4", "x.y.z", "its grant is refused: it is no JSON Web Token"),
    ] {
        let seen = send(session, grant);
        assert!(seen.contains(says), "{session} {says}: {seen}");
    }
    let in_body = r#"{"prompt_cache_key":"0198a7b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b","input":"hello"}"#;
    let mut exchange = whole("", &reply("ok"));
    exchange.request = Message::post("/v1/responses", [in_body.as_bytes()]);
    assert_eq!(vm.exchange(exchange).response.status(), Some(403), "a body names a session, and shows no grant");
}

#[test]
fn a_grant_narrows_the_tools_that_may_be_called() {
    let keys = SigningKey::from_seed(&[7; 32]).public().to_pem().replace('\n', "\\n");
    let configuration = format!(r#"{{"gateway": {{"grants": {{"keys": "{keys}"}}}}}}"#);
    let Some(mut vm) = start(&configuration) else { return };
    let shown = grant("g-1", NOW + 60, None, Scope { tools: Some(vec!["list".to_owned()]), ..Scope::default() });
    for (tool, status) in [("list", None), ("rm", Some("row grant"))] {
        let call = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":{{}}}}}}"#);
        let mut exchange = whole("", "{}");
        exchange.request = Message::post("/mcp", [call.as_bytes()]).with("mcp-session-id", "s-1").with("x-tamis-grant", &shown);
        let passed = vm.exchange(exchange);
        assert_eq!(passed.local, status.is_some());
        assert!(passed.response.text().contains(status.unwrap_or("{}")), "{}", passed.response.text());
    }
}
