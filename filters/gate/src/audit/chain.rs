//! The writing end of a log.

use std::sync::Arc;

use jiff::Timestamp;

use super::event::{Context, Event};
use super::hash::{Hash, LogId};
use super::head::Head;
use super::record;
use super::what::{Checkpoint, What};
use crate::name::Name;
use crate::signing::SigningKey;

/// Ties events to a chain: each record names the hash of the one before, so that none can be changed, taken out or put
/// in without breaking it.
///
/// A chain does no I/O: it appends lines to a buffer, and whoever has stored these goes on from there.
///
/// ```
/// use std::sync::Arc;
/// use tamis::Timestamp;
/// use tamis::audit::{Chain, Event, LogId, LogOpened, Verifier, What};
///
/// let mut chain = Chain::new(LogId([7; 16]));
/// let mut log = Vec::new();
/// let what = What::LogOpened(LogOpened { key: None, writer: "example".into() });
/// chain.append(&mut log, &Event { time: Timestamp::UNIX_EPOCH, context: Arc::default(), what });
///
/// let mut verifier = Verifier::new(Some(chain.head()), None);
/// log.split_inclusive(|b| *b == b'\n').for_each(|line| verifier.line(line));
/// assert!(verifier.finish().is_intact());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    head: Head,
}

impl Chain {
    /// A log that begins.
    #[must_use]
    pub fn new(log: LogId) -> Self {
        Chain { head: Head { log, next: 0, hash: Hash::ZERO } }
    }

    /// A log that goes on after this head.
    #[must_use]
    pub fn resume(head: Head) -> Self {
        Chain { head }
    }

    /// Where the log stands.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// Appends the event's line, with its line end.
    pub fn append(&mut self, lines: &mut Vec<u8>, event: &Event) {
        let Head { log, next, hash } = self.head;
        let hash = record::seal(lines, log, next, hash, event);
        self.head = Head { log, next: next + 1, hash };
    }

    /// Appends a checkpoint: a signature over all before it, which nobody can make who has not the key.
    pub fn checkpoint(&mut self, lines: &mut Vec<u8>, time: Timestamp, key: &SigningKey) {
        let signature = Name::new(&key.sign(&checkpointed(&self.head)).to_string());
        let what = What::Checkpoint(Checkpoint { key: key.public().id(), signature });
        self.append(lines, &Event { time, context: Arc::<Context>::default(), what });
    }
}

/// What a checkpoint signs: the log up to, and without, the checkpoint itself.
pub(super) fn checkpointed(before: &Head) -> Vec<u8> {
    before.signed_bytes(b"tamis audit checkpoint, version 1\n")
}
