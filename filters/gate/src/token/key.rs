//! The keys of tokens.

use core::fmt;
use std::sync::Arc;

use crate::hex;

/// Bytes of a key: two AES-256 keys, one that authenticates and one that encrypts.
const KEY: usize = 64;
/// Most characters of a key's name.
pub(super) const MAX_ID: usize = 16;

/// The keys that make and open tokens, the newest first. Cheap to clone; Debug is masked.
///
/// Tokens are made with the first key and opened with the one they name, so a key is rotated by writing a new one above
/// it, and retired by removing its line: from then on its tokens stay tokens.
#[derive(Clone)]
pub struct TokenKeys(Arc<[TokenKey]>);

/// One key and its name.
pub(super) struct TokenKey {
    pub(super) id: KeyId,
    pub(super) bytes: [u8; KEY],
}

impl TokenKeys {
    /// Reads keys: one a line (or, as in an environment variable, separated by commas), each a name of letters, digits
    /// and `-`, white space, and 128 hexadecimal digits. Empty lines and those that start with `#` are skipped.
    ///
    /// # Errors
    ///
    /// When a line is no key, two have the same name, or there is none. The error names the line, and nothing of the key.
    ///
    /// ```
    /// use tamis::token::TokenKeys;
    /// let keys = TokenKeys::parse(&format!("# newest first\n2026-11 {}\n2026-05 {}\n", "ab".repeat(64), "cd".repeat(64)))?;
    /// assert_eq!(keys.ids().map(ToString::to_string).collect::<Vec<_>>(), ["2026-11", "2026-05"]);
    /// assert_eq!(TokenKeys::parse("k1 0123").unwrap_err().to_string(), "line 1: a token key has 128 hexadecimal digits, not 4");
    /// # Ok::<(), tamis::token::KeyError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<TokenKey> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let at = |problem| KeyError { line: index + 1, problem };
            if line.trim_start().starts_with('#') {
                continue;
            }
            for entry in line.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                let key = entry_of(entry).map_err(at)?;
                if keys.iter().any(|other| other.id == key.id) {
                    return Err(at(Problem::Twice(key.id)));
                }
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeyError { line: 0, problem: Problem::None }) } else { Ok(TokenKeys(keys.into())) }
    }

    /// The keys' names, the one that makes tokens first.
    pub fn ids(&self) -> impl Iterator<Item = &KeyId> {
        self.0.iter().map(|key| &key.id)
    }

    /// The key that makes tokens.
    pub(super) fn newest(&self) -> &TokenKey {
        &self.0[0]
    }

    pub(super) fn find(&self, id: &str) -> Option<&TokenKey> {
        self.0.iter().find(|key| key.id.as_str() == id)
    }
}

fn entry_of(entry: &str) -> Result<TokenKey, Problem> {
    let (id, digits) = entry.split_once(char::is_whitespace).ok_or(Problem::Shape)?;
    let id = KeyId::new(id).ok_or(Problem::Name)?;
    let digits = digits.trim().to_ascii_lowercase();
    if digits.len() != 2 * KEY {
        return Err(Problem::Length(digits.len()));
    }
    let mut bytes = [0; KEY];
    hex::decode(&digits, &mut bytes).ok_or(Problem::Digit)?;
    if bytes == [0; KEY] {
        return Err(Problem::Zero);
    }
    Ok(TokenKey { id, bytes })
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

/// The name of a key: up to 16 letters, digits and `-`. It stands in every token the key makes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyId(Box<str>);

impl KeyId {
    /// The name, if it is one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (!text.is_empty() && text.len() <= MAX_ID && text.bytes().all(named)).then(|| KeyId(text.into()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why keys cannot be read. It holds nothing of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    line: usize,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    None,
    Shape,
    Name,
    Length(usize),
    Digit,
    Zero,
    Twice(KeyId),
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        match &self.problem {
            Problem::None => f.write_str("there is no token key"),
            Problem::Shape => f.write_str("a token key is a name, a space and 128 hexadecimal digits"),
            Problem::Name => write!(f, "the name of a token key has 1 to {MAX_ID} letters, digits and `-`"),
            Problem::Length(length) => write!(f, "a token key has {} hexadecimal digits, not {length}", 2 * KEY),
            Problem::Digit => f.write_str("a token key has hexadecimal digits only"),
            Problem::Zero => f.write_str("a token key of zeros is none: `tamis keygen token` makes one"),
            Problem::Twice(id) => write!(f, "there are two token keys with the name {id}"),
        }
    }
}

impl core::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_line_and_without_the_key() {
        let (good, digits) = ("a1".repeat(64), "a1".repeat(63));
        for (text, says) in [
            (String::new(), "there is no token key"),
            ("# k1\n\n".to_owned(), "there is no token key"),
            (good.clone(), "line 1: a token key is a name, a space and 128 hexadecimal digits"),
            (format!("\nk_1 {good}"), "line 2: the name of a token key has 1 to 16 letters, digits and `-`"),
            (format!("k1 {digits}"), "line 1: a token key has 128 hexadecimal digits, not 126"),
            (format!("k1 {digits}g1"), "line 1: a token key has hexadecimal digits only"),
            (format!("k1 {}", "00".repeat(64)), "line 1: a token key of zeros is none: `tamis keygen token` makes one"),
            (format!("k1 {good}\nk1 {good}"), "line 2: there are two token keys with the name k1"),
        ] {
            let error = TokenKeys::parse(&text).unwrap_err();
            assert_eq!(error.to_string(), says);
            assert!(!format!("{error:?}").contains("a1a1"));
        }
    }

    #[test]
    fn lines_and_commas_separate_keys() {
        let (a, b) = ("0F".repeat(64), "5e".repeat(64));
        for text in [format!("x {a}\ny {b}\n"), format!("x {a},y {b}"), format!(" x\t{a} , y  {b} ")] {
            let keys = TokenKeys::parse(&text).unwrap();
            assert_eq!(format!("{keys:?}"), "[x, y]");
            assert_eq!((keys.newest().bytes[0], keys.find("y").unwrap().bytes[63]), (0x0f, 0x5e));
        }
    }
}
