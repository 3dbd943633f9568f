//! Atlassian's tokens (`ATATT3`, `ATCTT3`, `ATBB`): the last eight characters are the CRC-32 of all before them,
//! in upper-case hexadecimal.

use super::{codec, valid_if};
use crate::finding::Verdict;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(
        value
            .split_last_chunk()
            .is_some_and(|(signed, sum)| !signed.is_empty() && codec::hex(crc32fast::hash(signed)).map(|b| b.to_ascii_uppercase()) == *sum),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_its_mutations() {
        let token = concat!("ATBB", "cCe6fczW96Vzwgvb4r8F2gZS", "54D591C4").as_bytes();
        assert_eq!(check(token), Verdict::Valid);
        for at in 0..token.len() {
            let mut token = token.to_vec();
            token[at] ^= 1;
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
    }
}
