//! Is a value that is known by its name a literal somebody chose, or code, a reference, a label?

use core::ops::Range;

use super::code::{self, DRAWN};
use super::name;
use super::randomness::randomness;
use super::vocabulary::Vocabulary;
use crate::bytes::ByteSet;
use crate::context::{Context, Tie};
use crate::finding::Confidence;
use crate::program::Rule;

/// The rule whose values are told by their symbols alone.
pub(super) const WILD: &str = "generic.password-wild";

/// What links to pictures hold.
static PICTURES: Vocabulary<2> = Vocabulary::new([b"badge", b"shields.io"]);
/// What stands in a connection string before its password.
static SETTINGS: Vocabulary<6> = Vocabulary::new([b"uid=", b"user id=", b"username=", b"server=", b"database=", b"provider="]);
static TOKEN: Vocabulary<1> = Vocabulary::new([b"token"]);

/// The most the value can be worth; `None` when it is code, a reference or a description instead of a literal. One that is
/// `typed` along the alphabet reads like words and is none.
pub(super) fn plausible(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8], typed: bool, context: &Context) -> Option<Confidence> {
    let setting = || {
        let (name, line) = (&text[context.name.clone()], &text[context.line.clone()]);
        let poor = rule.class == "secret/password" && rule.id != WILD && value.iter().all(|b| ByteSet::WORD.contains(*b));
        poor && name::is_password_name(name) && SETTINGS.any_in(line)
    };
    // The commonest password of all, in a block of credentials: `password 'password'`.
    let itself = || {
        let given = context.tie == Tie::Noun && context.quote.is_some() && value == b"password";
        given && rule.class == "secret/password" && name::is_password_name(&text[context.name.clone()])
    };
    // In a connection string even a dull word is a password.
    literal(rule, text, raw, value, typed, context).or_else(|| (setting() || itself()).then_some(Confidence::Low))
}

/// Whether a value of this name can be what the rule looks for at all: told before the value is read, as most are not.
pub(crate) fn may_have_name(rule: &Rule, name: &[u8]) -> bool {
    if rule.class == "secret/password" && rule.id != WILD {
        name::is_password_name(name)
    } else {
        !is_of_url(name) && !name::is_about(name)
    }
}

/// The port and path of a URL whose user and password stand before are no value of theirs.
fn is_of_url(name: &[u8]) -> bool {
    name.windows(3).any(|w| w == b"://")
}

fn literal(rule: &Rule, text: &[u8], raw: Range<usize>, value: &[u8], typed: bool, context: &Context) -> Option<Confidence> {
    let name = &text[context.name.clone()];
    if value.len() < 4 || is_of_url(name) || code::is_word_of_code(value) || name::names_itself(value, name) || name::is_about(name) {
        return None;
    }
    if rule.class == "secret/password" && rule.id != WILD && !name::is_password_name(name) {
        return None;
    }
    let line = &text[context.line.clone()];
    if context.quote.is_none() && code::declares(line) || code::is_pattern(value) {
        return None;
    }
    let next = text.get(raw.end).copied().unwrap_or(b'\n');
    if is_wild(value) {
        if value.starts_with(b"[a-z") || value.windows(3).any(|w| w == b"a-z" || w == b"0-9") {
            return None;
        }
        return Some(Confidence::High);
    }
    if rule.id == WILD {
        // Of what code is made of, another rule decides, unless no code looks like it.
        let of_code =
            |b: &u8| matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' | b',' | b'=' | b':' | b'/' | b'.' | b'$' | b'|');
        let least = if value.iter().any(of_code) { 4.0 } else { 2.0 };
        return (randomness(value) > least * DRAWN).then_some(Confidence::Low);
    }
    let kinds = Kinds::of(value);
    if rule.class == "secret/password" {
        password(value, kinds, next, context)
    } else if PICTURES.any_in(line) {
        // What only shows a picture.
        None
    } else {
        token(value, kinds, next, typed, context, name)
    }
}

/// Whether no look at the value can make more of it than a guess: nothing marks it as a string, and it is a short word as
/// prose and flags have them, or it may be code, or the end of one long name.
pub(super) fn is_guess(value: &[u8], context: &Context) -> bool {
    let drawn = randomness(value) >= 2.0 * DRAWN && !value.iter().all(u8::is_ascii_uppercase);
    let word = value.len() < 8 && value.iter().all(u8::is_ascii_alphabetic) && !drawn;
    let code = is_wild(value) && value.iter().any(|b| matches!(b, b'(' | b';' | b'='));
    context.quote.is_none() && (word || code || context.tie == Tie::Compound)
}

/// Whether the value can be nothing but chosen: a string of many symbols that no language, pattern or template is made of,
/// as its brackets close in no order.
pub(super) fn is_chosen(value: &[u8], context: &Context) -> bool {
    context.quote.is_some() && is_wild(value) && !code::nests(value)
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
    if code::is_reference(value) || kinds.letters == 0 && kinds.digits < 6 {
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
        // A call, an index, a type's arguments, a path: code goes on. After a tag's value its end stands.
        let opens = matches!(next, b'(' | b'[' | b'{') || next == b'<' && context.tie != Tie::Tag;
        if opens || next == b'.' || code::is_path_of_code(value) || code::is_number(value) {
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
            _ if kinds.letters == 0 || !alone || code::is_identifier(value) && random < DRAWN => Some(Confidence::Low),
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
        || value[0] == b'#' && name::mentions(value)
    {
        return None;
    }
    if kinds.digits == 0 && ends_like_label(value)
        || code::is_constant(value)
        || (kinds.digits + kinds.symbols == 0 && name::mentions(value) && kinds.joints > 0)
    {
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

fn token(value: &[u8], kinds: Kinds, next: u8, typed: bool, context: &Context, name: &[u8]) -> Option<Confidence> {
    if name::is_public(name) || name.windows(2).any(|w| w == b"::") || code::is_reference(value) || code::is_constant(value) {
        return None;
    }
    if kinds.spaces > 0 {
        return (kinds.spaces <= 5 && context.tie == Tie::Operator && !ends_like_label(value)).then_some(Confidence::Low);
    }
    let random = randomness(value);
    if kinds.digits == 0 && (kinds.letters < 16 || kinds.symbols > 0) {
        // Lexers and parsers name words tokens, too.
        let drawn = context.tie != Tie::Argument && (random > DRAWN || !TOKEN.any_in(name));
        let chosen = kinds.joints <= 1 && !ends_like_label(value);
        return (context.quote.is_some() && chosen && !name::mentions(value) && drawn).then_some(Confidence::Low);
    }
    let least = if context.quote.is_some() { 0.0 } else { 0.2 };
    if random < least && !typed || context.quote.is_none() && (matches!(next, b'(' | b'[' | b'{') || code::is_path_of_code(value)) {
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

/// Symbols, without those that names and strings are made with.
const SYMBOLS: ByteSet =
    ByteSet::EMPTY.with(b"!`").range(b'#', b'&').range(b'(', b'/').range(b':', b'@').range(b'[', b'^').range(b'{', b'~');

/// Whether so many kinds of symbols stand in it that neither code nor a template comes to mind.
pub(super) fn is_wild(value: &[u8]) -> bool {
    const KINDS: u32 = 6;
    value.len() >= 2 * KINDS as usize
        && value.iter().map(|b| usize::from(SYMBOLS.contains(*b))).sum::<usize>() >= KINDS as usize
        && value.iter().filter(|b| SYMBOLS.contains(**b)).fold(0u128, |kinds, b| kinds | 1 << b).count_ones() >= KINDS
        && value.iter().any(u8::is_ascii_alphanumeric)
        && value[0] != b','
        && !value.contains(&b' ')
        && !value.windows(2).any(|w| matches!(w, b"()" | b"=>" | b"->" | b"::" | b"&&" | b"||" | b"</" | b"//"))
}

fn ends_like_label(value: &[u8]) -> bool {
    matches!(value.last(), Some(b':' | b'?')) || value.ends_with(b"...")
}

fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worth(text: &str, value: &str, class: fn(&[u8], Kinds, u8, &Context) -> Option<Confidence>) -> Option<Confidence> {
        let at = text.find(value).unwrap();
        let context = crate::context::read(text.as_bytes(), at).unwrap_or_else(|| panic!("no context in {text}"));
        if name::is_about(&text.as_bytes()[context.name.clone()]) {
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
}
