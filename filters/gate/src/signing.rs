//! Ed25519 keys and signatures.

use core::fmt;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey};
use ed25519_dalek::{Signer as _, Verifier as _};
use sha2::{Digest, Sha256};

use crate::hex::{self, Hex};
use crate::name::Name;

/// A private key that signs. Debug is masked; the key is wiped from memory when dropped.
///
/// ```
/// use tamis::SigningKey;
/// let key = SigningKey::from_seed(&[7; 32]);
/// let signature = key.sign(b"what is signed");
/// assert!(key.public().verifies(b"what is signed", &signature));
/// assert!(!key.public().verifies(b"something else", &signature));
/// ```
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half, that verifies.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

/// Text that is no key. What it holds is not told: it may be a key of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadKey {
    /// No private key in PEM.
    Private,
    /// No public key in PEM.
    Public,
}

impl fmt::Display for BadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadKey::Private => "expected an Ed25519 private key in PEM: `openssl genpkey -algorithm ed25519` makes one",
            BadKey::Public => "expected an Ed25519 public key in PEM: `openssl pkey -pubout` writes it",
        })
    }
}

impl core::error::Error for BadKey {}

impl SigningKey {
    /// The key of these 32 random bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        SigningKey(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Reads the PEM that `openssl genpkey -algorithm ed25519` writes.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(SigningKey).map_err(|_| BadKey::Private)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

impl VerifyingKey {
    /// Reads the PEM that `openssl pkey -pubout` writes.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_pem(pem: &str) -> Result<Self, BadKey> {
        ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map(VerifyingKey).map_err(|_| BadKey::Public)
    }

    /// The key of these bytes, if they are one.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes).ok().map(VerifyingKey)
    }

    /// The key as PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.0.to_public_key_pem(LineEnding::LF).expect("a public key has a PEM form")
    }

    /// Its id: the first 16 hexadecimal digits of its SHA-256.
    #[must_use]
    pub fn id(&self) -> Name {
        Name::new(&Hex(&Sha256::digest(self.0.as_bytes())[..8]).to_string())
    }

    /// Whether the signature is this key's over this message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        self.0.verify(message, &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.id())
    }
}

/// A signature. Displays as 128 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// Reads the digits that it displays as.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 64];
        hex::decode(text, &mut bytes).map(|()| Signature(bytes))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key as OpenSSL writes it, of the seed 00 01 … 1f.
    fn pem() -> String {
        let label = "PRIVATE KEY";
        let body = ["MC4CAQAwBQYDK2VwBCIEIAABAgME", "BQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"].concat();
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn keys_are_read_as_openssl_writes_them() {
        let seed: [u8; 32] = core::array::from_fn(|i| i as u8);
        let key = SigningKey::from_pem(&pem()).unwrap();
        assert_eq!(key.public(), SigningKey::from_seed(&seed).public());
        assert_eq!(VerifyingKey::from_pem(&key.public().to_pem()).unwrap(), key.public());
        assert_eq!(SigningKey::from_pem(&key.public().to_pem()).unwrap_err(), BadKey::Private);
        assert_eq!(VerifyingKey::from_pem(&pem()).unwrap_err(), BadKey::Public);
    }

    #[test]
    fn a_signature_survives_its_digits() {
        let signature = SigningKey::from_seed(&[1; 32]).sign(b"x");
        assert_eq!(Signature::from_hex(&signature.to_string()), Some(signature));
        assert_eq!(Signature::from_hex("00"), None);
    }

    #[test]
    fn nothing_prints_the_private_key() {
        let key = SigningKey::from_seed(&[0xab; 32]);
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public().id()));
    }
}
