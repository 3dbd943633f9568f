//! What makes a finding not count: an exception of the policy, a baseline, a comment beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use tamis::policy::Exception;
use tamis::{Decided, Decision, Place, Rule, Timestamp};

use crate::baseline::{Baseline, Entry};
use crate::context::{Allow, Mark, Seen};
use crate::failure::{complain, one_line};

/// Why a finding does not count.
#[derive(Clone, Debug)]
pub(crate) enum Suppression {
    /// An exception of the policy.
    Exception(Arc<Exception>),
    /// An entry of a baseline.
    Baseline(Entry),
    /// A comment of Tamis.
    Comment(Allow),
    /// A comment of another scanner.
    Peer(&'static str),
}

impl Suppression {
    /// Whether it stands beside the finding.
    pub(crate) fn is_in_source(&self) -> bool {
        matches!(self, Suppression::Comment(_) | Suppression::Peer(_))
    }

    /// Why, in words.
    pub(crate) fn why(&self) -> String {
        let until = |end: Option<Timestamp>| end.map(|end| format!(" (until {})", end.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
        match self {
            Suppression::Exception(exception) => {
                let note = exception.note().map(|note| format!(": {note}")).unwrap_or_default();
                format!("exception {}: {}{note}{}", exception.id(), exception.reason().as_str(), until(Some(exception.expires())))
            }
            Suppression::Baseline(entry) => format!("baseline: {}{}", entry.reason, until(entry.until())),
            Suppression::Comment(allow) => format!("{}{}", allow.reason, until(allow.until)),
            Suppression::Peer(words) => (*words).to_owned(),
        }
    }
}

/// Decides what counts, and keeps account of what was of use.
pub(crate) struct Ignores {
    baselines: Vec<Baseline>,
    /// Whether comments in the text are honoured.
    comments: bool,
    now: Timestamp,
    /// What there is to complain about, each line once.
    complaints: BTreeSet<String>,
}

impl Ignores {
    pub(crate) fn new(baselines: Vec<Baseline>, comments: bool, now: Timestamp) -> Self {
        Ignores { baselines, comments, now, complaints: BTreeSet::new() }
    }

    /// Why the finding does not count, if so. What a row of the policy allows, nothing else has to suppress.
    pub(crate) fn suppression(&mut self, place: Place<'_>, seen: &Seen, decided: &Decided, rule: &Rule) -> Option<Suppression> {
        // Each is asked, so that an entry of use is not taken for a stale one because of a comment.
        let baseline = self.baseline(seen);
        let comment = if self.comments { self.comment(place, seen, rule) } else { None };
        match decided.ruling.decision {
            Decision::Allow => decided.ruling.exception.clone().map(Suppression::Exception),
            _ => comment.or(baseline),
        }
    }

    fn baseline(&mut self, seen: &Seen) -> Option<Suppression> {
        let mut suppression = None;
        for baseline in &mut self.baselines {
            let Some(entry) = baseline.find(seen.located.fingerprint) else { continue };
            if entry.until().is_none_or(|until| self.now < until) {
                suppression.get_or_insert(Suppression::Baseline(entry));
            } else {
                let until = entry.until.as_deref().unwrap_or_default();
                self.complaints.insert(format!("baseline entry expired on {until}: {}", entry.name()));
            }
        }
        suppression
    }

    fn comment(&mut self, place: Place<'_>, seen: &Seen, rule: &Rule) -> Option<Suppression> {
        let name = || format!("{}:{}", one_line(place.path.unwrap_or("<stdin>")), seen.located.start.line);
        let mut suppression = None;
        for mark in &seen.marks {
            match mark {
                Mark::Peer(words) => {
                    suppression.get_or_insert(Suppression::Peer(words));
                }
                Mark::Own(allow) if !allow.covers(&rule.id) => {}
                Mark::Own(allow) if allow.until.is_some_and(|until| self.now >= until) => {
                    self.complaints.insert(format!("tamis:allow has expired: {}", name()));
                }
                Mark::Own(allow) => suppression = Some(Suppression::Comment(allow.clone())),
                Mark::Broken(why) => {
                    self.complaints.insert(format!("tamis:allow is not honoured: {}: {why}", name()));
                }
            }
        }
        suppression
    }

    /// Tells what could not be honoured and, where all was searched that the baselines are for, which entries are of no use
    /// any more.
    pub(crate) fn tell(&self, all_searched: bool) {
        self.complaints.iter().for_each(complain);
        for baseline in self.baselines.iter().filter(|_| all_searched) {
            baseline.tell_stale();
        }
    }
}
