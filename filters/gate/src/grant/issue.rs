//! Issuing grants.

use core::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::claims::{Claims, Wire};
use crate::signing::SigningKey;

/// Fewest bytes of a shared secret: as many as the hash has.
pub(super) const MIN_SECRET: usize = 32;

/// A key that issues grants. Debug is masked.
#[derive(Clone)]
pub enum IssuingKey {
    /// Who verifies cannot issue: the better choice.
    Ed25519(SigningKey),
    /// A secret that both sides share; make it with [`secret`](IssuingKey::secret).
    Hmac(Hmac<Sha256>),
}

/// A shared secret that is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortSecret;

impl fmt::Display for ShortSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a shared secret has at least {MIN_SECRET} bytes")
    }
}

impl core::error::Error for ShortSecret {}

impl IssuingKey {
    /// A secret that both sides share.
    ///
    /// # Errors
    ///
    /// When it is shorter than 32 bytes.
    pub fn secret(bytes: &[u8]) -> Result<Self, ShortSecret> {
        mac(bytes).map(IssuingKey::Hmac)
    }

    /// The grant, as a JSON Web Token.
    #[must_use]
    pub fn issue(&self, claims: &Claims) -> String {
        let header = match self {
            IssuingKey::Ed25519(key) => format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"JWT"}}"#, key.public().id()),
            IssuingKey::Hmac(_) => r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(),
        };
        let payload = serde_json::to_vec(&Wire::from(claims)).expect("claims have a JSON form");
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(&payload));
        let signature = match self {
            IssuingKey::Ed25519(key) => key.sign(signed.as_bytes()).0.to_vec(),
            IssuingKey::Hmac(mac) => mac.clone().chain_update(signed.as_bytes()).finalize().into_bytes().to_vec(),
        };
        format!("{signed}.{}", encode(&signature))
    }
}

impl fmt::Debug for IssuingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IssuingKey::Ed25519(key) => key.fmt(f),
            IssuingKey::Hmac(_) => f.write_str("Hmac(..)"),
        }
    }
}

pub(super) fn mac(secret: &[u8]) -> Result<Hmac<Sha256>, ShortSecret> {
    if secret.len() < MIN_SECRET {
        return Err(ShortSecret);
    }
    Ok(Hmac::new_from_slice(secret).expect("HMAC takes keys of any length"))
}
