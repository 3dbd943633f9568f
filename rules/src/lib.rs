//! The detectors of Tamis, as data.
//!
//! Rules are written in `data/<provider>.toml`, one small file a provider, in the format that `docs/rule-format.md`
//! describes. The build compiles them into one program; [`builtin`] decodes it and builds nothing. With feature `text`,
//! which is on by default, the same format is read at run time with `load`, and that of other scanners with `read`.
//!
//! ```
//! let mut specs = tamis_rules::builtin_specs();
//! specs.extend(tamis_rules::load("acme.toml", r#"
//! [provider]
//! id   = "acme"
//! name = "Acme"
//!
//! [[rule]]
//! id          = "deploy-key"
//! title       = "Acme deploy key"
//! class       = "secret/api-key"
//! confidence  = "high"
//! pattern     = 'acmedk_[a-z0-9]{24}'
//! examples    = ['key = "${secret}"']
//! near_misses = ['acmedk_${re:[a-z0-9]{12}}']
//! "#)?);
//! assert_eq!(specs.last().map(|s| s.id.as_str()), Some("acme.deploy-key"));
//! # Ok::<(), tamis_rules::LoadError>(())
//! ```

#[cfg(feature = "text")]
mod condition;
#[cfg(feature = "text")]
mod foreign;
#[cfg(feature = "text")]
mod format;
#[cfg(feature = "text")]
mod loaded;

#[cfg(feature = "text")]
pub use condition::Conditions;
#[cfg(feature = "text")]
pub use foreign::{Converted, Dialect, convert};
#[cfg(feature = "text")]
pub use format::{LoadError, load, locate};
#[cfg(feature = "text")]
pub use loaded::{Loaded, Proof, read};
use tamis_engine::Program;
#[cfg(feature = "text")]
use tamis_engine::RuleSpec;

/// The built-in rules, compiled by this crate's build script.
static BUILTIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin.bin"));
/// Their sources, by name.
#[cfg(feature = "text")]
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// The built-in rules, ready to run.
///
/// Decoding copies tables and compiles nothing.
///
/// # Panics
///
/// Never in a build that passed its tests: the bytes were written by the same version of the engine.
#[must_use]
pub fn builtin() -> Program {
    Program::from_bytes(BUILTIN).expect("the build script wrote a program of this version")
}

/// The built-in rules as their files state them, to test, to show, or to compile together with others.
///
/// Parses all files on each call.
///
/// # Panics
///
/// Never: the build script parsed the same text with the same code.
#[must_use]
#[cfg(feature = "text")]
pub fn builtin_specs() -> Vec<RuleSpec> {
    let parsed = SOURCES.iter().map(|(name, text)| load(name, text).expect("the build script loaded this file"));
    parsed.flatten().collect()
}

#[cfg(all(test, feature = "text"))]
mod tests {
    use super::*;

    /// A rule of the pack carries its own proof: what it finds, and what looks alike and is left alone.
    #[test]
    fn every_rule_is_proven_twice() {
        let distinct = |templates: &[String]| templates.iter().collect::<std::collections::BTreeSet<_>>().len();
        let specs = builtin_specs();
        let thin = specs.iter().filter(|s| distinct(&s.examples) < 2 || distinct(&s.near_misses) < 2);
        assert_eq!(thin.map(|s| s.id.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn program_and_sources_agree() {
        let program = builtin();
        let specs = builtin_specs();
        let ids: Vec<String> = specs.iter().map(|s| s.id.clone()).collect();
        // Each part is a rule of the pack.
        assert!(program.rules.iter().zip(&specs).all(|(rule, spec)| rule.parts.len() == spec.parts.len()));
        assert_eq!(program.rules.iter().map(|r| r.id.clone()).collect::<Vec<_>>(), ids);
    }
}
