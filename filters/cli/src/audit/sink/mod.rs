//! Where events go: each sink stores a whole log of its own, which can be verified without the others.

mod collector;
mod otlp;
mod stream;
mod syslog;
mod target;
mod worker;

use tamis::audit::{Chain, Event, LogOpened, What};
use tamis::{SigningKey, Timestamp};

use super::store::{LogFile, random_id};

pub(crate) use target::Target;
pub(super) use target::open;
pub(super) use worker::{Stored, Worker};

/// Stores events. Runs in a thread of its own, so it may take its time; whoever waits for it has a deadline.
pub(super) trait Sink: Send {
    /// Stores these events. An answer other than an error means that they are stored.
    fn store(&mut self, events: &[Event]) -> Result<(), String>;

    /// No more events will come.
    fn close(&mut self) -> Result<(), String> {
        Ok(())
    }
}

impl Sink for LogFile {
    fn store(&mut self, events: &[Event]) -> Result<(), String> {
        self.commit(events).map_err(|error| error.to_string())
    }

    fn close(&mut self) -> Result<(), String> {
        LogFile::close(self).map_err(|error| error.to_string())
    }
}

/// A log that begins with this process and is sent away: to standard error, syslog, a collector.
pub(super) struct Sent {
    chain: Chain,
    key: Option<SigningKey>,
    since_checkpoint: u64,
    lines: Vec<u8>,
}

impl Sent {
    pub(super) fn new(key: Option<SigningKey>) -> Result<Self, String> {
        let log = random_id().map_err(|error| error.to_string())?;
        Ok(Sent { chain: Chain::new(log), key, since_checkpoint: 0, lines: Vec::new() })
    }

    /// The lines of these events, to be sent. The log goes on from there only once [`Sent::confirm`] is called.
    fn seal(&mut self, events: &[Event]) -> (Chain, Vec<u8>) {
        let mut chain = self.chain.clone();
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        if chain.head().next == 0 {
            let key = self.key.as_ref().map(|key| key.public().id());
            let what = What::LogOpened(LogOpened { key, writer: concat!("tamis ", env!("CARGO_PKG_VERSION")).into() });
            chain.append(&mut lines, &Event { time: Timestamp::now(), context: Default::default(), what });
        }
        events.iter().for_each(|event| chain.append(&mut lines, event));
        if let Some(key) = self.key.as_ref().filter(|_| self.since_checkpoint + events.len() as u64 >= CHECKPOINT_EVERY) {
            chain.checkpoint(&mut lines, Timestamp::now(), key);
        }
        (chain, lines)
    }

    /// The last checkpoint, if one is due.
    fn last_checkpoint(&mut self) -> Option<(Chain, Vec<u8>)> {
        let key = self.key.as_ref().filter(|_| self.since_checkpoint > 0)?;
        let (mut chain, mut lines) = (self.chain.clone(), Vec::new());
        chain.checkpoint(&mut lines, Timestamp::now(), key);
        Some((chain, lines))
    }

    /// The lines have arrived.
    fn confirm(&mut self, chain: Chain, lines: Vec<u8>) {
        let written = chain.head().next - self.chain.head().next;
        self.since_checkpoint = (self.since_checkpoint + written) % CHECKPOINT_EVERY;
        self.chain = chain;
        self.lines = lines;
    }
}

const CHECKPOINT_EVERY: u64 = 1000;

/// Sends the lines of a log somewhere.
pub(super) trait Wire: Send {
    /// Sends whole lines; they have arrived when it returns.
    fn send(&mut self, lines: &[u8]) -> Result<(), String>;
}

/// A sink whose log is sent over a wire.
pub(super) struct Remote<W> {
    sent: Sent,
    wire: W,
}

impl<W: Wire> Remote<W> {
    pub(super) fn new(key: Option<SigningKey>, wire: W) -> Result<Self, String> {
        Ok(Remote { sent: Sent::new(key)?, wire })
    }
}

impl<W: Wire> Sink for Remote<W> {
    fn store(&mut self, events: &[Event]) -> Result<(), String> {
        let (chain, lines) = self.sent.seal(events);
        let sent = self.wire.send(&lines);
        match sent {
            Ok(()) => self.sent.confirm(chain, lines),
            Err(_) => self.sent.lines = lines,
        }
        sent
    }

    fn close(&mut self) -> Result<(), String> {
        match self.sent.last_checkpoint() {
            None => Ok(()),
            Some((_, lines)) => self.wire.send(&lines),
        }
    }
}
