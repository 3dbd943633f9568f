//! AWS access key ids: a four-character kind and 16 characters of base 32, which hold the account but no checksum.

use super::codec;
use crate::finding::Verdict;
use crate::told::Told;

pub(super) fn check(value: &[u8]) -> Verdict {
    let id = value.get(4..).unwrap_or_default();
    let base32 = id.len() == 16 && id.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    if base32 { Verdict::Abstain } else { Verdict::Invalid }
}

/// The account stands in 40 bits of the id, from its second; of keys that begin with `ASIA` the session ends.
pub(super) fn told(value: &[u8]) -> Told {
    let account = || {
        let id = codec::base32_decode(value.get(4..20)?)?;
        let head = id.first_chunk::<6>()?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Some((head & 0x7fff_ffff_ff80) >> 7)
    };
    account().map(|account| Told::of_account(account, value.starts_with(b"ASIA"))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_base32_is_possible() {
        assert_eq!(check(concat!("AKIA", "IOSFODNN7", "EXAMPLE").as_bytes()), Verdict::Abstain);
        assert_eq!(check(b"AKIAIOSFODNN7EXAMPL1"), Verdict::Invalid);
        assert_eq!(check(b"AKIAIOSFODNN7EXAMPLe"), Verdict::Invalid);
        assert_eq!(check(b"AKIA"), Verdict::Invalid);
    }

    #[test]
    fn ids_hold_their_account() {
        let samples = [
            (concat!("ASIA", "QNZGKIQY56JQ7WML"), 29_608_264_753, true),
            (concat!("AKIA", "IOSFODNN7", "EXAMPLE"), 581_039_954_779, false),
        ];
        for (id, account, temporary) in samples {
            assert_eq!(told(id.as_bytes()), Told::of_account(account, temporary));
        }
        assert_eq!(told(b"AKIA"), Told::default());
    }
}
