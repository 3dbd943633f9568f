//! The name of a policy's content.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::hex::{self, Hex};

/// SHA-256 of a policy's canonical JSON. Every event carries it, so that a reader knows by which policy it was decided.
///
/// It depends on what the policy says, not on how: comments, order of keys, and TOML or JSON make no difference.
/// Displays and serialises as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyDigest([u8; 32]);

impl PolicyDigest {
    /// The digest of this canonical JSON.
    #[must_use]
    pub fn of(canonical: &[u8]) -> Self {
        PolicyDigest(Sha256::digest(canonical).into())
    }

    /// The first 12 hexadecimal digits, for people.
    ///
    /// ```
    /// assert_eq!(tamis::PolicyDigest::of(b"{}").short(), "44136fa355b3");
    /// ```
    #[must_use]
    pub fn short(self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for PolicyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyDigest({self})")
    }
}

impl Serialize for PolicyDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PolicyDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut bytes = [0; 32];
        let text = String::deserialize(deserializer)?;
        hex::decode(&text, &mut bytes).ok_or_else(|| de::Error::custom("a digest has 64 hexadecimal digits"))?;
        Ok(PolicyDigest(bytes))
    }
}
