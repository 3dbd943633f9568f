//! What goes into a decision and what comes out of it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use tamis_engine::{Confidence, Finding, Rule, Scanner, Verdict};

use super::exception::Exception;
use super::tool::ToolDecision;
use crate::decision::Decision;
use crate::fingerprint::Fingerprint;

/// How long a secret of a kind stays valid after it leaked, as far as its kind tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lifetime {
    /// It expires on its own within hours or days: session credentials, job tokens.
    Short,
    /// It is valid until somebody rotates it: keys, passwords, webhooks.
    Long,
    /// Its kind does not tell.
    Unknown,
}

impl Lifetime {
    /// All lifetimes.
    pub const ALL: [Lifetime; 3] = [Lifetime::Short, Lifetime::Long, Lifetime::Unknown];

    /// The word used in files, flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Lifetime::Short => "short",
            Lifetime::Long => "long",
            Lifetime::Unknown => "unknown",
        }
    }

    /// What the rule's tags or, without one of `lifetime:short` and `lifetime:long`, its class say.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        let tagged = rule.tags.iter().find_map(|tag| match tag.as_str() {
            "lifetime:short" => Some(Lifetime::Short),
            "lifetime:long" => Some(Lifetime::Long),
            _ => None,
        });
        tagged.unwrap_or_else(|| match rule.class.strip_prefix("secret/") {
            // Bearer and session tokens of all sorts: some live for an hour, some for ever.
            None | Some("token") => Lifetime::Unknown,
            Some(_) => Lifetime::Long,
        })
    }
}

impl Lifetime {
    /// What the token itself says, and where it says nothing its rule.
    #[must_use]
    pub fn of_finding(finding: &Finding, rule: &Rule) -> Self {
        match finding.told.temporary() {
            Some(true) => Lifetime::Short,
            Some(false) => Lifetime::Long,
            None => Lifetime::of(rule),
        }
    }
}

/// What a policy may ask about a finding. It holds no byte of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Id of the rule.
    pub rule: &'a str,
    /// Class path.
    pub class: &'a str,
    /// How sure the engine is.
    pub confidence: Confidence,
    /// What the validator said.
    pub verdict: Verdict,
    /// How long such a secret lives.
    pub lifetime: Lifetime,
    /// Names the secret; not known yet where a long finding starts.
    pub fingerprint: Option<Fingerprint>,
}

impl<'a> Facts<'a> {
    /// The facts of a finding of this rule.
    #[must_use]
    pub fn new(finding: &Finding, rule: &'a Rule, fingerprint: Option<Fingerprint>) -> Self {
        let Finding { confidence, verdict, .. } = *finding;
        Facts { rule: &rule.id, class: &rule.class, confidence, verdict, lifetime: Lifetime::of_finding(finding, rule), fingerprint }
    }

    /// The facts of a value that the rule of this id found earlier, when all that is left of it is a token. How sure
    /// the finding was is not known any more, so rows that ask for it do not match.
    #[must_use]
    pub fn recalled(rule: &'a str, scanner: &'a Scanner) -> Self {
        let known = scanner.rules().iter().find(|known| known.id == rule);
        Facts {
            rule,
            class: known.map_or("", |known| &known.class),
            confidence: Confidence::Low,
            verdict: Verdict::Abstain,
            lifetime: known.map_or(Lifetime::Unknown, Lifetime::of),
            fingerprint: None,
        }
    }
}

/// A decision with its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ruling {
    /// What to do.
    pub decision: Decision,
    /// Id of the row that decided.
    #[serde(serialize_with = "text")]
    pub row: Arc<str>,
    /// The exception that lifted what the row says, if one did.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub exception: Option<Arc<Exception>>,
    /// An exception that would have lifted it, and is not in force.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub lapsed: Option<Arc<Exception>>,
}

/// A decision on a tool call, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolRuling {
    /// What to do.
    pub decision: ToolDecision,
    /// Id of the row that decided.
    #[serde(serialize_with = "text")]
    pub row: Arc<str>,
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Of an exception, its id tells enough.
#[expect(clippy::ref_option, reason = "serde asks for it")]
fn id<S: Serializer>(exception: &Option<Arc<Exception>>, serializer: S) -> Result<S::Ok, S::Error> {
    exception.as_ref().map(|exception| exception.id()).serialize(serializer)
}
