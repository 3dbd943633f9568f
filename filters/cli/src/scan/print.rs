//! What becomes of a finding: it is decided, counted, recorded and reported.

use tamis::{Decided, Decision, Part, Place, Scanner, Timestamp};

use super::totals::Totals;
use crate::audit::Record;
use crate::context::Seen;
use crate::failure::{Exit, Failure, complain};
use crate::ignores::Ignores;
use crate::judge::Judge;
use crate::report::{End, Found, Reports};

/// Takes findings in the order of their places.
pub(crate) struct Printer<'s> {
    pub(super) scanner: &'s Scanner,
    pub(super) judge: &'s Judge,
    pub(super) ignores: Ignores,
    pub(super) reports: Reports,
    /// The audit log, if one is wanted.
    pub(super) record: Option<Record>,
    pub(super) started: Timestamp,
    /// Whether what the last commit no longer holds is only told, where no policy decides.
    pub(super) pass_removed: bool,
    /// Whether nobody wants a summary.
    pub(super) quiet: bool,
}

impl Printer<'_> {
    /// Decides a finding, counts it, records it in any case and reports it, with the reason why it does not count if so.
    /// `first` is whether it is the first one of its file. Gives what was decided, and [`Decision::Allow`] for what does not
    /// count for another reason.
    pub(crate) fn found(&mut self, place: Place<'_>, seen: &Seen, totals: &mut Totals, first: &mut bool) -> Decision {
        let rule = self.scanner.rule(seen.located.finding.rule);
        let mut decided = self.judge.decide(place, seen.located, rule);
        if self.pass_removed && place.in_head == Some(false) && !self.judge.has_policy() {
            decided.ruling.decision = Decision::Observe;
        }
        let suppression = self.ignores.suppression(place, seen, &decided, rule);
        totals.found(&decided, suppression.is_some(), first);
        if let Some(record) = &mut self.record {
            record.finding(place, &decided, rule);
            for part in &seen.parts {
                let decided = Decided { located: *part, ..decided.clone() };
                record.finding(place, &decided, self.scanner.rule(part.finding.rule));
            }
        }
        // What the policy allows as such is none of a report's business.
        if decided.ruling.decision == Decision::Allow && suppression.is_none() {
            return Decision::Allow;
        }
        let by_policy = self.judge.has_policy();
        let parts: Vec<Part<'_>> = seen.parts.iter().map(|part| Part::new(part, self.scanner.rule(part.finding.rule))).collect();
        self.reports.finding(&Found {
            place,
            decided: &decided,
            rule,
            parts: &parts,
            excerpt: &seen.excerpt,
            suppression: suppression.as_ref(),
            by_policy,
        });
        if suppression.is_some() { Decision::Allow } else { decided.ruling.decision }
    }

    /// Stores and writes out what is still in memory. `all_searched` says that stale entries of baselines can be told.
    pub(super) fn finish(self, totals: &Totals, all_searched: bool) -> Result<(), Failure> {
        if let Some(record) = self.record {
            record.close(totals.bytes())?;
        }
        let complete = totals.exit() != Exit::Error;
        let end = End { started: self.started, ended: Timestamp::now(), complete, summary: totals.to_string() };
        let told = self.reports.human && !self.quiet;
        self.reports.finish(&end)?;
        self.ignores.tell(all_searched && complete);
        if told {
            complain(totals);
        }
        Ok(())
    }
}
