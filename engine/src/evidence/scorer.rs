//! How likely a value that is known by its name is a secret: a small learned scorer.
//!
//! A logistic regression over features that are on or off: how random the value looks, what it is made of, how long it
//! is, whether words of a dictionary stand in it, what it is named, how it is tied to that name, what surrounds it. Each
//! candidate switches on one feature of each [`GROUPS`] entry, so a score is a sum of a few table cells, the same on
//! every machine, and an explanation is the list of these cells.
//!
//! `weights.bin` holds a little-endian `i16` a feature, in 256ths of a nat, in the order of the groups. `cargo xtask
//! corpus train` makes it from generated assignments, the labels of CredData's development split, and what is found in
//! CPython's library, which holds no secrets. It keeps weights only, no text.

use super::randomness::{least_random, randomness};
use super::vocabulary::Vocabulary;
use crate::context::{Context, Tie};
use crate::finding::Confidence;

/// The weights, see the module's description.
static WEIGHTS: &[u8] = include_bytes!("weights.bin");

/// What is looked at, and how many answers there are.
pub(crate) const GROUPS: [(&str, usize); 11] = [
    ("rule, and what its form alone says", 3 * 3),
    ("how random it looks", 2 * 4 * RANDOM),
    ("length", 2 * 10),
    ("kinds of characters", 2 * 8 * 4),
    ("tie to the name, and quotes", 2 * 6 * 3),
    ("dictionary words in the value", 2 * 4 * 3),
    ("most readable stretch", 2 * RANDOM),
    ("noun in the name", NOUNS.len() + 1),
    ("words of tests and examples in the line", 2 * 4),
    ("byte after the value", 3 * 8),
    ("digits at the end", 4 * 3),
];
/// Features a candidate has.
pub(crate) const ACTIVE: usize = GROUPS.len();
/// Steps that randomness is told in, each a quarter of a bit.
const RANDOM: usize = 14;

/// How many features the learned scorer of named values tells apart.
pub const FEATURES: usize = {
    let (mut sum, mut group) = (0, 0);
    while group < GROUPS.len() {
        sum += GROUPS[group].1;
        group += 1;
    }
    sum
};

// Checked when the crate is built, so that a stale table cannot be shipped.
const _: () = assert!(WEIGHTS.len() == 2 * FEATURES);

/// Nouns of names, the telling ones first.
static NOUNS: Vocabulary<16> = Vocabulary::new([
    b"passphrase",
    b"password",
    b"passwd",
    b"pwd",
    b"pass",
    b"api_key",
    b"apikey",
    b"access_key",
    b"secret_key",
    b"secretkey",
    b"client_secret",
    b"secret",
    b"session",
    b"token",
    b"auth",
    b"key",
]);
/// What people make example values of.
static WORDS: Vocabulary<48> = Vocabulary::new([
    b"pass",
    b"word",
    b"secret",
    b"token",
    b"test",
    b"admin",
    b"user",
    b"root",
    b"key",
    b"demo",
    b"example",
    b"default",
    b"change",
    b"login",
    b"letme",
    b"foo",
    b"bar",
    b"baz",
    b"abc",
    b"123",
    b"qwer",
    b"guest",
    b"master",
    b"server",
    b"client",
    b"data",
    b"some",
    b"name",
    b"your",
    b"value",
    b"valid",
    b"wrong",
    b"incorrect",
    b"right",
    b"good",
    b"bad",
    b"old",
    b"new",
    b"super",
    b"string",
    b"auth",
    b"hash",
    b"code",
    b"random",
    b"dummy",
    b"fake",
    b"basic",
    b"hello",
]);
/// What stands in lines of tests, of examples and of messages.
static STAGED: Vocabulary<12> = Vocabulary::new([
    b"test", b"example", b"assert", b"expect", b"mock", b"fake", b"dummy", b"invalid", b"wrong", b"sample", b"print", b"error",
]);

/// A candidate as the scorer sees it.
pub(crate) struct Candidate<'a> {
    /// Whether the rule looks for passwords.
    pub(crate) password: bool,
    /// Whether the rule tells values by their symbols alone.
    pub(crate) wild: bool,
    pub(crate) value: &'a [u8],
    pub(crate) name: &'a [u8],
    /// The line up to the value.
    pub(crate) line: &'a [u8],
    pub(crate) context: &'a Context,
    /// The byte after the value.
    pub(crate) next: u8,
    /// What the value's form alone says.
    pub(crate) form: Confidence,
}

impl Candidate<'_> {
    /// The features that are on, one of each group.
    pub(crate) fn features(&self) -> [u16; ACTIVE] {
        let class = usize::from(self.password);
        let quote = self.context.quote.map_or(0, |q| if q.byte == b'\'' { 1 } else { 2 });
        let kinds = Kinds::of(self.value);
        let rule = if self.wild { 2 } else { class };
        let answers = [
            rule * 3 + form(self.form),
            (class * 4 + kinds.coarse()) * RANDOM + step(randomness(self.value)),
            class * 10 + length(self.value.len()),
            (class * 8 + kinds.alphabet()) * 4 + kinds.others(),
            (class * 6 + tie(self.context.tie)) * 3 + quote,
            (class * 4 + words(self.value)) * 3 + kinds.others().min(2),
            class * RANDOM + readable(self.value),
            noun(self.name),
            usize::from(STAGED.any_in(self.line)) * 4 + comment(self.line),
            quote * 8 + after(self.next),
            ending(self.value),
        ];
        let mut base = 0;
        let mut on = [0; ACTIVE];
        for ((on, answer), (_, size)) in on.iter_mut().zip(answers).zip(GROUPS) {
            debug_assert!(answer < size, "an answer beyond its group");
            *on = (base + answer) as u16;
            base += size;
        }
        on
    }
}

/// The weight of a feature.
pub(crate) fn weight(feature: u16) -> i32 {
    let at = 2 * usize::from(feature);
    i32::from(i16::from_le_bytes([WEIGHTS[at], WEIGHTS[at + 1]]))
}

/// The features' weights together: above zero it is rather a secret.
pub(crate) fn score(features: &[u16]) -> i32 {
    features.iter().map(|feature| weight(*feature)).sum()
}

fn form(form: Confidence) -> usize {
    match form {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High | Confidence::Certain => 2,
    }
}

/// Quarters of a bit from -1.75 on.
fn step(random: f32) -> usize {
    // The cast cuts what is below off at zero.
    ((random * 4.0 + (RANDOM / 2) as f32) as usize).min(RANDOM - 1)
}

fn length(len: usize) -> usize {
    const ENDS: [usize; 9] = [4, 5, 7, 9, 12, 16, 24, 40, 64];
    ENDS.iter().position(|end| len <= *end).unwrap_or(ENDS.len())
}

const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
const NO_HEX: u8 = 8;
const JOINT: u8 = 16;
const SYMBOL: u8 = 32;
const SPACE: u8 = 64;

/// What kinds of character a byte is, as bits.
static KIND: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let hex = if (byte as u8).is_ascii_hexdigit() { 0 } else { NO_HEX };
        kinds[byte] = hex
            | match byte as u8 {
                b'a'..=b'z' => LOWER,
                b'A'..=b'Z' => UPPER,
                b'0'..=b'9' => DIGIT,
                b'.' | b'/' | b':' | b'-' | b'_' | b'=' | b'+' => JOINT,
                b' ' => SPACE,
                _ => SYMBOL,
            };
        byte += 1;
    }
    kinds
};

/// What a value is made of.
struct Kinds {
    lower: bool,
    upper: bool,
    digits: bool,
    hex: bool,
    joints: bool,
    symbols: bool,
    spaces: bool,
}

impl Kinds {
    fn of(value: &[u8]) -> Self {
        let all = value.iter().fold(0, |all, byte| all | KIND[usize::from(*byte)]);
        let has = |kind: u8| all & kind != 0;
        Kinds {
            lower: has(LOWER),
            upper: has(UPPER),
            digits: has(DIGIT),
            hex: !has(NO_HEX),
            joints: has(JOINT),
            symbols: has(SYMBOL),
            spaces: has(SPACE),
        }
    }

    fn coarse(&self) -> usize {
        match (self.lower || self.upper, self.digits) {
            (true, false) => 0,
            (true, true) if self.hex => 1,
            (true, true) => 2,
            (false, _) => 3,
        }
    }

    fn alphabet(&self) -> usize {
        if self.hex && self.digits && (self.lower || self.upper) {
            return 0;
        }
        usize::from(self.lower) | usize::from(self.upper) << 1 | usize::from(self.digits) << 2
    }

    fn others(&self) -> usize {
        match self {
            Kinds { spaces: true, .. } => 3,
            Kinds { symbols: true, .. } => 2,
            Kinds { joints: true, .. } => 1,
            _ => 0,
        }
    }
}

fn tie(tie: Tie) -> usize {
    match tie {
        Tie::Operator => 0,
        Tie::Tag => 1,
        Tie::Argument => 2,
        Tie::Flag => 3,
        Tie::Is => 4,
        Tie::Noun | Tie::Beside | Tie::Joined | Tie::Compound => 5,
    }
}

/// How much of the value is words of the list: nothing, less than a third, less than two, most.
fn words(value: &[u8]) -> usize {
    let mut covered = 0;
    let mut at = 0;
    while at < value.len() {
        let len = WORDS.longest_at(&value[at..]);
        covered += len;
        at += len.max(1);
    }
    if covered == 0 { 0 } else { (1 + covered * 3 / value.len()).min(3) }
}

/// The least random of all stretches of six characters.
fn readable(value: &[u8]) -> usize {
    const STRETCH: usize = 6;
    step(least_random(value, STRETCH))
}

fn noun(name: &[u8]) -> usize {
    NOUNS.first_in(name).unwrap_or(NOUNS.len())
}

fn comment(line: &[u8]) -> usize {
    match line.trim_ascii_start() {
        [b'/', b'/' | b'*', ..] | [b'*', ..] => 1,
        [b'#', ..] => 2,
        [b'-' | b'+', ..] => 3,
        _ => 0,
    }
}

fn after(next: u8) -> usize {
    match next {
        b'\n' | b'\r' => 0,
        b' ' | b'\t' => 1,
        b'"' | b'\'' | b'`' => 2,
        b',' => 3,
        b';' | b'&' => 4,
        b')' | b'}' | b']' => 5,
        b'<' | b'\\' => 6,
        _ => 7,
    }
}

/// How many digits end the value, and whether they count up.
fn ending(value: &[u8]) -> usize {
    let digits = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let tail = &value[value.len() - digits..];
    let counts = tail.windows(2).filter(|w| w[1] == w[0].wrapping_add(1) || w[1] == w[0]).count() * 2 >= digits.max(1);
    let many = match digits {
        0 => 0,
        1..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    many * 3
        + if digits == 0 {
            0
        } else if digits == value.len() {
            2
        } else {
            usize::from(counts)
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The score of `value` in `text`, its form taken for unclear.
    fn scored(text: &str, value: &str) -> i32 {
        let at = text.find(value).unwrap();
        let context = crate::context::read(text.as_bytes(), at).unwrap();
        let candidate = Candidate {
            password: true,
            wild: false,
            value: value.as_bytes(),
            name: &text.as_bytes()[context.name.clone()],
            line: &text.as_bytes()[context.line.clone()],
            context: &context,
            next: text.as_bytes().get(at + value.len()).copied().unwrap_or(b'\n'),
            form: Confidence::Low,
        };
        let features = candidate.features();
        assert!(features.is_sorted() && usize::from(features[ACTIVE - 1]) < FEATURES);
        score(&features)
    }

    #[test]
    fn letters_drawn_at_random_are_told_from_words() {
        for value in ["wnaisrikco", "lybqnmxwz", "qagzjbnklty"] {
            assert!(scored(&format!("password = \"{value}\""), value) > 0, "{value}");
        }
        for value in ["testpass", "thecheat", "mypassword"] {
            assert!(scored(&format!("password = \"{value}\""), value) <= 0, "{value}");
        }
    }

    #[test]
    fn any_value_has_a_feature_of_each_group() {
        for value in ["1", "....", "aaaaaaaaaa", "\u{7f}\u{e4}\u{20ac}", "a b c d", "0123456789", &"Zq7".repeat(300)] {
            scored(&format!("password = \"{value}\""), value);
        }
    }
}
