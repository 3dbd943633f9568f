//! JSON escapes: values leave strings and come back into them.

/// The text that a JSON string of this raw content holds, where all its escapes are sound.
fn unescape_once(raw: &[u8]) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(raw).ok()?;
    let quoted = format!("\"{text}\"");
    serde_json::from_str::<String>(&quoted).ok().map(String::into_bytes)
}

/// Takes a value out of as many strings as stand around it.
pub(crate) fn unescape(raw: &[u8], depth: u8) -> Option<Vec<u8>> {
    if !raw.contains(&b'\\') {
        return Some(raw.to_owned());
    }
    (0..depth).try_fold(raw.to_owned(), |value, _| unescape_once(&value))
}

/// Puts a value into as many strings as stand around it. A byte that is no UTF-8 stays as it is.
pub(super) fn escape(value: &[u8], depth: u8) -> Vec<u8> {
    (0..depth).fold(value.to_owned(), |value, _| {
        let mut out = Vec::with_capacity(value.len() + 8);
        value.iter().for_each(|byte| escape_byte(*byte, &mut out));
        out
    })
}

fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        0..0x20 => return out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        _ => return out.push(byte),
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_loses_the_escapes_of_the_strings_around_it_only() {
        assert_eq!(unescape(br#"a\"b"#, 0).unwrap(), br#"a\"b"#);
        assert_eq!(unescape(br#"a\"b"#, 1).unwrap(), br#"a"b"#);
        assert_eq!(unescape(br#"a\\\"b\\/"#, 1).unwrap(), br#"a\"b\/"#);
        assert_eq!(unescape(br#"a\\\"b\\/"#, 2).unwrap(), br#"a"b/"#);
        assert_eq!(unescape(br"\u00e9\ud83d\ude00", 1).unwrap(), "\u{e9}\u{1f600}".as_bytes());
        assert_eq!(unescape(br"\ud83d.", 1), None);
    }

    proptest! {
        #[test]
        fn what_is_put_into_strings_comes_out_the_same(value in any::<String>(), depth in 0..4u8) {
            let escaped = escape(value.as_bytes(), depth);
            prop_assert_eq!(unescape(&escaped, depth).unwrap(), value.as_bytes());
            if depth == 1 {
                let json = format!("\"{}\"", String::from_utf8(escaped).unwrap());
                prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
            }
        }
    }
}
