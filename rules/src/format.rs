//! The rule format: TOML text in, rules out, and errors that a person can go to.

use core::fmt;
use core::ops::Range;

use serde::Deserialize;
use tamis_engine::{BuildError, RuleSpec};
use toml::Spanned;

/// Rule text that cannot be used. Displays as one line: `file:line:column: reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    file: String,
    line: usize,
    column: usize,
    reason: String,
}

impl LoadError {
    pub(crate) fn new(file: &str, text: &str, offset: usize, reason: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        LoadError {
            file: file.to_owned(),
            line: before.iter().filter(|b| **b == b'\n').count() + 1,
            column: before.len() - start + 1,
            reason: reason.into(),
        }
    }

    /// Line of the mistake, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column of the mistake in bytes, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// The same place with another reason.
    #[must_use]
    pub(crate) fn because(&self, reason: String) -> Self {
        LoadError { reason, ..self.clone() }
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.reason)
    }
}

impl core::error::Error for LoadError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Provider,
    #[serde(default, rename = "rule")]
    rules: Vec<Spanned<RuleSpec>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    id: Spanned<String>,
    name: Spanned<String>,
}

/// Reads the rules of one file. `file` is only the name that errors give.
///
/// Each rule's id becomes `provider.rule`. Patterns are not compiled: [`tamis_engine::compile`] does that, and
/// [`locate`] finds the place of its errors.
///
/// # Errors
///
/// Text that is not TOML, an unknown or missing field, a bad name, a rule without proof.
pub fn load(file: &str, text: &str) -> Result<Vec<RuleSpec>, LoadError> {
    let parsed = parse(file, text)?;
    let provider = parsed.provider.id;
    let fail = |span: Range<usize>, reason: String| Err(LoadError::new(file, text, span.start, reason));
    if !is_name(provider.get_ref()) {
        return fail(provider.span(), format!("provider id {:?} is not lower-case letters, digits and `-`", provider.get_ref()));
    }
    if parsed.provider.name.get_ref().trim().is_empty() {
        return fail(parsed.provider.name.span(), "the provider's name is empty".into());
    }
    if parsed.rules.is_empty() {
        return Err(LoadError::new(file, text, text.len(), "the file has no [[rule]]"));
    }
    let mut specs: Vec<RuleSpec> = Vec::with_capacity(parsed.rules.len());
    let ids: Vec<String> = parsed.rules.iter().map(|rule| rule.get_ref().id.clone()).collect();
    for rule in parsed.rules {
        let span = rule.span();
        let mut spec = rule.into_inner();
        if let Some(reason) = objection(&spec) {
            return fail(span, format!("rule {}: {reason}", spec.id));
        }
        spec.id = format!("{}.{}", provider.get_ref(), spec.id);
        // Parts of the same provider go by their short names.
        for part in spec.parts.iter_mut().filter(|part| !part.contains('.')) {
            if !ids.contains(part) {
                return fail(span, format!("rule {}: its part {part:?} is no rule of this file", spec.id));
            }
            *part = format!("{}.{part}", provider.get_ref());
        }
        if specs.iter().any(|s| s.id == spec.id) {
            return fail(span, format!("rule {}: the id is taken by another rule of this file", spec.id));
        }
        specs.push(spec);
    }
    Ok(specs)
}

/// Finds the rule that a compile error is about, if it stands in this file.
#[must_use]
pub fn locate(file: &str, text: &str, error: &BuildError) -> Option<LoadError> {
    let parsed = parse(file, text).ok()?;
    let (provider, kind) = error.rule().split_once('.')?;
    let rule = parsed.rules.iter().find(|r| r.get_ref().id == kind).filter(|_| parsed.provider.id.get_ref() == provider)?;
    Some(LoadError::new(file, text, rule.span().start, error.to_string()))
}

fn parse(file: &str, text: &str) -> Result<File, LoadError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let reason = error.message().lines().collect::<Vec<_>>().join(", ");
        LoadError::new(file, text, error.span().map_or(0, |span| span.start), reason)
    })
}

/// What a reader of the rule would object to before any pattern is compiled.
fn objection(spec: &RuleSpec) -> Option<String> {
    if !is_name(&spec.id) {
        return Some("the id is not lower-case letters, digits and `-`".into());
    }
    if spec.title.trim().is_empty() {
        return Some("the title is empty".into());
    }
    if !spec.class.split('/').all(is_name) {
        return Some(format!("class {:?} is not a path such as secret/api-key", spec.class));
    }
    for (field, templates) in [("examples", &spec.examples), ("near_misses", &spec.near_misses)] {
        if templates.is_empty() {
            return Some(format!("it has no {field}: a rule carries its own proof"));
        }
    }
    let bare = spec.examples.iter().find(|e| !e.contains("${secret}"));
    bare.map(|example| format!("example {example:?} does not contain ${{secret}}"))
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[provider]
id = "acme"
name = "Acme"

[[rule]]
id = "key"
title = "Acme key"
class = "secret/api-key"
confidence = "high"
pattern = 'acme_[a-z]{20}'
examples = ['k=${secret}']
near_misses = ['acme_${re:[a-z]{3}}']
"#;

    fn error(text: &str) -> String {
        load("acme.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn ids_are_full() {
        let specs = load("acme.toml", GOOD).unwrap();
        assert_eq!(specs[0].id, "acme.key");
    }

    #[test]
    fn errors_name_the_place() {
        assert!(
            error(&GOOD.replace("title", "titel")).starts_with("acme.toml:8:1: unknown field `titel`"),
            "{}",
            error(&GOOD.replace("title", "titel"))
        );
        assert!(error("[provider\n").starts_with("acme.toml:1:"), "{}", error("[provider\n"));
        assert_eq!(
            error(&GOOD.replace("\"acme\"", "\"Ac me\"")),
            "acme.toml:3:6: provider id \"Ac me\" is not lower-case letters, digits and `-`"
        );
        assert_eq!(error(&GOOD.replace("k=${secret}", "k=x")), "acme.toml:6:1: rule key: example \"k=x\" does not contain ${secret}");
        assert_eq!(error("[provider]\nid = \"a\"\nname = \"A\"\n"), "acme.toml:4:1: the file has no [[rule]]");
        let part = |id: &str| GOOD.replace("confidence =", &format!("parts = [\"{id}\"]\nconfidence ="));
        assert_eq!(error(&part("id")), "acme.toml:6:1: rule acme.key: its part \"id\" is no rule of this file");
        assert_eq!(load("acme.toml", &part("other.id")).unwrap()[0].parts, ["other.id"]);
        let twice = format!("{GOOD}{}", &GOOD[GOOD.find("[[rule]]").unwrap()..]);
        assert_eq!(error(&twice), "acme.toml:14:1: rule acme.key: the id is taken by another rule of this file");
    }

    #[test]
    fn every_error_is_one_line() {
        for cut in 0..GOOD.len() {
            if let Err(error) = load("acme.toml", &GOOD[..cut]) {
                assert_eq!(error.to_string().lines().count(), 1, "{error}");
            }
        }
    }

    #[test]
    fn a_compile_error_finds_its_rule() {
        let text = GOOD.replace("acme_[a-z]{20}", "acme_(");
        let compile_error = tamis_engine::compile(&load("acme.toml", &text).unwrap()).unwrap_err();
        let placed = locate("acme.toml", &text, &compile_error).unwrap();
        assert_eq!((placed.line(), placed.column()), (6, 1));
        assert!(placed.reason().starts_with("rule acme.key: bad pattern"), "{placed}");
        assert!(locate("acme.toml", &GOOD.replace("\"acme\"", "\"other\""), &compile_error).is_none());
    }
}
