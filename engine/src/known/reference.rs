//! Known values found the slow way: every form compared with the bytes at every place.

use super::build::{KnownSetBuilder, Stated};
use crate::bytes::ByteSet;
use crate::escape::{self, Before};
use crate::finding::{Confidence, Finding, RuleIndex, Verdict};
use crate::resolve::Resolver;
use crate::span::Span;

/// Values and all of their forms, unhashed. Defines what a [`crate::Scanner`] with their set finds.
pub struct KnownReference {
    forms: Vec<Stated>,
    ids: Vec<String>,
}

impl KnownReference {
    /// Takes the values that were added.
    #[must_use]
    pub fn new(values: &KnownSetBuilder) -> Self {
        KnownReference { forms: values.stated().to_vec(), ids: values.names().iter().map(|name| format!("known.{name}")).collect() }
    }

    /// Findings in the haystack, as if no rule came before those of the values.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Finding> {
        let mut resolver = Resolver::default();
        for start in 0..text.len() {
            let stands = |form: &&Stated| text[start..].starts_with(&form.text) && fits(text, start, form);
            for form in self.forms.iter().filter(stands) {
                resolver.add(Finding {
                    rule: RuleIndex(form.name),
                    span: Span::new(start as u64, (start + form.text.len()) as u64),
                    confidence: Confidence::Certain,
                    verdict: Verdict::Abstain,
                    layer: form.layer,
                    told: crate::told::Told::default(),
                });
            }
        }
        let mut found = Vec::new();
        while let Some(next) = Some(resolver.next(u64::MAX)).filter(|next| !next.is_empty()) {
            found.extend_from_slice(next);
        }
        found
    }

    /// The rule of a finding.
    #[must_use]
    pub fn rule(&self, rule: RuleIndex) -> &str {
        &self.ids[rule.0 as usize]
    }

    /// All forms that are looked for.
    pub fn forms(&self) -> impl Iterator<Item = &[u8]> {
        self.forms.iter().map(|form| form.text.as_slice())
    }
}

/// Whether both ends are between characters, and what stands before the form is no part of its first word.
fn fits(text: &[u8], start: usize, form: &Stated) -> bool {
    let free = match escape::before(text, start, true) {
        Before::Nothing => true,
        Before::Unit(unit) => !form.bounded() || !ByteSet::ALNUM.contains(unit.value),
        Before::Inside | Before::Unclear => false,
    };
    let end = start + form.text.len();
    let mut at = start;
    while at < end {
        let Some(unit) = escape::unit_at(text, at, true) else { return false };
        at += unit.len;
    }
    free && at == end
}

/// Prints no value.
impl core::fmt::Debug for KnownReference {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("KnownReference").field("forms", &self.forms.len()).finish_non_exhaustive()
    }
}
