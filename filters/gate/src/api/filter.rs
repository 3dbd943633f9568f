//! What all bodies share, and what is known of one before its first byte.

use std::sync::Arc;

use jiff::Timestamp;
use tamis_engine::Scanner;

use super::body::Body;
use super::kind::Kind;
use super::limits::Limits;
use super::spare::Spare;
use crate::flow::Flow;
use crate::grant::Scope;
use crate::name::Name;
use crate::policy::Policy;
use crate::session::{Ids, Session, SessionRules};
use crate::settings::Settings;
use crate::token::Tokenizer;

/// Makes the filters of bodies: rules, policy and settings, ready to use. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Filter(pub(super) Arc<Shared>);

#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) scanner: Scanner,
    pub(super) policy: Arc<Policy>,
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    pub(super) spare: Arc<Spare>,
}

impl Filter {
    /// Filters by these rules and this policy.
    #[must_use]
    pub fn new(scanner: Scanner, policy: Arc<Policy>, settings: Settings, limits: Limits) -> Self {
        let spare = Spare::new(&scanner);
        Filter(Arc::new(Shared { scanner, policy, settings, limits, spare }))
    }

    /// The rules.
    #[must_use]
    pub fn scanner(&self) -> &Scanner {
        &self.0.scanner
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.0.policy
    }

    /// A filter for one body.
    #[must_use]
    pub fn body(&self, message: Message) -> Body {
        let Message { tokens, .. } = &message;
        let shared = match tokens {
            Some(tokens) => {
                let settings = Settings { tokens: Some(tokens.clone()), ..self.0.settings.clone() };
                Arc::new(Shared { settings, ..Shared::clone(&self.0) })
            }
            None => Arc::clone(&self.0),
        };
        Body::new(shared, message)
    }
}

/// What is known of a request or a response before its body.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Its API and shape.
    pub kind: Kind,
    /// Where it comes from and goes to. The direction should be known: requests go out, responses come in.
    pub flow: Flow,
    /// What its headers say of its sender. The body may know more.
    pub ids: Ids,
    /// The id of what is decided on it, unique for a request and its response: answers tell it, so that it can be asked for
    /// in the log.
    pub decision: Name,
    /// The time, for exceptions and records.
    pub now: Timestamp,
    /// What makes and opens tokens for this session; without it those of the settings.
    pub tokens: Option<Tokenizer>,
    /// The session that is charged with what is found, and its rules.
    pub session: Option<(Session, SessionRules)>,
    /// What the session was granted: tools beyond it may not be called. Without it, the policy decides alone.
    pub grant: Option<Scope>,
    /// The id of the JSON-RPC request that is answered, where it is known.
    pub rpc: Option<serde_json::Value>,
}
