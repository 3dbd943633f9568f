//! Keys that verify grants.

use core::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::issue::{MIN_SECRET, mac};
use super::jwk;
use crate::signing::{Signature, SigningKey, VerifyingKey};

/// Keys that verify grants. A key verifies signatures of its own kind only, whatever a grant's header asks for.
#[derive(Clone, Debug)]
pub struct GrantKeys(Vec<GrantKey>);

/// One key, and its id if it has one.
#[derive(Clone)]
pub(super) struct GrantKey {
    pub(super) id: Option<String>,
    pub(super) kind: KeyKind,
}

#[derive(Clone)]
pub(super) enum KeyKind {
    Ed25519(VerifyingKey),
    Hmac(Hmac<Sha256>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    Rsa(Box<rsa::pkcs1v15::VerifyingKey<Sha256>>),
}

impl KeyKind {
    /// The algorithm, as a grant's header names it.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            KeyKind::Ed25519(_) => "EdDSA",
            KeyKind::Hmac(_) => "HS256",
            KeyKind::P256(_) => "ES256",
            KeyKind::Rsa(_) => "RS256",
        }
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        use rsa::signature::Verifier;
        match self {
            KeyKind::Ed25519(key) => signature.try_into().is_ok_and(|bytes| key.verifies(message, &Signature(bytes))),
            KeyKind::Hmac(mac) => mac.clone().chain_update(message).verify_slice(signature).is_ok(),
            KeyKind::P256(key) => {
                p256::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            KeyKind::Rsa(key) => {
                rsa::pkcs1v15::Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
        }
    }
}

impl GrantKeys {
    /// The keys of a file: an Ed25519 key in PEM, private or public; a JWKS document, as identity providers publish it;
    /// or a shared secret of at least 32 bytes, a line end after it not counted.
    ///
    /// # Errors
    ///
    /// When it is none of them.
    pub fn parse(file: &[u8]) -> Result<Self, BadGrantKey> {
        let text = core::str::from_utf8(file).unwrap_or_default().trim_start();
        if text.starts_with("-----BEGIN") {
            let public = VerifyingKey::from_pem(text).or_else(|_| SigningKey::from_pem(text).map(|key| key.public()));
            return public.map(|key| GrantKeys::of(&key)).map_err(|_| BadGrantKey::Pem);
        }
        if text.starts_with('{') {
            return jwk::parse(text).map(GrantKeys);
        }
        let secret = file.strip_suffix(b"\n").unwrap_or(file);
        let secret = secret.strip_suffix(b"\r").unwrap_or(secret);
        let mac = mac(secret).map_err(|_| BadGrantKey::Short)?;
        Ok(GrantKeys(vec![GrantKey { id: None, kind: KeyKind::Hmac(mac) }]))
    }

    /// One key.
    #[must_use]
    pub fn of(key: &VerifyingKey) -> Self {
        GrantKeys(vec![GrantKey { id: Some(key.id().as_str().to_owned()), kind: KeyKind::Ed25519(key.clone()) }])
    }

    /// The keys that may have signed what names this key.
    pub(super) fn candidates(&self, id: Option<&str>) -> impl Iterator<Item = &KeyKind> {
        let fits = move |key: &&GrantKey| id.is_none() || key.id.is_none() || key.id.as_deref() == id;
        self.0.iter().filter(fits).map(|key| &key.kind)
    }
}

impl fmt::Debug for GrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GrantKey({}, {:?})", self.kind.algorithm(), self.id)
    }
}

/// Why a file holds no keys. It tells nothing of what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadGrantKey {
    /// PEM, but no Ed25519 key.
    Pem,
    /// A secret that is too short.
    Short,
    /// JSON that is no JWKS document.
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// A JWKS document whose key with this number, from 1, is broken.
    Key(usize),
    /// A JWKS document without a key that can be used: Ed25519, P-256 or RSA, for signatures.
    None,
}

impl fmt::Display for BadGrantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadGrantKey::Pem => f.write_str("this PEM holds no Ed25519 key: `openssl genpkey -algorithm ed25519` makes one"),
            BadGrantKey::Short => write!(f, "a shared secret has at least {MIN_SECRET} bytes"),
            BadGrantKey::Json { line, column } => write!(f, "line {line}, column {column}: it is no JWKS document"),
            BadGrantKey::Key(number) => write!(f, "key {number} of the JWKS document is broken"),
            BadGrantKey::None => f.write_str("the JWKS document has no key for EdDSA, ES256 or RS256 signatures"),
        }
    }
}

impl core::error::Error for BadGrantKey {}
