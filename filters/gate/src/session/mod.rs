//! Sessions: who is behind a stream, and how long what it sends is let through.

mod dialect;
mod fields;
mod headers;
mod id;
mod ids;
mod observer;
mod rules;
mod trace;
mod walk;

pub use id::Id;
pub use ids::{Ids, Source};
pub use observer::{Observer, Sighting};
pub use rules::SessionRules;
