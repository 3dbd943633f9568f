//! From a finding to the event about it.

use tamis_engine::Rule;

use super::what::FindingDecided;
use crate::decision::Decision;
use crate::name::Name;
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
}
