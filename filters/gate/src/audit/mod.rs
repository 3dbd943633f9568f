//! What happened, as a record that can be verified.
//!
//! An [`Event`] says what happened; no field of it can hold a byte of a payload.

mod event;
mod what;

pub use event::{Context, Event};
pub use what::*;
