//! What is wrong with a policy that can be read.

mod audit;
mod boundaries;
mod exceptions;
mod names;
mod reach;
mod tools;

use jiff::Timestamp;
use tamis_engine::Rule;

use super::file::{PolicyFile, row_path};
use super::written::{WrittenBoundary, WrittenTool};
use crate::document::{Diagnostic, Document, Problem, Step};

impl PolicyFile {
    /// Says what is wrong with the policy: ids that stand there twice, rows that cannot be reached or match nothing,
    /// contradictions, and exceptions that are not in force. `rules` are those that will run. In the order of the files.
    ///
    /// ```
    /// use tamis::{PolicyFile, Timestamp, engine::Scanner};
    ///
    /// let text = "[[boundary]]\nid = 'a'\nclass = 'secrets'\ndecision = 'block'\n";
    /// let (file, unreadable) = PolicyFile::inspect("tamis.toml", text);
    /// assert!(unreadable.is_empty());
    /// let found = file.check(Scanner::new(tamis::rules::builtin()).rules(), Timestamp::UNIX_EPOCH);
    /// assert_eq!(found[0].to_string(), "tamis.toml:3:9: boundary a: no rule has class `secrets`: did you mean `secret`?");
    /// ```
    #[must_use]
    pub fn check(&self, rules: &[Rule], now: Timestamp) -> Vec<Diagnostic> {
        let mut notes = Notes { found: Vec::new() };
        if let Some(document) = &self.document {
            names::check(self, document, &mut notes);
            for list in self.boundary_lists() {
                boundaries::check(&list, document, rules, &mut notes);
                // What could not be read left wider rows behind.
                if !self.broken {
                    reach::check(&list, document, rules, &mut notes);
                }
            }
            for list in self.tool_lists() {
                tools::check(&list, document, self.broken, &mut notes);
            }
            tools::check_default(self, document, &mut notes);
            names::check_session(self, document, rules, &mut notes);
            audit::check(self, document, &mut notes);
        }
        exceptions::check(self, rules, now, &mut notes);
        notes.found.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        notes.found
    }

    /// The boundaries of each profile and those of the file, with the way to them.
    fn boundary_lists(&self) -> impl Iterator<Item = List<'_, WrittenBoundary>> {
        let profiles = self.written.profiles.iter().enumerate();
        let own = profiles.map(|(i, p)| List { path: profile_path(i), name: "boundary", rows: &p.boundaries });
        own.chain([List { path: Vec::new(), name: "boundary", rows: &self.written.boundaries }])
    }

    fn tool_lists(&self) -> impl Iterator<Item = List<'_, WrittenTool>> {
        let profiles = self.written.profiles.iter().enumerate();
        let own = profiles.map(|(i, p)| List { path: profile_path(i), name: "tool", rows: &p.tool_rows });
        own.chain([List { path: Vec::new(), name: "tool", rows: &self.written.tool_rows }])
    }
}

fn profile_path<'p>(i: usize) -> Vec<Step<'p>> {
    row_path(&[], "profile", i)
}

/// Rows that are read from the top down.
struct List<'f, T> {
    path: Vec<Step<'f>>,
    name: &'static str,
    rows: &'f [T],
}

impl<T> List<'_, T> {
    /// The way to a key of a row, such as `destination.host`.
    fn path_to<'p>(&'p self, row: usize, key: &'p str) -> Vec<Step<'p>> {
        let mut path = row_path(&self.path, self.name, row);
        path.extend(key.split('.').map(Step::Value));
        path
    }
}

/// What was found so far.
struct Notes {
    found: Vec<Diagnostic>,
}

impl Notes {
    fn add(&mut self, document: &Document, path: &[Step<'_>], problem: Problem, message: impl Into<String>) {
        self.found.push(document.diagnose(path, problem, message));
    }
}
