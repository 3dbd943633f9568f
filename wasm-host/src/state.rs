//! What the host knows while a guest runs.

use std::collections::BTreeMap;

use crate::message::Headers;

/// The guest's log, a line at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// From 0, trace, to 5, critical.
    pub level: u32,
    /// What it says.
    pub text: String,
}

/// A call that the guest made to a cluster.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The cluster.
    pub cluster: String,
    /// Its headers.
    pub headers: Headers,
    /// Its body.
    pub body: Vec<u8>,
    /// The context that made it, and the token that its answer names.
    pub(crate) from: (u32, u32),
}

/// How clusters answer calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Collector {
    /// With this status, as soon as the guest has returned.
    Answers(u16),
    /// There is no such cluster: the call itself fails.
    #[default]
    Missing,
    /// Not at all.
    Silent,
}

/// Where a body or map belongs, by the numbers of the binary interface.
pub(crate) const REQUEST: usize = 0;
pub(crate) const RESPONSE: usize = 1;

/// One direction of an exchange.
#[derive(Debug, Default)]
pub(crate) struct Way {
    pub(crate) headers: Headers,
    pub(crate) trailers: Headers,
    /// What the filter can see and replace.
    pub(crate) buffer: Vec<u8>,
    pub(crate) readable: bool,
    /// Whether the body is paused: then it can still be replaced when trailers come.
    pub(crate) paused: bool,
    pub(crate) resumed: bool,
    pub(crate) closed: bool,
}

/// The answer that the guest gave in the place of the upstream.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) status: u32,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) configuration: Vec<u8>,
    pub(crate) ways: [Way; 2],
    pub(crate) local: Option<Local>,
    pub(crate) properties: BTreeMap<String, Vec<u8>>,
    pub(crate) shared: BTreeMap<String, (Vec<u8>, u32)>,
    pub(crate) metrics: Vec<(String, u64)>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) collector: Collector,
    pub(crate) calls: Vec<Call>,
    pub(crate) unanswered: Vec<Call>,
    pub(crate) answer: Headers,
    pub(crate) tokens: u32,
    pub(crate) time: u64,
    pub(crate) tick: u32,
    pub(crate) context: u32,
}

impl State {
    pub(crate) fn map(&mut self, kind: u32) -> Option<&mut Headers> {
        Some(match kind {
            0 => &mut self.ways[REQUEST].headers,
            1 => &mut self.ways[REQUEST].trailers,
            2 => &mut self.ways[RESPONSE].headers,
            3 => &mut self.ways[RESPONSE].trailers,
            6 => &mut self.answer,
            _ => return None,
        })
    }

    /// The bytes of a buffer that may be read now.
    pub(crate) fn buffer(&self, kind: u32) -> Option<&[u8]> {
        match kind {
            0 | 1 => self.ways[kind as usize].readable.then_some(&self.ways[kind as usize].buffer[..]),
            4 => Some(&[]),
            7 => Some(&self.configuration),
            _ => None,
        }
    }
}
