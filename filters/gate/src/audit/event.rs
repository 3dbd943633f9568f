//! One event: when, in what context, and what happened.

use std::sync::Arc;

use jiff::Timestamp;

use super::what::What;
use crate::flow::Flow;
use crate::policy::PolicyDigest;
use crate::session::Ids;

/// Something that happened, ready to be recorded.
///
/// It is closed: there is no field that takes the text of a payload, so no careless caller can log a secret.
///
/// ```
/// use std::sync::Arc;
/// use tamis::Timestamp;
/// use tamis::audit::{Context, Event, SessionReleased, What};
/// use tamis::session::{Id, Ids};
///
/// let context = Context { ids: Ids { session: Id::new("5f2c"), ..Ids::default() }, ..Context::default() };
/// let event = Event {
///     time: Timestamp::UNIX_EPOCH,
///     context: Arc::new(context),
///     what: What::SessionReleased(SessionReleased { by: "dana".into(), reason: "false alarm".into() }),
/// };
/// assert_eq!(event.what.name(), "session-released");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened. The gate has no clock: whoever calls it has.
    pub time: Timestamp,
    /// Where it happened. Events of one stream share it.
    pub context: Arc<Context>,
    /// What happened.
    pub what: What,
}

/// Where something happened: in which session, on which way, under which policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The session, turn, agents and tool call that it belongs to.
    pub ids: Ids,
    /// Where the bytes came from and went to.
    pub flow: Flow,
    /// The policy that was in force.
    pub policy: Option<PolicyDigest>,
}
