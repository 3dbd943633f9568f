//! Events on their way to the collector.

use std::mem;
use std::sync::Arc;

use proxy_wasm::types::Status;
use sha2::{Digest, Sha256};
use tamis::audit::{Chain, Context, Event, LogId, LogOpened, PolicyLoaded, What};
use tamis::{Name, PolicyDigest, Timestamp};

use crate::host;
use crate::settings::Collector;

/// Most bytes of records that wait for a collector that is not there.
const MOST: usize = 1 << 20;

/// The log of one virtual machine: a chain of its own, as no two machines share memory.
pub(crate) struct Outbox {
    chain: Chain,
    waiting: Vec<u8>,
    /// The records that are on their way.
    sent: Option<(u32, Vec<u8>)>,
    dropped: u64,
}

impl Outbox {
    /// A log that begins now, under this policy.
    pub(crate) fn new(log: LogId, policy: PolicyDigest, now: Timestamp) -> Self {
        let mut outbox = Outbox { chain: Chain::new(log), waiting: Vec::new(), sent: None, dropped: 0 };
        let opened = LogOpened { key: None, writer: concat!("tamis-wasm-plugin ", env!("CARGO_PKG_VERSION")).into() };
        let loaded = PolicyLoaded { digest: Name::new(&policy.to_string()), source: None };
        let context = Arc::new(Context { policy: Some(policy), ..Context::default() });
        for what in [What::LogOpened(opened), What::PolicyLoaded(loaded)] {
            outbox.add(&[Event { time: now, context: Arc::clone(&context), what }]);
        }
        outbox
    }

    /// Takes events that nothing waits for.
    pub(crate) fn add(&mut self, events: &[Event]) {
        for event in events {
            let before = self.waiting.len();
            self.chain.append(&mut self.waiting, event);
            if self.waiting.len() > MOST {
                // The chain tells the collector that something is missing.
                self.waiting.truncate(before);
                self.dropped += 1;
            }
        }
    }

    /// Takes events that something waits for: the records to send, with all that waited.
    pub(crate) fn seal(&mut self, events: &[Event]) -> Vec<u8> {
        let mut lines = mem::take(&mut self.waiting);
        events.iter().for_each(|event| self.chain.append(&mut lines, event));
        lines
    }

    /// Records that did not arrive wait again.
    pub(crate) fn put_back(&mut self, lines: Vec<u8>) {
        if lines.len() + self.waiting.len() > MOST {
            self.dropped += lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64;
        } else {
            let newer = mem::replace(&mut self.waiting, lines);
            self.waiting.extend(newer);
        }
    }

    /// Sends what waits, if nothing is on its way. Whether it could be sent.
    pub(crate) fn flush(&mut self, collector: &Collector) -> Result<(), Status> {
        if self.sent.is_some() || self.waiting.is_empty() {
            return Ok(());
        }
        let lines = mem::take(&mut self.waiting);
        match post(collector, &lines) {
            Ok(token) => self.sent = Some((token, lines)),
            Err(status) => {
                self.put_back(lines);
                return Err(status);
            }
        }
        Ok(())
    }

    /// The collector has answered what was flushed.
    pub(crate) fn answered(&mut self, token: u32, stored: bool) {
        if let Some((_, lines)) = self.sent.take_if(|(sent, _)| *sent == token)
            && !stored
        {
            self.put_back(lines);
        }
    }

    /// How many records were given up, since the last time.
    pub(crate) fn take_dropped(&mut self) -> u64 {
        mem::take(&mut self.dropped)
    }
}

/// Sends records.
pub(crate) fn post(collector: &Collector, lines: &[u8]) -> Result<u32, Status> {
    let mut headers = vec![
        (":method", "POST"),
        (":path", &collector.path),
        (":authority", &collector.authority),
        ("content-type", "application/x-ndjson"),
    ];
    if let Some(authorization) = &collector.authorization {
        headers.push(("authorization", authorization));
    }
    host::post(&collector.cluster, &headers, lines, collector.deadline)
}

/// A name that no other log has: of the time, a number that the host's machines share, and the host's own name.
pub(crate) fn log_id(now: Timestamp, number: u64, host: &str) -> LogId {
    let digest = Sha256::digest(format!("{}/{number}/{host}", now.as_nanosecond()));
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    LogId(id)
}
