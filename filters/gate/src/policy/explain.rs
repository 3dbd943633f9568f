//! Why a finding is decided the way it is: every row, and what keeps it from deciding.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::condition::Condition;
use super::exception::ExceptionState;
use super::resolved::Policy;
use super::row::Place;
use super::ruling::{Facts, Ruling, ToolRuling};
use crate::decision::Decision;
use crate::flow::Flow;

/// A ruling with all that led to it.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation<'p> {
    /// What was decided: on a finding, or on a tool call.
    #[serde(flatten)]
    pub answer: Answer,
    /// The profiles that the labels chose.
    pub profiles: Vec<&'p str>,
    /// Every row, from the top down.
    pub rows: Vec<RowReason<'p>>,
    /// The exceptions that are for this finding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionReason<'p>>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// On a finding.
    Finding(Ruling),
    /// On a tool call.
    Call(ToolRuling),
}

/// A row, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct RowReason<'p> {
    /// Id of the row.
    pub id: &'p str,
    /// What it would decide.
    pub decision: Decision,
    /// Why it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'p str>,
    /// Where it stands; nowhere, if every policy has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<&'p Place>,
    /// What came of it.
    pub outcome: Outcome,
    /// The conditions that do not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misses: Vec<Miss>,
}

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It decides.
    Decides,
    /// A condition does not hold.
    DoesNotMatch,
    /// It would match too, and an earlier row decides.
    TooLate,
    /// Its profile was not chosen.
    OtherProfile,
}

/// A condition that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// Its key.
    pub key: String,
    /// What it asks for.
    pub wanted: String,
    /// What there is; nothing, where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

/// An exception that is for the finding.
#[derive(Clone, Debug, Serialize)]
pub struct ExceptionReason<'p> {
    /// Id of the exception.
    pub id: &'p str,
    /// Where it stands.
    pub place: &'p Place,
    /// Whether it is in force.
    pub state: ExceptionState,
}

impl Policy {
    /// Decides a finding as [`rule`](Policy::rule) does, and says why.
    #[must_use]
    pub fn explain<'p>(&'p self, flow: &'p Flow, facts: &Facts<'_>, now: Timestamp) -> Explanation<'p> {
        let chosen = self.chosen(flow);
        let mut decided = false;
        let rows = self.rows.iter().map(|row| {
            let misses = misses(&row.conditions, flow, facts);
            let outcome = outcome(row.profile.is_none_or(|i| chosen.contains(&i)), misses.is_empty(), &mut decided);
            let place = row.place.as_ref();
            RowReason { id: &row.id, decision: row.decision, note: row.note.as_deref(), place, outcome, misses }
        });
        let exceptions = self.exceptions.iter().filter(|exception| exception.covers(flow, facts));
        Explanation {
            rows: rows.collect(),
            answer: Answer::Finding(self.rule(flow, facts, now)),
            profiles: self.profiles(flow).collect(),
            exceptions: exceptions
                .map(|exception| ExceptionReason { id: &exception.id, place: &exception.place, state: self.state(exception, flow, now) })
                .collect(),
        }
    }

    /// Decides a tool call as [`rule_call`](Policy::rule_call) does, and says why.
    #[must_use]
    pub fn explain_call<'p>(&'p self, flow: &'p Flow, arguments: &Value) -> Explanation<'p> {
        let chosen = self.chosen(flow);
        let mut decided = false;
        let rows = self.tool_rows.iter().map(|row| {
            let mut misses: Vec<Miss> =
                row.conditions.iter().filter(|condition| !condition.holds_for(flow)).map(|c| flow_miss(c, flow)).collect();
            // The value of an argument may be what must not be shown.
            misses.extend(row.arguments.iter().filter(|argument| !argument.holds(arguments)).map(|argument| Miss {
                key: format!("argument {}", argument.name()),
                wanted: argument.to_string(),
                actual: None,
            }));
            let outcome = outcome(row.profile.is_none_or(|i| chosen.contains(&i)), misses.is_empty(), &mut decided);
            let (note, place) = (row.note.as_deref(), row.place.as_ref());
            RowReason { id: &row.id, decision: row.decision.decision(), note, place, outcome, misses }
        });
        Explanation {
            rows: rows.collect(),
            answer: Answer::Call(self.rule_call(flow, arguments)),
            profiles: self.profiles(flow).collect(),
            exceptions: Vec::new(),
        }
    }
}

fn outcome(chosen: bool, matches: bool, decided: &mut bool) -> Outcome {
    match (chosen, matches) {
        (false, _) => Outcome::OtherProfile,
        (_, false) => Outcome::DoesNotMatch,
        _ if *decided => Outcome::TooLate,
        _ => {
            *decided = true;
            Outcome::Decides
        }
    }
}

fn misses(conditions: &[Condition], flow: &Flow, facts: &Facts<'_>) -> Vec<Miss> {
    let failed = conditions.iter().filter(|condition| !condition.holds(flow, facts));
    failed
        .map(|condition| Miss {
            key: condition.key().to_owned(),
            wanted: condition.to_string(),
            actual: condition.actual(flow, facts).map(str::to_owned),
        })
        .collect()
}

fn flow_miss(condition: &Condition, flow: &Flow) -> Miss {
    let actual = match condition {
        Condition::Open(open, _) => open.of(flow).map(str::to_owned),
        _ => None,
    };
    Miss { key: condition.key().to_owned(), wanted: condition.to_string(), actual }
}
