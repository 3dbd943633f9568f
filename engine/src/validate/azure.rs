//! Azure DevOps' older personal access tokens: 52 base-32 characters, 32 bytes, four of which are a checksum.

use super::{codec, valid_if};
use crate::finding::Verdict;

/// What the CRC-32 is combined with, by who signs in: a user or an application.
const SEEDS: [u32; 2] = [0xE0B9_692D, 0x1019_F92E];

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(value.len() == 52 && is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let bytes: [u8; 32] = codec::base32_decode(value)?.try_into().ok()?;
    let sum = u32::from_le_bytes([bytes[22], bytes[8], bytes[7], bytes[2]]);
    let signed = [&bytes[0..2], &bytes[3..7], &bytes[9..22], &bytes[23..32]].concat();
    let crc = crc32fast::hash(&signed);
    Some(SEEDS.iter().any(|seed| crc ^ seed == sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_and_its_mutations() {
        let token = concat!("cfdgksmyyogbj6b6k7tvu6wf", "gotk453xxadybrrs22g6qekcaw3y").as_bytes();
        assert_eq!(check(token), Verdict::Valid);
        // The last character carries four bits that belong to no byte.
        for at in 0..51 {
            let mut token = token.to_vec();
            token[at] = if token[at] == b'q' { b'r' } else { b'q' };
            assert_eq!(check(&token), Verdict::Invalid, "character {at}");
        }
        assert_eq!(check(&[b'a'; 52]), Verdict::Invalid);
    }
}
