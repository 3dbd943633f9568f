//! Reports: what a scan found, in the forms that people and other programs read. One file a form.

mod advice;
mod bounded;
mod github;
mod gitlab;
mod html;
mod human;
mod jsonl;
mod junit;
mod markdown;
mod open;
mod sarif;
mod severity;

use std::io::{self, Write};

use tamis::{Decided, Fingerprint, Located, Part, Place, Rule, Timestamp};

use crate::context::Excerpt;
use crate::failure::one_line;
use crate::ignores::Suppression;

pub(crate) use open::{Format, Reports, Target};
use severity::Severity;

/// A finding as reports see it. None of it holds a byte of the secret.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) decided: &'a Decided,
    pub(crate) rule: &'a Rule,
    /// The rest of the credential, where it stands near.
    pub(crate) parts: &'a [Part<'a>],
    pub(crate) excerpt: &'a Excerpt,
    /// Why it does not count, if so.
    pub(crate) suppression: Option<&'a Suppression>,
    /// Whether a policy decided, and not flags alone.
    pub(crate) by_policy: bool,
}

impl Found<'_> {
    fn located(&self) -> &Located {
        &self.decided.located
    }

    fn fingerprint(&self) -> Fingerprint {
        self.located().fingerprint
    }

    fn severity(&self) -> Severity {
        Severity::of(self.rule, self.located().finding.confidence)
    }

    /// The path of the file from where the scan started, or what stands for one.
    fn path(&self) -> String {
        match (self.place.path, self.place.commit) {
            (Some(path), _) => path.strip_prefix("./").unwrap_or(path).to_owned(),
            (None, Some(_)) => "<commit message>".to_owned(),
            (None, None) => "<stdin>".to_owned(),
        }
    }

    /// The same in one line, for people.
    fn name(&self) -> String {
        one_line(&self.path())
    }

    /// First and last column in characters from 1, the last one not included.
    fn columns(&self) -> (u64, u64) {
        let located = self.located();
        let start = located.start.column.saturating_sub(self.excerpt.more_before as u64).max(1);
        let end = if located.start.line == located.end.line {
            let more = self.excerpt.more_before + self.excerpt.more_bytes;
            located.end.column.saturating_sub(more as u64).max(start)
        } else {
            located.end.column
        };
        (start, end)
    }
}

/// What there is to say when all is read.
pub(crate) struct End {
    pub(crate) started: Timestamp,
    pub(crate) ended: Timestamp,
    /// Whether all was read that was to be read.
    pub(crate) complete: bool,
    /// What it came to, in one line.
    pub(crate) summary: String,
}

/// One form of a report. Findings come in the order of their places.
pub(crate) trait Reporter {
    /// Takes note of a finding.
    fn finding(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()>;

    /// Writes what is left. Gives a line about what the report had to leave out.
    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>>;
}
