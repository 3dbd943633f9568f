//! What may be done with a finding.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to a finding, or to a tool call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// It passes as it is, and is not worth a report.
    Allow,
    /// It passes as it is, and is reported.
    Observe,
    /// It is replaced by something that cannot be turned back.
    Redact,
    /// It is replaced by a token that can be turned back where policy allows it.
    Tokenize,
    /// Nothing passes any more.
    Block,
}

impl Decision {
    /// All decisions, the mildest first.
    pub const ALL: [Decision; 5] = [Decision::Allow, Decision::Observe, Decision::Redact, Decision::Tokenize, Decision::Block];

    /// The word used in files, flags and reports.
    ///
    /// ```
    /// assert_eq!(tamis::Decision::Tokenize.as_str(), "tokenize");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Allow => "allow",
            Decision::Observe => "observe",
            Decision::Redact => "redact",
            Decision::Tokenize => "tokenize",
            Decision::Block => "block",
        }
    }

    /// Whether the bytes go on unchanged.
    #[must_use]
    pub fn passes(self) -> bool {
        self <= Decision::Observe
    }
}
