//! What happened, on record: written while something runs, and read afterwards.

mod journal;
mod record;
mod sink;
mod store;

pub(crate) use journal::Journal;
pub(crate) use record::{Record, Trail, harmless, journal, record};
pub(crate) use sink::Target;
