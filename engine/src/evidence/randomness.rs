//! How much a value looks drawn at random rather than written by a person.
//!
//! Shannon entropy alone calls `AbstractBeanFactory` as random as a session token. A character-bigram model does better:
//! for each pair of neighbours it knows how likely code and prose are to put the second after the first, and compares
//! that with a uniform draw from the alphabet the value uses. Zero is break-even; a random token costs the model more
//! bits than the uniform draw does, a name or a word far fewer.
//!
//! Each alphabet has its own table, as a hexadecimal string must be judged against sixteen symbols and not against
//! sixty-four. `bigrams.bin` holds the tables one after the other, in the order of [`Alphabet`], each row-major, a cell
//! an `i8` in sixteenths of a bit. `cargo xtask train-bigrams` makes it from source code and documentation of common
//! packages: programs and libraries in Rust, Python, JavaScript, C and C++, their manuals, API descriptions and
//! settings. It keeps bigram statistics only, no text.

/// The tables, see the module's description.
static TABLES: &[u8] = include_bytes!("bigrams.bin");

/// Cells are in units of this part of a bit.
const PER_BIT: f32 = 16.0;

/// What a value draws its letters and digits from; separators and symbols may stand between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alphabet {
    /// `[0-9]`
    Digits,
    /// `[0-9a-f]` or `[0-9A-F]`
    Hex,
    /// `[a-z]` or `[A-Z]`
    Letters,
    /// `[0-9a-z]` or `[0-9A-Z]`
    OneCase,
    /// Letters of both cases.
    Full,
}

/// An alphabet's table of `N` rows and columns, and how bytes index it.
struct Model<const N: usize> {
    offset: usize,
    class: [u8; 256],
}

impl<const N: usize> Model<N> {
    /// The model whose table starts at `offset`.
    const fn new(alphabet: Alphabet, offset: usize) -> Self {
        let mut class = [N as u8 - 1; 256];
        let mut byte = 0;
        while byte < 256 {
            if let Some(index) = class_of(alphabet, byte as u8) {
                class[byte] = index;
            }
            byte += 1;
        }
        Model { offset, class }
    }

    /// Where the next table starts.
    const fn end(&self) -> usize {
        self.offset + N * N
    }

    /// The cells of all bigrams up to each character.
    fn sums(&self, value: &[u8]) -> [i32; MOST] {
        let mut sums = [0; MOST];
        let mut sum = 0;
        for (cell, place) in self.cells(value).zip(&mut sums[1..]) {
            sum += i32::from(cell);
            *place = sum;
        }
        sums
    }

    /// The cells of all bigrams together.
    fn sum(&self, value: &[u8]) -> i64 {
        self.cells(value).map(i64::from).sum()
    }

    /// The cell of each bigram.
    #[inline(always)]
    fn cells(&self, value: &[u8]) -> impl Iterator<Item = i8> {
        let table = &TABLES[self.offset..self.end()];
        let mut classes = value.iter().map(|byte| usize::from(self.class[usize::from(*byte)]));
        let mut before = classes.next().unwrap_or_default();
        classes.map(move |here| table[core::mem::replace(&mut before, here) * N + here].cast_signed())
    }
}

/// A byte's row and column in the alphabet's table. Bytes without one share the last: a separator or symbol.
const fn class_of(alphabet: Alphabet, byte: u8) -> Option<u8> {
    match (alphabet, byte) {
        (Alphabet::Letters, b'a'..=b'z') => Some(byte - b'a'),
        (Alphabet::Letters, b'A'..=b'Z') => Some(byte - b'A'),
        (Alphabet::Letters, _) => None,
        (_, b'0'..=b'9') => Some(byte - b'0'),
        (Alphabet::Hex, b'a'..=b'f') | (Alphabet::OneCase, b'a'..=b'z') => Some(byte - b'a' + 10),
        (Alphabet::Hex, b'A'..=b'F') | (Alphabet::OneCase | Alphabet::Full, b'A'..=b'Z') => Some(byte - b'A' + 10),
        (Alphabet::Full, b'a'..=b'z') => Some(byte - b'a' + 36),
        (Alphabet::Full, b'_') => Some(62),
        (Alphabet::Full, b'-') => Some(63),
        _ => None,
    }
}

static DIGITS: Model<11> = Model::new(Alphabet::Digits, 0);
static HEX: Model<17> = Model::new(Alphabet::Hex, DIGITS.end());
static LETTERS: Model<27> = Model::new(Alphabet::Letters, HEX.end());
static ONE_CASE: Model<37> = Model::new(Alphabet::OneCase, LETTERS.end());
static FULL: Model<65> = Model::new(Alphabet::Full, ONE_CASE.end());

// Checked when the crate is built, so that a stale table cannot be shipped.
const _: () = assert!(TABLES.len() == FULL.end());

const DIGIT: u8 = 1;
const LOWER_HEX: u8 = 2;
const LOWER_REST: u8 = 4;
const UPPER_HEX: u8 = 8;
const UPPER_REST: u8 = 16;

/// What kind of character a byte is, as one bit; none for separators and symbols.
static KIND: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => LOWER_HEX,
            b'g'..=b'z' => LOWER_REST,
            b'A'..=b'F' => UPPER_HEX,
            b'G'..=b'Z' => UPPER_REST,
            _ => 0,
        };
        byte += 1;
    }
    kinds
}

/// The alphabet of a value by its characters' kinds together.
static ALPHABETS: [Alphabet; 32] = {
    let mut alphabets = [Alphabet::Digits; 32];
    let mut kinds = 0;
    while kinds < alphabets.len() {
        alphabets[kinds] = alphabet_with(kinds as u8);
        kinds += 1;
    }
    alphabets
};

fn alphabet_of(value: &[u8]) -> Alphabet {
    ALPHABETS[usize::from(value.iter().fold(0, |kinds, b| kinds | KIND[usize::from(*b)]))]
}

const fn alphabet_with(kinds: u8) -> Alphabet {
    let (lower, upper) = (kinds & (LOWER_HEX | LOWER_REST), kinds & (UPPER_HEX | UPPER_REST));
    let digits = kinds & DIGIT != 0;
    if lower != 0 && upper != 0 {
        Alphabet::Full
    } else if lower | upper == 0 {
        Alphabet::Digits
    } else if !digits {
        Alphabet::Letters
    } else if kinds & (LOWER_REST | UPPER_REST) == 0 {
        Alphabet::Hex
    } else {
        Alphabet::OneCase
    }
}

/// Mean bits a bigram by which the value surprises a model of code and prose more than it would a uniform draw.
///
/// Above 0 the value is rather a random token, below rather readable text. Values of fewer than two characters are 0.
/// A `0x` in front and base64 padding behind are notation and do not count.
pub(crate) fn randomness(value: &[u8]) -> f32 {
    let value = body(value);
    if value.len() < 2 {
        return 0.0;
    }
    let sum = match alphabet_of(value) {
        Alphabet::Digits => DIGITS.sum(value),
        Alphabet::Hex => HEX.sum(value),
        Alphabet::Letters => LETTERS.sum(value),
        Alphabet::OneCase => ONE_CASE.sum(value),
        Alphabet::Full => FULL.sum(value),
    };
    sum as f32 / (PER_BIT * (value.len() - 1) as f32)
}

/// Most characters of a value that [`least_random`] looks at.
const MOST: usize = 48;

/// The randomness of the least random of all stretches of `len` characters, or of the whole value where it is shorter.
pub(crate) fn least_random(value: &[u8], len: usize) -> f32 {
    let value = &value[..value.len().min(MOST)];
    let len = len.min(value.len());
    if len < 2 {
        return 0.0;
    }
    let kinds = kinds_of_stretches(value, len);
    // The sums up to each character, by alphabet, as far as they are asked for.
    let mut sums: [Option<[i32; MOST]>; 5] = [None; 5];
    let (mut least, mut lowest) = (f32::INFINITY, i32::MAX);
    for (at, stretch) in value.windows(len).enumerate() {
        if stretch.starts_with(b"0x") || stretch.ends_with(b"=") {
            least = least.min(randomness(stretch));
        } else {
            let alphabet = ALPHABETS[usize::from(kinds[at])];
            let sums = sums[alphabet as usize].get_or_insert_with(|| sums_of(alphabet, value));
            lowest = lowest.min(sums[at + len - 1] - sums[at]);
        }
    }
    if lowest == i32::MAX { least } else { least.min(lowest as f32 / (PER_BIT * (len - 1) as f32)) }
}

/// What kinds of character the stretches of `len` are made of, by where they start.
fn kinds_of_stretches(value: &[u8], len: usize) -> [u8; MOST] {
    let mut kinds = [0; MOST];
    kinds.iter_mut().zip(value).for_each(|(kind, byte)| *kind = KIND[usize::from(*byte)]);
    let mut all = kinds;
    for step in 1..len {
        all.iter_mut().zip(&kinds[step..]).for_each(|(all, kind)| *all |= kind);
    }
    all
}

/// The cells of all bigrams up to each character.
fn sums_of(alphabet: Alphabet, value: &[u8]) -> [i32; MOST] {
    match alphabet {
        Alphabet::Digits => DIGITS.sums(value),
        Alphabet::Hex => HEX.sums(value),
        Alphabet::Letters => LETTERS.sums(value),
        Alphabet::OneCase => ONE_CASE.sums(value),
        Alphabet::Full => FULL.sums(value),
    }
}

/// The value without a radix prefix and padding.
fn body(value: &[u8]) -> &[u8] {
    let value = value.strip_prefix(b"0x").unwrap_or(value);
    match value {
        [body @ .., b'=', b'='] | [body @ .., b'='] => body,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_random_stretch_is_the_least_of_all() {
        let values: [&[u8]; 8] =
            [b"x9Kq2Lpassword7Zt", b"0x00ff00x1=a==b", b"abc", b"a", b"", b"Tr0ub4dor&3", b"1234567890ab", &[b'q'; 90]];
        for value in values {
            let head = &value[..value.len().min(MOST)];
            let all = head.windows(6.min(head.len()).max(1)).map(randomness).fold(f32::INFINITY, f32::min);
            assert_eq!(least_random(value, 6), if all.is_finite() { all } else { 0.0 }, "{}", value.escape_ascii());
        }
    }

    const BASE64URL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
    const LOWER_DIGITS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

    /// How many of 5,000 random values, the same ones each time, are taken for readable.
    fn missed(alphabet: &[u8], len: usize) -> usize {
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            alphabet[((state >> 32) as usize * alphabet.len()) >> 32]
        };
        (0..5_000).filter(|_| randomness(&(0..len).map(|_| draw()).collect::<Vec<u8>>()) <= 0.0).count()
    }

    #[test]
    fn random_tokens_are_above_zero() {
        let (hex, base62, lower) = (&LOWER_DIGITS[..16], &BASE64URL[..62], &LOWER_DIGITS[10..]);
        for (alphabet, len) in [(BASE64URL, 43), (base62, 20), (base62, 40), (LOWER_DIGITS, 20), (hex, 32), (hex, 20), (lower, 20)] {
            let missed = missed(alphabet, len);
            assert!(missed <= 50, "{missed} of 5,000 with {} symbols, length {len}", alphabet.len());
        }
        // Numbers in code are nearly random, so digits carry the least evidence.
        assert!(missed(&LOWER_DIGITS[..10], 20) <= 100);
    }

    #[test]
    fn readable_values_are_below_zero() {
        for value in [
            "deadbeefdeadbeef",
            "0123456789abcdef",
            "0123456789ABCDEF",
            "abcdefghijklmnop",
            "1111111111111111",
            "0000000000000000",
            "1234567890123456",
            "getUserAccessToken",
            "some_function_name_here",
            "SOME_CONSTANT_NAME_HERE",
            "AbstractBeanFactory",
            "com-example-project-name",
            "com.example.project.name",
            "/usr/lib/python3/dist-packages",
            "correct horse battery staple",
            "Password123456789!",
            "2023-01-15T12:30:45Z",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert!(randomness(value.as_bytes()) < 0.0, "{value}: {}", randomness(value.as_bytes()));
        }
    }

    #[test]
    fn notation_does_not_count() {
        assert_eq!(randomness(b"0x9f86d081884c7d65"), randomness(b"9f86d081884c7d65"));
        assert_eq!(randomness(b"Zm9vYmFyMTIz=="), randomness(b"Zm9vYmFyMTIz"));
        assert!(randomness(b"9f86d081-884c-4d65-9a2f-eaa0c55ad015") > 0.0);
    }

    #[test]
    fn short_and_odd_values_have_a_score() {
        for value in [&b""[..], b"a", b"=", b"==", b"0x", b"0x="] {
            assert_eq!(randomness(value), 0.0);
        }
        let all: Vec<u8> = (0..=255).collect();
        assert!(randomness(&all).is_finite());
    }
}
