//! The settings of a policy that are no rows.

use super::written::{OnLimit, Section, Written, WrittenAudit, WrittenExceptionRules, WrittenProfile, WrittenSession};
use crate::decision::Decision;
use crate::session::SessionRules;

/// Settings as one layer writes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    pub(crate) on_limit: Option<OnLimit>,
    pub(crate) exceptions: WrittenExceptionRules,
    pub(crate) session: WrittenSession,
    pub(crate) audit: WrittenAudit,
}

impl Layer {
    pub(crate) fn of_file(written: &Written) -> Self {
        Layer {
            on_limit: written.on_limit,
            exceptions: written.exceptions.clone(),
            session: written.session.clone(),
            audit: written.audit.clone(),
        }
    }

    pub(crate) fn of_profile(written: &WrittenProfile) -> Self {
        Layer {
            on_limit: written.on_limit,
            exceptions: written.exceptions.clone(),
            session: written.session.clone(),
            audit: written.audit.clone(),
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
    }
}

/// The settings that hold for a stream, with the defaults filled in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What happens where a stream hits a limit of the engine: [`Decision::Observe`] or [`Decision::Block`].
    pub on_limit: Decision,
    /// When a session is refused or put in quarantine.
    pub session: SessionRules,
    /// Nothing passes that could not be recorded. None where the policy does not say: the gateway's default is yes, the
    /// command's no.
    pub audit_required: Option<bool>,
    /// Milliseconds after which a sink that has not stored a record counts as failed.
    pub audit_deadline_ms: u32,
}

impl Settings {
    pub(crate) fn new(layer: &Layer) -> Self {
        let session = &layer.session;
        Settings {
            on_limit: match layer.on_limit {
                Some(OnLimit::Block) => Decision::Block,
                Some(OnLimit::Observe) | None => Decision::Observe,
            },
            session: SessionRules {
                id_required: session.id_required.unwrap_or_default(),
                grant_required: session.grant_required.unwrap_or_default(),
                max_blocks: session.max_blocks,
                max_findings: session.max_findings.clone().unwrap_or_default(),
            },
            audit_required: layer.audit.required,
            audit_deadline_ms: layer.audit.deadline_ms.unwrap_or(1000),
        }
    }
}
