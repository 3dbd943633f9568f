//! GitHub's tokens. npm, its sister, writes the same checksum.

use sha2::{Digest, Sha256};

use super::{codec, valid_if};
use crate::finding::Verdict;

/// `ghp_` and its kin: the last six characters are the CRC-32 of the rest of the body, the prefix left out.
///
/// Public samples of `ghs_` do not keep to it, so there a wrong checksum says nothing.
pub(super) fn check_classic(value: &[u8]) -> Verdict {
    let body = value.iter().position(|b| *b == b'_').and_then(|at| value.get(at + 1..));
    match body.is_some_and(codec::ends_with_base62_crc) {
        true => Verdict::Valid,
        false if value.starts_with(b"ghs_") => Verdict::Abstain,
        false => Verdict::Invalid,
    }
}

/// `github_pat_`: 77 characters, eight of the base-32 SHA-256 of those, eight more.
pub(super) fn check_fine_grained(value: &[u8]) -> Verdict {
    valid_if(value.len() == 93 && hash_is_right(value).unwrap_or(false))
}

fn hash_is_right(value: &[u8]) -> Option<bool> {
    let (signed, rest) = value.split_at_checked(77)?;
    let sum = Sha256::digest(signed);
    let head = sum.first_chunk::<5>()?;
    Some(rest.starts_with(&codec::base32_block(*head)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NPM: &str = concat!("npm", "_UEuirnhN6qyDNigmWWTIEHMNquQHF54FKSCV");

    #[test]
    fn classic_vectors() {
        let synthetic = format!("ghp_{}0uCPlr", "A".repeat(30));
        for token in [concat!("ghp", "_DQjRBk4hVzGJfGM7XgUbH2JgiWK8QC4Cuv1K"), &synthetic, NPM] {
            assert_eq!(check_classic(token.as_bytes()), Verdict::Valid, "{token}");
        }
        assert_eq!(check_classic(concat!("npm", "_Alm0StFaK3t0kEN8uTval1DcRC32dc1Bscp5").as_bytes()), Verdict::Valid);
        let server = format!("ghs_{}0uCPlr", "A".repeat(30));
        assert_eq!(check_classic(server.as_bytes()), Verdict::Valid);
    }

    #[test]
    fn every_wrong_character_shows() {
        for at in 4..NPM.len() {
            let mut token = NPM.as_bytes().to_vec();
            token[at] = if token[at] == b'x' { b'y' } else { b'x' };
            assert_eq!(check_classic(&token), Verdict::Invalid, "character {at}");
            token[..4].copy_from_slice(b"ghs_");
            assert_eq!(check_classic(&token), Verdict::Abstain, "character {at}");
        }
    }

    #[test]
    fn fine_grained_vector_and_its_mutations() {
        let token = format!("github_pat_11AAAAAAA0{}_{}{}{}", "a".repeat(12), "B".repeat(43), "JEKOJHMS", "C".repeat(8));
        assert_eq!(check_fine_grained(token.as_bytes()), Verdict::Valid);
        for at in 0..85 {
            let mut token = token.clone().into_bytes();
            token[at] ^= 1;
            assert_eq!(check_fine_grained(&token), Verdict::Invalid, "character {at}");
        }
        assert_eq!(check_fine_grained(&token.as_bytes()[..92]), Verdict::Invalid);
    }
}
