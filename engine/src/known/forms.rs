//! How a value may be written: the texts that are looked for.

use std::fmt::Write as _;

use crate::finding::Layer;

/// All forms of a value, each once, the value as it is first.
pub(super) fn of(value: &[u8]) -> Vec<(Vec<u8>, Option<Layer>)> {
    let mut forms: Vec<(Vec<u8>, Option<Layer>)> = Vec::new();
    let mut add = |form: Vec<u8>, layer| {
        if !forms.iter().any(|(known, _)| *known == form) {
            forms.push((form, layer));
        }
    };
    add(value.to_vec(), None);
    for style in Json::ALL {
        let once = json(value, style);
        add(json(&once, style), Some(Layer::JsonEscape));
        add(once, Some(Layer::JsonEscape));
    }
    shell(value).into_iter().for_each(|form| add(form, Some(Layer::Shell)));
    percent(value).into_iter().for_each(|form| add(form, Some(Layer::Percent)));
    for alphabet in [STANDARD, URL_SAFE] {
        (0..3).for_each(|align| add(base64(value, align, alphabet), Some(Layer::Base64)));
    }
    add(hex(value, "0123456789abcdef"), Some(Layer::Hex));
    add(hex(value, "0123456789ABCDEF"), Some(Layer::Hex));
    forms
}

/// What writers of JSON escape besides what they must.
#[derive(Clone, Copy)]
enum Json {
    Nothing,
    Slashes,
    NonAscii,
    Html,
}

impl Json {
    const ALL: [Json; 4] = [Json::Nothing, Json::Slashes, Json::NonAscii, Json::Html];
}

/// The inside of a JSON string.
fn json(value: &[u8], style: Json) -> Vec<u8> {
    let mut out = String::new();
    let mut raw = Vec::new();
    for chunk in value.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' | '\\' => out.extend(['\\', char]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '/' if matches!(style, Json::Slashes) => out.push_str("\\/"),
                '<' | '>' | '&' if matches!(style, Json::Html) => code(&mut out, char),
                _ if char < ' ' || !char.is_ascii() && matches!(style, Json::NonAscii) => code(&mut out, char),
                _ => out.push(char),
            }
        }
        raw.extend_from_slice(out.as_bytes());
        raw.extend_from_slice(chunk.invalid());
        out.clear();
    }
    raw
}

fn code(out: &mut String, char: char) {
    for unit in char.encode_utf16(&mut [0; 2]) {
        // Writing into a string cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

/// Inside single quotes, as shells and as Python's `shlex` write them; inside double quotes; with a backslash before each
/// symbol; and inside `$'…'`.
fn shell(value: &[u8]) -> Vec<Vec<u8>> {
    let each = |write: &dyn Fn(u8, &mut Vec<u8>)| {
        let mut out = Vec::with_capacity(value.len() + 8);
        value.iter().for_each(|byte| write(*byte, &mut out));
        out
    };
    let instead =
        |wanted: u8, text: &'static [u8]| each(&move |byte, out| if byte == wanted { out.extend_from_slice(text) } else { out.push(byte) });
    let guarded = |symbols: fn(u8) -> bool| {
        each(&move |byte, out| {
            if symbols(byte) {
                out.push(b'\\');
            }
            out.push(byte);
        })
    };
    vec![
        instead(b'\'', br"'\''"),
        instead(b'\'', br#"'"'"'"#),
        guarded(|byte| matches!(byte, b'"' | b'$' | b'`' | b'\\')),
        guarded(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"_-./:@%+=,\n".contains(&byte)),
        each(&|byte, out| match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\'' | b'\\' => out.extend([b'\\', byte]),
            _ => out.push(byte),
        }),
    ]
}

/// What stays as it is besides letters and digits: by RFC 3986, in JavaScript's components and whole addresses, in Python,
/// in Go's paths, and in forms, where a space is a `+`.
const KEPT: [&[u8]; 6] = [b"-._~", b"-._~!'()*", b"-._~!'()*;,/?:@&=+$#", b"-._~/", b"-._~$&+=:@", b"-._* "];

/// Percent-encoded, in each style and with digits of both cases.
fn percent(value: &[u8]) -> Vec<Vec<u8>> {
    let encoded = |kept: &[u8], digits: &[u8; 16]| {
        let mut out = Vec::with_capacity(value.len() + 8);
        for &byte in value {
            match byte {
                b' ' if kept.contains(&b' ') => out.push(b'+'),
                byte if byte.is_ascii_alphanumeric() || kept.contains(&byte) => out.push(byte),
                byte => out.extend([b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]),
            }
        }
        out
    };
    KEPT.iter().flat_map(|kept| [encoded(kept, b"0123456789ABCDEF"), encoded(kept, b"0123456789abcdef")]).collect()
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters of base64 that depend on the value alone, where `align` bytes stand before it in its group of three.
fn base64(value: &[u8], align: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let (start, end) = (8 * align, 8 * (align + value.len()));
    let bit = |at: usize| (value[(at - start) / 8] >> (7 - at % 8)) & 1;
    let sextet = |char: usize| (6 * char..6 * char + 6).fold(0, |all, at| all << 1 | bit(at));
    (start.div_ceil(6)..end / 6).map(|char| alphabet[usize::from(sextet(char))]).collect()
}

fn hex(value: &[u8], digits: &str) -> Vec<u8> {
    value.iter().flat_map(|byte| [digits.as_bytes()[usize::from(byte >> 4)], digits.as_bytes()[usize::from(byte & 15)]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(value: &str, layer: Layer) -> Vec<String> {
        let of_layer = of(value.as_bytes()).into_iter().filter(|(_, found)| *found == Some(layer));
        of_layer.map(|(form, _)| String::from_utf8(form).unwrap()).collect()
    }

    #[test]
    fn a_token_has_its_own_form_and_three_of_base64_and_hex() {
        let forms = of(b"kQ7-x2Lp9Z");
        assert_eq!(forms.iter().filter(|(_, layer)| layer.is_none()).count(), 1);
        assert_eq!((texts("kQ7-x2Lp9Z", Layer::JsonEscape).len(), texts("kQ7-x2Lp9Z", Layer::Shell).len()), (0, 0));
        assert_eq!(texts("kQ7-x2Lp9Z", Layer::Hex).len(), 2);
    }

    #[test]
    fn writers_differ() {
        assert_eq!(texts("a/b\"ü<", Layer::JsonEscape)[..2], [r#"a/b\\\"ü<"#, r#"a/b\"ü<"#]);
        assert!(texts("a/b\"ü<", Layer::JsonEscape).contains(&r#"a\/b\"ü<"#.to_owned()));
        assert!(texts("a/b\"ü<", Layer::JsonEscape).contains(&r#"a/b\"\u00fc<"#.to_owned()));
        assert!(texts("a/b\"ü<", Layer::JsonEscape).contains(&r#"a/b\"ü\u003c"#.to_owned()));
        assert!(texts("it's $5", Layer::Shell).contains(&r"it'\''s $5".to_owned()));
        assert!(texts("it's $5", Layer::Shell).contains(&r"it\'s\ \$5".to_owned()));
        assert!(texts("it's $5", Layer::Shell).contains(&r"it's \$5".to_owned()));
        assert!(texts("a b+c/d", Layer::Percent).contains(&"a%20b%2Bc%2Fd".to_owned()));
        assert!(texts("a b+c/d", Layer::Percent).contains(&"a+b%2bc%2fd".to_owned()));
    }

    #[test]
    fn base64_holds_the_value_at_each_alignment() {
        // "x:" and "xy:" before it, as in credentials of HTTP.
        assert_eq!(base64(b"secret", 0, STANDARD), b"c2VjcmV0");
        assert_eq!(base64(b"secret", 1, STANDARD), b"NlY3Jld");
        assert_eq!(base64(b"secret", 2, STANDARD), b"zZWNyZX");
    }
}
