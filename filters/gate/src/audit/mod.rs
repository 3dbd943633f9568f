//! What happened, as a record that can be verified.
//!
//! An [`Event`] says what happened; no field of it can hold a byte of a payload. A [`Chain`] turns events into lines of a
//! log, each tied to the one before, and a [`Verifier`] says whether a log is whole, and where it is not. `docs/audit.md`
//! describes the format for other readers.

mod chain;
mod event;
mod export;
mod exposure;
mod fault;
mod finding;
mod hash;
mod head;
mod record;
#[cfg(test)]
mod sample;
mod severity;
mod tags;
mod timeline;
mod verify;
mod what;

pub use chain::Chain;
pub use event::{Context, Event};
pub use export::{CSV_HEADER, cells, csv, csv_plain, ocsf, otlp_logs, otlp_record};
pub use exposure::{Exposure, Exposures, Summary, Tally, destination};
pub use fault::{Fault, FaultKind, Place};
pub use hash::{Hash, LogId};
pub use head::{Head, HeadFile};
pub use record::{NotARecord, Record};
pub use severity::{Severity, past, sentence, severity};
pub use tags::{CONTROLS, Control, control};
pub use timeline::{Call, Moment, Timeline, Turn};
pub use verify::{Verified, Verifier};
pub use what::*;
