//! Is an assigned value a password somebody chose, or code?

use core::ops::Range;

use crate::bytes::ByteSet;
use crate::context::{Context, Tie};

/// Longest value that is compared with its own name.
const SHORT: usize = 32;

/// `None` when the value is code, a reference or a description instead of a literal.
pub(crate) fn plausible_password(text: &[u8], raw: Range<usize>, value: &[u8], context: &Context) -> Option<()> {
    if value.len() < 4 || is_word_of_code(value) || names_itself(value, &text[context.name.clone()]) {
        return None;
    }
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let symbols = value.iter().filter(|b| b.is_ascii_punctuation() && !matches!(b, b'_' | b'-' | b'.')).count();
    if context.quote.is_none() {
        let next = text.get(raw.end).copied().unwrap_or(b'\n');
        if matches!(next, b'(' | b'[' | b'{' | b'<') || matches!(context.tie, Tie::Is | Tie::Argument) && digits + symbols == 0 {
            return None;
        }
        // Without quotes only a value that no identifier looks like is a literal.
        if digits + symbols == 0 || is_path_of_code(value) {
            return None;
        }
    }
    let spaces = value.iter().filter(|b| **b == b' ').count();
    (spaces <= 3 && !(spaces > 0 && digits + symbols == 0)).then_some(())
}

/// `self.password`, `os.environ`, `$PASSWORD`, `obj->field`, `Foo::bar`, `a_b.c_d`.
fn is_path_of_code(value: &[u8]) -> bool {
    let path = |b: &u8| ByteSet::WORD.contains(*b) || matches!(b, b'.' | b':' | b'-' | b'>' | b'$' | b'?' | b'!');
    value.iter().all(path) && !value.iter().any(u8::is_ascii_digit)
}

fn is_word_of_code(value: &[u8]) -> bool {
    const WORDS: [&str; 22] = [
        "true", "false", "null", "none", "undefined", "string", "str", "int", "bool", "boolean", "varchar", "text", "required", "optional", "password",
        "passwd", "secret", "token", "hidden", "empty", "default", "object",
    ];
    WORDS.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(value))
}

/// `password: "password"`, `passwordField = "passwordField"`.
fn names_itself(value: &[u8], name: &[u8]) -> bool {
    value.len() <= SHORT && value.iter().all(|b| ByteSet::TOKEN.contains(*b)) && {
        let lower = |bytes: &[u8]| bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        let (value, name) = (lower(value), lower(name));
        !value.iter().any(u8::is_ascii_digit) && name.windows(value.len().max(1)).any(|w| w == value)
    }
}
