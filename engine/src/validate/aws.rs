//! AWS access key ids: a four-character kind and 16 characters of base 32, which hold the account but no checksum.

use crate::finding::Verdict;

pub(super) fn check(value: &[u8]) -> Verdict {
    let id = value.get(4..).unwrap_or_default();
    let base32 = id.len() == 16 && id.iter().all(|b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
    if base32 { Verdict::Abstain } else { Verdict::Invalid }
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
}
