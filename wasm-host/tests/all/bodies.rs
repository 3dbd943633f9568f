//! Bodies in every cut, both ways.

use tamis_wasm_host::{Cut, Exchange, Message};

use crate::support::{LABEL, assert_silent, chat, key, reply, start, whole};

#[test]
fn where_chunks_are_cut_changes_nothing() {
    let (request, response) = (chat(&format!("a {} b", key())), reply(&format!("it is {}", key())));
    let expected = (chat(&format!("a {LABEL} b")), reply(&format!("it is {LABEL}")));
    for configuration in ["{}", r#"{"gateway":{"hold":0}}"#, r#"{"gateway":{"hold_headers":true}}"#] {
        let Some(mut vm) = start(configuration) else { return };
        for cut in 0..=request.len().max(response.len()) {
            let chunks = |text: &str| {
                let (a, b) = text.as_bytes().split_at(cut.min(text.len()));
                [a.to_vec(), b.to_vec()]
            };
            let [a, b] = chunks(&request);
            let [c, d] = chunks(&response);
            let passed = vm.exchange(Exchange {
                request: Message::post("/v1/chat/completions", [&a[..], &b]),
                response: Message::ok("application/json", [&c[..], &d]),
                cut: None,
            });
            assert_eq!((passed.request.text(), passed.response.text()), expected, "cut at {cut} under {configuration}");
            assert!(passed.request.ended && passed.response.ended, "cut at {cut} under {configuration}");
            assert_silent(&mut vm, &passed);
        }
        let single = |text: &str| text.bytes().map(|byte| vec![byte]).collect::<Vec<_>>();
        let passed = vm.exchange(Exchange {
            request: Message::post("/v1/chat/completions", single(&request).iter().map(Vec::as_slice)),
            response: Message::ok("application/json", single(&response).iter().map(Vec::as_slice)),
            cut: None,
        });
        assert_eq!((passed.request.text(), passed.response.text()), expected, "byte by byte under {configuration}");
    }
}

#[test]
fn what_is_no_part_of_a_secret_leaves_at_once() {
    let Some(mut vm) = start(r#"{"gateway":{"hold":0}}"#) else { return };
    let key = key();
    let (a, b) = key.split_at(20);
    let events = [format!("data: one\n\ndata: two {a}"), format!("{b} three\n\n"), "data: four\n\n".to_owned()];
    let response = Message::ok("text/event-stream", events.iter().map(String::as_bytes));
    let passed = vm.exchange(Exchange { request: Message::post("/x", [&b"{}"[..]]), response, cut: None });
    let chunks: Vec<_> =
        passed.response.chunks.iter().map(|(after, bytes)| (*after, String::from_utf8_lossy(bytes).into_owned())).collect();
    assert_eq!(chunks[0], (0, "data: one\n\ndata: two ".to_owned()), "the first event and what is safe of the second");
    assert_eq!(passed.response.text(), format!("data: one\n\ndata: two {LABEL} three\n\ndata: four\n\n"));
    assert_eq!(chunks.last().map(|(after, _)| *after), Some(2));
}

#[test]
fn headers_that_the_change_would_belie_are_gone() {
    let Some(mut vm) = start("{}") else { return };
    let body = chat("hello");
    let request = Message::post("/v1/chat/completions", [body.as_bytes()])
        .with("content-length", &body.len().to_string())
        .with("range", "bytes=5-")
        .with("content-digest", "sha-256=:x:");
    let response = Message::ok("application/json", [&b"{}"[..]]).with("content-length", "2").with("content-md5", "x");
    let passed = vm.exchange(Exchange { request, response, cut: None });
    for name in ["content-length", "range", "content-digest"] {
        assert_eq!(passed.request.header(name), None, "{name}");
    }
    assert_eq!(passed.request.header("accept-encoding"), Some("identity"));
    assert_eq!((passed.response.header("content-length"), passed.response.header("content-md5")), (None, None));
    assert_eq!((passed.request.text(), passed.response.text()), (body, "{}".to_owned()));
}

#[test]
fn trailers_follow_a_body_that_is_whole() {
    for configuration in ["{}", r#"{"gateway":{"hold_headers":true}}"#] {
        let Some(mut vm) = start(configuration) else { return };
        let mut exchange = whole(&chat(&key()), &reply(&key()));
        exchange.request = exchange.request.with("trailer", "x-sum");
        exchange.response = exchange.response.with("trailer", "x-sum");
        exchange.request.trailers = Some(vec![("x-sum".to_owned(), "1".to_owned())]);
        exchange.response.trailers = exchange.request.trailers.clone();
        let passed = vm.exchange(exchange);
        assert_eq!(passed.request.trailers.as_ref().map(Vec::len), Some(1), "{configuration}");
        assert_eq!(passed.request.text(), chat(LABEL));
        assert_eq!(passed.response.text(), reply(LABEL));
        assert!(passed.response.trailers.is_some());
    }
}

#[test]
fn trailers_after_half_a_secret_pass_only_where_it_was_held() {
    let send = |configuration: &str| {
        let mut exchange = whole("", "");
        exchange.request =
            Message::post("/upload", [&b"my key is "[..], key().as_bytes()]).with("content-type", "text/plain").with("te", "trailers");
        exchange.request.trailers = Some(Vec::new());
        let mut vm = start(configuration)?;
        Some(vm.exchange(exchange))
    };
    let Some(held) = send("{}") else { return };
    assert_eq!(held.request.text(), format!("my key is {LABEL}"));
    let flowing = send(r#"{"gateway":{"hold":0}}"#).expect("it was there a moment ago");
    assert_eq!((flowing.request.text().as_str(), flowing.request.ended, flowing.response.status()), ("my key is ", false, Some(400)));
}

#[test]
fn trailers_that_nobody_announced_follow_what_was_held_back() {
    let (request, response) = (chat(&key()), reply(&key()));
    for (protocol, length, arrives) in
        [("HTTP/2", false, true), ("HTTP/3", false, true), ("HTTP/1.1", false, false), ("HTTP/2", true, false)]
    {
        let Some(mut vm) = start("{}") else { return };
        vm.set_property("request.protocol", protocol.as_bytes());
        for cut in [1, 40, request.len() - 3] {
            let (a, b) = request.as_bytes().split_at(cut);
            let (c, d) = response.as_bytes().split_at(cut);
            let mut exchange = Exchange {
                request: Message::post("/v1/chat/completions", [a, b]),
                response: Message::ok("application/json", [c, d]),
                cut: None,
            };
            if length {
                exchange.request = exchange.request.with("content-length", "100");
            }
            exchange.request.trailers = Some(vec![("x-sum".to_owned(), "1".to_owned())]);
            exchange.response.trailers = exchange.request.trailers.clone();
            let passed = vm.exchange(exchange);
            if !arrives {
                assert_eq!((passed.request.text().as_str(), passed.request.ended, passed.response.status()), ("", false, Some(400)));
                continue;
            }
            assert_eq!((passed.request.text(), passed.response.text()), (chat(LABEL), reply(LABEL)), "{protocol}, cut at {cut}");
            assert!(passed.request.trailers.is_some() && passed.response.trailers.is_some(), "{protocol}, cut at {cut}");
            assert_silent(&mut vm, &passed);
        }
    }
}

#[test]
fn messages_without_bodies_pass() {
    let Some(mut vm) = start("{}") else { return };
    let request = Message::new([(":method", "GET"), (":path", "/v1/models"), (":authority", "h")], []);
    let response = Message::new([(":status", "204")], []);
    let passed = vm.exchange(Exchange { request, response, cut: None });
    assert!(passed.request.ended && passed.response.ended && !passed.local);
    assert_eq!(passed.response.status(), Some(204));
}

#[test]
fn a_client_or_an_upstream_that_leaves_does_no_harm() {
    let Some(mut vm) = start("{}") else { return };
    for cut in [Cut::Request, Cut::Response] {
        let mut exchange = whole(&chat(&key()), &reply(&key()));
        exchange.cut = Some(cut);
        let passed = vm.exchange(exchange);
        assert!(passed.trap.is_none(), "{cut:?}");
        assert_silent(&mut vm, &passed);
    }
    let metrics = vm.metrics();
    assert_eq!((metrics["tamis.request.broken_off"], metrics["tamis.response.broken_off"]), (1, 1));
    assert_eq!(vm.exchange(whole(&chat("a"), &reply("b"))).response.text(), reply("b"));
}

#[test]
fn a_request_that_is_longer_than_what_is_held_flows_or_is_refused() {
    let long = chat(&format!("{} {}", "word ".repeat(500), key()));
    let chunks: Vec<_> = long.as_bytes().chunks(300).collect();
    let send = |configuration: &str| {
        let request = Message::post("/v1/chat/completions", chunks.iter().copied());
        start(configuration).map(|mut vm| vm.exchange(Exchange { request, response: Message::ok("text/plain", []), cut: None }))
    };
    let Some(flowing) = send(r#"{"gateway":{"hold":1000}}"#) else { return };
    assert_eq!(flowing.request.chunks[0].0, 3, "the fourth chunk is one too many");
    assert_eq!(flowing.request.text(), long.replace(&key(), LABEL));
    let refused = send(r#"{"gateway":{"hold":1000,"over_hold":"block"}}"#).expect("it was there a moment ago");
    assert_eq!((refused.request.text().as_str(), refused.response.status()), ("", Some(413)));
    let limited = send(r#"{"gateway":{"body_limit":2000}}"#).expect("it was there a moment ago");
    assert_eq!((limited.request.text().as_str(), limited.response.status()), ("", Some(413)));
}
