//! A finding as reports tell it.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tamis_engine::{Confidence, Rule, Verdict};

use crate::commit::{Commit, Origin};
use crate::engine::Layer;
use crate::fingerprint::Fingerprint;
use crate::policy::{Lifetime, Ruling};
use crate::record::Located;

/// Where a finding stands, beyond its lines and columns. The default is a stream without a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place<'a> {
    /// The file. Where there is none it is a stream without a name or, with a commit, the commit's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'a str>,
    /// The commit that added it, where history was read.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub commit: Option<&'a Commit>,
    /// Whether the secret still stands in the last commit, where history was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_head: Option<bool>,
    /// Who seems to have written it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<&'a Origin>,
    /// The page where it can be looked at, where the repository's host has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// A file, or a stream without a name.
    ///
    /// ```
    /// assert_eq!(tamis::Place::file(None), tamis::Place::default());
    /// ```
    #[must_use]
    pub fn file(path: Option<&'a str>) -> Self {
        Place { path, ..Place::default() }
    }
}

/// From where to where something stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Extent {
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
}

impl Extent {
    /// Where this stands.
    #[must_use]
    pub fn of(located: &Located) -> Self {
        let Located { finding, start, end, .. } = located;
        Extent {
            start: finding.span.start,
            end: finding.span.end,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        }
    }
}

/// Another part of a credential: its id, or who it belongs to.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Part<'a> {
    /// Id of the rule that found it.
    pub rule: &'a str,
    /// Where it stands in its text.
    #[serde(flatten)]
    pub at: Extent,
    /// The cloud account that it opens, where it tells.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "account")]
    pub account: Option<u64>,
    /// Names it without telling it.
    pub fingerprint: Fingerprint,
}

impl<'a> Part<'a> {
    /// What a rule found as a part.
    #[must_use]
    pub fn new(located: &Located, rule: &'a Rule) -> Self {
        Part { rule: &rule.id, at: Extent::of(located), account: located.finding.told.account(), fingerprint: located.fingerprint }
    }
}

/// An account's twelve digits.
fn account<S: Serializer>(account: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:012}", account.unwrap_or_default()))
}

fn moment(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok()
}

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
    /// File, commit and origin.
    #[serde(flatten)]
    pub place: Place<'a>,
    /// Where it stands in its text.
    #[serde(flatten)]
    pub at: Extent,
    /// Encodings that were undone, outermost first.
    pub layers: &'a [Layer],
    /// The cloud account that the token opens, where it tells.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "account")]
    pub account: Option<u64>,
    /// When the token says that it was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Timestamp>,
    /// When the token says that it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// Whether the token lives short or long, where it tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<Lifetime>,
    /// The rest of the credential, where it stands near.
    #[serde(skip_serializing_if = "<[Part]>::is_empty")]
    pub parts: &'a [Part<'a>],
    /// Names the secret without telling it.
    pub fingerprint: Fingerprint,
    /// What a policy decided, and by which row, where there is one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<&'a Ruling>,
}

impl<'a> Report<'a> {
    /// The report of a finding of this rule.
    #[must_use]
    pub fn new(located: &'a Located, rule: &'a Rule, place: Place<'a>) -> Self {
        let finding = &located.finding;
        Report {
            rule: &rule.id,
            class: &rule.class,
            confidence: finding.confidence,
            verdict: finding.verdict,
            place,
            at: Extent::of(located),
            layers: finding.layer.as_slice(),
            account: finding.told.account(),
            issued: finding.told.issued().and_then(moment),
            expires: finding.told.expires().and_then(moment),
            lifetime: finding.told.temporary().map(|ends| if ends { Lifetime::Short } else { Lifetime::Long }),
            parts: &[],
            fingerprint: located.fingerprint,
            ruling: None,
        }
    }
}
