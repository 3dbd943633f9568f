//! From a value to its token, and back.

use core::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::key::{KeyId, TokenKey, TokenKeys};
use super::scope::Scope;
use super::shape::{MAX_VALUE, Parts, is_rule};

/// Separates these ciphertexts from all others that a key may ever make.
const CONTEXT: &[u8] = b"tamis token 1";

/// Makes and opens the tokens of one scope.
///
/// A token is AES-256-SIV (RFC 5297) of the value: deterministic, so that the same value keeps its token and a prompt
/// its place in a cache, and authenticated together with its rule, its key's name and its scope, so that a token that was
/// forged, cut, relabelled or carried elsewhere does not open. It tells how long the value is.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    keys: TokenKeys,
    scope: Scope,
}

impl Tokenizer {
    /// Tokens of this scope.
    #[must_use]
    pub fn new(keys: TokenKeys, scope: Scope) -> Self {
        Tokenizer { keys, scope }
    }

    /// Where the tokens are valid.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The token of a value that this rule found; nothing for one of more than 1024 bytes.
    #[must_use]
    pub fn seal(&self, rule: &str, value: &[u8]) -> Option<String> {
        if value.is_empty() || value.len() > MAX_VALUE || !is_rule(rule) {
            return None;
        }
        let key = self.keys.newest();
        let sealed = cipher(key).encrypt(self.context(rule, key.id.as_str()), value).ok()?;
        Some(Parts { rule, key: key.id.as_str(), body: &BASE64_URL_SAFE_NO_PAD.encode(sealed) }.join())
    }

    /// The value of a token.
    ///
    /// # Errors
    ///
    /// When it is no token of these keys and this scope.
    ///
    /// ```
    /// use tamis::token::{Refusal, Scope, TokenKeys, Tokenizer};
    /// let keys = TokenKeys::parse(&format!("k1 {}", "5e".repeat(64)))?;
    /// let here = Tokenizer::new(keys.clone(), Scope::session("here"));
    /// let token = here.seal("acme.key", b"s3cr3t").unwrap();
    /// assert_eq!(here.open(&token).unwrap().expose(), b"s3cr3t");
    /// let there = Tokenizer::new(keys, Scope::session("there"));
    /// assert_eq!(there.open(&token).unwrap_err(), Refusal::NotAuthentic);
    /// # Ok::<(), tamis::token::KeyError>(())
    /// ```
    pub fn open(&self, token: &str) -> Result<Opened, Refusal> {
        let parts = Parts::of(token).ok_or(Refusal::Malformed)?;
        let key = self.keys.find(parts.key).ok_or(Refusal::UnknownKey)?;
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(parts.body).map_err(|_| Refusal::Malformed)?;
        let value = cipher(key).decrypt(self.context(parts.rule, parts.key), &sealed).map_err(|_| Refusal::NotAuthentic)?;
        Ok(Opened { rule: parts.rule.to_owned(), key: key.id.clone(), value })
    }

    fn context<'a>(&'a self, rule: &'a str, key: &'a str) -> [&'a [u8]; 5] {
        let [tenant, session] = self.scope.parts();
        [CONTEXT, rule.as_bytes(), key.as_bytes(), tenant, session]
    }
}

fn cipher(key: &TokenKey) -> Aes256Siv {
    Aes256Siv::new(&key.bytes.into())
}

/// An opened token. Debug is masked; there is no Display and no Serialize.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The rule that found the value.
    pub rule: String,
    /// The key that made the token.
    pub key: KeyId,
    value: Vec<u8>,
}

impl Opened {
    /// The value.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.value
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({}, {})", self.rule, self.key)
    }
}

/// Why a token does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It has not the form of one.
    Malformed,
    /// Its key is not there: retired, or another's.
    UnknownKey,
    /// Forged, cut, relabelled, or of another scope.
    NotAuthentic,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Malformed => "it is not whole",
            Refusal::UnknownKey => "its key is not in the key file",
            Refusal::NotAuthentic => "it was not made here: changed, or of another session or tenant",
        })
    }
}

impl core::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::shape::MAX_TOKEN;
    use proptest::prelude::*;

    fn tokenizer(keys: &str, scope: Scope) -> Tokenizer {
        Tokenizer::new(TokenKeys::parse(keys).unwrap(), scope)
    }

    fn key(id: &str, byte: &str) -> String {
        format!("{id} {}\n", byte.repeat(64))
    }

    #[test]
    fn a_key_that_is_no_longer_the_newest_still_opens() {
        let old = tokenizer(&key("old", "01"), Scope::key()).seal("a.b", b"value").unwrap();
        let both = tokenizer(&(key("new", "02") + &key("old", "01")), Scope::key());
        assert_eq!(both.open(&old).unwrap().key.as_str(), "old");
        assert!(both.seal("a.b", b"value").unwrap().starts_with("[TOKEN:a.b:new:"));
        let retired = tokenizer(&key("new", "02"), Scope::key());
        assert_eq!(retired.open(&old).unwrap_err(), Refusal::UnknownKey);
        let other = tokenizer(&key("old", "02"), Scope::key());
        assert_eq!(other.open(&old).unwrap_err(), Refusal::NotAuthentic);
    }

    #[test]
    fn tenant_and_session_are_not_the_same() {
        let scopes = [Scope::key(), Scope::session("a"), Scope::tenant("a"), Scope::session("a").of_tenant("a"), Scope::session("aa")];
        let tokenizers = scopes.map(|scope| tokenizer(&key("k", "07"), scope));
        for (i, maker) in tokenizers.iter().enumerate() {
            let token = maker.seal("a.b", b"value").unwrap();
            for (j, opener) in tokenizers.iter().enumerate() {
                assert_eq!(opener.open(&token).is_ok(), i == j, "{i} {j}");
            }
        }
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        let tokens = tokenizer(&key("k", "07"), Scope::key());
        assert_eq!(tokens.seal("a.b", &[b'x'; MAX_VALUE + 1]), None);
        assert_eq!(tokens.seal("a.b", b""), None);
        assert_eq!(tokens.seal("a]b", b"x"), None);
        let longest = tokens.seal(&"r".repeat(80), &[b'x'; MAX_VALUE]).unwrap();
        assert!(longest.len() <= MAX_TOKEN);
        assert_eq!(tokens.seal("github.pat-classic", &[b'x'; 40]).unwrap().len(), 104);
    }

    #[test]
    fn nothing_prints_key_or_value() {
        let tokens = tokenizer(&key("k", "07"), Scope::key());
        let opened = tokens.open(&tokens.seal("a.b", b"hunter2hunter2").unwrap()).unwrap();
        assert_eq!(format!("{opened:?} {tokens:?}").matches("hunter2").count(), 0);
        assert!(!format!("{tokens:?}").contains("07"));
    }

    proptest! {
        #[test]
        fn a_changed_token_does_not_open(
            value in prop::collection::vec(any::<u8>(), 1..80), at in any::<prop::sample::Index>(), byte in "[A-Za-z0-9_.:-]",
        ) {
            let tokens = tokenizer(&key("k", "07"), Scope::session("s"));
            let token = tokens.seal("github.pat-classic", &value).unwrap();
            let opened = tokens.open(&token).unwrap();
            prop_assert_eq!(opened.expose(), &value[..]);
            prop_assert_eq!(tokens.seal("github.pat-classic", &value).unwrap(), token.clone());
            let at = at.index(token.len());
            let changed = format!("{}{byte}{}", &token[..at], &token[at + 1..]);
            prop_assert!(changed == token || tokens.open(&changed).is_err());
            let cut = format!("{}{}", &token[..at], &token[at + 1..]);
            prop_assert!(tokens.open(&cut).is_err());
        }
    }
}
