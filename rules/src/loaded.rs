//! Rules of a file, whatever its format.

use std::collections::BTreeMap;

use tamis_engine::{BuildError, RuleSpec};

use crate::Conditions;
use crate::foreign::{Dialect, convert};
use crate::format::{LoadError, load, locate};

/// What a rule file holds.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// Its rules.
    pub specs: Vec<RuleSpec>,
    /// What findings of these rules must meet besides.
    pub conditions: Conditions,
    /// Texts in which another scanner's rules find something, or nothing.
    pub proofs: Vec<Proof>,
    /// Whether the file is about the default rules as well.
    pub needs_builtin: bool,
    pub(crate) places: BTreeMap<String, LoadError>,
}

/// An example of another scanner's rule: a whole text.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Id of the rule.
    pub rule: String,
    /// The text.
    pub text: String,
    /// Whether something is found in it.
    pub found: bool,
}

impl Loaded {
    /// Finds the rule that a compile error is about, if it stands in this file.
    #[must_use]
    pub fn locate(&self, file: &str, text: &str, error: &BuildError) -> Option<LoadError> {
        let foreign = self.places.get(error.rule()).map(|place| place.because(error.to_string()));
        foreign.or_else(|| locate(file, text, error))
    }
}

/// Reads the rules of one file in our own format or in another scanner's, which is told by what it holds.
///
/// # Errors
///
/// As [`load`]; of another scanner's file, the first rule that cannot be honoured, and how many more there are.
///
/// ```
/// let loaded = tamis_rules::read("own.toml", r#"
/// [[rules]]
/// id = "acme-key"
/// regex = '''\b(acmek_[a-z0-9]{24})(?:['"\s;]|$)'''
/// keywords = ["acmek_"]
/// "#)?;
/// assert_eq!(loaded.specs[0].id, "gitleaks.acme-key");
/// # Ok::<(), tamis_rules::LoadError>(())
/// ```
pub fn read(file: &str, text: &str) -> Result<Loaded, LoadError> {
    if Dialect::of(text) == Dialect::Tamis {
        return Ok(Loaded { specs: load(file, text)?, ..Loaded::default() });
    }
    let converted = convert(file, text);
    match converted.refused.as_slice() {
        [] => Ok(converted.loaded),
        [only] => Err(only.clone()),
        [first, more @ ..] => Err(first.because(format!("{} (and {} more; `tamis rules check` lists all)", first.reason(), more.len()))),
    }
}
