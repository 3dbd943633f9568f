//! From arguments to a scanner and its settings.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use tamis::rules::{Conditions, Loaded, Proof};
use tamis::{
    Confidence, FingerprintKey, Frame, Mode, Program, RuleIndex, RuleSpec, Scanner, Selection, Settings, Threshold, engine, rules,
};

use crate::args::{DetectArgs, GateArgs, PackArgs};
use crate::failure::Failure;
use crate::known;

/// What a run works with.
pub(crate) struct Setup {
    pub(crate) scanner: Scanner,
    pub(crate) settings: Settings,
}

impl Setup {
    /// Loads rules and key. Nothing is read or written before all of it is right.
    pub(crate) fn new(detect: &DetectArgs, policy: &GateArgs, mode: Mode, frame: Frame) -> Result<Self, Failure> {
        let (scanner, conditions) = load(&detect.pack)?;
        // A policy decides on what is not sure as well.
        let otherwise = if policy.policy.is_some() { Confidence::Low } else { Threshold::default().0 };
        let selection = Selection::new(Threshold(detect.min_confidence.unwrap_or(otherwise)))
            .classes(scanner.rules(), &detect.class)
            .map_err(|class| Failure::new("no rule of this class", class, "see `tamis rules list`"))?;
        let selection = chosen(detect, selection, &scanner)?;
        let selection = under(conditions, selection, &scanner);
        let key = fingerprint_key(detect.fingerprint_key.as_deref())?;
        Ok(Setup { scanner, settings: Settings { selection, mode, frame, key, tokens: None } })
    }
}

/// Leaves the rules that were asked for. A name that no rule has is a mistake.
fn chosen(detect: &DetectArgs, selection: Selection, scanner: &Scanner) -> Result<Selection, Failure> {
    let (only, not) = (&detect.rule, &detect.no_rule);
    let ids = || scanner.rules().iter().map(|rule| rule.id.as_str());
    if let Some(unknown) = only.iter().chain(not).find(|pattern| !ids().any(|id| is_named(pattern, id))) {
        return Err(Failure::new("no such rule", unknown, nearest(ids(), unknown)));
    }
    if only.is_empty() && not.is_empty() {
        return Ok(selection);
    }
    let any = |patterns: &[String], id: &str| patterns.iter().any(|pattern| is_named(pattern, id));
    Ok(selection.only(scanner.rules(), |rule| (only.is_empty() || any(only, &rule.id)) && !any(not, &rule.id)))
}

/// Whether a rule's id is this one, or starts as what stands before the `*` at its end.
pub(crate) fn is_named(pattern: &str, id: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == id, |start| id.starts_with(start))
}

/// What whoever names a rule that is not there may have meant: rules whose ids hold it or, else, those most like it.
pub(crate) fn nearest<'i>(ids: impl Iterator<Item = &'i str>, wanted: &str) -> String {
    let wanted = wanted.trim_end_matches(['*', '.']);
    let distance = |id: &str| match id.contains(wanted) {
        true => 0,
        false => strsim::damerau_levenshtein(id, wanted),
    };
    let mut near: Vec<(usize, &str)> = ids.map(|id| (distance(id), id)).filter(|(far, _)| *far <= 1 + wanted.len() / 4).collect();
    near.sort_unstable();
    let near: Vec<&str> = near.iter().map(|(_, id)| *id).take(4).collect();
    if near.is_empty() { "see `tamis rules list`".to_owned() } else { format!("is it {}?", near.join(" or ")) }
}

/// Adds what other scanners' rules ask of a finding.
fn under(conditions: Conditions, selection: Selection, scanner: &Scanner) -> Selection {
    if conditions.is_empty() {
        return selection;
    }
    let ids: Vec<String> = scanner.rules().iter().map(|rule| rule.id.clone()).collect();
    selection.on(Arc::new(move |rule: RuleIndex, secret: &[u8], path: Option<&str>| {
        ids.get(rule.0 as usize).is_none_or(|id| conditions.admit(id, secret, path))
    }))
}

/// The key of fingerprints. Its file holds the key; a line end after it is not a part of it.
pub(crate) fn fingerprint_key(path: Option<&Path>) -> Result<FingerprintKey, Failure> {
    let Some(path) = path else { return Ok(FingerprintKey::default()) };
    let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the fingerprint key", path, &error))?;
    let key = bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
    FingerprintKey::new(key).map_err(|short| Failure::new("bad fingerprint key", path.display(), short))
}

/// A scanner for the rules and known values that were asked for.
pub(crate) fn scanner(pack: &PackArgs) -> Result<Scanner, Failure> {
    load(pack).map(|(scanner, _)| scanner)
}

/// The same, and what findings must meet besides. The built-in rules alone are compiled already.
fn load(args: &PackArgs) -> Result<(Scanner, Conditions), Failure> {
    let known = known::load(&args.known)?;
    if args.rules.is_empty() && known.is_none() {
        return Ok((builtin(), Conditions::default()));
    }
    let (program, conditions) = if args.rules.is_empty() {
        (rules::builtin(), Conditions::default())
    } else {
        let pack = Pack::load(&args.rules, !args.no_builtin_rules)?;
        (pack.compile()?, pack.conditions)
    };
    let scanner = match known {
        None => Scanner::new(program),
        Some((set, key)) => {
            Scanner::with_known(program, &set, &key).map_err(|error| Failure::new("cannot use known values", "--known", error))?
        }
    };
    Ok((scanner, conditions))
}

/// The scanner for the built-in rules. There is one, as making it is most of what a start takes.
pub(crate) fn builtin() -> Scanner {
    static BUILTIN: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(rules::builtin()));
    BUILTIN.clone()
}

/// Rules as their files state them.
pub(crate) struct Pack {
    pub(crate) specs: Vec<RuleSpec>,
    /// What findings of other scanners' rules must meet besides.
    pub(crate) conditions: Conditions,
    /// Examples of other scanners' rules.
    pub(crate) proofs: Vec<Proof>,
    /// How many of them, from the first, are built in.
    pub(crate) builtin: usize,
    /// The user's files, to find the place of a mistake in them.
    files: Vec<(String, String, Loaded)>,
}

impl Pack {
    /// Reads rule files, after the built-in rules if these are wanted.
    pub(crate) fn load(files: &[PathBuf], builtin: bool) -> Result<Self, Failure> {
        let specs = if builtin { rules::builtin_specs() } else { Vec::new() };
        let mut pack = Pack { builtin: specs.len(), specs, conditions: Conditions::default(), proofs: Vec::new(), files: Vec::new() };
        for path in files {
            let (name, text) = read(path)?;
            let mut loaded = rules::read(&name, &text).map_err(|error| bad_rule(&error))?;
            if loaded.needs_builtin && !builtin {
                return Err(Failure::new("bad rule file", &name, "it extends the default rules, which --no-builtin-rules leaves out"));
            }
            pack.specs.append(&mut loaded.specs);
            pack.conditions.extend(std::mem::take(&mut loaded.conditions));
            pack.proofs.append(&mut loaded.proofs);
            pack.files.push((name, text, loaded));
        }
        Ok(pack)
    }

    /// Compiles all of them.
    pub(crate) fn compile(&self) -> Result<Program, Failure> {
        engine::compile(&self.specs).map_err(|error| {
            // Of two rules with one id, the later is the mistake.
            let place = self.files.iter().rev().find_map(|(name, text, loaded)| loaded.locate(name, text, &error));
            place.map_or_else(|| bad_rule(&error), |placed| bad_rule(&placed))
        })
    }
}

/// Reads a rule file's text.
pub(crate) fn read(path: &Path) -> Result<(String, String), Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the rule file", path, &error))?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|_| Failure::new("bad rule file", &name, "it is not UTF-8 text"))?;
    Ok((name, text))
}

fn bad_rule(error: &dyn std::fmt::Display) -> Failure {
    Failure::new("bad rule file", error, "see docs/rule-format.md and docs/foreign-rules.md")
}
