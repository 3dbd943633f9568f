//! JSON web tokens: a header, a payload and, unless unsigned, a signature, all in base 64. The signature is not checked.

use super::{codec, json, valid_if};
use crate::finding::Verdict;

/// Valid if the header is a JSON object with `alg`, whatever the payload says.
pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(is_right(value).unwrap_or(false))
}

fn is_right(value: &[u8]) -> Option<bool> {
    let mut parts = value.split(|b| *b == b'.');
    let (head, payload, signature) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
    let payload_is_text = !payload.is_empty() && codec::base64url_decode(payload).is_some();
    let signature_is_text = codec::base64url_decode(signature).is_some();
    Some(parts.next().is_none() && payload_is_text && signature_is_text && is_header(head))
}

/// Whether the text is a header, as it stands or after an issuer's own prefix (`ghs_1_eyJ…`).
fn is_header(text: &[u8]) -> bool {
    let is_header = |text| codec::base64url_decode(text).is_some_and(|json| json::object_has(&json, b"alg"));
    let inner = || text.windows(3).position(|w| w == b"eyJ").filter(|at| *at > 0).and_then(|at| text.get(at..));
    is_header(text) || inner().is_some_and(is_header)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = concat!("eyJhbGciOiJIUzI1NiIs", "InR5cCI6IkpXVCJ9");
    const PAYLOAD: &str = "eyJzdWIiOiIxMjM0NTY3ODkwIn0";

    #[test]
    fn headers_with_alg() {
        for (prefix, signature) in [("", "c2ln"), ("", ""), ("ghs_12345_", "c2lnbg"), ("glcbt-1a_", "_-_-")] {
            let token = format!("{prefix}{HEADER}.{PAYLOAD}.{signature}");
            assert_eq!(check(token.as_bytes()), Verdict::Valid, "{token}");
        }
        assert_eq!(check(format!("{HEADER}.{PAYLOAD}").as_bytes()), Verdict::Valid);
    }

    #[test]
    fn everything_else() {
        let no_alg = "eyJ0eXAiOiJKV1QifQ";
        for token in [
            format!("{no_alg}.{PAYLOAD}.c2ln"),
            HEADER.to_owned(),
            format!("{HEADER}."),
            format!("{HEADER}.{PAYLOAD}.c2ln.c2ln"),
            format!("{HEADER}..c2ln"),
            format!("{HEADER}.a+b/.c2ln"),
            format!("{}.{PAYLOAD}.c2ln", &HEADER[..30]),
            "eyJ.eyJ.eyJ".to_owned(),
            "..".to_owned(),
        ] {
            assert_eq!(check(token.as_bytes()), Verdict::Invalid, "{token}");
        }
    }
}
