//! Findings in history and diffs, told one by one.

use std::path::Path;
use std::sync::Arc;

use tamis::{Author, Commit, Decision, Fingerprint, Origin, Place, Rule};

use super::exclude::Exclude;
use super::print::Printer;
use super::totals::Totals;
use crate::context::Seen;
use crate::failure::{complain, one_line};
use crate::git::Hosting;
use crate::origin::Tally;

/// A finding, and all that is known of its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) seen: Seen,
    pub(crate) path: Option<Arc<str>>,
    pub(crate) commit: Option<Arc<Commit>>,
    pub(crate) in_head: Option<bool>,
    pub(crate) origin: Option<Arc<Origin>>,
}

impl Placed {
    /// Where it begins in its file.
    pub(crate) fn start(&self) -> u64 {
        self.seen.located.finding.span.start
    }

    fn place<'a>(&'a self, link: Option<&'a str>) -> Place<'a> {
        let (path, commit, origin) = (self.path.as_deref(), self.commit.as_deref(), self.origin.as_deref());
        Place { path, commit, in_head: self.in_head, origin, link }
    }

    /// The page where it can be looked at.
    fn link(&self, hosting: &Hosting) -> Option<String> {
        let line = self.seen.located.start.line;
        hosting.link(&self.commit.as_ref()?.id, self.path.as_deref().map(|path| (path, line)))
    }
}

/// Hands findings to the printer, and keeps account of where they come from.
pub(crate) struct Teller<'t, 's> {
    printer: &'t mut Printer<'s>,
    /// Only commits by these count. What has no mark counts as a person's, so that every commit is somebody's.
    by: Option<Author>,
    /// Nothing is told of these files.
    exclude: Exclude,
    /// Where commits can be looked at.
    pub(crate) hosting: Option<Hosting>,
    pub(crate) totals: Totals,
    pub(crate) tally: Tally,
    /// What is gone from the last commit, and has to be rotated all the same.
    removed: Vec<(Fingerprint, String)>,
    /// Place of the last finding, so that files are counted once.
    last: Option<Where>,
}

/// The file and the commit of a finding.
type Where = (Option<Arc<str>>, Option<Arc<Commit>>);

impl<'t, 's> Teller<'t, 's> {
    pub(crate) fn new(printer: &'t mut Printer<'s>, by: Option<Author>, exclude: Exclude) -> Self {
        let (totals, tally) = (Totals::default(), Tally::default());
        Teller { printer, by, exclude, hosting: None, totals, tally, removed: Vec::new(), last: None }
    }

    /// Tells a finding.
    pub(crate) fn tell(&mut self, placed: &Placed) {
        if placed.path.as_deref().is_some_and(|path| self.exclude.covers(Path::new(path), false)) {
            return;
        }
        let link = self.hosting.as_ref().and_then(|hosting| placed.link(hosting));
        let place = placed.place(link.as_deref());
        if self.by.is_some_and(|by| by != place.origin.map_or(Author::Human, |origin| origin.by)) {
            return self.totals.by_others();
        }
        let here = Some((placed.path.clone(), placed.commit.clone()));
        let mut first = self.last != here;
        self.last = here;
        let decision = self.printer.found(place, &placed.seen, &mut self.totals, &mut first);
        if decision != Decision::Allow {
            self.tally.finding(place.origin);
            if placed.in_head == Some(false) {
                let rule = self.printer.scanner.rule(placed.seen.located.finding.rule);
                self.rotate(placed, rule);
            }
        }
    }

    fn rotate(&mut self, placed: &Placed, rule: &Rule) {
        let fingerprint = placed.seen.located.fingerprint;
        if self.removed.iter().any(|(known, _)| *known == fingerprint) {
            return;
        }
        let commit = placed.commit.as_ref().map_or("", |commit| &commit.id[..commit.id.len().min(12)]);
        let path = placed.path.as_deref().map_or("its message".into(), one_line);
        let place = rule.revoke.as_ref().map(|url| format!(": {url}")).unwrap_or_default();
        self.removed.push((fingerprint, format!("rotate: {} in commit {commit}, {path}{place}", rule.title)));
    }

    /// Says on standard error what the findings do not say one by one.
    pub(crate) fn sum_up(&self) {
        self.tally.lines().iter().for_each(complain);
        if !self.removed.is_empty() {
            complain("gone from the last commit, but not from history:");
            self.removed.iter().for_each(|(_, line)| complain(line));
        }
    }
}
