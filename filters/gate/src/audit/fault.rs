//! What can be wrong with a log, and where.

use core::fmt;

use super::hash::{Hash, LogId};

/// Where in a log something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, counted from 0 in the order they were given.
    pub file: usize,
    /// The line, from 1.
    pub line: u64,
    /// Offset of the line's first byte in its file, from 0.
    pub offset: u64,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub kind: FaultKind,
}

/// What is wrong. Displays as a sentence about the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The line is no record at all.
    NotARecord,
    /// The line says the same as a record, but is not written the way records are.
    NotCanonical,
    /// The line does not match the hash it carries.
    Changed {
        /// The event that stands, or stood, here.
        seq: u64,
    },
    /// The record before was replaced by another one that is whole in itself, or this one was.
    Replaced {
        /// The event that stands here.
        seq: u64,
    },
    /// Events are missing before this line.
    Missing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// An event stands where another one belongs.
    Stray {
        /// The event that stands here.
        seq: u64,
        /// The event that belongs here.
        expected: u64,
    },
    /// The record belongs to another log.
    OtherLog(LogId),
    /// The file ends inside a record.
    Torn {
        /// How many bytes there are of it.
        bytes: u64,
    },
    /// Events that were acknowledged are missing at the end.
    Truncated {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// The head vouches for another event than the one that stands here.
    HeadDiffers {
        /// The event.
        seq: u64,
    },
    /// The head belongs to another log.
    HeadOfOther(LogId),
    /// The checkpoint's signature is not the key's.
    BadSignature {
        /// The checkpoint.
        seq: u64,
    },
    /// There is no checkpoint that the key signed.
    Unsigned,
    /// No event has the hash that was noted down.
    NotThere(Hash),
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FaultKind::NotARecord => f.write_str("this line is no record: it was changed, or does not belong here"),
            FaultKind::NotCanonical => f.write_str("this line is not in canonical form: it was written by something else"),
            FaultKind::Changed { seq } => write!(f, "event {seq} was changed: it does not match its hash"),
            FaultKind::Replaced { seq } => {
                write!(f, "event {seq} names another event as the one before it: one of the two was replaced")
            }
            FaultKind::Missing { first, last } if first == last => write!(f, "event {first} is missing before this line"),
            FaultKind::Missing { first, last } => write!(f, "events {first} to {last} are missing before this line"),
            FaultKind::Stray { seq, expected } => write!(f, "event {seq} stands where event {expected} belongs"),
            FaultKind::OtherLog(log) => write!(f, "this event belongs to another log, {log}"),
            FaultKind::Torn { bytes } => write!(f, "the file ends inside a record, after {bytes} bytes of it"),
            FaultKind::Truncated { first, last } if first == last => {
                write!(f, "the end was cut off: event {first} was stored and is missing")
            }
            FaultKind::Truncated { first, last } => {
                write!(f, "the end was cut off: events {first} to {last} were stored and are missing")
            }
            FaultKind::HeadDiffers { seq } => write!(f, "the head vouches for another event {seq} than this one"),
            FaultKind::HeadOfOther(log) => write!(f, "the head belongs to another log, {log}"),
            FaultKind::BadSignature { seq } => write!(f, "checkpoint {seq} was not signed by this key"),
            FaultKind::NotThere(hash) => {
                write!(f, "no event has the hash {hash} any more: the end was cut off, or the log was written anew")
            }
            FaultKind::Unsigned => f.write_str("nothing in this log was signed by this key"),
        }
    }
}
