//! Vercel's tokens (`vcp_` and its kin): the body's last six characters are the CRC-32 of the rest of it.

use super::{codec, valid_if};
use crate::finding::Verdict;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(value.get(4..).is_some_and(codec::ends_with_base62_crc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_its_mutations() {
        let token = concat!("vcp", "_35UYJwYZDigYATKhxJUAhPqRhit2Xe3dtiG60LsUTHeklEXDQ94Jafpu").as_bytes();
        assert_eq!(check(token), Verdict::Valid);
        for at in 4..token.len() {
            let mut token = token.to_vec();
            token[at] ^= 1;
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
    }
}
