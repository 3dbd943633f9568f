//! JSON web tokens: a header, a payload and, unless unsigned, a signature, all in base 64. The signature is not checked.

use super::{codec, json, valid_if};
use crate::finding::Verdict;
use crate::told::Told;

/// Valid if the header is a JSON object with `alg`, whatever the payload says.
pub(super) fn check(value: &[u8]) -> Verdict {
    valid_if(is_right(value).unwrap_or(false))
}

/// The same for a token that is in base 64 once more. What else may be in base 64 is left open.
pub(super) fn check_base64(value: &[u8]) -> Verdict {
    match codec::base64url_decode(value) {
        Some(token) if check(&token) == Verdict::Valid => Verdict::Valid,
        _ => Verdict::Abstain,
    }
}

/// When the payload says that the token was issued and expires. One without an end lives until its key is changed.
pub(super) fn told(value: &[u8]) -> Told {
    let payload = value.split(|b| *b == b'.').nth(1).and_then(codec::base64url_decode);
    let Some(payload) = payload.filter(|payload| payload.first() == Some(&b'{')) else { return Told::default() };
    Told::of_times(json::object_number(&payload, b"iat"), json::object_number(&payload, b"exp"), true)
}

/// The same for a token that is in base 64 once more.
pub(super) fn told_base64(value: &[u8]) -> Told {
    codec::base64url_decode(value).map(|token| told(&token)).unwrap_or_default()
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
    fn base64_over_base64() {
        // base64("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.")
        let token = concat!("ZXlKaGJHY2lPaUp1YjI1bEluMC5leUpo", "SWpveGZRLg==");
        assert_eq!(check_base64(token.as_bytes()), Verdict::Valid);
        assert_eq!(check_base64(b"ZXlKaGJHY2lPaUp1YjI1bEluMA=="), Verdict::Abstain);
        assert_eq!(check_base64(b"ZXlK?"), Verdict::Abstain);
    }

    #[test]
    fn payloads_tell_when_they_expire() {
        // {"sub":"1","iat":1700000000,"exp":1700003600}
        let payload = "eyJzdWIiOiIxIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9";
        let short = Told::of_times(Some(1_700_000_000), Some(1_700_003_600), true);
        assert_eq!(told(format!("{HEADER}.{payload}.c2ln").as_bytes()), short);
        assert_eq!(told(format!("{HEADER}.{PAYLOAD}.c2ln").as_bytes()), Told::of_times(None, None, true));
        assert_eq!(told(HEADER.as_bytes()), Told::default());
        assert_eq!(told_base64(b"ZXlK"), Told::default());
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
