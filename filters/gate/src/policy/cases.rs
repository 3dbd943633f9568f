//! Tables of cases that a policy has to decide as they say: tests, kept beside the policy.

use std::collections::BTreeSet;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tamis_engine::{Confidence, Rule, Verdict};

use super::file::row_path;
use super::resolved::Policy;
use super::row::Place;
use super::ruling::{Facts, Lifetime};
use super::written::{Date, FingerprintText};
use crate::decision::Decision;
use crate::document::{Diagnostic, Document, Problem};
use crate::flow::{Destination, Direction, Flow, Surface};

/// A table of cases.
///
/// ```
/// use tamis::{PolicyFile, Timestamp, engine::Scanner, policy::CaseFile};
///
/// let policy = PolicyFile::load("tamis.toml", "default = 'block'").unwrap().policy();
/// let cases = CaseFile::load("tamis.test.toml", r#"
///     [[case]]
///     name = "a key goes nowhere"
///     rule = "github.pat-classic"
///     expect = "block"
/// "#).unwrap();
/// let results = cases.run(&policy, Scanner::new(tamis::rules::builtin()).rules(), Timestamp::UNIX_EPOCH);
/// assert!(results[0].failure.is_none());
/// ```
#[derive(Clone, Debug)]
pub struct CaseFile {
    written: WrittenCases,
    document: Document,
}

/// What a case came to.
#[derive(Clone, Debug, Serialize)]
pub struct CaseResult {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// What was expected and what came, if these differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl CaseFile {
    /// Reads a table: JSON if the name ends in `.json`, TOML otherwise.
    ///
    /// # Errors
    ///
    /// Every mistake, each with its place.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let mut document = Document::parse(name, text).map_err(|diagnostic| vec![diagnostic])?;
        let (written, mut diagnostics) = document.read::<WrittenCases>();
        if diagnostics.is_empty() && written.cases.is_empty() {
            diagnostics.push(document.diagnose(&[], Problem::BadValue, "the file has no [[case]]"));
        }
        if diagnostics.is_empty() { Ok(CaseFile { written, document }) } else { Err(diagnostics) }
    }

    /// The policy that the cases are for, as the file names it.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.written.policy.as_deref()
    }

    /// Decides all cases. `now` is when, for those that do not say.
    #[must_use]
    pub fn run(&self, policy: &Policy, rules: &[Rule], now: Timestamp) -> Vec<CaseResult> {
        let cases = self.written.cases.iter().enumerate();
        cases
            .map(|(i, case)| {
                let (line, column) = self.document.place(&row_path(&[], "case", i));
                let place = Place { file: self.document.name().to_owned(), line, column };
                CaseResult { name: case.name.clone(), place, failure: case.failure(policy, rules, now) }
            })
            .collect()
    }
}

/// A table as it is written.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Cases of a Tamis policy", rename = "Cases")]
pub(crate) struct WrittenCases {
    /// Where this schema is; for editors, ignored.
    #[serde(rename = "$schema")]
    #[schemars(rename = "$schema")]
    _schema: Option<String>,
    /// The policy, from this file's folder. `tamis.toml` unless told otherwise.
    policy: Option<String>,
    /// What it has to decide.
    #[serde(rename = "case")]
    cases: Vec<WrittenCase>,
}

/// A finding or, with `arguments`, a tool call in a stream, and what has to be decided.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Case")]
struct WrittenCase {
    /// What the case shows.
    name: String,
    /// Labels of the stream.
    #[serde(default)]
    labels: BTreeSet<String>,
    /// Where the text stands.
    surface: Option<Surface>,
    /// Which way it goes.
    direction: Option<Direction>,
    /// Where it goes to, or comes back from.
    #[serde(default)]
    #[schemars(with = "DestinationNames")]
    destination: Destination,
    /// The tool.
    tool: Option<String>,
    /// The file or resource.
    path: Option<String>,
    /// The agent.
    agent: Option<String>,
    /// Id of the rule that found it; its class follows.
    rule: Option<String>,
    /// The class, where no rule is named.
    class: Option<String>,
    /// How sure the finding is. `high` unless told otherwise.
    #[schemars(with = "Option<super::written::ConfidenceWord>")]
    confidence: Option<Confidence>,
    /// What the offline check said. `abstain` unless told otherwise.
    #[schemars(with = "Option<super::written::VerdictWord>")]
    verdict: Option<Verdict>,
    /// How long such a secret lives; follows from the rule.
    lifetime: Option<Lifetime>,
    /// Fingerprint of the secret.
    fingerprint: Option<FingerprintText>,
    /// Arguments of the tool call.
    arguments: Option<Map<String, Value>>,
    /// When it happens. Now unless told otherwise.
    now: Option<Date>,
    /// The decision.
    expect: Decision,
    /// Id of the row that decides.
    row: Option<String>,
    /// Id of the exception that lifts the row's decision; `none` where none may.
    exception: Option<String>,
    /// Whether tokens are put back.
    restore: Option<bool>,
}

/// The far end of a stream.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used")]
struct DestinationNames {
    /// Host name.
    host: Option<String>,
    /// The gateway's name for the way there.
    route: Option<String>,
    /// The model.
    model: Option<String>,
}

impl WrittenCase {
    fn flow(&self) -> Flow {
        Flow {
            surface: self.surface,
            direction: self.direction,
            destination: self.destination.clone(),
            tool: self.tool.clone(),
            path: self.path.clone(),
            agent: self.agent.clone(),
            labels: self.labels.clone(),
        }
    }

    /// What comes out otherwise than expected.
    fn failure(&self, policy: &Policy, rules: &[Rule], now: Timestamp) -> Option<String> {
        let flow = self.flow();
        let now = self.now.as_ref().map_or(now, Date::first);
        if let Some(arguments) = &self.arguments {
            let ruling = policy.rule_call(&flow, &Value::Object(arguments.clone()));
            return self.compare(ruling.decision.decision(), &ruling.row, None, None);
        }
        let rule = match self.rule.as_deref().map(|id| (id, rules.iter().find(|rule| rule.id == id))) {
            Some((id, None)) => return Some(format!("there is no rule {id}: see `tamis rules list`")),
            Some((_, found)) => found,
            None if self.class.is_none() => return Some("it names no rule, no class and no arguments".to_owned()),
            None => None,
        };
        let facts = Facts {
            rule: rule.map_or("", |rule| &rule.id),
            class: self.class.as_deref().or(rule.map(|rule| rule.class.as_str())).unwrap_or_default(),
            confidence: self.confidence.unwrap_or(Confidence::High),
            verdict: self.verdict.unwrap_or(Verdict::Abstain),
            lifetime: self.lifetime.or(rule.map(Lifetime::of)).unwrap_or(Lifetime::Unknown),
            fingerprint: self.fingerprint.as_ref().and_then(|text| text.0.parse().ok()),
        };
        let ruling = policy.rule(&flow, &facts, now);
        self.compare(
            ruling.decision,
            &ruling.row,
            ruling.exception.as_ref().map(|exception| exception.id()),
            Some(policy.restores(&flow, &facts).is_some()),
        )
    }

    fn compare(&self, decision: Decision, row: &str, exception: Option<&str>, restore: Option<bool>) -> Option<String> {
        let mut wrong = Vec::new();
        let by = exception.map_or_else(|| format!("by {row}"), |id| format!("by {row} and exception {id}"));
        if decision != self.expect {
            wrong.push(format!("expected {}, got {} {by}", self.expect.as_str(), decision.as_str()));
        }
        if let Some(wanted) = self.row.as_deref().filter(|wanted| *wanted != row) {
            wrong.push(format!("expected row {wanted}, got {row}"));
        }
        if let Some(wanted) = self.exception.as_deref().filter(|wanted| *wanted != exception.unwrap_or("none")) {
            wrong.push(format!("expected exception {wanted}, got {}", exception.unwrap_or("none")));
        }
        if self.restore.is_some() && self.restore != restore {
            wrong.push(format!("expected restore = {}", !restore.unwrap_or(false)));
        }
        (!wrong.is_empty()).then(|| wrong.join("; "))
    }
}
