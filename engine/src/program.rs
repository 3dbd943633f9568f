//! Rules in the form the engine runs: automata, prefix tables, words. Built once, shared by all streams.

use serde::{Deserialize, Serialize};

use crate::bytes::ByteSet;
use crate::classify::{HEAD, HeadTables};
use crate::dfa::Dfa;
use crate::escape;
use crate::finding::{Confidence, RuleIndex};
use crate::spec::{Near, Reads, Side};
use crate::validate::Validator;
use crate::words::WordSet;

/// How candidates for a rule are found. Derived from its pattern, never chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lane {
    /// A literal prefix, or any shape, where a long run of token characters starts.
    Run,
    /// A long run of token characters that is a value, then words before it.
    RunValue,
    /// A literal anywhere.
    Literal,
    /// A context word anywhere, then the value after it.
    WordValue,
    /// A group of digits.
    Digit,
    /// Two letters and a group of digits.
    Lead,
    /// An `@`.
    At,
    /// Hexadecimal groups and colons.
    Colon,
    /// A `://`.
    Url,
    /// Places that all known values have.
    Known,
}

impl Lane {
    /// The lane's name in listings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Lane::Run => "run",
            Lane::RunValue => "run, then words",
            Lane::Literal => "literal",
            Lane::WordValue => "word, then value",
            Lane::Digit => "digit",
            Lane::Lead => "lead",
            Lane::At => "at",
            Lane::Colon => "colon",
            Lane::Url => "url",
            Lane::Known => "known value",
        }
    }
}

/// One compiled rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// `provider.kind`.
    pub id: String,
    /// What a person calls it.
    pub title: String,
    /// Class path.
    pub class: String,
    /// What a bare match is worth.
    pub confidence: Confidence,
    /// How candidates are found.
    pub lane: Lane,
    /// Where the rule reads.
    pub reads: Reads,
    /// Where to rotate the secret.
    pub revoke: Option<String>,
    /// Where the format is described.
    pub reference: Option<String>,
    /// Framework ids.
    pub tags: Vec<String>,
    /// Version of Tamis that brought the rule.
    pub since: Option<String>,
    /// The offline check, if any.
    pub validator: Option<Validator>,
    /// Rules that find the rest of the same credential.
    pub parts: Vec<RuleIndex>,
    /// Most bytes between what this rule finds and its parts.
    pub within: u64,
    pub(crate) near: Near,
    pub(crate) has_words: bool,
    /// URL schemes, lower case; none for any.
    pub(crate) schemes: Vec<String>,
    pub(crate) left: Side,
    pub(crate) random: Option<f32>,
    pub(crate) max_len: u32,
    /// Digits in the first twenty bytes of every match, at least.
    pub(crate) min_digits: u32,
    /// Which of these bytes are digits.
    pub(crate) digit_places: DigitPlaces,
    /// Digits every match starts with, at least and at most.
    pub(crate) leading_digits: (u32, u32),
    /// Bytes that may stand after so many of these digits; the last set serves all more. Empty outside the digit lane.
    pub(crate) after_digits: Vec<ByteSet>,
    /// Token characters that every match starts with, at least.
    pub(crate) min_run: u32,
    /// Where a match can be told from other text at once. Empty where a prefix or another lane tells.
    pub(crate) telling: Vec<Telling>,
    /// The pattern's automaton, by its number in the program.
    pub(crate) dfa: u32,
    /// The automaton for values in quotes, if that is another one.
    pub(crate) quoted: Option<u32>,
}

impl Rule {
    /// Bytes that may not stand before a match.
    pub(crate) fn left(&self) -> ByteSet {
        self.left.forbidden()
    }
}

/// A place in all matches, counted from their start, where few bytes may stand. Token characters stand before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Telling {
    pub(crate) at: u32,
    /// With the bytes by which an escaped character may start.
    pub(crate) bytes: ByteSet,
}

impl Telling {
    /// Whether a match may start where the text does; also where too little has come to tell.
    #[inline(always)]
    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        let Some(byte) = text.get(self.at as usize) else { return true };
        self.bytes.contains(*byte) && (!escape::begins(*byte) || self.fits_escaped(text))
    }

    /// The same where an escape may start.
    #[inline(never)]
    fn fits_escaped(&self, text: &[u8]) -> bool {
        escape::unit_at(text, self.at as usize, false).is_none_or(|unit| self.bytes.contains(unit.value))
    }
}

/// Which of the first bytes of all matches are digits, as bits, the first byte's lowest. A sign may stand before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DigitPlaces {
    pub(crate) always: u32,
    pub(crate) never: u32,
}

impl DigitPlaces {
    /// Whether a match may start where these are the digits, and no escape.
    #[inline(always)]
    pub(crate) fn fit(self, digits: u32) -> bool {
        digits & self.always == self.always && digits & self.never == 0
    }
}

/// A literal that leads to a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Prefix {
    #[serde(with = "serde_bytes")]
    pub(crate) literal: Vec<u8>,
    pub(crate) rule: u32,
    /// How many of the literal's bytes stand before the match.
    pub(crate) behind: u32,
}

impl Prefix {
    /// Where in the literal the three bytes stand that the literal lane looks for: past a run of equal bytes, as
    /// dashes and slashes come in rows, and at its end where most of it stands before the match.
    pub(crate) fn head(&self) -> usize {
        if self.behind > 0 {
            return self.literal.len().saturating_sub(HEAD);
        }
        let row = self.literal.iter().take_while(|b| **b == self.literal[0]).count();
        if row < 3 || row + 2 > self.literal.len() { 0 } else { row - 2 }
    }
}

/// A compiled rule set. Cheap to load: [`Program::from_bytes`] copies tables and builds nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Program {
    /// The rules, in the order they were given.
    pub rules: Vec<Rule>,
    /// Literal prefixes of run-lane rules, sorted.
    pub(crate) run_prefixes: Vec<Prefix>,
    /// Run-lane rules that have no literal prefix.
    pub(crate) run_any: Vec<u32>,
    /// Literal prefixes of literal-lane rules.
    pub(crate) literals: Vec<Prefix>,
    /// All automata: many rules tell values of the same form apart by their names.
    pub(crate) automata: Vec<Dfa>,
    /// All context words.
    pub(crate) words: WordSet,
    /// For each word the rules that it leads to.
    pub(crate) word_rules: Vec<Vec<u32>>,
    pub(crate) digit_rules: Vec<u32>,
    pub(crate) lead_rules: Vec<u32>,
    pub(crate) at_rules: Vec<u32>,
    pub(crate) colon_rules: Vec<u32>,
    pub(crate) url_rules: Vec<u32>,
    /// The heads of literals and lane words, for the masks.
    pub(crate) head_tables: HeadTables,
}

/// A serialised program that this version cannot read.
#[derive(Debug)]
pub struct ProgramError(postcard::Error);

impl core::fmt::Display for ProgramError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "not a program of this version: {}", self.0)
    }
}

impl core::error::Error for ProgramError {}

impl Program {
    /// Whether a word must be found by itself, as some rule's values are not long runs; and then, whether anywhere or
    /// only where a name starts.
    pub(crate) fn word_lane(&self, word: usize) -> Option<bool> {
        let mut rules = self.word_rules[word].iter().map(|r| &self.rules[*r as usize]).filter(|r| r.lane == Lane::WordValue).peekable();
        rules.peek()?;
        Some(rules.any(|r| r.near == Near::Name))
    }

    /// The automaton of a rule's pattern.
    #[inline(always)]
    pub(crate) fn dfa(&self, rule: &Rule) -> &Dfa {
        &self.automata[rule.dfa as usize]
    }

    /// Reads a program written by [`Program::to_bytes`] of the same version.
    ///
    /// # Errors
    ///
    /// When the bytes are not such a program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProgramError> {
        postcard::from_bytes(bytes).map_err(ProgramError)
    }

    /// Writes the program for [`Program::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing plain tables into memory cannot fail.
        postcard::to_stdvec(self).unwrap_or_default()
    }
}
