//! One stream, two sinks.

use tamis_engine::{Finding, LimitHit, RuleIndex, Secret, Sink};

/// Delivers everything to both sinks, to the first one first.
#[derive(Clone, Debug, Default)]
pub struct Tee<A, B>(pub A, pub B);

impl<A: Sink, B: Sink> Sink for Tee<A, B> {
    fn text(&mut self, bytes: &[u8]) {
        self.0.text(bytes);
        self.1.text(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        self.0.finding(finding, secret);
        self.1.finding(finding, secret);
    }

    fn open(&mut self, finding: &Finding) {
        self.0.open(finding);
        self.1.open(finding);
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        self.0.part(rule, secret);
        self.1.part(rule, secret);
    }

    fn close(&mut self, finding: &Finding) {
        self.0.close(finding);
        self.1.close(finding);
    }

    fn limit(&mut self, limit: LimitHit) {
        self.0.limit(limit);
        self.1.limit(limit);
    }
}
