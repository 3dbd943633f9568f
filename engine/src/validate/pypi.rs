//! PyPI's tokens: `pypi-` and a macaroon (version 2) in base 64, issued by one of its two sites.
//!
//! A macaroon is a row of fields, each a type, a length and bytes: location, identifier, end; then each caveat and an
//! end; an end; and a 32-byte signature, after which nothing follows.

use super::{codec, valid_if};
use crate::finding::Verdict;

const END: u8 = 0;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const VERIFICATION: u8 = 4;
const SIGNATURE: u8 = 6;

pub(super) fn check(value: &[u8]) -> Verdict {
    let macaroon = value.strip_prefix(b"pypi-").and_then(codec::base64url_decode);
    valid_if(macaroon.as_deref().and_then(parse).is_some())
}

fn parse(bytes: &[u8]) -> Option<()> {
    let mut fields = Fields(bytes.strip_prefix(&[2])?);
    let location = fields.take(LOCATION)?;
    if location != b"pypi.org" && location != b"test.pypi.org" {
        return None;
    }
    fields.take(IDENTIFIER)?;
    fields.end()?;
    while fields.end().is_none() {
        let _ = fields.take(LOCATION);
        fields.take(IDENTIFIER)?;
        let _ = fields.take(VERIFICATION);
        fields.end()?;
    }
    let signature = fields.take(SIGNATURE)?;
    (signature.len() == 32 && fields.0.is_empty()).then_some(())
}

/// The fields not read yet. A reading that fails consumes nothing.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn end(&mut self) -> Option<()> {
        self.0 = self.0.strip_prefix(&[END])?;
        Some(())
    }

    fn take(&mut self, kind: u8) -> Option<&'a [u8]> {
        let rest = self.0.strip_prefix(&[kind])?;
        let (length, rest) = varint(rest)?;
        let (data, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(data)
    }
}

/// A length of up to three groups of seven bits, the lowest first.
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (i, byte) in bytes.iter().enumerate().take(3) {
        value |= usize::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(i + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: u8, data: &[u8]) -> Vec<u8> {
        [&[kind, data.len() as u8], data].concat()
    }

    fn macaroon(location: &[u8], caveats: &[&[u8]]) -> Vec<u8> {
        let mut out = vec![2];
        out.extend(field(LOCATION, location));
        out.extend(field(IDENTIFIER, b"8b4f2d1e-6c0a-4f0e-9a57-0a4c6a1d2e3f"));
        out.push(END);
        for caveat in caveats {
            out.extend(field(IDENTIFIER, caveat));
            out.push(END);
        }
        out.push(END);
        out.extend(field(SIGNATURE, &[7; 32]));
        out
    }

    #[test]
    fn whole_macaroons_only() {
        for location in [b"pypi.org".as_slice(), b"test.pypi.org"] {
            for caveats in [&[][..], &[b"[3, \"user\"]".as_slice()][..], &[b"{}".as_slice(), &[b' '; 100]][..]] {
                let whole = macaroon(location, caveats);
                assert!(parse(&whole).is_some());
                for end in 0..whole.len() {
                    assert!(parse(&whole[..end]).is_none(), "cut at {end}");
                }
                assert!(parse(&[whole, vec![0]].concat()).is_none());
            }
        }
        assert!(parse(&macaroon(b"pypi.com", &[])).is_none());
    }

    #[test]
    fn tokens() {
        let token = format!("pypi-{}{}AAAGI{}", "AgEIcHlw", "aS5vcmcCAmlk", "A".repeat(43));
        assert_eq!(check(token.as_bytes()), Verdict::Valid);
        assert_eq!(check(&token.as_bytes()[..token.len() - 2]), Verdict::Invalid);
        assert_eq!(check(b"pypi-"), Verdict::Invalid);
        assert_eq!(check(b"pypi-AgEIcHlwaS5vcmc*"), Verdict::Invalid);
    }
}
