//! Where events are to go.

use super::{Notes, PolicyFile, row_path};
use crate::document::{Diagnostic, Document, Problem, Step};
use crate::policy::written::WrittenAudit;

impl PolicyFile {
    /// Tells sinks that whoever writes to them cannot make sense of: `wrong` says why, or nothing.
    ///
    /// ```
    /// use tamis::PolicyFile;
    ///
    /// let (file, _) = PolicyFile::inspect("tamis.toml", "audit.sinks = ['ftp://logs.example']\n");
    /// let found = file.check_sinks(|sink| sink.starts_with("ftp:").then(|| "no sink is like that".to_owned()));
    /// assert_eq!(found[0].to_string(), "tamis.toml:1:16: audit sink `ftp://logs.example`: no sink is like that");
    /// ```
    #[must_use]
    pub fn check_sinks(&self, wrong: impl Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let mut notes = Notes { found: Vec::new() };
        let Some(document) = &self.document else { return notes.found };
        for (path, audit) in sections(self) {
            for (i, sink) in audit.sinks.iter().flatten().enumerate() {
                if let Some(why) = wrong(sink) {
                    let path: Vec<Step<'_>> = path.iter().copied().chain([Step::Value("sinks"), Step::Item(i)]).collect();
                    notes.add(document, &path, Problem::BadValue, format!("audit sink `{sink}`: {why}"));
                }
            }
        }
        notes.found
    }
}

/// Finds deadlines that nothing can keep.
pub(super) fn check(file: &PolicyFile, document: &Document, notes: &mut Notes) {
    for (mut path, audit) in sections(file) {
        if audit.deadline_ms == Some(0) {
            path.push(Step::Value("deadline_ms"));
            notes.add(document, &path, Problem::BadValue, "no sink stores anything in no time: give 1 or more");
        }
    }
}

/// What each profile and the file itself say about the log, with the way to it.
fn sections(file: &PolicyFile) -> impl Iterator<Item = (Vec<Step<'_>>, &WrittenAudit)> {
    let profiles = file.written.profiles.iter().enumerate();
    let own = profiles.map(|(i, profile)| (row_path(&[], "profile", i), &profile.audit));
    own.chain([(Vec::new(), &file.written.audit)]).map(|(mut path, audit)| {
        path.push(Step::Value("audit"));
        (path, audit)
    })
}
