//! Is a value that is known by its name a literal somebody chose, or code, a reference, a label?

use core::ops::Range;

use super::randomness::randomness;
use crate::bytes::ByteSet;
use crate::context::{Context, Tie};
use crate::finding::Confidence;
use crate::program::Rule;

/// Longest value that is compared with its own name.
const SHORT: usize = 32;
/// The rule whose values are told by their symbols alone.
pub(super) const WILD: &str = "generic.password-wild";
/// From here on a value without digits and symbols is a token rather than a name.
const DRAWN: f32 = 0.15;

/// What names end with that hold no secret, but something about one.
const ABOUT: &[&[u8]] = &[
    b"alg",
    b"algorithm",
    b"attempt",
    b"attempts",
    b"class",
    b"column",
    b"count",
    b"description",
    b"digest",
    b"dir",
    b"enabled",
    b"encoding",
    b"endpoint",
    b"env",
    b"error",
    b"expiration",
    b"expires",
    b"expiry",
    b"field",
    b"file",
    b"filename",
    b"fingerprint",
    b"format",
    b"hint",
    b"id",
    b"ids",
    b"index",
    b"input",
    b"kind",
    b"label",
    b"length",
    b"len",
    b"link",
    b"location",
    b"max",
    b"message",
    b"method",
    b"min",
    b"mode",
    b"msg",
    b"name",
    b"names",
    b"param",
    b"path",
    b"pattern",
    b"placeholder",
    b"policy",
    b"prefix",
    b"prompt",
    b"ref",
    b"regex",
    b"regexp",
    b"required",
    b"rule",
    b"scope",
    b"selector",
    b"size",
    b"source",
    b"state",
    b"status",
    b"suffix",
    b"text",
    b"timeout",
    b"title",
    b"ttl",
    b"type",
    b"types",
    b"uri",
    b"url",
    b"validator",
    b"variable",
    b"version",
];
/// What names hold that stand for something public or derived.
const PUBLIC: &[&[u8]] = &[
    b"sha1",
    b"sha256",
    b"sha512",
    b"md5",
    b"hash",
    b"checksum",
    b"digest",
    b"integrity",
    b"commit",
    b"revision",
    b"fingerprint",
    b"public",
    b"etag",
    b"csrf",
    b"nonce",
    b"pagination",
    b"nexttoken",
    b"next_token",
    b"continuation",
    b"pagetoken",
    b"page_token",
    b"cursor",
    b"amz_credential",
    b"amz-credential",
];
/// Words that values are made of which only speak of secrets.
const NOUNS: &[&[u8]] = &[b"pass", b"pwd", b"secret", b"token", b"key", b"auth", b"cred"];

/// The most the value can be worth; `None` when it is code, a reference or a description instead of a literal.
pub(super) fn plausible(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8], context: &Context) -> Option<Confidence> {
    let name = &text[context.name.clone()];
    if value.len() < 4 || is_word_of_code(value) || names_itself(value, name) || is_about(name) {
        return None;
    }
    if rule.class == "secret/password" && rule.id != WILD && !is_password_name(name) {
        return None;
    }
    let line = &text[context.line.clone()];
    if context.quote.is_none() && declares(line) || is_pattern(value) {
        return None;
    }
    let next = text.get(raw.end).copied().unwrap_or(b'\n');
    if is_wild(value) {
        if value.starts_with(b"[a-z") || value.windows(3).any(|w| w == b"a-z" || w == b"0-9") {
            return None;
        }
        let code = context.quote.is_none() && value.iter().any(|b| matches!(b, b'(' | b';' | b'='));
        return Some(if code { Confidence::Low } else { Confidence::High });
    }
    if rule.id == WILD {
        // Of what code is made of, another rule decides.
        let plain = !value
            .iter()
            .any(|b| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b',' | b'=' | b':' | b'/' | b'.' | b'$' | b'|'));
        return (plain && randomness(value) > 2.0 * DRAWN).then_some(Confidence::Low);
    }
    let kinds = Kinds::of(value);
    if rule.class == "secret/password" {
        password(value, kinds, next, context)
    } else if has_any(line, &[b"badge", b"shields.io"]) {
        // What only shows a picture.
        None
    } else {
        token(value, kinds, next, context, name)
    }
}

/// Whether code declares something here, or a path to a name goes on: `let password = `, `core::`.
fn declares(line: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 6] = [b"const ", b"let ", b"var ", b"val ", b"pub ", b"static "];
    line.ends_with(b"::") || KEYWORDS.iter().any(|keyword| line.trim_ascii_start().starts_with(keyword))
}

/// A regular expression, or a format for one.
fn is_pattern(value: &[u8]) -> bool {
    value.windows(2).any(|w| matches!(w, b"(?" | b"[^")) || value.windows(3).any(|w| w == b"[%s")
}

/// How many characters of each kind a value has.
#[derive(Clone, Copy)]
struct Kinds {
    letters: usize,
    digits: usize,
    spaces: usize,
    /// Dots, slashes, colons, dashes and underscores: what paths and names are joined with.
    joints: usize,
    symbols: usize,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let mut kinds = Kinds { letters: 0, digits: 0, spaces: 0, joints: 0, symbols: 0 };
        for byte in value {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => kinds.letters += 1,
                b'0'..=b'9' => kinds.digits += 1,
                b' ' | b'\t' => kinds.spaces += 1,
                b'.' | b'/' | b':' | b'-' | b'_' => kinds.joints += 1,
                _ => kinds.symbols += 1,
            }
        }
        kinds
    }
}

/// What password hashes start with: another rule knows them.
const HASHES: [&[u8]; 8] = [b"$2a$", b"$2b$", b"$2y$", b"$5$", b"$6$", b"$1$", b"$argon2", b"{"];

fn password(value: &[u8], kinds: Kinds, next: u8, context: &Context) -> Option<Confidence> {
    let random = randomness(value);
    if is_reference(value) || kinds.letters == 0 && kinds.digits < 6 {
        return None;
    }
    if HASHES.iter().any(|start| value.starts_with(start)) {
        return Some(Confidence::Low);
    }
    if kinds.spaces > 0 {
        let phrase = kinds.spaces <= 6 && context.quote.is_some() && context.tie == Tie::Operator && !ends_like_label(value);
        return phrase.then_some(Confidence::Low);
    }
    if context.quote.is_none() {
        // A call, an index, a type's arguments, a path: code goes on.
        if matches!(next, b'(' | b'[' | b'{' | b'<') || next == b'.' || is_path_of_code(value) || is_number(value) {
            return None;
        }
        let alone = matches!(next, b'\n' | b'\r' | b' ' | b'\t' | b'"' | b'\'' | b'<' | b'&' | b';' | b'\\' | b'}');
        let worded = matches!(context.tie, Tie::Is | Tie::Argument | Tie::Noun);
        return match kinds {
            Kinds { digits: 0, symbols: 0, joints: 0, .. }
                if alone && !worded && next != b';' && random > 2.0 * DRAWN && value.len() >= 8 =>
            {
                Some(Confidence::Medium)
            }
            Kinds { digits: 0, symbols: 0, .. } => (alone && !worded && next != b';').then_some(Confidence::Low),
            _ if kinds.letters == 0 || !alone || is_identifier(value) && random < DRAWN => Some(Confidence::Low),
            _ if worded && (kinds.digits == 0 || kinds.letters == 0) => Some(Confidence::Low),
            _ => Some(Confidence::Medium),
        };
    }
    // The rest of a string that was put together, what stands between two strings, or a selector.
    if value[0] == b','
        || value.starts_with(b"&lt;")
        || value.starts_with(b".$")
        || value.starts_with(b". ")
        || value.starts_with(b"+ ")
        || value[0] == b'#' && mentions(value)
    {
        return None;
    }
    if ends_like_label(value) || is_constant(value) || (kinds.digits + kinds.symbols == 0 && mentions(value) && kinds.joints > 0) {
        return None;
    }
    if kinds.digits + kinds.symbols == 0 {
        // Letters only: a word, unless nobody would write it.
        let drawn = random > if value.len() >= 8 { DRAWN } else { 3.0 * DRAWN };
        return Some(if drawn && kinds.joints == 0 { Confidence::Medium } else { Confidence::Low });
    }
    if kinds.letters == 0 || context.tie == Tie::Argument && random < 0.0 {
        return Some(Confidence::Low);
    }
    Some(Confidence::High)
}

fn token(value: &[u8], kinds: Kinds, next: u8, context: &Context, name: &[u8]) -> Option<Confidence> {
    if has_any(name, PUBLIC) || name.windows(2).any(|w| w == b"::") || is_reference(value) || is_constant(value) {
        return None;
    }
    if kinds.spaces > 0 {
        return (kinds.spaces <= 5 && context.tie == Tie::Operator && !ends_like_label(value)).then_some(Confidence::Low);
    }
    let random = randomness(value);
    if kinds.digits == 0 && kinds.letters < 16 {
        // Lexers and parsers name words tokens, too.
        let drawn = context.tie != Tie::Argument && (random > DRAWN || !has_any(name, &[b"token"]));
        return (context.quote.is_some() && kinds.joints == 0 && !mentions(value) && drawn).then_some(Confidence::Low);
    }
    let least = if context.quote.is_some() { 0.0 } else { 0.2 };
    if random < least || context.quote.is_none() && (matches!(next, b'(' | b'[' | b'{') || is_path_of_code(value)) {
        return None;
    }
    if is_uuid(value)
        || kinds.letters == 0
        || kinds.digits == 0 && random < 2.0 * DRAWN
        || context.tie == Tie::Argument && kinds.digits == 0
    {
        return Some(Confidence::Low);
    }
    Some(Confidence::High)
}

/// `self.password`, `os.environ`, `$PASSWORD`, `obj->field`, `Foo::bar`, `a_b.c_d`.
fn is_path_of_code(value: &[u8]) -> bool {
    let path = |b: &u8| ByteSet::WORD.contains(*b) || matches!(b, b'.' | b':' | b'-' | b'>' | b'$' | b'?' | b'!' | b'*' | b'@' | b'/');
    let joined = value.iter().any(|b| !ByteSet::WORD.contains(*b) && *b != b'-');
    value.iter().all(path)
        && (joined && !value.iter().any(u8::is_ascii_digit) || value[0] == b'$' || value.windows(2).any(|w| w == b"->" || w == b"::"))
}

/// A path, a URL, a template or a selector: it says where the value is.
fn is_reference(value: &[u8]) -> bool {
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
fn is_number(value: &[u8]) -> bool {
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

/// Whether so many kinds of symbols stand in it that neither code nor a template comes to mind.
pub(super) fn is_wild(value: &[u8]) -> bool {
    const KINDS: u32 = 6;
    let kinds =
        value.iter().filter(|b| b.is_ascii_punctuation() && !matches!(b, b'_' | b'"' | b'\'')).fold(0u128, |kinds, b| kinds | 1 << b);
    kinds.count_ones() >= KINDS
        && value.iter().any(u8::is_ascii_alphanumeric)
        && value[0] != b','
        && value.len() >= 2 * KINDS as usize
        && !value.contains(&b' ')
        && !value.windows(2).any(|w| matches!(w, b"()" | b"=>" | b"->" | b"::" | b"&&" | b"||" | b"</" | b"//"))
}

fn is_identifier(value: &[u8]) -> bool {
    !value[0].is_ascii_digit() && value.iter().all(|b| ByteSet::WORD.contains(*b))
}

/// `DB_PASSWORD`: the name of a variable or constant.
fn is_constant(value: &[u8]) -> bool {
    value.contains(&b'_') && value.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_') && randomness(value) < DRAWN
}

fn ends_like_label(value: &[u8]) -> bool {
    matches!(value.last(), Some(b':' | b'?')) || value.ends_with(b"...")
}

fn mentions(value: &[u8]) -> bool {
    has_any(value, NOUNS)
}

fn has_any(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| text.windows(word.len()).any(|w| w.eq_ignore_ascii_case(word)))
}

/// `token_type`, `passwordField`: what stands after the last noun tells what the name is about.
fn is_about(name: &[u8]) -> bool {
    let ends = NOUNS.iter().filter_map(|noun| Some(name.windows(noun.len()).rposition(|w| w.eq_ignore_ascii_case(noun))? + noun.len()));
    let Some(end) = ends.max() else { return false };
    let rest = &name[end..name[end..].iter().position(|b| !ByteSet::TOKEN.contains(*b) && *b != b'.').map_or(name.len(), |len| end + len)];
    let humps =
        rest.chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && !(a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    humps.into_iter().any(|part| ABOUT.iter().any(|word| word.eq_ignore_ascii_case(part)))
}

/// `password`, `dbPass`, `pwd`, but not `passing` and `bypass`.
fn is_password_name(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 5] = [b"password", b"passwd", b"passphrase", b"passcode", b"passwort"];
    let starts =
        |at: usize| at == 0 || !name[at - 1].is_ascii_alphabetic() || name[at].is_ascii_uppercase() && name[at - 1].is_ascii_lowercase();
    let ends =
        |end: usize| name.get(end).is_none_or(|b| !b.is_ascii_alphabetic() || b.is_ascii_uppercase() && name[end - 1].is_ascii_lowercase());
    let alone = |word: &[u8]| {
        name.windows(word.len()).enumerate().any(|(at, w)| w.eq_ignore_ascii_case(word) && ends(at + word.len()) && starts(at))
    };
    has_any(name, &NAMES) || alone(b"pass") || has_any(name, &[b"pwd"])
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

fn is_word_of_code(value: &[u8]) -> bool {
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

/// `password: "password"`, `passwordField = "passwordField"`.
fn names_itself(value: &[u8], name: &[u8]) -> bool {
    value.len() <= SHORT && value.iter().all(|b| ByteSet::TOKEN.contains(*b) || *b == b' ') && {
        let lower = |bytes: &[u8]| bytes.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect::<Vec<_>>();
        let (value, name) = (lower(value), lower(name));
        !value.iter().any(u8::is_ascii_digit) && !value.is_empty() && name.windows(value.len()).any(|w| w == value)
    }
}

/// The most the password of a URL can be worth: examples all use the same few words.
pub(super) fn in_url(value: &[u8]) -> Confidence {
    const WORDS: [&str; 26] = [
        "admin",
        "bar",
        "changeit",
        "foo",
        "guest",
        "letmein",
        "mypass",
        "mypassword",
        "mysecret",
        "pass",
        "passphrase",
        "passw",
        "passwd",
        "password",
        "postgres",
        "pswd",
        "pw",
        "pwd",
        "root",
        "secret",
        "test",
        "token",
        "user",
        "userpass",
        "username",
        "xyz",
    ];
    let letters = value.len() - value.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).count();
    let word = value.split(|b| matches!(b, b'_' | b'-')).next_back().unwrap_or(value);
    let word = &word[..word.len().saturating_sub(value.len() - letters)];
    let known = |word: &[u8]| WORDS.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word));
    if known(word)
        || known(&value[..letters])
        || value.starts_with(b"$")
        || value.starts_with(b"%")
        || value.starts_with(b"{")
        || value.contains(&b' ')
    {
        Confidence::Low
    } else {
        Confidence::Certain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(text: &str, value: &str, class: fn(&[u8], Kinds, u8, &Context) -> Option<Confidence>) -> Option<Confidence> {
        let at = text.find(value).unwrap();
        let context = crate::context::read(text.as_bytes(), at).unwrap_or_else(|| panic!("no context in {text}"));
        if is_about(&text.as_bytes()[context.name.clone()]) {
            return None;
        }
        let next = text.as_bytes().get(at + value.len()).copied().unwrap_or(b'\n');
        class(value.as_bytes(), Kinds::of(value.as_bytes()), next, &context)
    }

    #[test]
    fn chosen_passwords_are_told_from_code() {
        for (text, value, wanted) in [
            ("password = \"hunter2!\"", "hunter2!", Some(Confidence::High)),
            ("DB_PASSWORD=s3cr3tPa55", "s3cr3tPa55", Some(Confidence::Medium)),
            ("password: \"correct horse battery\"", "correct horse battery", Some(Confidence::Low)),
            ("password = self.cfg.value", "self.cfg.value", None),
            ("password = read_pw1(x)", "read_pw1", None),
            ("PASSWORD_FLAGS: u32 = 16384u32", "16384u32", None),
            ("password: \"/run/secrets/db1\"", "/run/secrets/db1", None),
            ("password_file = \"abc123xyz\"", "abc123xyz", None),
            ("password: \"{{ vault_pw1 }}\"", "{{ vault_pw1 }}", None),
            ("password: \"DB_PASSWORD_V2\"", "DB_PASSWORD_V2", None),
            ("password: \"Your password:\"", "Your password:", None),
        ] {
            assert_eq!(worth(text, value, password), wanted, "{text}");
        }
    }

    #[test]
    fn names_tell_what_they_are_about() {
        for name in ["token_type", "passwordField", "secret-name", "api_key_id", "tokenURL"] {
            assert!(is_about(name.as_bytes()), "{name}");
        }
        for name in ["token", "DB_PASSWORD", "secretKey", "api_key", "token_prod", "passwordProd: string"] {
            assert!(!is_about(name.as_bytes()), "{name}");
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

    #[test]
    fn example_passwords_in_urls_are_low() {
        for value in ["password", "pass", "pwd1", "my_secret", "wrong_pass", "$PASS", "%s"] {
            assert_eq!(in_url(value.as_bytes()), Confidence::Low, "{value}");
        }
        for value in ["hunter2x", "Zq8!kd02", "passage"] {
            assert_eq!(in_url(value.as_bytes()), Confidence::Certain, "{value}");
        }
    }
}
