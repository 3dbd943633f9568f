//! Exceptions as they are written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boundary::WrittenDestination;
use super::date::Date;
use super::values::{Id, Many, PatternText};

/// A file of exceptions, apart from the policy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Tamis exceptions", rename = "Exceptions")]
pub(crate) struct WrittenExceptions {
    /// Where this schema is; for editors, ignored.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    #[schemars(rename = "$schema")]
    pub(crate) schema: Option<String>,
    /// Exceptions to the boundaries.
    #[serde(rename = "exception", skip_serializing_if = "Vec::is_empty")]
    pub(crate) exceptions: Vec<WrittenException>,
}

/// One exception: until it expires, findings in its scope pass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Exception")]
pub(crate) struct WrittenException {
    /// Names the exception in reports and logs.
    pub(crate) id: Id,
    /// What it is for.
    pub(crate) scope: WrittenScope,
    /// Why.
    pub(crate) reason: Reason,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// Who asked for it.
    pub(crate) requested_by: String,
    /// Who approved it.
    pub(crate) approved_by: String,
    /// Where it was talked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<String>,
    /// From when on it holds.
    pub(crate) created: Date,
    /// Until when it holds; a day counts to its end.
    pub(crate) expires: Date,
}

/// What an exception is for: findings that match all that is said here, of which there has to be something.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "Scope", extend("minProperties" = 1))]
pub(crate) struct WrittenScope {
    /// Fingerprints of secrets: 32 hexadecimal digits, or the first 12 of them or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<Many<FingerprintStart>>,
    /// Ids of rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<Many<PatternText>>,
    /// Paths, as boundaries write them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<Many<PatternText>>,
    /// Where it goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) destination: Option<WrittenDestination>,
}

/// Why an exception is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It is no secret.
    FalsePositive,
    /// It is one, and worth nothing outside of tests.
    UsedInTests,
    /// It is one, and will be taken out.
    WillFixLater,
    /// It is one, and may go there.
    ApprovedFlow,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 4] = [Reason::FalsePositive, Reason::UsedInTests, Reason::WillFixLater, Reason::ApprovedFlow];

    /// The word used in files, flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::FalsePositive => "false-positive",
            Reason::UsedInTests => "used-in-tests",
            Reason::WillFixLater => "will-fix-later",
            Reason::ApprovedFlow => "approved-flow",
        }
    }
}

super::values::checked_text! {
    /// A fingerprint as reports show it.
    FingerprintText, { "type": "string", "pattern": "^[0-9a-f]{32}$" }, no_fingerprint
}

super::values::checked_text! {
    /// A fingerprint, or the first 12 of its digits or more: so many tell the secrets of one project apart.
    FingerprintStart, { "type": "string", "pattern": "^[0-9a-f]{12,32}$" }, no_start
}

fn no_fingerprint(text: &str) -> Option<&'static str> {
    let good = text.len() == 32 && is_hex(text);
    (!good).then_some("is no fingerprint: it has 32 hexadecimal digits, as `tamis scan --format jsonl` shows it")
}

fn no_start(text: &str) -> Option<&'static str> {
    let good = (12..=32).contains(&text.len()) && is_hex(text);
    (!good).then_some("is no fingerprint: it has 32 hexadecimal digits, the first 12 of which are enough, as `tamis scan` shows them")
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
}
