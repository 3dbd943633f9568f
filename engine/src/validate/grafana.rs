//! Grafana's service account tokens: `glsa_`, 32 characters, `_`, the little-endian CRC-32 of the first 37 in hexadecimal.

use super::{codec, valid_if};
use crate::finding::Verdict;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(value.len() == 46 && is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let (body, sum) = value.split_last_chunk::<8>()?;
    let signed = body.strip_suffix(b"_")?;
    Some(sum.eq_ignore_ascii_case(&codec::hex(crc32fast::hash(signed).swap_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_its_mutations() {
        let token = concat!("glsa", "_yscW25imSKJIuav8zF37RZmnbiDvB05G", "_fcaaf58a").as_bytes();
        assert_eq!(check(token), Verdict::Valid);
        for at in 0..token.len() {
            let mut token = token.to_vec();
            token[at] ^= 1;
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
    }
}
