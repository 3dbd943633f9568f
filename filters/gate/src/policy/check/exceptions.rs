//! Exceptions that are not in force, or reach too far.

use std::collections::BTreeMap;

use jiff::Timestamp;
use tamis_engine::Rule;

use super::Notes;
use super::boundaries::{destination, each, unknown_rule};
use crate::document::{Document, Problem, Step};
use crate::policy::exception::{Exception, ExceptionRules, ExceptionState};
use crate::policy::file::{PolicyFile, row_path};
use crate::policy::row::Place;
use crate::policy::written::{WrittenException, WrittenScope};

/// Looks at all exceptions, those of the policy and those of files of their own.
pub(super) fn check(file: &PolicyFile, rules: &[Rule], now: Timestamp, notes: &mut Notes) {
    let limits = ExceptionRules::new(&file.written.exceptions);
    let inside = file.document.iter().map(|document| (&file.written.exception_rows, document));
    let files = inside.chain(file.exceptions.iter().map(|(all, document)| (all, document)));
    let mut seen: BTreeMap<&str, Place> = BTreeMap::new();
    for (all, document) in files {
        for (i, written) in all.iter().enumerate() {
            let path = |key: &'static str| -> Vec<Step<'static>> {
                row_path(&[], "exception", i).into_iter().chain(key.split('.').filter(|key| !key.is_empty()).map(Step::Value)).collect()
            };
            let (line, column) = document.place(&path("id"));
            let place = Place { file: document.name().to_owned(), line, column };
            if let Some(first) = seen.get(written.id.0.as_str()) {
                let message = format!("exception {}: this id is taken at {first}", written.id.0);
                notes.add(document, &path("id"), Problem::DuplicateId, message);
            }
            state(written, limits, now, document, &path, notes);
            scope(&written.scope, &written.id.0, rules, document, &path, notes);
            seen.entry(&written.id.0).or_insert(place);
        }
    }
}

type Path<'p> = dyn Fn(&'static str) -> Vec<Step<'static>> + 'p;

fn state(written: &WrittenException, limits: ExceptionRules, now: Timestamp, document: &Document, path: &Path<'_>, notes: &mut Notes) {
    let id = &written.id.0;
    let exception = Exception::new(written, Place { file: String::new(), line: 0, column: 0 });
    if exception.expires <= exception.created {
        let message = format!("exception {id}: it expires before it is created");
        return notes.add(document, &path("expires"), Problem::Contradiction, message);
    }
    let (key, problem, what) = match exception.state(limits, now) {
        ExceptionState::Active => return,
        ExceptionState::Expired => {
            ("expires", Problem::Expired, format!("it expired on {}: take it out, or have it approved anew", &*written.expires))
        }
        ExceptionState::TooLong => {
            ("expires", Problem::TooLong, format!("it lasts longer than the {} days that the policy allows", limits.max_days))
        }
        ExceptionState::NotYet => ("created", Problem::NotInForce, format!("it holds from {} on only", &*written.created)),
        ExceptionState::SelfApproved => ("approved_by", Problem::NotInForce, "who asked for it may not approve it".to_owned()),
        ExceptionState::NoTicket => ("", Problem::NotInForce, "the policy asks for a ticket".to_owned()),
    };
    notes.add(document, &path(key), problem, format!("exception {id}: {what}"));
}

fn scope(scope: &WrittenScope, id: &str, rules: &[Rule], document: &Document, path: &Path<'_>, notes: &mut Notes) {
    let mut add = |key: &str, item: Option<usize>, problem, message: String| {
        let mut path: Vec<Step<'_>> = path("scope");
        path.extend(key.split('.').filter(|key| !key.is_empty()).map(Step::Value));
        path.extend(item.map(Step::Item));
        notes.add(document, &path, problem, format!("exception {id}: {message}"));
    };
    each(scope.rule.as_ref(), |item, text| {
        unknown_rule(text, rules).inspect(|why| add("rule", item, Problem::NeverMatches, why.clone()));
    });
    destination(scope.destination.as_ref(), &mut add);
    if *scope == WrittenScope::default() {
        add("", None, Problem::NeverMatches, "its scope is empty, so it is for nothing: name a fingerprint or a rule".to_owned());
    } else if scope.fingerprint.is_none() && scope.rule.is_none() {
        add("", None, Problem::Risky, "its scope names no fingerprint and no rule: secrets of any kind pass there".to_owned());
    }
}
