//! Why a rule does not load.

use core::fmt;

/// A rule that cannot be run soundly. Says which and why in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    rule: String,
    kind: BuildErrorKind,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildErrorKind {
    /// Two rules share the id.
    DuplicateId,
    /// The pattern is not a regular expression of the supported kind.
    Pattern(String),
    /// The pattern can match nothing at all.
    MatchesEmpty,
    /// The automaton would be too large.
    TooLarge {
        /// Most states an automaton may have.
        limit: usize,
    },
    /// No lane is sound for the pattern.
    NoLane,
    /// A context word is not 3 to 48 ASCII characters.
    BadWord(String),
    /// There is no such validator.
    UnknownValidator(String),
    /// `max_len` is above the limit.
    MaxLen {
        /// The limit in bytes.
        limit: u32,
    },
    /// Words are needed and missing, or given and of no use.
    Words(&'static str),
}

impl BuildError {
    pub(crate) fn new(rule: &str, kind: BuildErrorKind) -> Self {
        BuildError { rule: rule.to_owned(), kind }
    }

    /// Id of the rule.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &BuildErrorKind {
        &self.kind
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}: ", self.rule)?;
        match &self.kind {
            BuildErrorKind::DuplicateId => write!(f, "the id is taken by another rule"),
            BuildErrorKind::Pattern(why) => write!(f, "bad pattern: {why}"),
            BuildErrorKind::MatchesEmpty => write!(f, "the pattern matches the empty string"),
            BuildErrorKind::TooLarge { limit } => {
                write!(f, "the pattern needs more than {limit} states: shorten its counted repetitions or leave them unbounded")
            }
            BuildErrorKind::NoLane => {
                write!(f, "no lane finds it: start the pattern with a literal or a run of 24 token characters, or give it words")
            }
            BuildErrorKind::BadWord(word) => write!(f, "context word {word:?} is not 3 to 48 ASCII characters"),
            BuildErrorKind::UnknownValidator(name) => write!(f, "there is no validator {name:?}"),
            BuildErrorKind::MaxLen { limit } => write!(f, "max_len is above {limit}"),
            BuildErrorKind::Words(why) => write!(f, "{why}"),
        }
    }
}

impl core::error::Error for BuildError {}
