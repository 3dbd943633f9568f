//! A name for a secret that does not tell the secret.

use core::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use tamis_engine::{Finding, Layer};

use crate::canonical::Canonical;
use crate::hex::{self, Hex};

/// The key that is used when nobody gives one. It is public on purpose: with it, two runs anywhere give the same secret
/// the same fingerprint, so that findings can be compared, counted and baselined.
///
/// A public key hides a token of full strength, not a value from a small space: who has the fingerprint of a phone
/// number can try all phone numbers. Give an own key where that matters.
const PUBLIC_KEY: &[u8] = b"tamis public fingerprint key, version 1";
/// Fewest bytes of an own key.
const MIN_KEY: usize = 16;

/// The key of the fingerprints. Cheap to clone; Debug is masked.
#[derive(Clone)]
pub struct FingerprintKey(Hmac<Sha256>);

/// A fingerprint key that is too short to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortKey;

impl fmt::Display for ShortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a fingerprint key has at least {MIN_KEY} bytes")
    }
}

impl core::error::Error for ShortKey {}

impl FingerprintKey {
    /// A key of one's own.
    ///
    /// # Errors
    ///
    /// When it is shorter than 16 bytes.
    pub fn new(key: &[u8]) -> Result<Self, ShortKey> {
        if key.len() < MIN_KEY { Err(ShortKey) } else { Ok(FingerprintKey::of(key)) }
    }

    /// HMAC takes keys of any length.
    fn of(key: &[u8]) -> Self {
        FingerprintKey(Hmac::new_from_slice(key).expect("HMAC takes keys of any length"))
    }

    /// Starts the fingerprint of a finding whose bytes are still to come. `long` findings are those that arrive in
    /// parts.
    #[must_use]
    pub fn start(&self, finding: &Finding, long: bool) -> Fingerprinter {
        let canonical = if long {
            Canonical::block()
        } else if finding.layer == Some(Layer::JsonEscape) {
            Canonical::unescape()
        } else {
            Canonical::plain()
        };
        Fingerprinter { mac: self.0.clone(), canonical }
    }

    /// The fingerprints that this value has wherever it may have been found: as it stands, inside an escaped string, and
    /// as a block over several lines. Two of them may be the same.
    ///
    /// ```
    /// use tamis::{Fingerprint, FingerprintKey};
    /// let prints: [Fingerprint; 3] = FingerprintKey::default().of_value(b"correct horse battery staple");
    /// assert_eq!(prints[0], prints[1]);
    /// ```
    #[must_use]
    pub fn of_value(&self, value: &[u8]) -> [Fingerprint; 3] {
        [Canonical::plain(), Canonical::unescape(), Canonical::block()].map(|canonical| {
            let mut fingerprinter = Fingerprinter { mac: self.0.clone(), canonical };
            fingerprinter.update(value);
            fingerprinter.finish()
        })
    }

    /// The fingerprint of a whole finding.
    #[must_use]
    pub fn fingerprint(&self, finding: &Finding, secret: &[u8]) -> Fingerprint {
        let mut fingerprinter = self.start(finding, false);
        fingerprinter.update(secret);
        fingerprinter.finish()
    }
}

impl FingerprintKey {
    /// The fingerprint of a value that stands alone, without the text that it was found in.
    ///
    /// ```
    /// let key = tamis::FingerprintKey::default();
    /// assert_eq!(key.value(b"correct horse battery staple").to_string(), "b5a9489061c2823b30e12a8c817ba86f");
    /// ```
    #[must_use]
    pub fn value(&self, value: &[u8]) -> Fingerprint {
        let mut fingerprinter = Fingerprinter { mac: self.0.clone(), canonical: Canonical::plain() };
        fingerprinter.update(value);
        fingerprinter.finish()
    }
}

impl Default for FingerprintKey {
    /// The public key: fingerprints are the same in every run on every machine.
    fn default() -> Self {
        FingerprintKey::of(PUBLIC_KEY)
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

/// A fingerprint in the making.
///
/// What is hashed is the secret as its reader sees it: escapes of the JSON around it are undone, and a long block is
/// read without its line structure, so the same private key has the same fingerprint in a file, a JSON string and a
/// diff.
#[derive(Clone)]
pub struct Fingerprinter {
    mac: Hmac<Sha256>,
    canonical: Canonical,
}

impl Fingerprinter {
    /// Adds bytes of the secret.
    pub fn update(&mut self, bytes: &[u8]) {
        let mac = &mut self.mac;
        self.canonical.feed(bytes, |clean| mac.update(clean));
    }

    /// The fingerprint of all bytes added.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        let mut short = [0; 16];
        short.copy_from_slice(&self.mac.finalize().into_bytes()[..16]);
        Fingerprint(short)
    }
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprinter(..)")
    }
}

/// HMAC-SHA256 of a secret, the first 128 bits. Displays and serialises as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The first 12 hexadecimal digits: enough to tell apart the secrets of one project.
    #[must_use]
    pub fn short(self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl core::str::FromStr for Fingerprint {
    type Err = NoFingerprint;

    /// Reads the 32 hexadecimal digits that it displays as.
    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let mut bytes = [0; 16];
        hex::decode(text, &mut bytes).ok_or(NoFingerprint)?;
        Ok(Fingerprint(bytes))
    }
}

/// Text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoFingerprint;

impl fmt::Display for NoFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fingerprint has 32 hexadecimal digits in lower case")
    }
}

impl core::error::Error for NoFingerprint {}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamis_engine::{Confidence, RuleIndex, Span, Told, Verdict};

    fn finding(layer: Option<Layer>) -> Finding {
        Finding {
            rule: RuleIndex(0),
            span: Span::new(0, 1),
            confidence: Confidence::High,
            verdict: Verdict::Abstain,
            layer,
            told: Told::default(),
        }
    }

    #[test]
    fn the_public_key_never_changes() {
        let print = FingerprintKey::default().fingerprint(&finding(None), b"correct horse battery staple");
        assert_eq!(print.to_string(), "b5a9489061c2823b30e12a8c817ba86f");
        assert_eq!(print.short(), print.to_string()[..12]);
    }

    #[test]
    fn an_own_key_gives_other_fingerprints() {
        let own = FingerprintKey::new(b"0123456789abcdef").unwrap();
        assert_ne!(own.fingerprint(&finding(None), b"x"), FingerprintKey::default().fingerprint(&finding(None), b"x"));
        assert_eq!(FingerprintKey::new(b"short").unwrap_err(), ShortKey);
    }

    #[test]
    fn escapes_around_a_secret_do_not_change_it() {
        let key = FingerprintKey::default();
        let layer = Some(Layer::JsonEscape);
        let plain = key.fingerprint(&finding(None), b"https://hooks.example/a/b");
        assert_eq!(key.fingerprint(&finding(layer), br"https:\/\/hooks.example\/a\/b"), plain);
        assert_eq!(key.fingerprint(&finding(layer), br"https:\\/\\/hooks.example\\/a\u002Fb"), plain);
    }

    #[test]
    fn a_block_is_the_same_in_a_file_a_string_and_a_diff() {
        let key = FingerprintKey::default();
        let print = |parts: &[&[u8]]| {
            let mut fingerprinter = key.start(&finding(None), true);
            parts.iter().for_each(|part| fingerprinter.update(part));
            fingerprinter.finish()
        };
        let plain = print(&[b"-----BEGIN X-----\nab+c\n+def\n-----END X-----"]);
        assert_eq!(print(&[b"-----BEGIN X-----\r\nab+c\r\n+def\r\n-----END X-----"]), plain);
        assert_eq!(print(&[b"-----BEGIN X-----\n+ab+c\n++def\n", b"+-----END X-----"]), plain);
        assert_eq!(print(&[br"-----BEGIN X-----\nab+c\", br"n+def\n-----END X-----"]), plain);
        assert_eq!(print(&[br"-----BEGIN X-----\\nab+c\\u000", br"a+def\\n-----END X-----"]), plain);
        assert_ne!(print(&[b"-----BEGIN X-----\nab+d\n+def\n-----END X-----"]), plain);
    }

    #[test]
    fn nothing_prints_the_key() {
        assert_eq!(format!("{:?}", FingerprintKey::default()), "FingerprintKey(..)");
    }
}
