//! Which findings count.

use tamis_engine::{Confidence, Finding, Rule};

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

/// Chooses findings by confidence and class.
#[derive(Clone, Debug)]
pub struct Selection {
    threshold: Threshold,
    /// By rule, whether its class was asked for; empty when all are.
    rules: Box<[bool]>,
}

impl Selection {
    /// Findings of any class.
    #[must_use]
    pub fn new(threshold: Threshold) -> Self {
        Selection { threshold, rules: Box::default() }
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

    /// Whether the finding counts.
    #[must_use]
    pub fn admits(&self, finding: &Finding) -> bool {
        self.threshold.admits(finding.confidence) && self.rules.get(finding.rule.0 as usize).copied().unwrap_or(true)
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
