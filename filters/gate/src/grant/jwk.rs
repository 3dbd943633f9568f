//! JSON Web Key Sets, as identity providers publish them.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rsa::{BigUint, RsaPublicKey};
use serde::Deserialize;

use super::key::{BadGrantKey, GrantKey, KeyKind};
use crate::signing::VerifyingKey;

/// Fewest bits of an RSA key: less can be factored.
const MIN_RSA: usize = 2048;

#[derive(Deserialize)]
struct Set {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// All keys that can be used. Those of other kinds are left out: providers publish them side by side.
pub(super) fn parse(text: &str) -> Result<Vec<GrantKey>, BadGrantKey> {
    let set: Set = serde_json::from_str(text).map_err(|error| BadGrantKey::Json { line: error.line(), column: error.column() })?;
    let mut keys = Vec::new();
    for (index, key) in set.keys.into_iter().enumerate() {
        let kind = match (key.kty.as_str(), key.crv.as_deref()) {
            _ if key.purpose.as_deref().is_some_and(|purpose| purpose != "sig") => continue,
            ("OKP", Some("Ed25519")) => ed25519(&key),
            ("EC", Some("P-256")) => p256(&key),
            ("RSA", _) => rsa(&key),
            _ => continue,
        };
        let kind = kind.ok_or(BadGrantKey::Key(index + 1))?;
        if key.alg.as_deref().is_none_or(|alg| alg == kind.algorithm()) {
            keys.push(GrantKey { id: key.kid, kind });
        }
    }
    if keys.is_empty() { Err(BadGrantKey::None) } else { Ok(keys) }
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text?).ok()
}

fn ed25519(key: &Key) -> Option<KeyKind> {
    let x: [u8; 32] = bytes(key.x.as_ref())?.try_into().ok()?;
    VerifyingKey::from_bytes(&x).map(KeyKind::Ed25519)
}

fn p256(key: &Key) -> Option<KeyKind> {
    let (x, y) = (bytes(key.x.as_ref())?, bytes(key.y.as_ref())?);
    if x.len() != 32 || y.len() != 32 {
        return None;
    }
    let point = [&[4][..], &x, &y].concat();
    p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok().map(|key| KeyKind::P256(Box::new(key)))
}

fn rsa(key: &Key) -> Option<KeyKind> {
    let (n, e) = (BigUint::from_bytes_be(&bytes(key.n.as_ref())?), BigUint::from_bytes_be(&bytes(key.e.as_ref())?));
    if n.bits() < MIN_RSA {
        return None;
    }
    let key = RsaPublicKey::new(n, e).ok()?;
    Some(KeyKind::Rsa(Box::new(rsa::pkcs1v15::VerifyingKey::new(key))))
}
