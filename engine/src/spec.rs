//! A rule as a person states it.

use serde::{Deserialize, Serialize};

use crate::bytes::ByteSet;
use crate::finding::Confidence;

/// Which neighbour bytes forbid a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Any byte may stand there.
    None,
    /// Not `[A-Za-z0-9]`.
    Alnum,
    /// Not `[A-Za-z0-9_]`.
    Word,
    /// Not `[A-Za-z0-9_-]`.
    Token,
    /// Not `[A-Za-z0-9+/=]`.
    Base64,
    /// Not what may stand in the local part of an e-mail address.
    Local,
    /// Not what would make a number part of a longer one.
    Number,
    /// Anything but `@`: the match must be followed by it.
    UnlessAt,
}

impl Side {
    /// The bytes that forbid a match.
    #[must_use]
    pub fn forbidden(self) -> ByteSet {
        match self {
            Side::None => ByteSet::EMPTY,
            Side::Alnum => ByteSet::ALNUM,
            Side::Word => ByteSet::WORD,
            Side::Token => ByteSet::TOKEN,
            Side::Base64 => ByteSet::BASE64,
            Side::Local => ByteSet::LOCAL,
            Side::Number => ByteSet::NUMBER,
            Side::UnlessAt => ByteSet::EMPTY.range(0, b'@' - 1).range(b'@' + 1, 255),
        }
    }
}

/// Where a rule's context words must stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Near {
    /// Anywhere in the 96 bytes before the value, on its line.
    #[default]
    Line,
    /// In the name that the value is assigned to.
    Name,
}

/// What kind of text a rule reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reads {
    /// The pattern, wherever its boundaries hold.
    #[default]
    Text,
    /// The password between `scheme://user:` and `@`; `words` are the schemes, none for any.
    UrlPassword,
    /// A PEM-like block: the pattern is its head, and the block flows on to its `-----END` line.
    Block,
    /// A literal in quotes that a condition compares with a name after it, `if ("…" == name)`; one of the `words` stands in
    /// the name.
    Compared,
}

/// One detector, as a rule file states it. `docs/rule-format.md` explains each field.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// `provider.kind`.
    pub id: String,
    /// What a person calls it.
    pub title: String,
    /// Class path, such as `secret/api-key`.
    pub class: String,
    /// What a bare match is worth.
    pub confidence: Confidence,
    /// The secret itself, as an ASCII regular expression.
    pub pattern: String,
    /// The pattern used instead where the value stands in quotes; it must reach from quote to quote.
    #[serde(default)]
    pub quoted: Option<String>,
    /// Context words.
    #[serde(default)]
    pub words: Vec<String>,
    /// Where the words must stand.
    #[serde(default)]
    pub near: Near,
    /// What kind of text the rule reads.
    #[serde(default)]
    pub reads: Reads,
    /// Bytes that may not stand before.
    #[serde(default)]
    pub left: Option<Side>,
    /// Bytes that may not stand after.
    #[serde(default)]
    pub right: Option<Side>,
    /// Minimum randomness in bits a character; 0 turns the check off.
    #[serde(default)]
    pub random: Option<f32>,
    /// Longest match in bytes.
    #[serde(default)]
    pub max_len: Option<u32>,
    /// Name of the offline check.
    #[serde(default)]
    pub validator: Option<String>,
    /// Rules that find the rest of the same credential, by their full ids: what they find near is a part of this finding.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Most bytes between the two.
    #[serde(default)]
    pub within: Option<u32>,
    /// Where to rotate the secret.
    #[serde(default)]
    pub revoke: Option<String>,
    /// Where the format is described.
    #[serde(default)]
    pub reference: Option<String>,
    /// Version of Tamis that brought the rule.
    #[serde(default)]
    pub since: Option<String>,
    /// Framework ids; defaults follow from the class.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Templates in which the rule finds exactly `${secret}`.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Templates in which the rule finds nothing.
    #[serde(default)]
    pub near_misses: Vec<String>,
}
