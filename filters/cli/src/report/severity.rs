//! How grave a finding is, in the words of those who read reports.

use tamis::{Confidence, Rule};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// Worth a look.
    Low,
    /// To be taken out.
    Medium,
    /// A secret, hardly ever anything else.
    High,
    /// A secret, proven by itself.
    Critical,
}

impl Severity {
    pub(super) const ALL: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

    /// Follows from what was found and how sure that is.
    pub(super) fn of(rule: &Rule, confidence: Confidence) -> Self {
        let by_confidence = match confidence {
            Confidence::Low => Severity::Low,
            Confidence::Medium => Severity::Medium,
            Confidence::High => Severity::High,
            Confidence::Certain => Severity::Critical,
        };
        let most = match rule.class.split('/').next() {
            Some("secret") => Severity::Critical,
            Some("pii") => Severity::Medium,
            _ => Severity::Low,
        };
        by_confidence.min(most)
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// The level of SARIF.
    pub(super) fn sarif_level(self) -> &'static str {
        match self {
            Severity::Low => "note",
            Severity::Medium => "warning",
            Severity::High | Severity::Critical => "error",
        }
    }

    /// The word of GitHub's code scanning.
    pub(super) fn code_scanning(self) -> &'static str {
        match self {
            Severity::Low => "recommendation",
            Severity::Medium => "warning",
            Severity::High | Severity::Critical => "error",
        }
    }

    /// The number that GitHub's code scanning sorts by: 9 and more is critical, 7 high, 4 medium.
    pub(super) fn score(self) -> &'static str {
        match self {
            Severity::Low => "3.0",
            Severity::Medium => "5.0",
            Severity::High => "8.0",
            Severity::Critical => "9.5",
        }
    }

    /// SARIF's rank, from 0 to 100.
    pub(super) fn rank(self) -> u8 {
        match self {
            Severity::Low => 25,
            Severity::Medium => 50,
            Severity::High => 80,
            Severity::Critical => 100,
        }
    }

    /// The word of GitLab's security reports.
    pub(super) fn gitlab(self) -> &'static str {
        match self {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
            Severity::Critical => "Critical",
        }
    }

    /// The word of Code Climate's issues, which GitLab's code quality reports are.
    pub(super) fn code_climate(self) -> &'static str {
        match self {
            Severity::Low => "minor",
            Severity::Medium => "major",
            Severity::High => "critical",
            Severity::Critical => "blocker",
        }
    }
}
