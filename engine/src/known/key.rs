//! The key of known values, and the two hashes made with it.

use core::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The shortest key.
const MIN_KEY: usize = 16;
/// Bytes of a form's tag.
pub(crate) const TAG: usize = 16;

/// The key that known values are hashed with. Whoever has it and the set can try guesses; prints masked.
#[derive(Clone)]
pub struct KnownKey {
    mac: Hmac<Sha256>,
    /// What windows are mixed with: a number for those after an anchor, one for those before, and a factor.
    mix: [u64; 3],
}

/// A key that is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortKnownKey;

impl fmt::Display for ShortKnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a key has at least {MIN_KEY} bytes")
    }
}

impl core::error::Error for ShortKnownKey {}

/// Where a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Window {
    /// The four bytes from the anchor on.
    After,
    /// The four bytes before it.
    Before,
}

impl KnownKey {
    /// A key of at least 16 bytes.
    ///
    /// # Errors
    ///
    /// When it is shorter.
    ///
    /// ```
    /// assert!(tamis_engine::KnownKey::new(b"0123456789abcdef").is_ok());
    /// assert!(tamis_engine::KnownKey::new(b"short").is_err());
    /// ```
    pub fn new(key: &[u8]) -> Result<Self, ShortKnownKey> {
        if key.len() < MIN_KEY {
            return Err(ShortKnownKey);
        }
        let mac = Hmac::new_from_slice(key).expect("HMAC takes keys of any length");
        let number = |of: &[u8]| {
            let tag = tag(&mac, b"window", of);
            tag.iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte))
        };
        // A factor that is even would lose bits.
        let mix = [number(b"after"), number(b"before"), number(b"factor") | 1];
        Ok(KnownKey { mac, mix })
    }

    /// What tells that a set was made with this key.
    pub(crate) fn check(&self) -> [u8; TAG] {
        tag(&self.mac, b"check", b"")
    }

    /// The tag of a form.
    pub(crate) fn tag(&self, form: &[u8]) -> [u8; TAG] {
        tag(&self.mac, b"form", form)
    }

    /// A hash of four bytes that is quick to compute. Only a few of its bits are ever written down.
    #[inline(always)]
    pub(crate) fn mix(&self, window: Window, bytes: u32) -> u32 {
        let [after, before, factor] = self.mix;
        let seed = if window == Window::After { after } else { before };
        let product = u128::from(u64::from(bytes) ^ seed) * u128::from(factor);
        ((product as u64 ^ (product >> 64) as u64) >> 32) as u32
    }
}

impl fmt::Debug for KnownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownKey(..)")
    }
}

fn tag(mac: &Hmac<Sha256>, domain: &[u8], bytes: &[u8]) -> [u8; TAG] {
    let mut mac = mac.clone();
    mac.update(domain);
    mac.update(&[0]);
    mac.update(bytes);
    let mut tag = [0; TAG];
    tag.copy_from_slice(&mac.finalize().into_bytes()[..TAG]);
    tag
}
