//! An id that a client set.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex::Hex;

/// Most characters of an id that is kept as it is.
const LONGEST: usize = 128;

/// An id as agents and clients send it: of a session, a turn, an agent or a tool call.
///
/// Whoever sends a request chooses its ids, so an id tells what belongs together and never who may do what. It ends up in
/// logs, file names and terminals: only letters, digits and a few signs are kept as they are. Of anything else, and of what
/// is longer than 128 characters, a hash is kept, which still tells ids apart.
///
/// ```
/// use tamis::session::Id;
/// assert_eq!(Id::new("0d9e-42").unwrap().as_str(), "0d9e-42");
/// assert_eq!(Id::new("two words").unwrap().as_str(), "sha256-a03f1d611645eb53ad16c1af546ca079");
/// assert!(Id::new("").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Id(Box<str>);

impl Id {
    /// The id, or nothing where the text is empty.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Id::from(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether every character is harmless wherever the id is written.
fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/' | b'@' | b'+' | b'=');
    text.len() <= LONGEST && text.bytes().all(plain)
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        if is_plain(&text) {
            return Id(text.into());
        }
        let digest = Sha256::digest(text.as_bytes());
        Id(format!("sha256-{}", Hex(&digest[..16])).into())
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0.into()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_harm_a_log_or_a_terminal_is_hashed() {
        let long = "x".repeat(LONGEST + 1);
        for text in ["a\nb", "a\u{1b}[2J", "a b", "\u{e9}", "a\"b", &long] {
            let id = Id::new(text).unwrap();
            assert!(id.as_str().starts_with("sha256-") && id.as_str().len() == 39, "{id}");
            assert_eq!(Id::new(text), Some(id));
        }
        assert_ne!(Id::new("a b"), Id::new("a c"));
    }

    #[test]
    fn an_id_read_back_is_the_same() {
        for text in ["toolu_01A", "a b"] {
            let id = Id::new(text).unwrap();
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(serde_json::from_str::<Id>(&json).unwrap(), id);
        }
    }
}
