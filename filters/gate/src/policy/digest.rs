//! The name of a policy's content.

use core::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

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
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
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
