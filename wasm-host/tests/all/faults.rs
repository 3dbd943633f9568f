//! What breaks, breaks closed.

use tamis_wasm_host::{Exchange, Message};

use crate::support::{chat, fault, key, reply, start, whole};

#[test]
fn a_module_that_traps_lets_nothing_pass() {
    let Some(module) = fault() else { return };
    let mut vm = module.start(b"{}").expect("the configuration is good");
    assert_eq!(vm.exchange(whole(&chat("a"), &reply("b"))).response.text(), reply("b"), "without the header it works");
    let mut exchange = whole(&chat(&key()), &reply("never"));
    exchange.request = exchange.request.with("x-tamis-fault", "panic");
    let passed = vm.exchange(exchange);
    assert!(passed.trap.is_some() && vm.is_dead());
    assert_eq!((passed.request.headers, passed.response.status()), (None, Some(503)));
    let after = vm.exchange(whole(&chat(&key()), &reply("never")));
    assert_eq!((after.request.headers, after.response.status()), (None, Some(503)), "and nothing after it");
}

#[test]
fn what_comes_in_a_shape_that_nobody_expects_passes_as_it_is_or_not_at_all() {
    let key = key();
    let deep = format!("{}\"{key}\"{}", "[".repeat(5000), "]".repeat(5000));
    let large = format!("data: {} {key}\n\n", "x ".repeat(5 << 20));
    let bodies: [(&str, Vec<u8>); 12] = [
        ("application/json", format!("{{\"messages\": [{{\"content\": \"{key}").into_bytes()),
        ("application/json", [b"\xff\xfe{\"a\": \"", key.as_bytes(), b"\xc3\"}"].concat()),
        ("application/json", format!("{{\"content\": \"a\", \"content\": \"{key}\"}}").into_bytes()),
        ("application/json", format!("{{}}{{}}]]}}\"{key}\"").into_bytes()),
        ("application/json", deep.into_bytes()),
        ("text/event-stream", format!("data: {{\"a\":\"{key}\"}}\ndata: more\nno blank line").into_bytes()),
        ("text/event-stream", large.into_bytes()),
        ("image/png", [b"\x89PNG\r\n\0\0 ", key.as_bytes(), b" \0"].concat()),
        ("application/x-www-form-urlencoded", format!("a=1&key={key}&b=2").into_bytes()),
        (
            "multipart/form-data; boundary=x",
            format!("--x\r\ncontent-disposition: form-data; name=a\r\n\r\n{key}\r\n--x--\r\n").into_bytes(),
        ),
        ("multipart/form-data", format!("no boundary {key} at all").into_bytes()),
        ("", format!("no type {key} at all").into_bytes()),
    ];
    let Some(mut vm) = start("{}") else { return };
    for (kind, body) in bodies {
        for path in ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/mcp", "/v1beta/models/m:generateContent", "/other"] {
            let request = Message::post(path, body.chunks(4096)).with("content-type", kind);
            let response = Message::ok(kind, body.chunks(4096));
            let passed = vm.exchange(Exchange { request, response, cut: None });
            assert!(passed.trap.is_none(), "{kind} to {path}: {:?}", passed.trap);
            let seen = [passed.request.body(), passed.response.body()];
            assert!(seen.iter().all(|seen| !contains(seen, key.as_bytes())), "{kind} to {path}");
        }
    }
    assert!(vm.memory() < 32 << 20, "{} bytes", vm.memory());
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn connections_that_become_something_else_are_refused() {
    let Some(mut vm) = start("{}") else { return };
    let upgrade = Message::post("/v1/realtime", []).with("upgrade", "websocket").with("connection", "upgrade");
    let passed = vm.exchange(Exchange { request: upgrade, ..Exchange::default() });
    assert_eq!((passed.request.headers, passed.response.status()), (None, Some(400)));
}
