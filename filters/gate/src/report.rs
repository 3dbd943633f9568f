//! A finding as reports tell it.

use serde::Serialize;
use tamis_engine::{Confidence, Rule, Verdict};

use crate::engine::Layer;
use crate::fingerprint::Fingerprint;
use crate::policy::Ruling;
use crate::record::Located;

/// One finding, for a report. The fields serialise in this order; none of them holds a byte of the secret.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Report<'a> {
    /// Id of the rule, `provider.kind`.
    pub rule: &'a str,
    /// What was found, a path.
    pub class: &'a str,
    /// How sure the engine is.
    pub confidence: Confidence,
    /// What the validator said.
    pub verdict: Verdict,
    /// The file, unless the stream has no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    /// The commit that added it, where history was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<&'a str>,
    /// Offset of the first byte, from 0.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
    /// Line of the first byte, from 1.
    pub line: u64,
    /// Column of the first byte, in bytes from 1.
    pub column: u64,
    /// Line of the byte after the last.
    pub end_line: u64,
    /// Column of the byte after the last.
    pub end_column: u64,
    /// Encodings that were undone, outermost first.
    pub layers: &'a [Layer],
    /// Names the secret without telling it.
    pub fingerprint: Fingerprint,
    /// What a policy decided, and by which row, where there is one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<&'a Ruling>,
}

impl<'a> Report<'a> {
    /// The report of a finding of this rule.
    #[must_use]
    pub fn new(located: &'a Located, rule: &'a Rule, path: Option<&'a str>) -> Self {
        let finding = &located.finding;
        Report {
            rule: &rule.id,
            class: &rule.class,
            confidence: finding.confidence,
            verdict: finding.verdict,
            path,
            commit: None,
            start: finding.span.start,
            end: finding.span.end,
            line: located.start.line,
            column: located.start.column,
            end_line: located.end.line,
            end_column: located.end.column,
            layers: finding.layer.as_slice(),
            fingerprint: located.fingerprint,
            ruling: None,
        }
    }
}
