//! Known values as they are kept and shipped: keyed hashes, lengths and names.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::key::{KnownKey, TAG};
use super::lane::Kinds;
use crate::bytes::ByteSet;
use crate::finding::Layer;

/// The longest form, so that it fits into a cluster of matches.
pub(crate) const MAX_FORM: usize = 2000;
/// Hash bits by which forms are looked up, at least and at most.
pub(crate) const BITS: core::ops::RangeInclusive<u32> = 10..=18;
/// What a set on disk starts with.
const MAGIC: &[u8] = b"tamis-known 2\n";

/// Known values as keyed hashes. It holds no byte of a value; names are those that the user gave.
///
/// What it tells without the key: how many values there are, their names and lengths, and which bytes other than letters,
/// digits, `_` and `-` stand in any of them. Whoever has the key as well can try guesses.
#[derive(Clone, Serialize, Deserialize)]
pub struct KnownSet {
    pub(crate) check: [u8; TAG],
    /// Hash bits by which forms are looked up.
    pub(crate) bits: u32,
    /// All bytes of all forms, and all token characters.
    pub(crate) inside: ByteSet,
    /// The kinds of places that its anchors are.
    pub(crate) kinds: Kinds,
    /// Ids of the rules, without `known.`.
    pub(crate) names: Vec<String>,
    pub(crate) forms: Vec<Form>,
}

/// One way to write a value.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Form {
    /// Number of the value's name.
    pub(crate) name: u32,
    pub(crate) len: u16,
    /// Bytes before its anchor.
    pub(crate) at: u16,
    /// Whether the hash is that of the bytes before the anchor.
    pub(crate) before: bool,
    /// Whether no letter or digit may stand before it.
    pub(crate) bounded: bool,
    pub(crate) layer: Option<Layer>,
    pub(crate) hash: u32,
    pub(crate) tag: [u8; TAG],
}

/// A set that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownError {
    /// The bytes are not a set of this version.
    Format,
    /// It was made with another key.
    Key,
}

impl fmt::Display for KnownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KnownError::Format => "it is not a set of known values of this version",
            KnownError::Key => "it was made with another key",
        })
    }
}

impl core::error::Error for KnownError {}

impl KnownSet {
    /// Whether bytes look like a set, so that it can be told from a list of values.
    #[must_use]
    pub fn is_set(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Reads what [`KnownSet::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// When the bytes are no set, or not one of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KnownError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(KnownError::Format)?;
        let set: KnownSet = postcard::from_bytes(body).map_err(|_| KnownError::Format)?;
        let sound = |form: &Form| {
            let (len, at) = (usize::from(form.len), usize::from(form.at));
            let fits = if form.before { at >= 4 && at <= len } else { at + 4 <= len };
            fits && len <= MAX_FORM && (form.name as usize) < set.names.len() && form.hash >> set.bits == 0
        };
        let named = set.names.iter().all(|name| !name.is_empty() && name.bytes().all(is_slug));
        if BITS.contains(&set.bits) && named && set.forms.iter().all(sound) { Ok(set) } else { Err(KnownError::Format) }
    }

    /// Writes the set for [`KnownSet::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Writing plain tables into memory cannot fail.
        let body = postcard::to_stdvec(self).unwrap_or_default();
        [MAGIC, &body].concat()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Whether it was made with this key.
    #[must_use]
    pub fn fits(&self, key: &KnownKey) -> bool {
        self.check == key.check()
    }

    /// The values of both sets, which were made with one key.
    #[must_use]
    pub fn merge(mut self, mut other: KnownSet) -> Self {
        // The hashes that are written down are the first bits of longer ones.
        let bits = self.bits.min(other.bits);
        for set in [&mut self, &mut other] {
            set.forms.iter_mut().for_each(|form| form.hash >>= set.bits - bits);
        }
        let mut number = |name: &String| {
            let at = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
                self.names.push(name.clone());
                self.names.len() - 1
            });
            at as u32
        };
        let numbers: Vec<u32> = other.names.iter().map(&mut number).collect();
        other.forms.iter_mut().for_each(|form| form.name = numbers[form.name as usize]);
        self.forms.append(&mut other.forms);
        KnownSet { bits, inside: self.inside.or(&other.inside), kinds: self.kinds.or(other.kinds), ..self }
    }

    /// The rules of its values: `known.` and the name.
    pub(crate) fn rule_ids(&self) -> impl Iterator<Item = String> {
        self.names.iter().map(|name| format!("known.{name}"))
    }
}

pub(crate) fn is_slug(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

/// Says how much there is.
impl fmt::Debug for KnownSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownSet").field("names", &self.names.len()).field("forms", &self.forms.len()).finish_non_exhaustive()
    }
}
