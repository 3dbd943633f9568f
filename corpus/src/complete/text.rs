//! Addresses of machines and people.

use super::codec;
use crate::random::Rng;

pub(super) fn ipv4(rng: &mut Rng) -> String {
    let [a, b, c, d] = [rng.between(1, 223), rng.below(256), rng.below(256), rng.between(1, 254)];
    format!("{a}.{b}.{c}.{d}")
}

/// A global address: in full, with leading zeros, shortened, or in capitals.
pub(super) fn ipv6(rng: &mut Rng) -> String {
    let mut parts: Vec<u16> = rng.bytes::<8>().iter().map(|b| u16::from(*b) << 8 | rng.below(256) as u16).collect();
    parts[0] = *rng.pick(&[0x2001, 0x2003, 0x2606, 0x2a00, 0x2a02, 0x2804]);
    let text = |parts: &[u16]| parts.iter().map(|p| format!("{p:x}")).collect::<Vec<_>>().join(":");
    match rng.below(4) {
        0 => text(&parts),
        1 => parts.iter().map(|p| format!("{p:04x}")).collect::<Vec<_>>().join(":"),
        2 => text(&parts).to_uppercase(),
        _ => format!("{}::{}", text(&parts[..rng.between(1, 4)]), text(&parts[8 - rng.between(1, 2)..])),
    }
}

/// An address as people have them, or every third time the given one.
pub(super) fn email(like: String, rng: &mut Rng) -> String {
    const NAMES: &[&str] = &["ada", "grace.hopper", "j_doe", "linus+list", "m-curie", "ops", "k8s.admin", "Zoe"];
    const TOPS: &[&str] = &["com", "org", "net", "io", "de", "co.uk", "dev"];
    match rng.below(3) {
        0 => like,
        _ => {
            let domain = rng.text(b"abcdefghijklmnopqrstuvwxyz", 8);
            format!("{}{}@{domain}.{}", rng.pick(NAMES), rng.below(100), rng.pick(TOPS))
        }
    }
}

/// A name and a password in base64, about as long as the given text.
pub(super) fn basic(like: &str, rng: &mut Rng) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let length = (like.len() * 3 / 4).clamp(12, 60);
    let name = rng.between(3, length - 8);
    let text = format!("{}:{}", rng.text(LETTERS, name), rng.text(LETTERS, length - 1 - name));
    let padding = (3 - text.len() % 3) % 3;
    // Such text has no character that the two forms of base64 write differently.
    codec::base64url(text.as_bytes()) + &"=".repeat(padding)
}
