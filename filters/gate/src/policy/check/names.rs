//! Ids and names: each stands for one thing.

use std::collections::BTreeMap;

use tamis_engine::Rule;

use super::{List, Notes, boundaries};
use crate::document::{Document, Problem, Step};
use crate::policy::file::{PolicyFile, row_path};
use crate::policy::row::{DEFAULT, DEFAULT_LOW};

/// Finds ids that stand there twice, or for something else already.
pub(super) fn check(file: &PolicyFile, document: &Document, notes: &mut Notes) {
    let profiles = file.written.profiles.iter().map(|profile| profile.name.0.as_str());
    unique("profile", profiles.enumerate().map(|(i, name)| (name, with_key(row_path(&[], "profile", i), "name"))), document, notes);
    let boundaries: Vec<_> = file.boundary_lists().collect();
    unique("boundary", ids(&boundaries, |row| &row.id.0), document, notes);
    let tools: Vec<_> = file.tool_lists().collect();
    unique("tool", ids(&tools, |row| &row.id.0), document, notes);
}

fn ids<'l, T>(lists: &'l [List<'_, T>], id: fn(&T) -> &str) -> impl Iterator<Item = (&'l str, Vec<Step<'l>>)> {
    lists.iter().flat_map(move |list| list.rows.iter().enumerate().map(move |(i, row)| (id(row), list.path_to(i, "id"))))
}

fn with_key<'p>(mut path: Vec<Step<'p>>, key: &'p str) -> Vec<Step<'p>> {
    path.push(Step::Value(key));
    path
}

fn unique<'n>(what: &str, all: impl Iterator<Item = (&'n str, Vec<Step<'n>>)>, document: &Document, notes: &mut Notes) {
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for (id, path) in all {
        if what != "profile" && (id == DEFAULT_LOW || id == DEFAULT || id.ends_with(".default")) {
            let message = format!("{what} {id}: that is the id of a row that every policy ends with: choose another");
            notes.add(document, &path, Problem::DuplicateId, message);
        }
        let (line, _) = document.place(&path);
        match seen.get(id) {
            Some(first) => {
                let message = format!("{what} {id}: this id is taken by line {first}: reports could not tell them apart");
                notes.add(document, &path, Problem::DuplicateId, message);
            }
            None => {
                seen.insert(id, line);
            }
        }
    }
}

/// Finds classes of session rules that no rule has.
pub(super) fn check_session(file: &PolicyFile, document: &Document, rules: &[Rule], notes: &mut Notes) {
    let profiles = file.written.profiles.iter().enumerate();
    let sessions = profiles.map(|(i, p)| (row_path(&[], "profile", i), &p.session)).chain([(Vec::new(), &file.written.session)]);
    for (mut path, session) in sessions {
        path.extend([Step::Value("session"), Step::Value("max_findings")]);
        for class in session.max_findings.iter().flat_map(BTreeMap::keys) {
            let mut path = path.clone();
            path.push(Step::Key(class));
            if let Some(reason) = boundaries::unknown_class(class, rules) {
                notes.add(document, &path, Problem::NeverMatches, format!("session: {reason}"));
            }
        }
    }
}
