//! Where a stream delivers what it has decided.

use crate::finding::{Finding, LimitHit, RuleIndex, Secret};

/// Receives a stream's bytes and findings, in order and without gaps: every byte pushed arrives exactly once, either
/// as [`text`](Sink::text), or inside a [`finding`](Sink::finding), or between [`open`](Sink::open) and
/// [`close`](Sink::close).
///
/// Most findings are small and arrive whole. One that may be long, such as a private key block, is opened as soon as
/// it is certain that it is one, flows through [`part`](Sink::part), and is closed where it ends; so it is never
/// buffered whole.
pub trait Sink {
    /// Bytes that belong to no finding.
    fn text(&mut self, bytes: &[u8]);

    /// A whole finding.
    fn finding(&mut self, finding: &Finding, secret: Secret<'_>);

    /// A long finding of this rule starts here; `finding.span` is empty as its end is not known.
    fn open(&mut self, finding: &Finding) {
        let _ = finding;
    }

    /// More bytes of the open finding.
    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        let _ = (rule, secret);
    }

    /// The open finding ends; `finding.span` is now right.
    fn close(&mut self, finding: &Finding) {
        let _ = finding;
    }

    /// A limit was hit. Nothing was lost: bytes go on as text.
    fn limit(&mut self, limit: LimitHit) {
        let _ = limit;
    }
}

/// Collects findings, drops the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What was found, in stream order.
    pub found: Vec<Finding>,
    /// The limits that were hit.
    pub limits: Vec<LimitHit>,
}

impl Sink for Findings {
    fn text(&mut self, _: &[u8]) {}

    fn finding(&mut self, finding: &Finding, _: Secret<'_>) {
        self.found.push(*finding);
    }

    fn close(&mut self, finding: &Finding) {
        self.found.push(*finding);
    }

    fn limit(&mut self, limit: LimitHit) {
        self.limits.push(limit);
    }
}
