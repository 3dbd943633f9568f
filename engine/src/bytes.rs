//! Sets of bytes: what may stand beside a match, and what a lane counts as part of a word.

use serde::{Deserialize, Serialize};

/// A set of byte values, usable in constants.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteSet([u64; 4]);

impl ByteSet {
    /// The set with no byte.
    pub const EMPTY: ByteSet = ByteSet([0; 4]);
    /// `[A-Za-z0-9]`
    pub const ALNUM: ByteSet = ByteSet::EMPTY.range(b'0', b'9').range(b'A', b'Z').range(b'a', b'z');
    /// `[A-Za-z0-9_]`
    pub const WORD: ByteSet = ByteSet::ALNUM.with(b"_");
    /// `[A-Za-z0-9_-]`, the characters of a token run.
    pub const TOKEN: ByteSet = ByteSet::WORD.with(b"-");
    /// `[A-Za-z0-9_+/-]`, what values known by their names are made of, and the backslash that may guard some of it.
    pub const WIDE: ByteSet = ByteSet::TOKEN.with(b"+/\\");
    /// `[A-Za-z0-9+/=]`
    pub const BASE64: ByteSet = ByteSet::ALNUM.with(b"+/=");
    /// What may stand in the local part of an e-mail address.
    pub const LOCAL: ByteSet = ByteSet::TOKEN.with(b".%+");
    /// What makes a number part of a longer number, a version or a name.
    pub const NUMBER: ByteSet = ByteSet::TOKEN.with(b".+");

    /// This set and all bytes from `low` to `high`, both included.
    #[must_use]
    pub const fn range(mut self, low: u8, high: u8) -> Self {
        let mut byte = low;
        loop {
            self.0[(byte >> 6) as usize] |= 1 << (byte & 63);
            if byte == high {
                return self;
            }
            byte += 1;
        }
    }

    /// This set and the given bytes.
    #[must_use]
    pub const fn with(mut self, bytes: &[u8]) -> Self {
        let mut i = 0;
        while i < bytes.len() {
            self = self.range(bytes[i], bytes[i]);
            i += 1;
        }
        self
    }

    /// The bytes of both sets.
    pub(crate) fn or(&self, other: &ByteSet) -> ByteSet {
        let mut all = *self;
        all.0.iter_mut().zip(other.0).for_each(|(word, more)| *word |= more);
        all
    }

    /// How many bytes the set has.
    #[cfg(feature = "compile")]
    pub(crate) fn len(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Whether `byte` is in the set.
    ///
    /// ```
    /// use tamis_engine::ByteSet;
    /// assert!(ByteSet::TOKEN.contains(b'-') && !ByteSet::WORD.contains(b'-'));
    /// ```
    #[must_use]
    pub const fn contains(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] & (1 << (byte & 63)) != 0
    }
}

impl core::fmt::Debug for ByteSet {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries((0..=255u8).filter(|b| self.contains(*b)).map(char::from)).finish()
    }
}
