//! Values that are code, or stand for something else: paths, references, names of constants.

use super::randomness::randomness;
use crate::bytes::ByteSet;

/// From here on a value without digits and symbols is a token rather than a name.
pub(super) const DRAWN: f32 = 0.15;

/// Whether code declares something here, or a path to a name goes on: `let password = `, `core::`.
pub(super) fn declares(line: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 6] = [b"const ", b"let ", b"var ", b"val ", b"pub ", b"static "];
    line.ends_with(b"::") || KEYWORDS.iter().any(|keyword| line.trim_ascii_start().starts_with(keyword))
}

/// A regular expression, or a format for one.
pub(super) fn is_pattern(value: &[u8]) -> bool {
    let opens = || value.contains(&b'(') || value.contains(&b'[');
    opens() && (value.windows(2).any(|w| matches!(w, b"(?" | b"[^")) || value.windows(3).any(|w| w == b"[%s"))
}

/// `self.password`, `os.environ`, `$PASSWORD`, `obj->field`, `Foo::bar`, `a_b.c_d`.
pub(super) fn is_path_of_code(value: &[u8]) -> bool {
    let path = |b: &u8| ByteSet::WORD.contains(*b) || matches!(b, b'.' | b':' | b'-' | b'>' | b'$' | b'?' | b'!' | b'*' | b'@' | b'/');
    let joined = value.iter().any(|b| !ByteSet::WORD.contains(*b) && *b != b'-');
    value.iter().all(path)
        && (joined && !value.iter().any(u8::is_ascii_digit) || value[0] == b'$' || value.windows(2).any(|w| w == b"->" || w == b"::"))
}

/// A path, a URL, a template or a selector: it says where the value is.
pub(super) fn is_reference(value: &[u8]) -> bool {
    const STARTS: [&[u8]; 20] = [
        b"/",
        b"./",
        b"../",
        b"~/",
        b"http:",
        b"https:",
        b"file:",
        b"vault:",
        b"ssm:",
        b"arn:",
        b"secret:",
        b"env:",
        b"op://",
        b"os.",
        b"process.",
        b"System.",
        b"config.",
        b"self.",
        b"this.",
        b"@string",
    ];
    let opens = value.iter().position(|b| *b == b'{');
    let holes = opens.is_some_and(|at| value[at..].contains(&b'}'));
    let dotted = value.contains(&b'.') && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'-'));
    STARTS.iter().any(|start| value.starts_with(start))
        || holes
        || dotted
        || value.windows(3).any(|w| w == b"://")
        || value.contains(&b'<') && value.contains(&b'>')
}

/// A number with a radix or a type: `0x80550007_u32`, `16384u32`, `0o755`.
pub(super) fn is_number(value: &[u8]) -> bool {
    let body = value.strip_prefix(b"-").unwrap_or(value);
    let hex = body.strip_prefix(b"0x").or_else(|| body.strip_prefix(b"0X"));
    let digits = |b: &u8| b.is_ascii_digit() || *b == b'_' || *b == b'.';
    let len = hex.map_or_else(
        || body.iter().take_while(|b| digits(b)).count(),
        |h| 2 + h.iter().take_while(|b| b.is_ascii_hexdigit() || **b == b'_').count(),
    );
    let types =
        body[len..].iter().all(|b| matches!(b, b'u' | b'U' | b'i' | b'I' | b'l' | b'L' | b's' | b'z' | b'f' | b'F' | b'e' | b'0'..=b'9'));
    body.first().is_some_and(u8::is_ascii_digit)
        && types
        && body.len() - len <= 5
        && (hex.is_some() || len < body.len() || body.contains(&b'.'))
}

/// Whether brackets close in the order in which they open. Some may stay open, or close what was opened before.
pub(super) fn nests(value: &[u8]) -> bool {
    let mut open = Vec::new();
    value.iter().all(|byte| match byte {
        b'(' | b'[' | b'{' => {
            open.push(byte);
            true
        }
        b')' => open.pop().is_none_or(|opened| *opened == b'('),
        b']' => open.pop().is_none_or(|opened| *opened == b'['),
        b'}' => open.pop().is_none_or(|opened| *opened == b'{'),
        _ => true,
    })
}

pub(super) fn is_identifier(value: &[u8]) -> bool {
    !value[0].is_ascii_digit() && value.iter().all(|b| ByteSet::WORD.contains(*b))
}

/// `DB_PASSWORD`: the name of a variable or constant.
pub(super) fn is_constant(value: &[u8]) -> bool {
    value.contains(&b'_') && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_') && randomness(value) < DRAWN
}

pub(super) fn is_word_of_code(value: &[u8]) -> bool {
    const WORDS: [&str; 29] = [
        "async",
        "await",
        "unsafe",
        "true",
        "false",
        "null",
        "none",
        "undefined",
        "string",
        "str",
        "int",
        "bool",
        "boolean",
        "varchar",
        "text",
        "required",
        "optional",
        "password",
        "passwd",
        "secret",
        "token",
        "hidden",
        "empty",
        "default",
        "object",
        "number",
        "bytes",
        "passphrase",
        "return",
    ];
    WORDS.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_closes_its_brackets_in_order() {
        for value in ["get(a[0],{})", "call(x)[i])", "fn(a", "a}"] {
            assert!(nests(value.as_bytes()), "{value}");
        }
        for value in ["a{b)c", "([)]", "m{{h}o)p"] {
            assert!(!nests(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn numbers_have_types_or_a_radix() {
        for value in ["0x80550007_u32", "16384u32", "0x0400", "1.5f"] {
            assert!(is_number(value.as_bytes()), "{value}");
        }
        for value in ["12345678", "hunter2", "1q2w3e4r5t", "0xyzzy"] {
            assert!(!is_number(value.as_bytes()), "{value}");
        }
    }
}
