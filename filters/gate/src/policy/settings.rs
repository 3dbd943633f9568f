//! The settings of a policy that are no rows.

use super::written::{OnLimit, Section, Written, WrittenAudit, WrittenExceptionRules, WrittenProfile, WrittenSession, WrittenTokens};
use crate::decision::Decision;
use crate::session::SessionRules;

/// Settings as one layer writes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(crate) on_limit: Option<OnLimit>,
    pub(crate) exceptions: WrittenExceptionRules,
    pub(crate) session: WrittenSession,
    pub(crate) audit: WrittenAudit,
    pub(crate) tokens: WrittenTokens,
}

impl Layer {
    pub(crate) fn of_file(written: &Written) -> Self {
        Layer {
            on_limit: written.on_limit,
            exceptions: written.exceptions.clone(),
            session: written.session.clone(),
            audit: written.audit.clone(),
            tokens: written.tokens.clone(),
        }
    }

    pub(crate) fn of_profile(written: &WrittenProfile) -> Self {
        Layer {
            on_limit: written.on_limit,
            exceptions: written.exceptions.clone(),
            session: written.session.clone(),
            audit: written.audit.clone(),
            tokens: written.tokens.clone(),
        }
    }

    /// Takes over what `newer` says.
    pub(crate) fn update(&mut self, newer: &Layer) {
        if newer.on_limit.is_some() {
            self.on_limit = newer.on_limit;
        }
        self.exceptions.update(&newer.exceptions);
        self.session.update(&newer.session);
        self.audit.update(&newer.audit);
        self.tokens.update(&newer.tokens);
    }
}

/// The settings that hold for a stream, with the defaults filled in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What happens where a stream hits a limit of the engine: [`Decision::Observe`] or [`Decision::Block`].
    pub on_limit: Decision,
    /// When a session is refused or put in quarantine.
    pub session: SessionRules,
    /// The audit log.
    pub audit: AuditSettings,
    /// Tokens that can be turned back.
    pub tokens: TokenSettings,
}

/// What a policy says of the audit log. What it does not say is the caller's to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditSettings {
    /// Nothing passes that could not be recorded.
    pub required: Option<bool>,
    /// Milliseconds after which a sink that has not stored a record counts as failed.
    pub deadline_ms: Option<u32>,
    /// Where events are recorded; file names are relative to the policy.
    pub sinks: Vec<String>,
    /// File with the key that signs the log's checkpoints, relative to the policy.
    pub key_file: Option<String>,
}

/// What a policy says of tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenSettings {
    /// File with their keys, relative to the policy.
    pub key_file: Option<String>,
    /// The tenant that they are valid for.
    pub tenant: Option<String>,
}

impl Settings {
    pub(crate) fn new(layer: &Layer) -> Self {
        let session = &layer.session;
        Settings {
            on_limit: decision_on_limit(layer.on_limit),
            session: SessionRules {
                id_required: session.id_required.unwrap_or_default(),
                grant_required: session.grant_required.unwrap_or_default(),
                max_blocks: session.max_blocks,
                max_findings: session.max_findings.clone().unwrap_or_default(),
            },
            audit: AuditSettings {
                required: layer.audit.required,
                deadline_ms: layer.audit.deadline_ms,
                sinks: layer.audit.sinks.clone().unwrap_or_default(),
                key_file: layer.audit.key_file.clone(),
            },
            tokens: TokenSettings { key_file: layer.tokens.key_file.clone(), tenant: layer.tokens.tenant.clone() },
        }
    }
}

/// What happens at a limit, unless told otherwise: it is noted down.
pub(crate) fn decision_on_limit(told: Option<OnLimit>) -> Decision {
    match told {
        Some(OnLimit::Block) => Decision::Block,
        Some(OnLimit::Observe) | None => Decision::Observe,
    }
}
