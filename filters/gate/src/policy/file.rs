//! From the text of a policy to the policy.

use std::sync::Arc;

use super::digest::PolicyDigest;
use super::exception::Exception;
use super::pattern::{Kind, Patterns};
use super::resolved::{Policy, Profile};
use super::row::{Place, Row};
use super::settings::Layer;
use super::tool::{ToolDecision, ToolRow};
use super::written::{Written, WrittenBoundary, WrittenException, WrittenExceptions, WrittenTool};
use crate::decision::Decision;
use crate::document::{Diagnostic, Document, Step};

/// A policy as it was read, with the exceptions that belong to it.
#[derive(Clone, Debug, Default)]
pub struct PolicyFile {
    pub(crate) written: Written,
    pub(crate) document: Option<Document>,
    /// Files of exceptions alone.
    pub(crate) exceptions: Vec<(Vec<WrittenException>, Document)>,
    /// Whether something could not be read.
    pub(crate) broken: bool,
}

impl PolicyFile {
    /// Reads a policy: JSON if the name ends in `.json`, TOML otherwise. The name is also what errors give.
    ///
    /// # Errors
    ///
    /// Every mistake that keeps the text from being read, each with its place: a policy that is half understood is none.
    pub fn load(name: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let (file, diagnostics) = PolicyFile::inspect(name, text);
        if diagnostics.is_empty() { Ok(file) } else { Err(diagnostics) }
    }

    /// Reads what can be read, and tells what cannot: to [`check`](PolicyFile::check) a policy that is not whole.
    #[must_use]
    pub fn inspect(name: &str, text: &str) -> (Self, Vec<Diagnostic>) {
        match Document::parse(name, text) {
            Ok(mut document) => {
                let (written, diagnostics) = document.read();
                let broken = !diagnostics.is_empty();
                (PolicyFile { written, document: Some(document), exceptions: Vec::new(), broken }, diagnostics)
            }
            Err(diagnostic) => (PolicyFile::default(), vec![diagnostic]),
        }
    }

    /// Adds a file of exceptions.
    ///
    /// # Errors
    ///
    /// As [`load`](PolicyFile::load).
    pub fn add_exceptions(&mut self, name: &str, text: &str) -> Result<(), Vec<Diagnostic>> {
        let diagnostics = self.inspect_exceptions(name, text);
        if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
    }

    /// Adds what can be read of a file of exceptions, and tells what cannot.
    #[must_use]
    pub fn inspect_exceptions(&mut self, name: &str, text: &str) -> Vec<Diagnostic> {
        match Document::parse(name, text) {
            Ok(mut document) => {
                let (written, diagnostics) = document.read::<WrittenExceptions>();
                self.exceptions.push((written.exceptions, document));
                diagnostics
            }
            Err(diagnostic) => vec![diagnostic],
        }
    }

    /// The policy, ready to decide.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let written = &self.written;
        let profiles = written.profiles.iter().map(|profile| Profile {
            name: profile.name.0.clone(),
            labels: profile.labels.as_ref().map_or_else(
                || Patterns::new([profile.name.0.as_str()], Kind::Name),
                |labels| Patterns::new(labels.0.iter().map(|label| label.0.as_str()), Kind::Name),
            ),
            layer: Layer::of_profile(profile),
        });
        Policy {
            rows: self.rows(),
            tool_rows: self.tool_rows(),
            exceptions: self.exceptions(),
            profiles: profiles.collect(),
            base: Layer::of_file(written),
            digest: self.digest(),
        }
    }

    /// First the profiles' rows, then the file's, then what holds for the rest.
    fn rows(&self) -> Vec<Row> {
        let written = &self.written;
        let mut rows = Vec::new();
        let own = |path: &[Step<'_>], boundaries: &[WrittenBoundary], profile| {
            let numbered = boundaries.iter().enumerate();
            numbered.map(|(i, b)| Row::new(b, self.place(&row_path(path, "boundary", i)), profile)).collect::<Vec<_>>()
        };
        for (i, profile) in written.profiles.iter().enumerate() {
            rows.extend(own(&[Step::Value("profile"), Step::Item(i)], &profile.boundaries, Some(i)));
        }
        rows.extend(own(&[], &written.boundaries, None));
        for (i, profile) in written.profiles.iter().enumerate() {
            rows.extend(profile.default.map(|decision| Row::default(decision, Some((i, &profile.name.0)))));
        }
        rows.push(Row::default(written.default.unwrap_or(Decision::Redact), None));
        rows.push(Row::default_low());
        rows
    }

    fn tool_rows(&self) -> Vec<ToolRow> {
        let written = &self.written;
        let mut rows = Vec::new();
        let own = |path: &[Step<'_>], tools: &[WrittenTool], profile| {
            let numbered = tools.iter().enumerate();
            numbered.map(|(i, tool)| ToolRow::new(tool, self.place(&row_path(path, "tool", i)), profile)).collect::<Vec<_>>()
        };
        for (i, profile) in written.profiles.iter().enumerate() {
            rows.extend(own(&[Step::Value("profile"), Step::Item(i)], &profile.tool_rows, Some(i)));
        }
        rows.extend(own(&[], &written.tool_rows, None));
        // A list of what is allowed is a list of all that is allowed.
        let unless_told = |rows: &[WrittenTool]| (!rows.is_empty()).then_some(ToolDecision::Block);
        for (i, profile) in written.profiles.iter().enumerate() {
            let decision = profile.tools.default.or_else(|| unless_told(&profile.tool_rows));
            rows.extend(decision.map(|decision| ToolRow::default(decision, Some((i, &profile.name.0)))));
        }
        let decision = written.tools.default.or_else(|| unless_told(&written.tool_rows));
        rows.push(ToolRow::default(decision.unwrap_or(ToolDecision::Allow), None));
        rows
    }

    fn exceptions(&self) -> Vec<Arc<Exception>> {
        let inside = self.document.iter().map(|document| (&self.written.exception_rows, document));
        let files = inside.chain(self.exceptions.iter().map(|(all, document)| (all, document)));
        files
            .flat_map(|(all, document)| {
                let numbered = all.iter().enumerate();
                numbered.map(move |(i, exception)| Arc::new(Exception::new(exception, place(document, &row_path(&[], "exception", i)))))
            })
            .collect()
    }

    fn place(&self, path: &[Step<'_>]) -> Place {
        self.document.as_ref().map_or_else(|| Place { file: String::new(), line: 1, column: 1 }, |document| place(document, path))
    }

    /// SHA-256 of what the policy says. Exceptions come and go and are not a part of it: each use of one is recorded.
    fn digest(&self) -> PolicyDigest {
        let canonical = serde_json_canonicalizer::to_vec(&self.written);
        PolicyDigest::of(&canonical.expect("a policy is plain data"))
    }
}

fn place(document: &Document, path: &[Step<'_>]) -> Place {
    let (line, column) = document.place(path);
    Place { file: document.name().to_owned(), line, column }
}

/// The path to a row of a list.
pub(crate) fn row_path<'p>(path: &[Step<'p>], list: &'p str, i: usize) -> Vec<Step<'p>> {
    path.iter().copied().chain([Step::Value(list), Step::Item(i)]).collect()
}
