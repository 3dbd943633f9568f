//! Exchanges of all shapes, some of them broken, with what must come of each.

use tamis_corpus::random::Rng;

use crate::exchange::{Cut, Exchange, Passed};
use crate::message::Message;

/// What stands in the key's place, unless configured otherwise.
const LABEL: &str = "[REDACTED:github.pat-classic]";
const WORDS: [&str; 8] = ["deploy", "the", "service", "to", "staging", "and", "tell", "me"];

/// A token with a right checksum, made at run time.
#[must_use]
pub fn key() -> String {
    format!("{}{}", "ghp_x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa2JF1fs")
}

/// An exchange, and what its bodies are without the key.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// What is sent.
    pub exchange: Exchange,
    /// What has to arrive at both ends; none where a body is malformed, and only the key must not.
    pub expected: Option<(String, String)>,
}

impl Mixed {
    /// Any exchange. One of ten has something malformed in it.
    #[must_use]
    pub fn any(rng: &mut Rng) -> Self {
        let (request, response) = (Shape::any(rng), Shape::any(rng));
        let (sent, answered) = (request.text(rng), response.text(rng));
        let mut mixed = Mixed {
            exchange: Exchange {
                request: message(rng, Message::post(request.path(), []), request, sent.as_bytes()),
                response: message(rng, Message::ok(response.content_type(), []), response, answered.as_bytes()),
                cut: None,
            },
            expected: Some((sent.replace(&key(), LABEL), answered.replace(&key(), LABEL))),
        };
        if rng.below(10) == 0 {
            mixed.spoil(rng);
        }
        mixed
    }

    fn spoil(&mut self, rng: &mut Rng) {
        self.expected = None;
        let side = rng.below(2);
        let Exchange { request, response, cut } = &mut self.exchange;
        let message = if side == 0 { request } else { response };
        match rng.below(6) {
            // It breaks off.
            0 => drop(message.chunks.pop()),
            1 => *cut = Some(if side == 0 { Cut::Request } else { Cut::Response }),
            // It says something else of itself than it is.
            2 => message.set("content-type", ["image/png", "text/event-stream", "application/json", "x"][rng.below(4)]),
            3 => message.set("content-encoding", ["gzip", "br", "zstd", "deflate"][rng.below(4)]),
            // Bytes in it are no text.
            4 => message.chunks.insert(0, vec![0xff, 0xc3, 0x28, 0]),
            _ => message.chunks.push(b"}]\"}\r\n{{{".to_vec()),
        }
    }

    /// What is wrong with what came through, if something is.
    #[must_use]
    pub fn wrong(&self, passed: &Passed) -> Option<String> {
        if let Some(trap) = &passed.trap {
            return Some(trap.clone());
        }
        let seen = (passed.request.text(), passed.response.text());
        if [&seen.0, &seen.1].iter().any(|text| text.contains(&key())) {
            return Some("the key came through".to_owned());
        }
        match &self.expected {
            Some(expected) if *expected != seen => Some(format!("{expected:?} came through as {seen:?}")),
            _ => None,
        }
    }
}

/// What a body looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Chat,
    Messages,
    Rpc,
    Lines,
    Events,
    Text,
    Form,
}

impl Shape {
    fn any(rng: &mut Rng) -> Self {
        *rng.pick(&[Shape::Chat, Shape::Messages, Shape::Rpc, Shape::Lines, Shape::Events, Shape::Text, Shape::Form])
    }

    fn path(self) -> &'static str {
        match self {
            Shape::Chat => "/v1/chat/completions",
            Shape::Messages => "/v1/messages",
            Shape::Rpc => "/mcp",
            _ => "/upload",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Shape::Chat | Shape::Messages | Shape::Rpc => "application/json",
            Shape::Lines => "application/x-ndjson",
            Shape::Events => "text/event-stream",
            Shape::Text => "text/plain",
            Shape::Form => "application/x-www-form-urlencoded",
        }
    }

    fn text(self, rng: &mut Rng) -> String {
        let mut say = || {
            let length = 1 + rng.below(40);
            let mut words: Vec<String> = (0..length).map(|_| (*rng.pick(&WORDS)).to_owned()).collect();
            if rng.below(3) == 0 {
                words.insert(rng.below(length), key());
            }
            words.join(" ")
        };
        let (a, b) = (say(), say());
        match self {
            Shape::Chat => format!(r#"{{"model":"m","messages":[{{"role":"system","content":"{a}"}},{{"role":"user","content":"{b}"}}]}}"#),
            Shape::Messages => {
                format!(r#"{{"model":"m","system":"{a}","messages":[{{"role":"user","content":[{{"type":"text","text":"{b}"}}]}}]}}"#)
            }
            Shape::Rpc => {
                format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"say","arguments":{{"a":"{a}","b":"{b}"}}}}}}"#)
            }
            Shape::Lines => format!("{{\"a\":\"{a}\"}}\n{{\"b\":\"{b}\"}}\n"),
            Shape::Events => format!("data: {a}\n\nevent: more\ndata: {b}\n\n"),
            Shape::Text => format!("{a}\n{b}\n"),
            Shape::Form => format!("a={}&b={}", a.replace(' ', "+"), b.replace(' ', "+")),
        }
    }
}

fn message(rng: &mut Rng, mut message: Message, shape: Shape, mut body: &[u8]) -> Message {
    message.set("content-type", shape.content_type());
    while !body.is_empty() {
        let (chunk, rest) = body.split_at(body.len().min(1 + rng.below(400)));
        message.chunks.push(chunk.to_vec());
        body = rest;
    }
    message
}
