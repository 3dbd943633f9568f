//! From a document to what it says, with every mistake in it.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::node::{Kind, Step};
use super::{Diagnostic, Document, Problem};

impl Document {
    /// Reads the document as a `T`, which has to have a default for everything at its top. What cannot be read is told
    /// and taken out: an unknown key alone, a bad value with the whole row that it stands in.
    pub(crate) fn read<T: DeserializeOwned + Default>(&mut self) -> (T, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        loop {
            let error = match serde_path_to_error::deserialize::<_, T>(self.root.to_value()) {
                Ok(read) => return (read, diagnostics),
                Err(error) => error,
            };
            let reason = error.inner().to_string();
            let mut path = steps(error.path());
            let unknown = reason.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')).map(|(key, _)| key);
            if let Some(key) = unknown {
                if path.last() != Some(&Step::Value(key)) {
                    path.push(Step::Value(key));
                }
                if let Some(last) = path.last_mut() {
                    *last = Step::Key(key);
                }
                diagnostics.push(self.diagnose(&path, Problem::UnknownKey, unknown_key(key, &reason)));
            } else {
                diagnostics.push(self.diagnose(&path, Problem::BadValue, bad_value(&reason)));
                path = self.row(path);
            }
            if !self.root.remove(&path) {
                return (T::default(), diagnostics);
            }
        }
    }

    /// The path to the innermost table of a list on this path, or the first step of it.
    fn row<'p>(&self, mut path: Vec<Step<'p>>) -> Vec<Step<'p>> {
        path.truncate(self.root.locate(&path).steps);
        let is_row = |path: &[Step<'_>]| {
            matches!(path.last(), Some(Step::Item(_))) && self.root.find(path).is_some_and(|node| matches!(node.kind, Kind::Table(_)))
        };
        while path.len() > 1 && !is_row(&path) {
            path.pop();
        }
        path
    }
}

fn steps(path: &Path) -> Vec<Step<'_>> {
    path.iter()
        .map_while(|segment| match segment {
            Segment::Seq { index } => Some(Step::Item(*index)),
            Segment::Map { key } => Some(Step::Value(key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// `unknown field …, expected one of …` with the key that was most likely meant instead of all of them.
fn unknown_key(key: &str, reason: &str) -> String {
    let known: Vec<&str> = reason.split('`').skip(3).step_by(2).collect();
    match closest(key, &known) {
        Some(meant) => format!("unknown key `{key}`: did you mean `{meant}`?"),
        None => format!("unknown key `{key}`: one of {} is expected", known.join(", ")),
    }
}

fn bad_value(reason: &str) -> String {
    let Some(rest) = reason.strip_prefix("unknown variant `") else { return reason.to_owned() };
    let Some((word, _)) = rest.split_once('`') else { return reason.to_owned() };
    let known: Vec<&str> = reason.split('`').skip(3).step_by(2).collect();
    match closest(word, &known) {
        Some(meant) => format!("unknown word `{word}`: did you mean `{meant}`?"),
        None => format!("unknown word `{word}`: one of {} is expected", known.join(", ")),
    }
}

/// The known word that was most likely meant.
pub(crate) fn closest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let distance = |other: &str| strsim::damerau_levenshtein(word, other);
    let near = known.iter().copied().min_by_key(|other| distance(other))?;
    (distance(near) <= 2.max(word.len() / 4)).then_some(near)
}
