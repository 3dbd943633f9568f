//! Sessions: who is behind a stream, and how long what it sends is let through.

mod backlog;
mod dialect;
mod documents;
mod fields;
mod headers;
mod id;
mod ids;
mod leak;
mod observer;
mod rules;
mod standing;
mod trace;
mod walk;

pub use id::Id;
pub use ids::{Ids, Source};
pub use leak::{Leak, Leaks};
pub use observer::{Observer, Sighting};
pub use rules::SessionRules;
pub use standing::{Act, Admission, Done, Granted, Incident, Session, Standing};
