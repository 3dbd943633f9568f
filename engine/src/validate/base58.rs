//! Base58Check: bitcoin's addresses, private keys and extended keys end with four bytes of a double SHA-256.

use sha2::{Digest, Sha256};

use super::valid_if;
use crate::finding::Verdict;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The longest text looked at: an extended key has 111 characters.
const LONGEST: usize = 120;

pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(decode(value).is_some_and(|bytes| is_right(&bytes)))
}

fn is_right(bytes: &[u8]) -> bool {
    bytes.split_last_chunk::<4>().is_some_and(|(body, sum)| !body.is_empty() && Sha256::digest(Sha256::digest(body))[..4] == *sum)
}

/// The bytes that the text stands for, a zero for each leading `1`.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    // Least significant byte first while digits come in.
    let mut bytes: Vec<u8> = Vec::new();
    for byte in text {
        let mut carry = ALPHABET.iter().position(|b| b == byte)? as u32;
        for place in &mut bytes {
            carry += u32::from(*place) * 58;
            *place = carry as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    bytes.extend(text.iter().take_while(|b| **b == b'1').map(|_| 0));
    bytes.reverse();
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts() {
        // The first block's address, the wiki's key in wallet import format, and the first vector of BIP 32.
        for text in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            concat!("5HueCGU8rMjxEXxiPuD5BDku4", "MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
            concat!("xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3j", "PPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"),
        ] {
            assert_eq!(check(text.as_bytes()), Verdict::Valid);
            assert_eq!(check(text.replacen('z', "y", 1).replacen('8', "9", 1).replacen("QT", "QU", 1).as_bytes()), Verdict::Invalid);
        }
        assert_eq!(check(b"0OIl"), Verdict::Invalid);
        assert_eq!(check(b""), Verdict::Invalid);
    }
}
