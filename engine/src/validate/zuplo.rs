//! Zuplo's keys: `zpka_`, 32 characters, `_`, the CRC-32 of the 32 in hexadecimal.

use super::{codec, valid_if};
use crate::finding::Verdict;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let (body, sum) = value.strip_prefix(b"zpka_")?.split_last_chunk()?;
    Some(codec::hex(crc32fast::hash(body.strip_suffix(b"_")?)) == *sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_its_mutations() {
        let token = concat!("zpka", "_3e6c4f7d39954ca29353b7ab88589b64", "_de26cd55").as_bytes();
        assert_eq!(check(token), Verdict::Valid);
        for at in 0..token.len() {
            let mut token = token.to_vec();
            token[at] ^= 1;
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
    }
}
