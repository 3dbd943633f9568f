//! Offline checks: does a match carry the checksum or structure that its issuer gives it?
//!
//! Each check is pure and answers `valid`, `invalid` or `abstain`. What an answer is worth is the validator's to say:
//! a checksum of 24 bits or more proves a token, a single check digit only supports it.

use crate::finding::Verdict;
use crate::told::Told;

mod atlassian;
mod aws;
mod azure;
mod azure_keys;
mod base58;
mod basic;
mod bech32;
mod bip39;
mod card;
mod codec;
mod email;
mod github;
mod gitlab;
mod grafana;
mod iban;
mod ids;
mod ip;
mod json;
mod jwt;
mod pem;
mod phone;
mod pypi;
mod ssn;
mod table;
mod vault;
mod vercel;
mod vin;
mod zuplo;

pub(crate) use pem::PemCheck;
pub use table::Validator;
use table::{SHEETS, Sheet};

impl Validator {
    fn sheet(self) -> &'static Sheet {
        &SHEETS[self as usize]
    }

    /// The validator of this name in rule files.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.name() == name)
    }

    /// The name in rule files.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.sheet().name
    }

    /// Whether `valid` proves the finding, so that its confidence is `certain`.
    #[must_use]
    pub fn proves(self) -> bool {
        self.sheet().proves
    }

    /// Whether `invalid` disproves it, so that there is no finding: only where the algorithm is proven on public samples.
    #[must_use]
    pub fn disproves(self) -> bool {
        self.sheet().disproves
    }

    /// What a match says about itself, its escapes undone.
    #[must_use]
    pub fn told(self, value: &[u8]) -> Told {
        match self {
            Validator::AwsKeyId => aws::told(value),
            Validator::AzureAnnotated => azure_keys::told_annotated(value),
            Validator::Jwt => jwt::told(value),
            Validator::JwtBase64 => jwt::told_base64(value),
            _ => Told::default(),
        }
    }

    /// Checks a match, its escapes undone. Linear in its length.
    #[must_use]
    pub fn check(self, value: &[u8]) -> Verdict {
        (self.sheet().check)(value)
    }
}

/// For checks that know right from wrong and nothing between.
fn valid_if(right: bool) -> Verdict {
    if right { Verdict::Valid } else { Verdict::Invalid }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    #[test]
    fn names_are_unique_and_the_same_everywhere() {
        for (i, validator) in Validator::ALL.iter().copied().enumerate() {
            assert_eq!(validator as usize, i);
            assert_eq!(Validator::from_name(validator.name()), Some(validator));
            let name: StrDeserializer<'_, Error> = validator.name().into_deserializer();
            assert_eq!(Validator::deserialize(name), Ok(validator));
        }
        assert_eq!(Validator::from_name("luck"), None);
    }

    /// Bytes that are of no form at all, cut forms, and forms with odd bytes: an answer, never a panic.
    #[test]
    fn any_bytes_get_an_answer() {
        let forms = [
            "ghp_0123456789",
            "github_pat_",
            "glpat-a.01.0w0sfevch",
            "glsa_",
            "ATATT3=",
            "ATBB",
            "pypi-AgEIcHlwaS5vcmc",
            "eyJ.eyJ.x",
            "..",
            ".....",
            "AKIA",
            "vcp_",
            "zpka__",
            "AGE-SECRET-KEY-1",
            "1qqqqqq",
            "4111 1111-1111 1111",
            "GB82 WEST 1234",
            "078-05-1120",
            "+1 (212) 555-0123",
            "+",
            "1.2.3",
            "::",
            "1::2::3",
            "a@b",
            "@",
            "a@.com",
        ];
        let mut seed = 1u64;
        for validator in Validator::ALL {
            for form in forms {
                for end in 0..=form.len() {
                    let _ = validator.check(&form.as_bytes()[..end]);
                }
                for _ in 0..200 {
                    let mut bytes = form.as_bytes().to_vec();
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    let at = (seed >> 33) as usize % bytes.len();
                    bytes[at] = (seed >> 25) as u8;
                    let _ = validator.check(&bytes);
                }
            }
            for length in 0..200 {
                for byte in [0, b' ', b'0', b'A', b'a', b'.', b'_', 0x80, 0xff] {
                    let _ = validator.check(&vec![byte; length]);
                }
            }
        }
    }
}
