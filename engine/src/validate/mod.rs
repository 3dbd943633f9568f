//! Offline checks: does a match carry the checksum or structure that its issuer gives it?
//!
//! Each check is pure and answers `valid`, `invalid` or `abstain`. What an answer is worth is the validator's to say:
//! a checksum of 24 bits or more proves a token, a single check digit only supports it.

use serde::{Deserialize, Serialize};

use crate::finding::Verdict;

/// An offline check by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
}

impl Validator {
    /// All validators.
    pub const ALL: &'static [Validator] = &[];

    /// The validator of this name in rule files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.name() == name)
    }

    /// The name in rule files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {}
    }

    /// Whether `valid` proves the finding, so that its confidence is `certain`.
    #[must_use]
    pub fn proves(self) -> bool {
        match self {}
    }

    /// Whether `invalid` disproves it, so that there is no finding: only where the algorithm is proven on public samples.
    #[must_use]
    pub fn disproves(self) -> bool {
        match self {}
    }

    /// Checks a match. Linear in its length.
    #[must_use]
    pub fn check(self, value: &[u8]) -> Verdict {
        let _ = value;
        match self {}
    }
}
