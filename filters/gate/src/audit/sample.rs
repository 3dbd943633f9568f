//! Events of every kind, for tests.

use std::sync::Arc;

use jiff::Timestamp;
use tamis_engine::{Confidence, Verdict};

use super::event::{Context, Event};
use super::what::*;
use crate::decision::Decision;
use crate::engine::Layer;
use crate::fingerprint::Fingerprint;
use crate::flow::{Destination, Direction, Flow, Surface};
use crate::limit::Limit;
use crate::policy::PolicyDigest;
use crate::session::{Id, Ids, Source};

/// A context in which everything is known.
pub(crate) fn context(surface: Surface) -> Context {
    let id = |text: &str| Id::new(text);
    Context {
        ids: Ids {
            source: Some(Source::ClaudeCode),
            session: id("s-1"),
            turn: id("t-1"),
            agent: id("a-2"),
            parent_agent: id("a-1"),
            tool_call: id("toolu_01"),
            trace: id("0af7651916cd43dd8448eb211c80319c"),
            span: id("b7ad6b7169203331"),
        },
        flow: Flow {
            surface: Some(surface),
            direction: Some(Direction::Outbound),
            destination: Destination { host: Some("api.example.com".into()), route: Some("models".into()), model: Some("m-1".into()) },
            tool: Some("Bash".into()),
            path: Some("src/\"quoted\".rs".into()),
            agent: Some("reviewer".into()),
            labels: ["production".to_owned(), "repository=acme/shop".to_owned()].into(),
        },
        policy: Some(PolicyDigest::of(b"{}")),
    }
}

pub(crate) fn event(second: i64, context: Context, what: What) -> Event {
    Event { time: Timestamp::from_second(1_780_000_000 + second).unwrap(), context: Arc::new(context), what }
}

pub(crate) fn fingerprint(number: u8) -> Fingerprint {
    format!("{number:032x}").parse().unwrap()
}

pub(crate) fn finding(class: &str, decision: Decision) -> What {
    What::Finding(FindingDecided {
        class: class.into(),
        column: Some(7),
        confidence: Confidence::Certain,
        decision,
        end: 140,
        exception: (decision == Decision::Allow).then(|| "EX-1".into()),
        fingerprint: fingerprint(class.len() as u8),
        layers: vec![Layer::JsonEscape],
        line: Some(3),
        row: Some("no-secrets-out".into()),
        rule: "github.pat-classic".into(),
        start: 100,
        verdict: Verdict::Valid,
    })
}

/// Everything that can happen, in contexts of every kind.
pub(crate) fn all() -> Vec<Event> {
    let mut events: Vec<Event> = whats().into_iter().zip(0..).map(|(what, second)| event(second, Context::default(), what)).collect();
    for surface in Surface::ALL {
        for (class, decision) in [("secret/api-key", Decision::Redact), ("pii/email", Decision::Allow), ("network/ip", Decision::Block)] {
            events.push(event(99, context(surface), finding(class, decision)));
        }
    }
    let mut config = context(Surface::ToolOutput);
    config.flow.path = Some("/home/a/.claude/settings.json".into());
    events.push(event(100, config, finding("secret/password", Decision::Tokenize)));
    events
}

fn whats() -> Vec<What> {
    let name = |text: &str| text.into();
    let expires = Timestamp::from_microsecond(1_790_000_000_123_456).unwrap();
    let classes = [("pii/email".into(), 2), ("secret/api-key".into(), 1)].into();
    let fingerprint = fingerprint(1);
    vec![
        What::LogOpened(LogOpened { key: Some(name("0011223344556677")), writer: name("tamis 0.1.0") }),
        What::PolicyLoaded(PolicyLoaded { digest: name("44136fa3"), source: Some(name("tamis.toml")) }),
        What::SessionStarted(SessionStarted { client: Some(name("claude-code")), user: Some(name("dana")) }),
        What::GrantAccepted(GrantAccepted { expires, grant: name("g-1"), subject: name("agent-7") }),
        What::GrantRefused(GrantRefused { grant: None, why: name("no grant") }),
        What::Inspected(Inspected { bytes: 1234, classes, decision: Decision::Redact }),
        What::ToolCall(ToolCall { decision: Decision::Block, reason: Some(name("not on the list")), row: Some(name("tools")) }),
        What::ToolCall(ToolCall { decision: Decision::Allow, reason: None, row: None }),
        What::ExceptionUsed(ExceptionUsed { approved_by: name("kim"), exception: name("EX-1"), expires, fingerprint, rule: name("a.b") }),
        What::ExceptionRefused(ExceptionRefused { exception: name("EX-2"), fingerprint: None, why: name("expired") }),
        What::Restored(Restored { fingerprint, key: name("k1"), row: None, scope: name("session s-1") }),
        What::RestoreRefused(RestoreRefused { row: None, scope: name("session s-1"), why: name("forged") }),
        What::SessionQuarantined(SessionQuarantined { by: name("rule"), reason: name("more than 3 blocks") }),
        What::SessionRefused(SessionRefused { reason: name("in quarantine") }),
        What::SessionReleased(SessionReleased { by: name("kim"), reason: name("false alarm é \u{1f600} <b>\\") }),
        What::LimitHit(LimitReached { kind: Limit::MatchLength, offset: 99 }),
        What::SinkFailed(SinkFailed { sink: name("https://collector.example"), why: name("deadline") }),
        What::SinkRecovered(SinkRecovered { missed: 3, sink: name("https://collector.example") }),
        What::LogRepaired(LogRepaired { cut: 17, kept: 1, sha256: Some(name("ab")) }),
        What::LogRotated(LogRotated { file: name("audit.0.jsonl") }),
        What::Checkpoint(Checkpoint { key: name("0011223344556677"), signature: name("00") }),
    ]
}

/// The same as records of a log.
pub(crate) fn records() -> Vec<super::Record> {
    let (mut chain, mut lines) = (super::Chain::new(super::LogId([1; 16])), Vec::new());
    all().iter().for_each(|event| chain.append(&mut lines, event));
    lines.split_inclusive(|b| *b == b'\n').map(|line| super::Record::parse(line).unwrap()).collect()
}
