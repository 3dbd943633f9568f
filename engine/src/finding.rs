//! What the engine reports, and the view of a secret that refuses to print.

use serde::{Deserialize, Serialize};

use crate::span::Span;
use crate::told::Told;

/// How sure the engine is that a finding is what its rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Worth a look by a person who searches for everything.
    Low,
    /// More likely right than wrong: reported unless told otherwise.
    Medium,
    /// Hardly ever wrong.
    High,
    /// Proven by the token's own checksum or structure.
    Certain,
}

impl Confidence {
    /// All levels, lowest first.
    pub const ALL: [Confidence; 4] = [Confidence::Low, Confidence::Medium, Confidence::High, Confidence::Certain];

    /// The word used in files, flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
            Confidence::Certain => "certain",
        }
    }
}

/// What an offline validator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The checksum or structure is right.
    Valid,
    /// The checksum or structure is wrong.
    Invalid,
    /// There is no validator, or it cannot tell.
    Abstain,
}

impl Verdict {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Abstain => "abstain",
        }
    }
}

/// Index of a rule in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RuleIndex(pub u32);

/// An encoding that was undone to read a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// Backslash escapes of a JSON string, at any depth.
    JsonEscape,
    /// Quotes and backslashes of a shell.
    Shell,
    /// `%` and two hexadecimal digits.
    Percent,
    /// Base64 in its standard or its URL-safe alphabet.
    Base64,
    /// Hexadecimal digits.
    Hex,
}

impl Layer {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::JsonEscape => "json-escape",
            Layer::Shell => "shell",
            Layer::Percent => "percent",
            Layer::Base64 => "base64",
            Layer::Hex => "hex",
        }
    }
}

/// A verified, resolved span. It holds no byte of what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it; [`crate::Scanner::rule`] tells more.
    pub rule: RuleIndex,
    /// Where it stands in the stream.
    pub span: Span,
    /// How sure the engine is.
    pub confidence: Confidence,
    /// What the validator said.
    pub verdict: Verdict,
    /// Encoding undone to read it, if any.
    pub layer: Option<Layer>,
    /// What it says about itself.
    pub told: Told,
}

/// A borrowed view of a finding's bytes. Debug is masked; there is no Display and no Serialize.
#[derive(Clone, Copy)]
pub struct Secret<'a>(&'a [u8]);

impl<'a> Secret<'a> {
    /// Wraps the raw bytes of a finding.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Secret(bytes)
    }

    /// The raw bytes, for hashing or encrypting. Never print them.
    #[must_use]
    pub fn expose(self) -> &'a [u8] {
        self.0
    }
}

impl core::fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// A limit the input ran into. Content is never an error: policy decides what a limit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitHit {
    /// Which limit.
    pub kind: LimitKind,
    /// Where.
    pub offset: u64,
}

/// The limits of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// A candidate was still open at its rule's `max_len` and was given up.
    MatchLength,
}
