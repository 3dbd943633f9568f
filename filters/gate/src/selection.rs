//! Which findings count.

use core::fmt;
use std::sync::Arc;

use tamis_engine::{Confidence, Finding, Rule, RuleIndex};

/// The lowest confidence that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Threshold(pub Confidence);

impl Default for Threshold {
    /// What is more likely right than wrong.
    fn default() -> Self {
        Threshold(Confidence::Medium)
    }
}

impl Threshold {
    /// Whether a finding of this confidence counts.
    #[must_use]
    pub fn admits(self, confidence: Confidence) -> bool {
        confidence >= self.0
    }
}

/// What findings must meet besides the pattern of their rule: the rule, the secret as it stands in the text, and the path
/// of the file it stands in, if it is in one.
pub type Condition = dyn Fn(RuleIndex, &[u8], Option<&str>) -> bool + Send + Sync;

/// Chooses findings by confidence and class, and by a condition if there is one.
#[derive(Clone)]
pub struct Selection {
    threshold: Threshold,
    /// By rule, whether it was asked for; empty when all are.
    rules: Box<[bool]>,
    condition: Option<Arc<Condition>>,
    /// Where the text stands.
    path: Option<Arc<str>>,
    /// By rule, whether what it finds counts however unsure it is; empty when none does.
    always: Box<[bool]>,
}

impl Selection {
    /// Findings of any class.
    #[must_use]
    pub fn new(threshold: Threshold) -> Self {
        Selection { threshold, rules: Box::default(), always: Box::default(), condition: None, path: None }
    }

    /// Keeps only findings that the condition admits. Of a finding that is not kept whole, such as a private key block, it
    /// is shown no byte.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tamis::{Selection, Threshold};
    /// let long = |_, secret: &[u8], _: Option<&str>| secret.len() > 40;
    /// let selection = Selection::new(Threshold::default()).on(Arc::new(long));
    /// ```
    #[must_use]
    pub fn on(self, condition: Arc<Condition>) -> Self {
        Selection { condition: Some(condition), ..self }
    }

    /// Says which file the text is, or none, for the condition.
    pub fn set_path(&mut self, path: Option<&str>) {
        if self.condition.is_some() {
            self.path = path.map(Arc::from);
        }
    }

    /// Keeps only classes at or below one of these paths: `secret` holds `secret/api-key`. No path means all.
    ///
    /// # Errors
    ///
    /// The first path that no rule's class is at or below: a filter that lets nothing through is a mistake.
    pub fn classes<'p>(mut self, rules: &[Rule], paths: &'p [String]) -> Result<Self, &'p str> {
        if let Some(unknown) = paths.iter().find(|path| !rules.iter().any(|rule| is_below(&rule.class, path))) {
            return Err(unknown);
        }
        if !paths.is_empty() {
            self.rules = rules.iter().map(|rule| paths.iter().any(|path| is_below(&rule.class, path))).collect();
        }
        Ok(self)
    }

    /// Keeps, of what is kept so far, only what these rules find.
    ///
    /// ```
    /// use tamis::{Scanner, Selection, Threshold};
    /// let scanner = Scanner::new(tamis::rules::builtin());
    /// let selection = Selection::new(Threshold::default()).only(scanner.rules(), |rule| rule.id.starts_with("github."));
    /// ```
    #[must_use]
    pub fn only(mut self, rules: &[Rule], keep: impl Fn(&Rule) -> bool) -> Self {
        let so_far = |index: usize| self.rules.get(index).copied().unwrap_or(true);
        self.rules = rules.iter().enumerate().map(|(index, rule)| so_far(index) && keep(rule)).collect();
        self
    }

    /// Lets also through, however unsure they are, findings that a [`Joiner`](crate::Joiner) may join to others. What
    /// then stands alone has to be compared with the [`threshold`](Selection::threshold) again.
    #[must_use]
    pub fn and_parts(mut self, rules: &[Rule]) -> Self {
        self.always = vec![false; rules.len()].into();
        for part in rules.iter().flat_map(|rule| &rule.parts) {
            self.always[part.0 as usize] = true;
        }
        self
    }

    /// The lowest confidence that counts.
    #[must_use]
    pub fn threshold(&self) -> Threshold {
        self.threshold
    }

    /// Whether the finding counts. Of one that flows through, there is no secret to look at.
    #[must_use]
    pub fn admits(&self, finding: &Finding, secret: &[u8]) -> bool {
        let rule = finding.rule.0 as usize;
        (self.threshold.admits(finding.confidence) || self.always.get(rule).copied().unwrap_or(false))
            && self.rules.get(rule).copied().unwrap_or(true)
            && self.condition.as_ref().is_none_or(|admit| admit(finding.rule, secret, self.path.as_deref()))
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let condition = self.condition.is_some();
        f.debug_struct("Selection").field("threshold", &self.threshold).field("condition", &condition).finish_non_exhaustive()
    }
}

/// Whether the class is at or below this path.
pub(crate) fn is_below(class: &str, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    class.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_paths() {
        assert!(is_below("secret/api-key", "secret"));
        assert!(is_below("secret/api-key", "secret/"));
        assert!(is_below("secret/api-key", "secret/api-key"));
        assert!(!is_below("secret/api-key", "secret/api"));
        assert!(!is_below("pii/email", "secret"));
    }

    #[test]
    fn medium_counts_unless_told_otherwise() {
        let admitted: Vec<_> = Confidence::ALL.into_iter().filter(|c| Threshold::default().admits(*c)).collect();
        assert_eq!(admitted, [Confidence::Medium, Confidence::High, Confidence::Certain]);
    }
}
