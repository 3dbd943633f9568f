//! One condition of a row.

use core::fmt;

use tamis_engine::{Confidence, Verdict};

use super::Lifetime;
use super::pattern::{Kind, Patterns};
use super::ruling::Facts;
use super::written::{Many, PatternText, WrittenBoundary, WrittenDestination};
use crate::flow::{Direction, Flow, Surface};

/// What a row asks of a finding and its stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Class(Patterns),
    Rule(Patterns),
    Confidence(Confidence),
    Verdict(Vec<Verdict>),
    Lifetime(Vec<Lifetime>),
    Surface(Vec<Surface>),
    Direction(Direction),
    Open(Open, Patterns),
}

/// What can be named freely, and is matched by patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    Host,
    Route,
    Model,
    Tool,
    Path,
    Agent,
}

impl Open {
    pub(crate) const ALL: [Open; 6] = [Open::Host, Open::Route, Open::Model, Open::Tool, Open::Path, Open::Agent];

    /// The key as it is written.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Open::Host => "destination.host",
            Open::Route => "destination.route",
            Open::Model => "destination.model",
            Open::Tool => "tool",
            Open::Path => "path",
            Open::Agent => "agent",
        }
    }

    /// What is known of it.
    pub(crate) fn of(self, flow: &Flow) -> Option<&str> {
        match self {
            Open::Host => flow.destination.host.as_deref(),
            Open::Route => flow.destination.route.as_deref(),
            Open::Model => flow.destination.model.as_deref(),
            Open::Tool => flow.tool.as_deref(),
            Open::Path => flow.path.as_deref(),
            Open::Agent => flow.agent.as_deref(),
        }
    }

    fn kind(self) -> Kind {
        match self {
            Open::Host => Kind::Host,
            Open::Path => Kind::Path,
            _ => Kind::Name,
        }
    }

    fn wants(self, texts: Option<&Many<PatternText>>) -> Option<Condition> {
        texts.map(|texts| Condition::Open(self, patterns(texts, self.kind())))
    }
}

impl Condition {
    /// The conditions of a boundary.
    pub(crate) fn of_boundary(row: &WrittenBoundary) -> Vec<Condition> {
        let mut conditions = Vec::new();
        conditions.extend(row.class.as_ref().map(|texts| Condition::Class(patterns(texts, Kind::Class))));
        conditions.extend(row.rule.as_ref().map(|texts| Condition::Rule(patterns(texts, Kind::Name))));
        conditions.extend(row.confidence.map(Condition::Confidence));
        conditions.extend(row.verdict.as_ref().map(|all| Condition::Verdict(all.0.clone())));
        conditions.extend(row.lifetime.as_ref().map(|all| Condition::Lifetime(all.0.clone())));
        conditions.extend(row.surface.as_ref().map(|all| Condition::Surface(all.0.clone())));
        conditions.extend(row.direction.map(Condition::Direction));
        conditions.extend(Condition::of_destination(row.destination.as_ref()));
        conditions.extend(Open::Tool.wants(row.tool.as_ref()));
        conditions.extend(Open::Path.wants(row.path.as_ref()));
        conditions.extend(Open::Agent.wants(row.agent.as_ref()));
        conditions
    }

    /// The conditions on the far end.
    pub(crate) fn of_destination(destination: Option<&WrittenDestination>) -> Vec<Condition> {
        let Some(WrittenDestination { host, route, model }) = destination else { return Vec::new() };
        let all = [Open::Host.wants(host.as_ref()), Open::Route.wants(route.as_ref()), Open::Model.wants(model.as_ref())];
        all.into_iter().flatten().collect()
    }

    /// The condition on one thing that is named freely.
    pub(crate) fn of_open(open: Open, texts: Option<&Many<PatternText>>) -> Option<Condition> {
        open.wants(texts)
    }

    /// Whether it holds. What is not known meets no condition.
    pub(crate) fn holds(&self, flow: &Flow, facts: &Facts<'_>) -> bool {
        match self {
            Condition::Class(patterns) => patterns.matches(facts.class),
            Condition::Rule(patterns) => patterns.matches(facts.rule),
            Condition::Confidence(least) => facts.confidence >= *least,
            Condition::Verdict(all) => all.contains(&facts.verdict),
            Condition::Lifetime(all) => all.contains(&facts.lifetime),
            _ => self.holds_for(flow),
        }
    }

    /// Whether it holds for a stream, whatever is found in it.
    pub(crate) fn holds_for(&self, flow: &Flow) -> bool {
        match self {
            Condition::Surface(all) => flow.surface.is_some_and(|surface| all.contains(&surface)),
            Condition::Direction(one) => flow.direction == Some(*one),
            Condition::Open(open, patterns) => open.of(flow).is_some_and(|text| patterns.matches(text)),
            _ => true,
        }
    }

    /// The key that it is written with.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Condition::Class(_) => "class",
            Condition::Rule(_) => "rule",
            Condition::Confidence(_) => "confidence",
            Condition::Verdict(_) => "verdict",
            Condition::Lifetime(_) => "lifetime",
            Condition::Surface(_) => "surface",
            Condition::Direction(_) => "direction",
            Condition::Open(open, _) => open.key(),
        }
    }

    /// What there is instead, for a person.
    pub(crate) fn actual<'a>(&self, flow: &'a Flow, facts: &Facts<'a>) -> Option<&'a str> {
        let actual = match self {
            Condition::Class(_) => Some(facts.class),
            Condition::Rule(_) => Some(facts.rule),
            Condition::Confidence(_) => Some(facts.confidence.as_str()),
            Condition::Verdict(_) => Some(facts.verdict.as_str()),
            Condition::Lifetime(_) => Some(facts.lifetime.as_str()),
            Condition::Surface(_) => flow.surface.map(Surface::as_str),
            Condition::Direction(_) => flow.direction.map(Direction::as_str),
            Condition::Open(open, _) => open.of(flow),
        };
        actual.filter(|text| !text.is_empty())
    }
}

/// What it asks for, for a person.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |words: Vec<&str>| words.join(", ");
        match self {
            Condition::Class(patterns) | Condition::Rule(patterns) | Condition::Open(_, patterns) => patterns.fmt(f),
            Condition::Confidence(Confidence::Certain) => f.write_str("certain"),
            Condition::Confidence(least) => write!(f, "{} or above", least.as_str()),
            Condition::Verdict(all) => f.write_str(&words(all.iter().map(|v| v.as_str()).collect())),
            Condition::Lifetime(all) => f.write_str(&words(all.iter().map(|v| v.as_str()).collect())),
            Condition::Surface(all) => f.write_str(&words(all.iter().map(|v| v.as_str()).collect())),
            Condition::Direction(one) => f.write_str(one.as_str()),
        }
    }
}

/// A list of patterns as it is written.
pub(crate) fn patterns(texts: &Many<PatternText>, kind: Kind) -> Patterns {
    Patterns::new(texts.0.iter().map(|text| text.0.as_str()), kind)
}
