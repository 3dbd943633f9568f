//! From a finding to the event about it.

use tamis_engine::Rule;

use super::what::{ExceptionRefused, ExceptionUsed, FindingDecided, What};
use crate::decision::Decision;
use crate::gate::Decided;
use crate::name::Name;
use crate::policy::{Exception, ExceptionState};
use crate::record::Located;

impl FindingDecided {
    /// A finding of this rule, and what becomes of it by default.
    #[must_use]
    pub fn new(located: &Located, rule: &Rule, decision: Decision) -> Self {
        let finding = &located.finding;
        FindingDecided {
            class: Name::new(&rule.class),
            column: Some(located.start.column),
            confidence: finding.confidence,
            decision,
            end: finding.span.end,
            exception: None,
            fingerprint: located.fingerprint,
            layers: finding.layer.into_iter().collect(),
            line: Some(located.start.line),
            row: None,
            rule: Name::new(&rule.id),
            start: finding.span.start,
            verdict: finding.verdict,
        }
    }

    /// What a policy decided on a finding of this rule: the finding, and what exceptions had to do with it. `state` tells the
    /// state of an exception that does not apply.
    pub fn events(decided: &Decided, rule: &Rule, state: impl FnOnce(&Exception) -> ExceptionState) -> Vec<What> {
        let Decided { located, ruling, .. } = decided;
        let mut events = vec![What::Finding(FindingDecided {
            row: Some(Name::new(&ruling.row)),
            exception: ruling.exception.as_ref().map(|exception| Name::new(exception.id())),
            ..FindingDecided::new(located, rule, ruling.decision)
        })];
        events.extend(ruling.exception.as_ref().map(|exception| {
            What::ExceptionUsed(ExceptionUsed {
                approved_by: Name::new(exception.approved_by()),
                exception: Name::new(exception.id()),
                expires: exception.expires(),
                fingerprint: located.fingerprint,
                rule: Name::new(&rule.id),
            })
        }));
        events.extend(ruling.lapsed.as_ref().map(|exception| {
            What::ExceptionRefused(ExceptionRefused {
                exception: Name::new(exception.id()),
                fingerprint: Some(located.fingerprint),
                why: Name::new(state(exception).as_str()),
            })
        }));
        events
    }
}
