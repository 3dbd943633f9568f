//! Offline checks: does a match carry the checksum or structure that its issuer gives it?
//!
//! Each check is pure and answers `valid`, `invalid` or `abstain`. What an answer is worth is the validator's to say:
//! a checksum of 24 bits or more proves a token, a single check digit only supports it.

use serde::{Deserialize, Serialize};

use crate::finding::Verdict;

mod atlassian;
mod aws;
mod azure;
mod basic;
mod bech32;
mod card;
mod codec;
mod email;
mod github;
mod gitlab;
mod grafana;
mod iban;
mod ip;
mod json;
mod jwt;
mod pem;
mod phone;
mod pypi;
mod ssn;
mod vercel;
mod zuplo;

pub(crate) use pem::PemCheck;

/// An offline check by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// GitHub's classic tokens and npm's: the body ends with its own CRC-32 in base 62.
    GithubCrc32,
    /// GitHub's fine-grained tokens: eight characters of a SHA-256 inside.
    GithubPatSha256,
    /// GitLab's routable tokens: payload length and CRC-32 in base 36.
    GitlabRoutable,
    /// Grafana's service account tokens: little-endian CRC-32 in hexadecimal.
    GrafanaCrc32,
    /// Atlassian's tokens: CRC-32 in hexadecimal at the end.
    AtlassianCrc32,
    /// Azure DevOps' 52-character tokens: CRC-32 scattered over the decoded bytes.
    AzureDevopsCrc32,
    /// PyPI's tokens: a macaroon that parses to its end.
    PypiMacaroon,
    /// JSON web tokens: a header that is JSON with `alg`.
    Jwt,
    /// AWS access key ids: 16 base-32 characters.
    AwsKeyId,
    /// Vercel's tokens: the body ends with its own CRC-32 in base 62.
    VercelCrc32,
    /// Zuplo's keys: CRC-32 in hexadecimal after the body.
    ZuploCrc32,
    /// Keys of age, and others in Bech32.
    AgeBech32,
    /// Payment card numbers: issuer range, length and Luhn digit.
    PaymentCard,
    /// International bank account numbers: country, structure and two check digits.
    Iban,
    /// United States social security numbers: ranges that are given out.
    UsSsn,
    /// Phone numbers: country code and length, or a North American number.
    Phone,
    /// IPv4 addresses: public, private or of no interest.
    Ipv4,
    /// IPv6 addresses: public, private or of no interest.
    Ipv6,
    /// E-mail addresses: a domain that may exist.
    Email,
    /// `user:password` in base64.
    BasicCredentials,
}

/// What a validator is: its name in rule files, and what its answers are worth.
struct Sheet {
    name: &'static str,
    proves: bool,
    disproves: bool,
    check: fn(&[u8]) -> Verdict,
}

impl Validator {
    /// All validators.
    pub const ALL: &'static [Validator] = &[
        Validator::GithubCrc32,
        Validator::GithubPatSha256,
        Validator::GitlabRoutable,
        Validator::GrafanaCrc32,
        Validator::AtlassianCrc32,
        Validator::AzureDevopsCrc32,
        Validator::PypiMacaroon,
        Validator::Jwt,
        Validator::AwsKeyId,
        Validator::VercelCrc32,
        Validator::ZuploCrc32,
        Validator::AgeBech32,
        Validator::PaymentCard,
        Validator::Iban,
        Validator::UsSsn,
        Validator::Phone,
        Validator::Ipv4,
        Validator::Ipv6,
        Validator::Email,
        Validator::BasicCredentials,
    ];

    #[rustfmt::skip]
    const fn sheet(self) -> Sheet {
        const fn sheet(name: &'static str, proves: bool, disproves: bool, check: fn(&[u8]) -> Verdict) -> Sheet {
            Sheet { name, proves, disproves, check }
        }
        match self {
            //                                              name                 proves disproves
            Validator::GithubCrc32      => sheet("github-crc32",       true,  true,  github::check_classic),
            Validator::GithubPatSha256  => sheet("github-pat-sha256",  true,  true,  github::check_fine_grained),
            Validator::GitlabRoutable   => sheet("gitlab-routable",    true,  true,  gitlab::check),
            Validator::GrafanaCrc32     => sheet("grafana-crc32",      true,  true,  grafana::check),
            Validator::AtlassianCrc32   => sheet("atlassian-crc32",    true,  true,  atlassian::check),
            Validator::AzureDevopsCrc32 => sheet("azure-devops-crc32", true,  true,  azure::check),
            Validator::PypiMacaroon     => sheet("pypi-macaroon",      true,  true,  pypi::check),
            Validator::Jwt              => sheet("jwt",                true,  true,  jwt::check),
            Validator::AwsKeyId         => sheet("aws-key-id",         false, false, aws::check),
            Validator::VercelCrc32      => sheet("vercel-crc32",       true,  false, vercel::check),
            Validator::ZuploCrc32       => sheet("zuplo-crc32",        true,  false, zuplo::check),
            Validator::AgeBech32        => sheet("age-bech32",         true,  true,  bech32::check),
            Validator::PaymentCard      => sheet("payment-card",       false, true,  card::check),
            Validator::Iban             => sheet("iban",               true,  true,  iban::check),
            Validator::UsSsn            => sheet("us-ssn",             false, true,  ssn::check),
            Validator::Phone            => sheet("phone",              false, true,  phone::check),
            Validator::Ipv4             => sheet("ipv4",               false, true,  ip::check_v4),
            Validator::Ipv6             => sheet("ipv6",               false, true,  ip::check_v6),
            Validator::Email            => sheet("email",              false, true,  email::check),
            Validator::BasicCredentials => sheet("basic-credentials",  false, true,  basic::check),
        }
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
