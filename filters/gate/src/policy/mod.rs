//! What may pass from where to where: boundaries over class, surface and destination, read from the top down.
//!
//! A policy goes through three shapes: *written* as its file says it, with everything optional; *merged*, layer over
//! layer, for the labels of a stream; and *resolved*, a [`Policy`] whose last row matches everything, which decides.

mod arguments;
mod cases;
mod check;
mod condition;
mod digest;
mod edit;
mod exception;
mod explain;
mod file;
mod pattern;
mod resolved;
mod row;
mod ruling;
mod schema;
mod settings;
mod tool;
mod written;

pub use arguments::Arguments;
pub use cases::{CaseFile, CaseResult};
pub use digest::PolicyDigest;
pub use edit::{NewException, add_exception, expire_exception};
pub use exception::{Exception, ExceptionState};
pub use explain::{Answer, ExceptionReason, Explanation, Miss, Outcome, RowReason};
pub use file::PolicyFile;
pub(crate) use pattern::{Kind, Pattern};
pub use resolved::Policy;
pub use row::Place;
pub use ruling::{Facts, Lifetime, Ruling, ToolRuling};
pub use schema::{cases_schema, exceptions_schema, schema};
pub use settings::{AuditSettings, Settings, TokenSettings};
pub use tool::ToolDecision;
pub use written::Reason;
