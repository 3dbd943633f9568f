//! A policy that is ready to decide.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::condition::{Condition, Open};
use super::digest::PolicyDigest;
use super::exception::{Exception, ExceptionRules, ExceptionState};
use super::pattern::Patterns;
use super::row::Row;
use super::ruling::{Facts, Ruling, ToolRuling};
use super::settings::{Layer, Settings, decision_on_limit};
use super::tool::{ToolDecision, ToolRow};
use super::written::WrittenSession;
use crate::decision::Decision;
use crate::flow::Flow;
use crate::session::SessionRules;

/// Decides what may pass from where to where. Without a file it redacts what is more likely a finding than not, lets the
/// rest pass, and lets all tools be called.
///
/// ```
/// use tamis::{Confidence, Decision, Facts, Flow, Lifetime, Policy, PolicyFile, Timestamp, Verdict};
///
/// let file = PolicyFile::load("tamis.toml", r#"
///     [[boundary]]
///     id = "cards-stay"
///     class = "pii/payment-card"
///     destination.host = "*.example.com"
///     decision = "block"
/// "#).unwrap();
/// let policy = file.policy();
/// let mut flow = Flow::default();
/// flow.destination.host = Some("api.example.com".into());
/// let facts = Facts {
///     rule: "payment.card",
///     class: "pii/payment-card",
///     confidence: Confidence::High,
///     verdict: Verdict::Valid,
///     lifetime: Lifetime::Unknown,
///     fingerprint: None,
/// };
/// let ruling = policy.rule(&flow, &facts, Timestamp::UNIX_EPOCH);
/// assert_eq!((ruling.decision, &*ruling.row), (Decision::Block, "cards-stay"));
/// assert_eq!(Policy::default().rule(&flow, &facts, Timestamp::UNIX_EPOCH).decision, Decision::Redact);
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub(crate) rows: Vec<Row>,
    pub(crate) tool_rows: Vec<ToolRow>,
    pub(crate) exceptions: Vec<Arc<Exception>>,
    pub(crate) profiles: Vec<Profile>,
    pub(crate) base: Layer,
    pub(crate) digest: PolicyDigest,
}

/// What else holds where one of its labels is given.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) labels: Patterns,
    pub(crate) layer: Layer,
}

impl Profile {
    pub(crate) fn is_chosen_by(&self, flow: &Flow) -> bool {
        let route = flow.destination.route.as_ref().map(|route| format!("route={route}"));
        flow.labels.iter().map(String::as_str).chain(route.as_deref()).any(|label| self.labels.matches(label))
    }
}

impl Default for Policy {
    /// The policy that holds without a file.
    fn default() -> Self {
        super::PolicyFile::default().policy()
    }
}

impl Policy {
    /// The policy that decides every finding alike.
    ///
    /// ```
    /// let policy = tamis::Policy::everything(tamis::Decision::Block);
    /// assert_eq!(policy.summary()[..12], *"no boundary,");
    /// ```
    #[must_use]
    pub fn everything(decision: Decision) -> Self {
        Policy { rows: vec![Row { conditions: Vec::new(), ..Row::default(decision, None) }], ..Policy::default() }
    }

    /// What there is of it, for a person: `2 boundaries, 1 exception, digest 0a1b2c3d4e5f`.
    #[must_use]
    pub fn summary(&self) -> String {
        let some = |count: usize, one: &str, many: &str| match count {
            0 => format!("no {one}"),
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let own = self.rows.iter().filter(|row| row.place.is_some()).count();
        let tools = self.tool_rows.iter().filter(|row| row.place.is_some()).count();
        let parts = [
            Some(some(own, "boundary", "boundaries")),
            (tools > 0).then(|| some(tools, "tool row", "tool rows")),
            (!self.profiles.is_empty()).then(|| some(self.profiles.len(), "profile", "profiles")),
            (!self.exceptions.is_empty()).then(|| some(self.exceptions.len(), "exception", "exceptions")),
            Some(format!("digest {}", self.digest.short())),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether a finding in a stream, whatever its path, may become a token, for which a key is needed.
    #[must_use]
    pub fn tokenizes(&self, flow: &Flow) -> bool {
        let chosen = self.chosen(flow);
        let possible = |condition: &Condition| matches!(condition, Condition::Open(Open::Path, _)) || condition.holds_for(flow);
        self.rows.iter().any(|row| {
            row.decision == Decision::Tokenize && row.profile.is_none_or(|i| chosen.contains(&i)) && row.conditions.iter().all(possible)
        })
    }

    /// The name of the policy's content.
    #[must_use]
    pub fn digest(&self) -> PolicyDigest {
        self.digest
    }

    /// Decides a finding.
    #[must_use]
    pub fn rule(&self, flow: &Flow, facts: &Facts<'_>, now: Timestamp) -> Ruling {
        let chosen = self.chosen(flow);
        let row = self.row(flow, facts, &chosen);
        let mut ruling = Ruling { decision: row.decision, row: row.id.clone(), exception: None, lapsed: None };
        if row.decision == Decision::Allow || !row.exceptions {
            return ruling;
        }
        let mut rules = None;
        for exception in self.exceptions.iter().filter(|exception| exception.covers(flow, facts)) {
            let rules = *rules.get_or_insert_with(|| ExceptionRules::new(&self.layer(&chosen).exceptions));
            if exception.state(rules, now) == ExceptionState::Active {
                return Ruling { decision: Decision::Allow, exception: Some(exception.clone()), lapsed: None, ..ruling };
            }
            ruling.lapsed.get_or_insert_with(|| exception.clone());
        }
        ruling
    }

    /// Decides a tool call. `arguments` is the JSON object that the tool would get.
    #[must_use]
    pub fn rule_call(&self, flow: &Flow, arguments: &Value) -> ToolRuling {
        let chosen = self.chosen(flow);
        let is_chosen = |row: &&ToolRow| row.profile.is_none_or(|i| chosen.contains(&i));
        let row = self.tool_rows.iter().filter(is_chosen).find(|row| row.matches(flow, arguments));
        let row = row.expect("the last row matches everything");
        ToolRuling { decision: row.decision, row: row.id.clone() }
    }

    /// Decides a call of a tool whose arguments are not known yet, where they do not matter.
    #[must_use]
    pub fn rule_tool(&self, flow: &Flow) -> Option<ToolRuling> {
        let chosen = self.chosen(flow);
        let is_chosen = |row: &&ToolRow| row.profile.is_none_or(|i| chosen.contains(&i));
        let row = self.tool_rows.iter().filter(is_chosen).find(|row| row.is_about(flow))?;
        row.arguments.is_empty().then(|| ToolRuling { decision: row.decision, row: row.id.clone() })
    }

    /// Whether it has anything to say about tool calls: without it, all may be made and none is worth a record.
    #[must_use]
    pub fn guards_tools(&self) -> bool {
        self.tool_rows.iter().any(|row| row.place.is_some() || row.decision != ToolDecision::Allow)
    }

    /// The row that lets a token of this kind be put back in this stream, if one does.
    #[must_use]
    pub fn restores(&self, flow: &Flow, facts: &Facts<'_>) -> Option<&str> {
        let row = self.row(flow, facts, &self.chosen(flow));
        row.restore.then_some(&*row.id)
    }

    /// What happens where the stream hits a limit of the engine: [`Decision::Observe`] or [`Decision::Block`].
    #[must_use]
    pub fn on_limit(&self, flow: &Flow) -> Decision {
        let chosen = self.profiles.iter().filter(|profile| profile.is_chosen_by(flow)).map(|profile| &profile.layer);
        let told = chosen.chain([&self.base]).find_map(|layer| layer.on_limit);
        decision_on_limit(told)
    }

    /// The settings for a stream: those of its profiles over those of the file.
    #[must_use]
    pub fn settings(&self, flow: &Flow) -> Settings {
        Settings::new(&self.layer(&self.chosen(flow)))
    }

    /// When a session is refused or put in quarantine.
    #[must_use]
    pub fn session_rules(&self, flow: &Flow) -> SessionRules {
        self.settings(flow).session
    }

    /// Whether it matters by which route something goes.
    #[must_use]
    pub fn asks_for_route(&self) -> bool {
        let exceptions = self.exceptions.iter().map(|exception| &exception.conditions);
        let rows = self.rows.iter().map(|row| &row.conditions).chain(self.tool_rows.iter().map(|row| &row.conditions));
        let mut conditions = rows.chain(exceptions).flatten();
        !self.profiles.is_empty() || conditions.any(|condition| matches!(condition, Condition::Open(Open::Route, _)))
    }

    /// Whether it matters what time it is: exceptions end, and so do grants.
    #[must_use]
    pub fn asks_for_time(&self) -> bool {
        let mut layers = self.profiles.iter().map(|profile| &profile.layer).chain([&self.base]);
        !self.exceptions.is_empty() || layers.any(|layer| layer.session != WrittenSession::default())
    }

    /// Whether a stream needs fingerprints before its findings can be decided.
    #[must_use]
    pub fn asks_for_fingerprints(&self) -> bool {
        self.exceptions.iter().any(|exception| !exception.fingerprints.is_empty())
    }

    /// All exceptions, in the order of their files.
    #[must_use]
    pub fn exceptions(&self) -> &[Arc<Exception>] {
        &self.exceptions
    }

    /// Whether an exception is in force for a stream.
    #[must_use]
    pub fn state(&self, exception: &Exception, flow: &Flow, now: Timestamp) -> ExceptionState {
        exception.state(ExceptionRules::new(&self.layer(&self.chosen(flow)).exceptions), now)
    }

    /// Names of the profiles that hold for a stream.
    pub fn profiles<'p>(&'p self, flow: &'p Flow) -> impl Iterator<Item = &'p str> {
        self.profiles.iter().filter(|profile| profile.is_chosen_by(flow)).map(|profile| profile.name.as_str())
    }

    pub(crate) fn chosen(&self, flow: &Flow) -> BTreeSet<usize> {
        let profiles = self.profiles.iter().enumerate();
        profiles.filter(|(_, profile)| profile.is_chosen_by(flow)).map(|(i, _)| i).collect()
    }

    fn row(&self, flow: &Flow, facts: &Facts<'_>, chosen: &BTreeSet<usize>) -> &Row {
        let is_chosen = |row: &&Row| row.profile.is_none_or(|i| chosen.contains(&i));
        self.rows.iter().filter(is_chosen).find(|row| row.matches(flow, facts)).expect("the last row matches everything")
    }

    /// The settings of the file with those of the chosen profiles over them; of two profiles, the first one wins.
    fn layer(&self, chosen: &BTreeSet<usize>) -> Layer {
        let mut layer = self.base.clone();
        chosen.iter().rev().for_each(|i| layer.update(&self.profiles[*i].layer));
        layer
    }
}
