//! Binary frames of Bedrock: every part of them is read, and a broken one passes nothing unread.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tamis::api::{Api, Format, Kind, Limits, Refusal};
use tamis::{Direction, Limit, Policy};

use super::{Run, policy, token};

/// A frame, written apart from the library.
pub(super) fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut named = Vec::new();
    for (name, value) in headers {
        named.push(name.len() as u8);
        named.extend(name.as_bytes());
        named.push(7);
        named.extend((value.len() as u16).to_be_bytes());
        named.extend(value.as_bytes());
    }
    let mut frame = ((16 + named.len() + payload.len()) as u32).to_be_bytes().to_vec();
    frame.extend((named.len() as u32).to_be_bytes());
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame.extend(named);
    frame.extend(payload);
    frame.extend(crc32fast::hash(&frame).to_be_bytes());
    frame
}

/// Headers and payload of each frame, every length and checksum tried.
pub(super) fn frames(mut bytes: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let number = |bytes: &[u8]| u32::from_be_bytes(bytes[..4].try_into().unwrap());
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let (length, headers) = (number(bytes) as usize, number(&bytes[4..]) as usize);
        assert_eq!(number(&bytes[8..]), crc32fast::hash(&bytes[..8]));
        assert_eq!(number(&bytes[length - 4..]), crc32fast::hash(&bytes[..length - 4]));
        frames.push((bytes[12..12 + headers].to_vec(), bytes[12 + headers..length - 4].to_vec()));
        bytes = &bytes[length..];
    }
    frames
}

pub(super) const HEADERS: [(&str, &str); 3] = [(":event-type", "chunk"), (":content-type", "application/json"), (":message-type", "event")];

#[test]
fn frames_that_hold_nothing_back_stay_byte_for_byte() {
    let payloads: [&[u8]; 5] = [b"", b"a,b\n1,2\n", b"\0\xff", b"{\"bytes\":\"no base64\"}", b"{\"bytes\":"];
    let wire: Vec<u8> = payloads.iter().flat_map(|payload| frame(&HEADERS, payload)).chain(frame(&[], b"{}")).collect();
    for api in [Api::Bedrock, Api::Unknown] {
        let run = Run::new(Kind { api, format: Format::Frames }, Direction::Inbound, Policy::default().into());
        assert_eq!(run.every_way(&wire).bytes, wire);
    }
}

#[test]
fn all_that_a_frame_says_is_read() {
    let run = Run::new(Kind { api: Api::Unknown, format: Format::Frames }, Direction::Inbound, Policy::default().into());
    let wire = |secret: &str| {
        let error = [(":message-type", "error"), (":error-message", secret)];
        let chunk = json!({"bytes": STANDARD.encode(format!("said {secret}")), "p": secret}).to_string();
        [frame(&error, secret.as_bytes()), frame(&HEADERS, chunk.as_bytes())].concat()
    };
    let outcome = run.every_way(&wire(&token()));
    assert_eq!(outcome.bytes, wire("[REDACTED:github.pat-classic]"));
    assert_eq!(outcome.findings, [0, 0, 4, 0, 0]);
}

#[test]
fn a_broken_frame_is_read_as_bytes_or_closes() {
    let said = |text: &str| frame(&HEADERS, json!({"contentBlockIndex": 0, "delta": {"text": text}}).to_string().as_bytes());
    let (first, second) = (said("so ends "), said(&format!("a key {} there", token())));
    let at = |at: usize| {
        let mut wire = [first.as_slice(), &second].concat();
        wire[at] ^= 1;
        wire
    };
    let whole = [first.as_slice(), &second].concat();
    for (wire, refused) in [
        // A length, its checksum, the checksum of the whole, and an end that never comes.
        (at(first.len() + 3), true),
        (at(first.len() + 9), true),
        (at(first.len() + second.len() - 1), true),
        (whole[..whole.len() - 3].to_vec(), true),
        (whole.clone(), false),
    ] {
        let run = Run::new(Kind { api: Api::Bedrock, format: Format::Frames }, Direction::Inbound, Policy::default().into());
        let outcome = run.every_way(&wire);
        assert_eq!(outcome.refusal, None);
        assert!(!outcome.text.contains(&token()), "{}", outcome.text);
        assert!(outcome.bytes.starts_with(&first));
        assert_eq!(outcome.events.iter().any(|event| event.what.name() == "limit-hit"), refused);
        let closed = Run { policy: policy("on_limit = 'block'\n"), ..run }.every_way(&wire);
        assert_eq!(closed.refusal, refused.then_some(Refusal::Limit(Limit::Framing)));
    }
    let limits = Limits { held: 60, ..Limits::default() };
    let run = Run::new(Kind { api: Api::Bedrock, format: Format::Frames }, Direction::Inbound, Policy::default().into());
    let outcome = Run { limits, ..run }.every_way(&whole);
    assert!(!outcome.text.contains(&token()) && outcome.bytes.starts_with(&first));
}
