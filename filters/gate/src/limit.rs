//! Limits that the input runs into. Content is never an error: policy decides what a limit means.

use serde::{Deserialize, Serialize};
use tamis_engine::LimitKind;

/// A limit that a stream ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// A candidate was still open at its rule's greatest length and was given up.
    MatchLength,
    /// A body is longer than it may be.
    BodyLength,
    /// An event, or a document that had to be decided as a whole, is longer than what is held.
    HeldLength,
    /// Objects and arrays are nested deeper than they are told apart.
    Depth,
    /// More texts flow side by side than are joined.
    Channels,
    /// A binary frame is broken: its lengths or its checksums are wrong.
    Framing,
}

impl Limit {
    /// All limits.
    pub const ALL: [Limit; 6] = [Limit::MatchLength, Limit::BodyLength, Limit::HeldLength, Limit::Depth, Limit::Channels, Limit::Framing];

    /// The word used in records and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Limit::MatchLength => "match-length",
            Limit::BodyLength => "body-length",
            Limit::HeldLength => "held-length",
            Limit::Depth => "depth",
            Limit::Channels => "channels",
            Limit::Framing => "framing",
        }
    }
}

impl From<LimitKind> for Limit {
    fn from(kind: LimitKind) -> Self {
        match kind {
            LimitKind::MatchLength => Limit::MatchLength,
        }
    }
}
