//! What is to be said about a configuration file, and where.

use core::fmt;

use serde::Serialize;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// The file is no TOML, or no JSON.
    Syntax,
    /// A key that nothing reads.
    UnknownKey,
    /// A value that is none of those expected.
    BadValue,
    /// An id that stands there twice.
    DuplicateId,
    /// A row that earlier rows leave nothing to.
    Unreachable,
    /// A row, or a part of one, that no finding and no stream can match.
    NeverMatches,
    /// Two things that cannot both be meant.
    Contradiction,
    /// An exception that is over.
    Expired,
    /// An exception that lasts longer than the policy lets it.
    TooLong,
    /// An exception that is not in force for another reason.
    NotInForce,
    /// Something that works, and lets through more than its writer may think.
    Risky,
}

impl Problem {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Problem::Syntax => "syntax",
            Problem::UnknownKey => "unknown-key",
            Problem::BadValue => "bad-value",
            Problem::DuplicateId => "duplicate-id",
            Problem::Unreachable => "unreachable",
            Problem::NeverMatches => "never-matches",
            Problem::Contradiction => "contradiction",
            Problem::Expired => "expired",
            Problem::TooLong => "too-long",
            Problem::NotInForce => "not-in-force",
            Problem::Risky => "risky",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Problem::Unreachable | Problem::NeverMatches | Problem::Risky => Level::Warning,
            _ => Level::Error,
        }
    }
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// It does not mean what its writer meant.
    Error,
    /// It may not.
    Warning,
}

impl Level {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
        }
    }
}

/// One thing that is to be said about a configuration file. Displays as one line: `file:line:column: message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column in bytes, from 1.
    pub column: u64,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub problem: Problem,
    /// What is wrong, for a person, and what to do.
    pub message: String,
}

impl Diagnostic {
    /// Says something about the byte at this offset of a file.
    pub(crate) fn at(file: &str, text: &str, offset: usize, problem: Problem, message: impl Into<String>) -> Self {
        let (line, column) = place(text, offset);
        Diagnostic { file: file.to_owned(), line, column, level: problem.level(), problem, message: message.into() }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

impl core::error::Error for Diagnostic {}

/// Line and column of an offset, from 1.
pub(super) fn place(text: &str, offset: usize) -> (u64, u64) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    (line as u64, (before.len() - start + 1) as u64)
}
