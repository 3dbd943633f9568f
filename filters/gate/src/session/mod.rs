//! Sessions: who is behind a stream, and how long what it sends is let through.

mod id;
mod ids;
mod rules;

pub use id::Id;
pub use ids::{Ids, Source};
pub use rules::SessionRules;
