//! A rule as its dialect states it, and how it becomes one of ours.

use tamis_engine::{Confidence, Near, Reads, RuleSpec, Side};

use super::translate::{Group, translate};
use super::tree::{Fault, Item};
use super::{Ready, about};
use crate::condition::Condition;

/// The most bytes that the engine keeps for a match.
const LONGEST: u32 = 16 * 1024;

/// What all dialects say of a rule.
pub(super) struct Stated<'a> {
    pub(super) id: String,
    pub(super) title: String,
    /// The rule's own place.
    pub(super) item: &'a Item,
    pub(super) expression: String,
    pub(super) expression_at: &'a Item,
    pub(super) expression_field: &'static str,
    pub(super) group: Group,
    pub(super) keywords: Vec<String>,
    pub(super) confidence: Option<Confidence>,
    pub(super) condition: Condition,
    /// An allowlist looks at all that the expression matches.
    pub(super) wants_match: Option<&'a Item>,
    pub(super) proofs: Vec<(String, bool)>,
    pub(super) reference: Option<String>,
    /// Rules that find the rest of the same credential.
    pub(super) parts: Vec<String>,
    /// The most bytes that these stand away.
    pub(super) apart: Option<u32>,
}

impl Stated<'_> {
    /// Converts the rule, or says why not.
    pub(super) fn convert(self) -> Result<Ready, Fault> {
        if self.id.is_empty() || !self.id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)) {
            return Err((self.item.at, format!("rule {:?}: id: it is not letters, digits, `.`, `_` and `-`", self.id)));
        }
        // In errors the rule is called as its file calls it.
        let name = self.id.strip_prefix("gitleaks.").unwrap_or(&self.id).to_owned();
        let translation =
            translate(&self.expression, self.group, &self.keywords).map_err(about(&name, self.expression_field, self.expression_at))?;
        if let Some(item) = self.wants_match.filter(|_| !translation.whole) {
            let reason = "only the secret is kept, not what stands around it".to_owned();
            return Err(about(&name, "allowlists.regexTarget", item)(reason));
        }
        let token = translation.words.is_empty();
        let spec = RuleSpec {
            id: self.id,
            title: self.title,
            class: "secret/api-key".into(),
            confidence: self.confidence.unwrap_or(if token { Confidence::High } else { Confidence::Medium }),
            pattern: translation.pattern,
            quoted: None,
            words: translation.words,
            near: Near::Line,
            reads: Reads::Text,
            left: Some(translation.left).filter(|side| *side != Side::Alnum),
            right: translation.right,
            // The rule has its own measure of randomness, or none.
            random: Some(0.0),
            max_len: translation.long.then_some(LONGEST),
            validator: None,
            parts: self.parts,
            within: self.apart,
            revoke: None,
            reference: self.reference,
            since: None,
            tags: Vec::new(),
            examples: Vec::new(),
            near_misses: Vec::new(),
        };
        if let Err(error) = tamis_engine::compile(core::slice::from_ref(&spec)) {
            let reason = error.to_string();
            let reason = reason.split_once(": ").map_or(reason.as_str(), |(_, reason)| reason).to_owned();
            return Err(about(&name, self.expression_field, self.expression_at)(reason));
        }
        Ok(Ready { at: self.item.at, spec, condition: self.condition, proofs: self.proofs })
    }
}
