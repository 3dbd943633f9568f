//! The section `gateway` as it is written.

use core::fmt;

use serde::Deserialize;
use tamis::session::{Done, Id};
use tamis::{Name, Timestamp};

/// Most bytes of a request that are held until all of it is decided, unless told otherwise.
const HOLD: usize = 1 << 20;
/// Most bytes of a body, unless told otherwise.
const BODY: u64 = 64 << 20;
/// Most bytes of an event or a tool call, unless told otherwise.
const DOCUMENT: usize = 1 << 20;

/// What the plugin is told besides the policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Written {
    /// What is known of the place: labels choose profiles of the policy.
    pub(crate) labels: Vec<String>,
    pub(crate) hold: usize,
    pub(crate) over_hold: OverHold,
    pub(crate) hold_headers: bool,
    /// `null`: no limit.
    pub(crate) body_limit: Option<u64>,
    pub(crate) document_limit: usize,
    pub(crate) compressed: Compressed,
    pub(crate) session_headers: Vec<String>,
    pub(crate) sessions: Vec<SessionAct>,
    pub(crate) grants: Option<Grants>,
    pub(crate) collector: Option<Collector>,
    pub(crate) replacement: String,
    pub(crate) min_confidence: String,
    pub(crate) fingerprint_key: Option<Hidden>,
    pub(crate) token_keys: Option<Vec<String>>,
    pub(crate) tenant: Option<String>,
}

impl Default for Written {
    fn default() -> Self {
        Written {
            labels: Vec::new(),
            hold: HOLD,
            over_hold: OverHold::default(),
            hold_headers: false,
            body_limit: Some(BODY),
            document_limit: DOCUMENT,
            compressed: Compressed::default(),
            session_headers: Vec::new(),
            sessions: Vec::new(),
            grants: None,
            collector: None,
            replacement: "label".to_owned(),
            min_confidence: "low".to_owned(),
            fingerprint_key: None,
            token_keys: None,
            tenant: None,
        }
    }
}

/// What happens to a request that is longer than what is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OverHold {
    /// What is decided leaves, and the rest flows.
    #[default]
    Stream,
    /// It is refused.
    Block,
}

/// What happens to compressed bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Compressed {
    /// Upstreams are asked not to compress; what is compressed all the same, and requests, are decompressed.
    #[default]
    Identity,
    /// Upstreams may compress as can be undone here.
    Decode,
    /// Upstreams are asked not to compress; what is compressed is refused.
    Refuse,
}

/// What an operator decided on a session.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionAct {
    pub(crate) id: Id,
    pub(crate) done: Done,
    pub(crate) at: Timestamp,
    pub(crate) by: Name,
    pub(crate) reason: Name,
}

/// What verifies the grants of sessions.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grants {
    /// PEM, a JWKS document, or a shared secret.
    pub(crate) keys: Hidden,
    pub(crate) header: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) issuer: Option<String>,
}

/// Where events go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Collector {
    pub(crate) cluster: String,
    pub(crate) authority: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) token: Option<Hidden>,
    pub(crate) timeout_ms: Option<u32>,
}

/// Text that is never shown.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Hidden(String);

impl Hidden {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// For the one header that it stands in.
impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
