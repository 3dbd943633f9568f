//! Compressed bodies are read, or do not pass.

use tamis_wasm_host::{Exchange, Message};

use crate::support::{LABEL, assert_silent, chat, key, reply, start};

/// zlib without compression: headers, stored blocks and the checksum of Adler.
fn zlib(text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x78, 0x01];
    let mut blocks = text.chunks(65535).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).expect("a block fits");
        bytes.push(u8::from(blocks.peek().is_none()));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(block);
    }
    let (a, b) = text.iter().fold((1_u32, 0_u32), |(a, b), byte| ((a + u32::from(*byte)) % 65521, (a + u32::from(*byte) + b) % 65521));
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

fn exchange(request: &[u8], response: &[u8], encoding: &str) -> Exchange {
    Exchange {
        request: Message::post("/v1/chat/completions", request.chunks(50)).with("content-encoding", encoding),
        response: Message::ok("application/json", response.chunks(50)).with("content-encoding", encoding),
        cut: None,
    }
}

#[test]
fn compressed_bodies_are_read_as_they_flow() {
    let Some(mut vm) = start("{}") else { return };
    let passed = vm.exchange(exchange(&zlib(chat(&key()).as_bytes()), &zlib(reply(&key()).as_bytes()), "deflate"));
    assert_eq!((passed.request.text(), passed.response.text()), (chat(LABEL), reply(LABEL)));
    assert_eq!((passed.request.header("content-encoding"), passed.response.header("content-encoding")), (None, None));
    assert_silent(&mut vm, &passed);
}

#[test]
fn what_cannot_be_read_does_not_pass() {
    let good = zlib(chat("hello").as_bytes());
    for (configuration, encoding, request, status) in [
        ("{}", "zstd", &good[..], 400),
        ("{}", "gzip, deflate", &good, 400),
        ("{}", "gzip", &good, 400),
        ("{}", "deflate", &good[..good.len() - 1], 400),
        ("{}", "deflate", b"not compressed at all", 400),
        (r#"{"gateway":{"compressed":"refuse"}}"#, "deflate", &good, 400),
    ] {
        let Some(mut vm) = start(configuration) else { return };
        let passed = vm.exchange(exchange(request, b"", encoding));
        assert_eq!((passed.request.text().as_str(), passed.response.status()), ("", Some(status)), "{encoding} under {configuration}");
    }
}

#[test]
fn a_response_that_cannot_be_read_does_not_pass() {
    for (encoding, body) in [("zstd", &b"(\xb5/\xfd"[..]), ("br", b"\xff\xff\xff\xff\xff\xff"), ("gzip", b"plain text with a key in it")] {
        for configuration in ["{}", r#"{"gateway":{"hold_headers":true}}"#] {
            let Some(mut vm) = start(configuration) else { return };
            let response = Message::ok("application/json", [body]).with("content-encoding", encoding);
            let passed = vm.exchange(Exchange { request: Message::post("/x", [&b"{}"[..]]), response, cut: None });
            assert!(!passed.response.text().contains("plain text"), "{encoding} under {configuration}");
            assert!(passed.local || !passed.response.ended, "{encoding} under {configuration}");
        }
    }
}

#[test]
fn a_bomb_is_stopped_before_memory_grows() {
    let Some(mut vm) = start(r#"{"gateway":{"body_limit":1048576}}"#) else { return };
    let before = vm.memory();
    // 64 MiB of stored blocks, as they come.
    let bomb = zlib(&vec![b' '; 64 << 20]);
    let request = Message::post("/x", bomb.chunks(60_000)).with("content-encoding", "deflate");
    let passed = vm.exchange(Exchange { request, response: Message::default(), cut: None });
    assert_eq!(passed.response.status(), Some(413));
    assert!(vm.memory() - before < 4 << 20, "{} bytes more", vm.memory() - before);
}

#[test]
fn upstreams_are_asked_for_what_can_be_read() {
    for (configuration, asked, accepted) in [
        ("{}", "gzip, zstd, br;q=0.5", "identity"),
        (r#"{"gateway":{"compressed":"decode"}}"#, "gzip, zstd, br;q=0.5", "gzip, br;q=0.5"),
        (r#"{"gateway":{"compressed":"decode"}}"#, "zstd", "identity"),
    ] {
        let Some(mut vm) = start(configuration) else { return };
        let request = Message::post("/x", [&b"{}"[..]]).with("accept-encoding", asked);
        let passed = vm.exchange(Exchange { request, response: Message::ok("text/plain", []), cut: None });
        assert_eq!(passed.request.header("accept-encoding"), Some(accepted), "{asked} under {configuration}");
    }
}
