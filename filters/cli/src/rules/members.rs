//! Examples and near misses in full: the test kit's generator puts random members into their templates.

use std::ops::Range;

use tamis::RuleSpec;
use tamis::engine::Validator;
use tamis_corpus::member::Pattern;
use tamis_corpus::random::Rng;
use tamis_corpus::template;

/// Makes texts from one rule's templates.
pub(super) struct Generator {
    pattern: Pattern,
    validator: Option<Validator>,
}

/// A template with members in the place of its variables.
pub(super) struct Expanded {
    pub(super) text: String,
    /// Where the members of `${secret}` stand.
    pub(super) secrets: Vec<Range<usize>>,
}

impl Generator {
    pub(super) fn new(spec: &RuleSpec) -> Result<Self, String> {
        let validator = spec.validator.as_deref().and_then(Validator::from_name);
        Ok(Generator { pattern: Pattern::new(&spec.pattern)?, validator })
    }

    /// Expands a template. The seed chooses the members.
    pub(super) fn expand(&self, template: &str, seed: u64) -> Result<Expanded, String> {
        let secret = |rng: &mut Rng| self.pattern.completed(self.validator, rng);
        let template::Expanded { text, secrets } = template::expand(template, secret, &mut Rng::new(seed))?;
        Ok(Expanded { text, secrets })
    }
}
