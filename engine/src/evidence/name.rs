//! What a value's name says: whose secret it is, or that it holds something about one.

use super::vocabulary::Vocabulary;
use crate::bytes::ByteSet;

/// Longest value that is compared with its own name.
const SHORT: usize = 32;
/// What names end with that hold no secret, but something about one.
const ABOUT: &[&[u8]] = &[
    b"alg",
    b"algorithm",
    b"attempt",
    b"attempts",
    b"class",
    b"column",
    b"count",
    b"description",
    b"digest",
    b"dir",
    b"enabled",
    b"encoding",
    b"endpoint",
    b"env",
    b"error",
    b"expiration",
    b"expires",
    b"expiry",
    b"field",
    b"file",
    b"filename",
    b"fingerprint",
    b"format",
    b"hint",
    b"id",
    b"ids",
    b"index",
    b"input",
    b"kind",
    b"label",
    b"length",
    b"len",
    b"link",
    b"location",
    b"max",
    b"message",
    b"method",
    b"min",
    b"mode",
    b"msg",
    b"name",
    b"names",
    b"param",
    b"path",
    b"pattern",
    b"placeholder",
    b"policy",
    b"prefix",
    b"prompt",
    b"ref",
    b"regex",
    b"regexp",
    b"required",
    b"rule",
    b"scope",
    b"selector",
    b"size",
    b"source",
    b"state",
    b"status",
    b"suffix",
    b"text",
    b"timeout",
    b"title",
    b"ttl",
    b"type",
    b"types",
    b"uri",
    b"url",
    b"validator",
    b"variable",
    b"version",
];
/// What names hold that stand for something public or derived.
static PUBLIC: Vocabulary<24> = Vocabulary::new([
    b"sha1",
    b"sha256",
    b"sha512",
    b"md5",
    b"hash",
    b"checksum",
    b"digest",
    b"integrity",
    b"commit",
    b"revision",
    b"fingerprint",
    b"public",
    b"etag",
    b"csrf",
    b"nonce",
    b"pagination",
    b"nexttoken",
    b"next_token",
    b"continuation",
    b"pagetoken",
    b"page_token",
    b"cursor",
    b"amz_credential",
    b"amz-credential",
]);
/// Words that values are made of which only speak of secrets.
static NOUNS: Vocabulary<7> = Vocabulary::new([b"pass", b"pwd", b"secret", b"token", b"key", b"auth", b"cred"]);

/// Whether the name stands for something public or derived.
pub(super) fn is_public(name: &[u8]) -> bool {
    PUBLIC.any_in(name)
}

pub(super) fn mentions(value: &[u8]) -> bool {
    NOUNS.any_in(value)
}

/// `token_type`, `passwordField`: what stands after the last noun tells what the name is about.
pub(super) fn is_about(name: &[u8]) -> bool {
    let Some(end) = NOUNS.last_end_in(name) else { return false };
    let rest = &name[end..name[end..].iter().position(|b| !ByteSet::TOKEN.contains(*b) && *b != b'.').map_or(name.len(), |len| end + len)];
    let humps =
        rest.chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && !(a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    humps.into_iter().any(|part| ABOUT.iter().any(|word| word.eq_ignore_ascii_case(part)))
}

/// `password`, `dbPass`, `pwd`, but not `passing` and `bypass`.
pub(super) fn is_password_name(name: &[u8]) -> bool {
    static NAMES: Vocabulary<6> = Vocabulary::new([b"password", b"passwd", b"passphrase", b"passcode", b"passwort", b"pwd"]);
    static ALONE: Vocabulary<1> = Vocabulary::new([b"pass"]);
    let starts =
        |at: usize| at == 0 || !name[at - 1].is_ascii_alphabetic() || name[at].is_ascii_uppercase() && name[at - 1].is_ascii_lowercase();
    let ends =
        |end: usize| name.get(end).is_none_or(|b| !b.is_ascii_alphabetic() || b.is_ascii_uppercase() && name[end - 1].is_ascii_lowercase());
    NAMES.any_in(name) || ALONE.any_where(name, |start, end| starts(start) && ends(end))
}

/// `password: "password"`, `passwordField = "passwordField"`.
pub(super) fn names_itself(value: &[u8], name: &[u8]) -> bool {
    // What has digits, as most values do, names nothing.
    let worded = |b: &u8| (ByteSet::TOKEN.contains(*b) || *b == b' ') && !b.is_ascii_digit();
    value.len() <= SHORT && value.iter().all(worded) && {
        let lower = |bytes: &[u8]| bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        let (value, name) = (lower(value), lower(name));
        !value.is_empty() && name.windows(value.len()).any(|w| w == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_they_are_about() {
        for name in ["token_type", "passwordField", "secret-name", "api_key_id", "tokenURL"] {
            assert!(is_about(name.as_bytes()), "{name}");
        }
        for name in ["token", "DB_PASSWORD", "secretKey", "api_key", "token_prod", "passwordProd: string"] {
            assert!(!is_about(name.as_bytes()), "{name}");
        }
    }
}
