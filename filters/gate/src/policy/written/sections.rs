//! Settings as they are written. Those of a profile go over those of the file, key by key.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A section that a profile can change.
pub(crate) trait Section {
    /// Takes over what `newer` says.
    fn update(&mut self, newer: &Self);
}

/// Takes over the keys that `newer` has.
macro_rules! update {
    ($old:ident, $newer:ident: $($key:ident),+) => {
        $(if $newer.$key.is_some() {
            $old.$key.clone_from(&$newer.$key);
        })+
    };
}

/// What exceptions may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ExceptionRules")]
pub(crate) struct WrittenExceptionRules {
    /// Most days from `created` to `expires`. 90 unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub(crate) max_days: Option<u16>,
    /// Whether who asked for an exception may approve it. Yes unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) self_approval: Option<bool>,
    /// Whether an exception needs a ticket. No unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ticket_required: Option<bool>,
}

impl WrittenExceptionRules {
    pub(super) fn is_empty(&self) -> bool {
        *self == WrittenExceptionRules::default()
    }
}

impl Section for WrittenExceptionRules {
    fn update(&mut self, newer: &Self) {
        update!(self, newer: max_days, self_approval, ticket_required);
    }
}

/// When a session is refused or put in quarantine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Session")]
pub(crate) struct WrittenSession {
    /// What has no session id is refused. No unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_required: Option<bool>,
    /// What has no valid grant is refused, and so is a session whose grant has run out. No unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant_required: Option<bool>,
    /// As many blocked findings and tool calls are let pass; one more and the session is in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_blocks: Option<u32>,
    /// By class, as many findings are let pass; one more and the session is in quarantine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_findings: Option<BTreeMap<String, u32>>,
}

impl WrittenSession {
    pub(super) fn is_empty(&self) -> bool {
        *self == WrittenSession::default()
    }
}

impl Section for WrittenSession {
    fn update(&mut self, newer: &Self) {
        update!(self, newer: id_required, grant_required, max_blocks, max_findings);
    }
}

/// The audit log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Audit")]
pub(crate) struct WrittenAudit {
    /// Nothing passes that could not be recorded. No unless told otherwise; the gateway says yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required: Option<bool>,
    /// Milliseconds after which a sink that has not stored a record counts as failed. 2000 unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub(crate) deadline_ms: Option<u32>,
    /// Where events are recorded: files, from the policy's folder, or `stderr`, `syslog`, `syslog+tcp://HOST:PORT`,
    /// `https://…`, `otlp+https://…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub(crate) sinks: Option<Vec<String>>,
    /// File with the key that signs the log's checkpoints, from the policy's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<String>,
}

impl WrittenAudit {
    pub(super) fn is_empty(&self) -> bool {
        *self == WrittenAudit::default()
    }
}

impl Section for WrittenAudit {
    fn update(&mut self, newer: &Self) {
        update!(self, newer: required, deadline_ms, sinks, key_file);
    }
}

/// Tokens that can be turned back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Tokens")]
pub(crate) struct WrittenTokens {
    /// File with their keys, the newest first, from the policy's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_file: Option<String>,
    /// Tokens are valid for this tenant only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tenant: Option<String>,
}

impl WrittenTokens {
    pub(super) fn is_empty(&self) -> bool {
        *self == WrittenTokens::default()
    }
}

impl Section for WrittenTokens {
    fn update(&mut self, newer: &Self) {
        update!(self, newer: key_file, tenant);
    }
}
