//! What flows between clients, models and tools over HTTP, filtered as it streams.
//!
//! An adapter, such as a gateway's plugin, tells what it knows of a message ([`Kind`], [`Message`]), pushes its body through a
//! [`Body`], and gets back what may go on, why nothing does, and the events for the log. It needs to know nothing of the APIs.
//! `docs/apis.md` says which text of which API is which surface.

mod answer;
mod body;
mod calls;
mod channels;
mod charset;
mod dialect;
mod doc;
mod edits;
mod filter;
mod framed;
mod frames;
mod kind;
mod ledger;
mod lexer;
mod limits;
mod mcp;
mod pass;
mod permit;
mod places;
mod plain;
mod refusal;
mod restore;
mod spare;
mod splitter;
mod sse;
mod synth;
mod text;
mod units;

pub use answer::{Answer, answer, ending};
pub use body::Body;
pub use filter::{Filter, Message};
pub use kind::{Api, Format, Head, Kind};
pub use ledger::Counts;
pub use limits::Limits;
pub use refusal::Refusal;
