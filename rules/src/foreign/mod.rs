//! Rule files of other scanners: what they say in this engine's terms, or why it cannot be said.
//!
//! Conversion is pure: text in, rules and conditions out. `docs/foreign-rules.md` lists what is honoured.

mod filter;
mod gitleaks;
mod kingfisher;
mod rule;
mod translate;
mod tree;
mod words;

use tamis_engine::RuleSpec;

use crate::condition::{Allow, Condition, Scope};
use crate::format::LoadError;
use crate::{Loaded, Proof};
use tree::{Fault, Item};

/// Whose format a rule file is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Our own.
    Tamis,
    /// TOML of gitleaks and betterleaks.
    Gitleaks,
    /// YAML of Nosey Parker and Kingfisher.
    Kingfisher,
}

impl Dialect {
    /// Recognises a rule file by what it holds.
    ///
    /// ```
    /// use tamis_rules::Dialect;
    /// assert_eq!(Dialect::of("[[rules]]\nid = \"a\""), Dialect::Gitleaks);
    /// assert_eq!(Dialect::of("generated: true\nrules:\n  - name: A"), Dialect::Kingfisher);
    /// assert_eq!(Dialect::of("[provider]\nid = \"a\""), Dialect::Tamis);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        let lines = || text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#') && *line != "---");
        let yaml = |line: &str| line.starts_with("rules:") || line.starts_with("rulesets:");
        let theirs = |line: &str| {
            let table = line.trim_start().trim_start_matches('[').split(']').next().unwrap_or_default().trim();
            line.trim_start().starts_with('[') && matches!(table, "rules" | "allowlist" | "allowlists" | "extend")
        };
        let first = lines().next().unwrap_or_default();
        if yaml(first) || first.starts_with("- ") {
            Dialect::Kingfisher
        } else if lines().any(theirs) {
            Dialect::Gitleaks
        } else if lines().any(yaml) && !lines().any(|line| line == "[provider]") {
            Dialect::Kingfisher
        } else {
            Dialect::Tamis
        }
    }
}

/// A file of another scanner, converted as far as it can be.
#[derive(Debug, Default)]
pub struct Converted {
    /// What was converted.
    pub loaded: Loaded,
    /// What was not, one error a rule.
    pub refused: Vec<LoadError>,
    /// How many rules the file states.
    pub stated: usize,
}

/// What a dialect makes of a file, with places as offsets.
#[derive(Default)]
struct Draft {
    rules: Vec<Result<Ready, Fault>>,
    faults: Vec<Fault>,
    shared: Vec<(Scope, Vec<Allow>)>,
    needs_builtin: bool,
    /// Rules that their scanner never reports by themselves.
    silent: usize,
}

impl Draft {
    /// Reads the rules of a list, but for those that their scanner never reports.
    fn read_rules(
        &mut self,
        list: &Item,
        is_silent: impl Fn(&Item) -> bool,
        read: impl Fn(&Item) -> Result<Ready, Fault>,
    ) -> Result<(), Fault> {
        for rule in list.list()? {
            if is_silent(rule) {
                self.silent += 1;
            } else {
                self.rules.push(read(rule));
            }
        }
        Ok(())
    }

    /// Notes down a field of the file that nobody knows.
    fn unknown(&mut self, name: &str, item: &Item) {
        self.faults.push((item.at, format!("{name}: this field is not known")));
    }
}

/// A converted rule.
struct Ready {
    at: usize,
    spec: RuleSpec,
    condition: Condition,
    proofs: Vec<(String, bool)>,
}

/// Converts a file, and says of each rule that it cannot convert why. Our own format is not read here.
#[must_use]
pub fn convert(file: &str, text: &str) -> Converted {
    let fail = |(at, reason): Fault| LoadError::new(file, text, at, reason);
    let draft = match Dialect::of(text) {
        Dialect::Kingfisher => tree::yaml(text).and_then(|root| kingfisher::read(&root)),
        _ => tree::toml(text).and_then(|root| gitleaks::read(&root)),
    };
    let draft = match draft {
        Ok(draft) => draft,
        Err(fault) => return Converted { refused: vec![fail(fault)], ..Converted::default() },
    };
    let mut converted = Converted { stated: draft.rules.len() + draft.silent, ..Converted::default() };
    converted.refused.extend(draft.faults.into_iter().map(fail));
    let loaded = &mut converted.loaded;
    loaded.needs_builtin = draft.needs_builtin;
    loaded.conditions.shared = draft.shared;
    for rule in draft.rules {
        let taken = |ready: &Ready| loaded.specs.iter().any(|spec| spec.id == ready.spec.id);
        match rule {
            Ok(ready) if taken(&ready) => {
                let reason = format!("rule {}: id: it is taken by another rule of this file", ready.spec.id);
                converted.refused.push(fail((ready.at, reason)));
            }
            Ok(ready) => add(loaded, ready, fail),
            Err(fault) => converted.refused.push(fail(fault)),
        }
    }
    converted
}

fn add(loaded: &mut Loaded, ready: Ready, fail: impl Fn(Fault) -> LoadError) {
    let id = ready.spec.id.clone();
    loaded.places.insert(id.clone(), fail((ready.at, String::new())));
    loaded.proofs.extend(ready.proofs.into_iter().map(|(text, found)| Proof { rule: id.clone(), text, found }));
    if !ready.condition.is_empty() {
        loaded.conditions.rules.insert(id, ready.condition);
    }
    loaded.specs.push(ready.spec);
}

/// An error that names the rule and the field.
fn about(rule: &str, field: &str, item: &Item) -> impl FnOnce(String) -> Fault {
    let (at, context) = (item.at, format!("rule {rule}: {field}: "));
    move |reason| (at, context + &reason)
}

/// The same for an error that has a place already.
fn within(rule: &str, field: &str) -> impl FnOnce(Fault) -> Fault {
    let context = format!("rule {rule}: {field}: ");
    move |(at, reason)| (at, context + &reason)
}
