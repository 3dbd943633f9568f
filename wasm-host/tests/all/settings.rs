//! A configuration is good, or nothing runs under it.

use tamis_wasm_host::HostError;

use crate::support::{chat, key, plugin, reply, start, whole};

#[test]
fn a_bad_configuration_is_refused_in_one_line() {
    let Some(module) = plugin() else { return };
    for (configuration, says) in [
        ("{\"default\": ", "tamis: configuration.json:1:"),
        ("[]", "tamis: configuration.json:1:1: "),
        ("{\n  \"defualt\": \"block\"\n}", "tamis: configuration.json:2:3: "),
        ("{\"default\": \"blok\"}", "tamis: configuration.json:1:13: "),
        ("{\"gateway\": {\"holt\": 1}}", "tamis: configuration.json:1:19: gateway: unknown field `holt`"),
        ("{\"gateway\": {\"compressed\": \"zip\"}}", "tamis: configuration.json:1:"),
        ("{\"gateway\": {\"replacement\": \"tokenize\"}}", "tamis: configuration.json: gateway.replacement: "),
        ("{\"gateway\": {\"collector\": {\"cluster\": \"\"}}}", "tamis: configuration.json: gateway.collector.cluster: "),
        ("{\"audit\": {\"required\": true}}", "tamis: configuration.json: gateway.collector: audit.required is set"),
        ("{\"default\": \"tokenize\"}", "tamis: configuration.json: gateway.token_keys: the policy tokenizes"),
        ("{\"session\": {\"grant_required\": true}}", "tamis: configuration.json: gateway.grants: session.grant_required is set"),
        (
            "{\"gateway\": {\"grants\": {\"keys\": \"0123\"}}}",
            "tamis: configuration.json: gateway.grants.keys: a shared secret has at least",
        ),
        ("{\"gateway\": {\"token_keys\": [\"k1 0123\"]}}", "tamis: configuration.json: gateway.token_keys: line 1: "),
        ("\u{feff}\0", "tamis: configuration.json:1:"),
    ] {
        match module.start(configuration.as_bytes()) {
            Err(HostError::Refused(why)) => {
                assert!(why.starts_with(says), "{configuration}: {why}");
                assert!(!why.contains('\n') && !why.contains("0123"), "{why}");
            }
            Err(other) => panic!("{configuration}: {other}"),
            Ok(_) => panic!("{configuration} is taken"),
        }
    }
    assert!(matches!(module.start(b"\xff{}"), Err(HostError::Refused(why)) if why.contains("not UTF-8")));
}

#[test]
fn the_module_asks_for_nothing_but_what_proxies_offer() {
    let Some(module) = plugin() else { return };
    for (from, name) in module.imports() {
        assert!(from == "env" && name.starts_with("proxy_"), "{from}.{name}");
    }
}

#[test]
fn the_policy_decides_and_answers_in_the_words_of_the_api() {
    let policy = r#"{"boundary": [{"id": "no-keys", "class": "secret", "direction": "outbound", "decision": "block"}]}"#;
    let Some(mut vm) = start(policy) else { return };
    let passed = vm.exchange(whole(&chat(&key()), &reply("never")));
    assert_eq!((passed.response.status(), passed.request.text().as_str()), (Some(403), ""));
    assert!(
        passed.response.text().contains("row no-keys") && passed.response.text().contains("sensitive_data"),
        "{}",
        passed.response.text()
    );
    let decision = passed.response.header("x-tamis-decision").expect("an answer names its decision").to_owned();
    assert!(passed.response.text().contains(&decision));
    assert_eq!(vm.property("tamis_decision"), Some(decision.as_bytes()));
    assert_eq!(vm.property("tamis_action"), Some(&b"block"[..]));
    assert_eq!(vm.property("tamis_classes"), Some(&b"secret/api-key=1"[..]));
    assert_eq!(vm.property("tamis_reason"), Some(&b"finding"[..]));
    let metrics = vm.metrics();
    assert_eq!((metrics["tamis.blocked.finding"], metrics["tamis.findings.secret_api-key.block"]), (1, 1));
}

#[test]
fn observe_changes_nothing_and_counts() {
    let Some(mut vm) = start(r#"{"default": "observe"}"#) else { return };
    let (request, response) = (chat(&key()), reply(&key()));
    let passed = vm.exchange(whole(&request, &response));
    assert_eq!((passed.request.text(), passed.response.text()), (request, response));
    assert_eq!(vm.metrics()["tamis.findings.secret_api-key.observe"], 2);
}

#[test]
fn tokens_go_out_and_values_come_back_where_the_policy_lets_them() {
    let keys = format!("k1 {}", "5e".repeat(64));
    let policy = format!(
        r#"{{"boundary": [{{"id": "back", "class": "secret", "direction": "inbound", "decision": "allow", "restore": true}}],
            "default": "tokenize", "gateway": {{"token_keys": ["{keys}"]}}}}"#
    );
    let Some(mut vm) = start(&policy) else { return };
    let sent = vm.exchange(whole(&chat(&key()), &reply("ok")));
    let text = sent.request.text();
    let token = text.split_once("[TOKEN:").map(|(_, rest)| format!("[TOKEN:{}", rest.split(']').next().unwrap_or_default()) + "]");
    let token = token.expect("it became a token");
    let back = vm.exchange(whole(&chat("hello"), &reply(&token)));
    assert_eq!(back.response.text(), reply(&key()));
    assert_eq!(vm.metrics()["tamis.restored"], 1);
}

#[test]
fn labels_and_routes_choose_profiles() {
    let policy = r#"{"profile": [{"name": "sandbox", "default": "observe"}], "gateway": {"labels": ["sandbox"]}}"#;
    let Some(mut vm) = start(policy) else { return };
    assert_eq!(vm.exchange(whole(&chat(&key()), "{}")).request.text(), chat(&key()));
    let policy = r#"{"profile": [{"name": "open", "labels": ["route=lab"], "default": "observe"}]}"#;
    let mut vm = start(policy).expect("it was there a moment ago");
    assert_ne!(vm.exchange(whole(&chat(&key()), "{}")).request.text(), chat(&key()));
    vm.set_property("xds.route_name", b"lab");
    assert_eq!(vm.exchange(whole(&chat(&key()), "{}")).request.text(), chat(&key()));
}
