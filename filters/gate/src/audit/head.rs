//! How far a log goes: what tells a log that ends from one whose end was cut off.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::hash::{Hash, LogId};
use crate::hex::Hex;
use crate::name::Name;
use crate::signing::{Signature, SigningKey, VerifyingKey};

/// The end of a log: how many records it has, and the hash of the last one.
///
/// A chain alone cannot tell that its end is missing. So the head is kept apart from the log, and says what was
/// acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The log.
    pub log: LogId,
    /// The place that the next record will have: as many records were written.
    pub next: u64,
    /// Hash of the last record; all zeros where there is none.
    pub hash: Hash,
}

impl Head {
    pub(super) fn signed_bytes(&self, purpose: &[u8]) -> Vec<u8> {
        [purpose, &self.log.0, &self.next.to_be_bytes(), &self.hash.0].concat()
    }
}

/// A head as its file holds it: with the place in the log's last file, and signed where there is a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadFile {
    /// The head.
    pub head: Head,
    /// Length of the log's last file.
    pub bytes: u64,
    /// Place of the first record of the log's last file.
    pub start: u64,
    /// Id of the key and its signature.
    pub signed: Option<(Name, Signature)>,
}

/// What a head file says, flat and in the order of the alphabet.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    bytes: u64,
    hash: Hash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<Name>,
    log: LogId,
    next: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Name>,
    start: u64,
    /// Over the same without it: tells a torn file.
    sum: Name,
}

impl HeadFile {
    /// Size of the file, always the same, so that it can be overwritten in place.
    pub const SIZE: usize = 512;

    /// A head at this place, signed if there is a key.
    #[must_use]
    pub fn new(head: Head, start: u64, bytes: u64, key: Option<&SigningKey>) -> Self {
        let signed = key.map(|key| (key.public().id(), key.sign(&signed_bytes(&head))));
        HeadFile { head, bytes, start, signed }
    }

    /// The file's content: one line of JSON, filled up with spaces.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut wire = self.wire();
        wire.sum = sum(&wire);
        let mut bytes = serde_json::to_vec(&wire).expect("a head has no part that JSON cannot hold");
        bytes.resize(Self::SIZE - 1, b' ');
        bytes.push(b'\n');
        bytes
    }

    /// Reads the file's content; `None` if it is damaged.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(bytes).ok()?;
        let signed = match (&wire.key, &wire.signature) {
            (Some(key), Some(signature)) => Some((key.clone(), Signature::from_hex(signature.as_str())?)),
            (None, None) => None,
            _ => return None,
        };
        let head = Head { log: wire.log, next: wire.next, hash: wire.hash };
        let file = HeadFile { head, bytes: wire.bytes, start: wire.start, signed };
        // The same text, not only the same values: no bit of the file is free.
        (file.to_bytes() == bytes).then_some(file)
    }

    /// Whether this key signed it.
    #[must_use]
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        self.signed.as_ref().is_some_and(|(_, signature)| key.verifies(&signed_bytes(&self.head), signature))
    }

    fn wire(&self) -> Wire {
        Wire {
            bytes: self.bytes,
            hash: self.head.hash,
            key: self.signed.as_ref().map(|(key, _)| key.clone()),
            log: self.head.log,
            next: self.head.next,
            signature: self.signed.as_ref().map(|(_, signature)| Name::new(&signature.to_string())),
            start: self.start,
            sum: Name::new(""),
        }
    }
}

fn signed_bytes(head: &Head) -> Vec<u8> {
    head.signed_bytes(b"tamis audit head, version 1\n")
}

fn sum(wire: &Wire) -> Name {
    let text = serde_json::to_vec(wire).expect("a head has no part that JSON cannot hold");
    Name::new(&Hex(&Sha256::digest(text)[..8]).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_the_file_counts() {
        let head = Head { log: LogId([3; 16]), next: u64::MAX / 2, hash: Hash([9; 32]) };
        let key = SigningKey::from_seed(&[5; 32]);
        for file in [HeadFile::new(head, 0, 77, None), HeadFile::new(head, u64::MAX / 4, u64::MAX / 2, Some(&key))] {
            let bytes = file.to_bytes();
            assert_eq!(bytes.len(), HeadFile::SIZE);
            assert_eq!(HeadFile::parse(&bytes), Some(file.clone()));
            assert_eq!(file.is_signed_by(&key.public()), file.signed.is_some());
            for bit in 0..bytes.len() * 8 {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(HeadFile::parse(&damaged), None, "bit {bit}");
            }
        }
    }
}
