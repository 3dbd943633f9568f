//! An event as a log holds it: one line of canonical JSON, tied to the line before.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{Context, Event};
use super::hash::{Hash, LogId};
use super::tags;
use super::what::What;
use crate::flow::{Destination, Direction, Flow, Surface};
use crate::name::Name;
use crate::policy::PolicyDigest;
use crate::session::{Id, Ids, Source};

/// Version of the format.
const VERSION: u8 = 1;

/// An event with its place in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The log.
    pub log: LogId,
    /// Place in the log, from 0.
    pub seq: u64,
    /// Hash of the record before; all zeros in the first.
    pub prev: Hash,
    /// Hash of this record.
    pub hash: Hash,
    /// Ids of the frameworks' entries that the event is about.
    pub tags: Vec<Cow<'static, str>>,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// Reads a record's line, with or without its line end. That it reads well does not mean that nobody changed it: for
    /// that there is [`Verifier`](super::Verifier).
    ///
    /// # Errors
    ///
    /// When it is not JSON, or has members that no record of this version has.
    pub fn parse(line: &[u8]) -> Result<Self, NotARecord> {
        match serde_json::from_slice::<Wire>(line) {
            Ok(wire) if wire.v == VERSION => Ok(wire.into()),
            Ok(Wire { v, .. }) => Err(NotARecord(format!("a record of version {v}: a newer Tamis wrote it"))),
            Err(error) => Err(NotARecord(error.to_string())),
        }
    }

    /// The record's line, without its line end.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        serde_json::to_vec(&Wire::new(self)).expect("a record has no part that JSON cannot hold")
    }
}

impl Serialize for Record {
    /// The same members as the record's line.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::new(self).serialize(serializer)
    }
}

/// Why a line is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotARecord(String);

impl core::fmt::Display for NotARecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for NotARecord {}

/// Appends the line of an event at this place, hash and line end included, and returns the hash.
pub(super) fn seal(line: &mut Vec<u8>, log: LogId, seq: u64, prev: Hash, event: &Event) -> Hash {
    let record = Record { log, seq, prev, hash: Hash::ZERO, tags: tags::of(event), event: event.clone() };
    let start = line.len();
    serde_json::to_writer(&mut *line, &Wire::new(&record)).expect("a record has no part that JSON cannot hold");
    let [before, digits, after] = split(&line[start..]).expect("a record has a hash");
    let hash = Hash::of(&[before, after]);
    let at = start + before.len() + MEMBER.len();
    debug_assert_eq!(digits.len(), 64);
    line[at..at + 64].copy_from_slice(hash.to_string().as_bytes());
    line.push(b'\n');
    hash
}

/// The member that holds the hash, up to its value.
const MEMBER: &[u8] = b",\"hash\":\"";

/// A line as what stands before the hash's member, the digits of the hash, and what stands after the member. What is
/// hashed is the first and the last: the record without the member.
pub(super) fn split(line: &[u8]) -> Option<[&[u8]; 3]> {
    // No other place of canonical JSON can look like this: quotes in strings are escaped, and no event has such a member.
    let at = memchr::memmem::find(line, MEMBER)?;
    let (before, rest) = (&line[..at], &line[at + MEMBER.len()..]);
    let (digits, rest) = rest.split_at_checked(64)?;
    Some([before, digits, rest.strip_prefix(b"\"")?])
}

/// The record's members, flat and in the order of the alphabet.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_name: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    event: What,
    hash: Hash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<Name>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    labels: BTreeSet<Name>,
    log: LogId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_agent: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<PolicyDigest>,
    prev: Hash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    route: Option<Name>,
    seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    surface: Option<Surface>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Cow<'static, str>>,
    time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool: Option<Name>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_call: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn: Option<Id>,
    v: u8,
}

impl Wire {
    fn new(record: &Record) -> Self {
        let name = |text: &Option<String>| text.as_deref().map(Name::new);
        let Event { time, context, what } = &record.event;
        let Context { ids, flow, policy } = &**context;
        let ids = ids.clone();
        Wire {
            agent: ids.agent,
            agent_name: name(&flow.agent),
            direction: flow.direction,
            event: what.clone(),
            hash: record.hash,
            host: name(&flow.destination.host),
            labels: flow.labels.iter().map(|label| Name::new(label)).collect(),
            log: record.log,
            model: name(&flow.destination.model),
            parent_agent: ids.parent_agent,
            path: name(&flow.path),
            policy: *policy,
            prev: record.prev,
            route: name(&flow.destination.route),
            seq: record.seq,
            session: ids.session,
            source: ids.source,
            span: ids.span,
            surface: flow.surface,
            tags: record.tags.clone(),
            time: *time,
            tool: name(&flow.tool),
            tool_call: ids.tool_call,
            trace: ids.trace,
            turn: ids.turn,
            v: VERSION,
        }
    }
}

impl From<Wire> for Record {
    fn from(wire: Wire) -> Self {
        let text = |name: Option<Name>| name.map(|name| name.as_str().to_owned());
        let ids = Ids {
            source: wire.source,
            session: wire.session,
            turn: wire.turn,
            agent: wire.agent,
            parent_agent: wire.parent_agent,
            tool_call: wire.tool_call,
            trace: wire.trace,
            span: wire.span,
        };
        let flow = Flow {
            surface: wire.surface,
            direction: wire.direction,
            destination: Destination { host: text(wire.host), route: text(wire.route), model: text(wire.model) },
            tool: text(wire.tool),
            path: text(wire.path),
            agent: text(wire.agent_name),
            labels: wire.labels.iter().map(|label| label.as_str().to_owned()).collect(),
        };
        let context = Arc::new(Context { ids, flow, policy: wire.policy });
        let event = Event { time: wire.time, context, what: wire.event };
        Record { log: wire.log, seq: wire.seq, prev: wire.prev, hash: wire.hash, tags: wire.tags, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Chain, sample};

    #[test]
    fn what_serde_writes_is_canonical_and_reads_back() {
        let (mut chain, mut lines) = (Chain::new(LogId([1; 16])), Vec::new());
        let events = sample::all();
        events.iter().for_each(|event| chain.append(&mut lines, event));
        for (line, event) in lines.split_inclusive(|b| *b == b'\n').zip(&events) {
            let line = line.strip_suffix(b"\n").unwrap();
            let value: serde_json::Value = serde_json::from_slice(line).unwrap();
            assert_eq!(String::from_utf8_lossy(&serde_json_canonicalizer::to_vec(&value).unwrap()), String::from_utf8_lossy(line));
            let record = Record::parse(line).unwrap();
            assert_eq!(record.event, *event);
            assert_eq!(record.line(), line);
            assert_eq!(value["event"].as_object().unwrap().keys().collect::<Vec<_>>(), [event.what.name()]);
        }
    }

    #[test]
    fn the_format_does_not_change_unnoticed() {
        let mut lines = Vec::new();
        let event = sample::event(0, sample::context(Surface::ToolOutput), sample::finding("secret/api-key", crate::Decision::Redact));
        let hash = seal(&mut lines, LogId([1; 16]), 5, Hash([2; 32]), &event);
        let expected = concat!(
            r#"{"agent":"a-2","agent_name":"reviewer","direction":"outbound","event":{"finding":{"class":"secret/api-key","column":7,"#,
            r#""confidence":"certain","decision":"redact","end":140,"fingerprint":"0000000000000000000000000000000e","layers":["json-escape"],"#,
            r#""line":3,"row":"no-secrets-out","rule":"github.pat-classic","start":100,"verdict":"valid"}},"hash":"HASH","host":"api.example.com","#,
            r#""labels":["production","repository=acme/shop"],"log":"01010101010101010101010101010101","model":"m-1","parent_agent":"a-1","#,
            r#""path":"src/\"quoted\".rs","policy":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","#,
            r#""prev":"0202020202020202020202020202020202020202020202020202020202020202","route":"models","seq":5,"session":"s-1","#,
            r#""source":"claude-code","span":"b7ad6b7169203331","surface":"tool-output","#,
            r#""tags":["LLM02:2026","NHI2:2025","DSGAI02","AML.T0098","CWE-200","AI-RMF-MEASURE-2.7","MAESTRO-L3"],"#,
            r#""time":"2026-05-28T20:26:40Z","tool":"Bash","tool_call":"toolu_01","trace":"0af7651916cd43dd8448eb211c80319c","turn":"t-1","v":1}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(lines).unwrap(), expected.replace("HASH", &hash.to_string()));
    }

    #[test]
    fn there_is_no_room_for_more() {
        let mut lines = Vec::new();
        seal(&mut lines, LogId([1; 16]), 0, Hash::ZERO, &sample::all()[0]);
        let text = String::from_utf8(lines).unwrap();
        for (from, to) in
            [("\"v\":1", "\"v\":1,\"x\":1"), ("\"writer\"", "\"more\":1,\"writer\""), ("log-opened", "log-closed"), ("\"v\":1", "\"v\":2")]
        {
            assert!(Record::parse(text.replace(from, to).as_bytes()).is_err(), "{to}");
        }
    }
}
