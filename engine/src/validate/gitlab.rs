//! GitLab's routable tokens: `<prefix><payload>.[<version>.]<length><checksum>`.
//!
//! Length (two characters) and CRC-32 (seven) are in base 36. The checksum covers all before it; the length is that of
//! the payload, which starts after the prefix's dash and, in a runner's token, after its `t1_`.

use super::codec;
use crate::finding::Verdict;

/// A wrong checksum disproves; a right one with a length we cannot account for is left open.
pub(super) fn check(value: &[u8]) -> Verdict {
    let Some((signed, sum)) = value.split_last_chunk() else { return Verdict::Invalid };
    if codec::base36(crc32fast::hash(signed)) != *sum {
        return Verdict::Invalid;
    }
    if length_is_right(signed).unwrap_or(false) { Verdict::Valid } else { Verdict::Abstain }
}

fn length_is_right(signed: &[u8]) -> Option<bool> {
    let (body, length) = signed.split_last_chunk::<2>()?;
    let payload_end = body.iter().position(|b| *b == b'.')?;
    let payload_start = body.iter().position(|b| *b == b'-')? + 1;
    let payload = body.get(payload_start..payload_end)?;
    let length = codec::base36_value(length)?;
    let kind = matches!(payload, [b't', b'0'..=b'9', b'_', ..]);
    Some(length == payload.len() || kind && length + 3 == payload.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = concat!("glpat", "-vSY1cyL948aAB440qB6L4zlu9OzsUmEV", ".01.0w", "0sfevch");

    fn signed(body: &str) -> Vec<u8> {
        [body.as_bytes(), &codec::base36(crc32fast::hash(body.as_bytes()))].concat()
    }

    #[test]
    fn vector_and_its_mutations() {
        assert_eq!(check(TOKEN.as_bytes()), Verdict::Valid);
        for at in 0..TOKEN.len() {
            let mut token = TOKEN.as_bytes().to_vec();
            token[at] ^= 1;
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
    }

    #[test]
    fn other_forms() {
        let payload = "x".repeat(40);
        assert_eq!(check(&signed(&format!("glrt-t1_{payload}.01.14"))), Verdict::Valid);
        assert_eq!(check(&signed(&format!("glrt-t1_{payload}.01.17"))), Verdict::Valid);
        assert_eq!(check(&signed(&format!("glpat-{payload}.14"))), Verdict::Valid);
        assert_eq!(check(&signed(&format!("glpat-{payload}.01.15"))), Verdict::Abstain);
    }
}
