//! The commit that a finding stands in, and who seems to have written it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tamis_engine::Confidence;

/// A commit, as far as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commit {
    /// Its id in hexadecimal digits.
    #[serde(rename = "commit")]
    pub id: String,
    /// Name of the author.
    pub author: String,
    /// E-mail address of the author.
    pub email: String,
    /// When the author wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
}

/// Who wrote something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// A program that writes code on its own, or much of it.
    Agent,
    /// A person.
    Human,
}

impl Author {
    /// The word used in flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Author::Agent => "agent",
            Author::Human => "human",
        }
    }
}

/// What marks say about who wrote something. Marks can be left out, and be forged: where there is none, nothing is
/// known, and what one says is for labels, not for trust.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Who.
    pub by: Author,
    /// Which agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Which model it used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How sure the surest mark is.
    pub confidence: Confidence,
    /// The marks, in words: `trailer co-authored-by`.
    pub evidence: Vec<String>,
}
