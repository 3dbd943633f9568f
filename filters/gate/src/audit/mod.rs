//! What happened, as a record that can be verified.
//!
//! An [`Event`] says what happened; no field of it can hold a byte of a payload. A [`Chain`] turns events into lines of a
//! log, each tied to the one before, and a [`Verifier`] says whether a log is whole, and where it is not. `docs/audit.md`
//! describes the format for other readers.

mod chain;
mod event;
mod fault;
mod hash;
mod head;
mod record;
#[cfg(test)]
mod sample;
mod tags;
mod verify;
mod what;

pub use chain::Chain;
pub use event::{Context, Event};
pub use fault::{Fault, FaultKind, Place};
pub use hash::{Hash, LogId};
pub use head::{Head, HeadFile};
pub use record::{NotARecord, Record};
pub use tags::{CONTROLS, Control, control};
pub use verify::{Verified, Verifier};
pub use what::*;
