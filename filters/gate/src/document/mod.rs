//! A configuration file with the place of every value, from TOML or JSON.

mod diagnostic;
mod json;
mod node;
mod read;
mod toml;

pub use diagnostic::{Diagnostic, Level, Problem};
use node::Node;
pub(crate) use node::Step;
pub(crate) use read::closest;

/// A configuration file that was parsed. Its text stays at hand, for the lines and columns of what is said about it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    name: String,
    text: String,
    root: Node,
}

impl Document {
    /// Parses a file: JSON if its name ends so, TOML otherwise.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Diagnostic> {
        let root = if name.ends_with(".json") { json::parse(text) } else { toml::parse(text) };
        match root {
            Ok(root) => Ok(Document { name: name.to_owned(), text: text.to_owned(), root }),
            Err((at, reason)) => Err(Diagnostic::at(name, text, at, Problem::Syntax, reason)),
        }
    }

    /// The name that it was given.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Says something about the place that the path leads to, or the last place on the way that exists.
    pub(crate) fn diagnose(&self, path: &[Step<'_>], problem: Problem, message: impl Into<String>) -> Diagnostic {
        Diagnostic::at(&self.name, &self.text, self.root.locate(path).at, problem, message)
    }

    /// The bytes of the value that the path leads to.
    pub(crate) fn span(&self, path: &[Step<'_>]) -> Option<core::ops::Range<usize>> {
        self.root.find(path).map(|node| node.at..node.end)
    }

    /// Line and column of the place that the path leads to.
    pub(crate) fn place(&self, path: &[Step<'_>]) -> (u64, u64) {
        diagnostic::place(&self.text, self.root.locate(path).at)
    }
}
