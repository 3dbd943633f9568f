//! Tokens with a checksum or a structure of their own.

use sha2::{Digest, Sha256};

use super::codec::{base32, base64url, bech32_sum, marvin32, number};
use crate::random::Rng;

/// Puts another end on a text, as long as what it replaces. A text that is too short stays.
fn with_end(mut text: String, end: &str) -> String {
    if let Some(start) = text.len().checked_sub(end.len()) {
        text.replace_range(start.., end);
    }
    text
}

/// All but so many characters at the end.
fn without_end(text: &str, count: usize) -> &str {
    &text[..text.len().saturating_sub(count)]
}

fn crc(text: &str) -> u32 {
    crc32fast::hash(text.as_bytes())
}

pub(super) fn github_classic(token: String) -> String {
    let body = token.find('_').map_or("", |at| &token[at + 1..]);
    let sum = number(crc(without_end(body, 6)), 62, 6);
    with_end(token, &sum)
}

pub(super) fn vercel(token: String) -> String {
    github_classic(token)
}

pub(super) fn github_fine_grained(mut token: String) -> String {
    if token.len() == 93 {
        token.replace_range(33..34, "_");
        let sum = base32(&Sha256::digest(&token[..77]));
        token.replace_range(77..85, &sum[..8]);
    }
    token
}

pub(super) fn gitlab(token: String) -> String {
    let (Some(dash), Some(dot)) = (token.find('-'), token.find('.')) else { return token };
    let payload = token.get(dash + 1..dot).unwrap_or_default();
    let kind = matches!(payload.as_bytes(), [b't', b'0'..=b'9', b'_', ..]);
    let length = payload.len() - if kind { 3 } else { 0 };
    let version = if token[dot + 1..].contains('.') { ".01" } else { "" };
    let signed = format!("{}{version}.{}", &token[..dot], number(length as u32, 36, 2).to_lowercase());
    format!("{signed}{}", number(crc(&signed), 36, 7).to_lowercase())
}

pub(super) fn grafana(token: String) -> String {
    let sum = number(crc(without_end(&token, 9)).swap_bytes(), 16, 8).to_lowercase();
    with_end(token, &sum)
}

pub(super) fn zuplo(token: String) -> String {
    let body = without_end(&token, 9).trim_start_matches("zpka_");
    let sum = number(crc(body), 16, 8).to_lowercase();
    with_end(token, &sum)
}

pub(super) fn atlassian(token: String) -> String {
    let sum = number(crc(without_end(&token, 8)), 16, 8);
    with_end(token, &sum)
}

pub(super) fn azure_devops(like: &str, rng: &mut Rng) -> String {
    const USER: u32 = 0xE0B9_692D;
    const APPLICATION: u32 = 0x1019_F92E;
    let mut bytes: [u8; 32] = rng.bytes();
    let signed = [&bytes[0..2], &bytes[3..7], &bytes[9..22], &bytes[23..32]].concat();
    let sum = crc32fast::hash(&signed) ^ rng.pick(&[USER, APPLICATION]);
    [bytes[22], bytes[8], bytes[7], bytes[2]] = sum.to_le_bytes();
    let token = base32(&bytes);
    if like.bytes().any(|b| b.is_ascii_lowercase()) { token.to_lowercase() } else { token }
}

pub(super) fn pypi(like: &str, rng: &mut Rng) -> String {
    let field = |kind: u8, data: &[u8]| [&[kind, data.len() as u8], data].concat();
    let site = if like.starts_with("pypi-AgEN") { "test.pypi.org" } else { "pypi.org" };
    let id = rng.text(b"0123456789abcdef", 32);
    let id = format!("{}-{}-4{}-a{}-{}", &id[..8], &id[8..12], &id[13..16], &id[17..20], &id[20..]);
    let caveat = *rng.pick(&["[3, \"0f0e6a2c-1b1c-4b53-8d3a-5a0c3b9f7d21\"]", "{\"version\": 1, \"permissions\": \"user\"}"]);
    let signature: [u8; 32] = rng.bytes();
    let end = || vec![0];
    let parts = [
        vec![2],
        field(1, site.as_bytes()),
        field(2, id.as_bytes()),
        end(),
        field(2, caveat.as_bytes()),
        end(),
        end(),
        field(6, &signature),
    ];
    format!("pypi-{}", base64url(&parts.concat()))
}

pub(super) fn jwt(like: &str, rng: &mut Rng) -> String {
    // An issuer's own prefix stays.
    let prefix = like.find("eyJ").map_or("", |at| &like[..at]);
    let (algorithm, signature) = match rng.below(5) {
        0 => ("HS256", format!(".{}", base64url(&rng.bytes::<32>()))),
        1 => ("ES256", format!(".{}", base64url(&rng.bytes::<64>()))),
        2 => ("RS256", format!(".{}", base64url(&rng.bytes::<256>()))),
        3 => ("none", ".".to_owned()),
        _ => ("none", String::new()),
    };
    let key = rng.text(b"0123456789abcdef", 8);
    let header = match rng.below(3) {
        0 => format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#),
        1 => format!(r#"{{"typ":"JWT","alg":"{algorithm}","kid":"{key}"}}"#),
        _ => format!(r#"{{"alg":"{algorithm}","kid":"{key}"}}"#),
    };
    let (subject, issued) = (rng.between(10_000, 99_999_999), rng.between(1_500_000_000, 1_900_000_000));
    let payload = format!(r#"{{"sub":"{subject}","iat":{issued},"exp":{}}}"#, issued + 3600);
    format!("{prefix}{}.{}{signature}", base64url(header.as_bytes()), base64url(payload.as_bytes()))
}

pub(super) fn jwt_base64(rng: &mut Rng) -> String {
    base64url(jwt("", rng).as_bytes())
}

/// A key of 64 bytes, the last four its checksum.
pub(super) fn azure_storage(rng: &mut Rng) -> String {
    let body = rng.bytes::<60>();
    let bytes = [&body[..], &marvin32(&body, u64::from_be_bytes(*b"Default0")).to_le_bytes()].concat();
    format!("{}==", base64url(&bytes).replace('-', "+").replace('_', "/"))
}

/// A signed message behind the dot of the member.
pub(super) fn vault(like: &str, rng: &mut Rng) -> String {
    let prefix = like.split_once('.').map_or("hvs", |(prefix, _)| prefix);
    let inner = rng.text(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz", 28);
    let message = [&[8, 1, 18, 32], &rng.bytes::<32>()[..], &[26, 28], inner.as_bytes()].concat();
    format!("{prefix}.{}", base64url(&message))
}

pub(super) fn bech32(like: &str) -> String {
    let Some((label, data)) = like.rsplit_once('1') else { return like.to_owned() };
    let data = without_end(data, 6).to_lowercase();
    let sum = bech32_sum(&label.to_lowercase(), &data);
    let text = format!("{}1{data}{sum}", label.to_lowercase());
    if like.bytes().any(|b| b.is_ascii_uppercase()) { text.to_uppercase() } else { text }
}
