//! Evidence against a finding: values that stand where a secret would, but are none.
//!
//! Templates, masks, sequences and words such as `changeme` fill documentation, tests and sample settings. A random token
//! must not be doubted for the three letters of `foo` somewhere inside, so a word that is too short to be telling counts
//! only where it stands alone, and only in a value without a long token body: `sk_test_` is how real keys begin.

use super::randomness::randomness;
use super::vocabulary::Vocabulary;

/// How much a value looks like a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    /// Nothing speaks against it.
    None,
    /// Likely documentation or a test.
    Weak,
    /// It cannot be a secret.
    Strong,
}

/// Where in a value a word counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Anywhere: five characters or more do not come up by chance.
    Anywhere,
    /// Between characters that are no letters, and in values without a token body.
    Alone,
    /// As the whole value.
    Whole,
}

use Doubt::{Strong, Weak};
use Place::{Alone, Anywhere, Whole};

/// Words in lower case, sorted by first byte. `_` stands for a separator that may be missing.
const WORDS: &[(&[u8], Place, Doubt)] = &[
    (b"bar", Alone, Weak),
    (b"boolean", Whole, Strong),
    (b"change_it", Anywhere, Weak),
    (b"change_me", Anywhere, Strong),
    (b"change_this", Anywhere, Strong),
    (b"demo", Alone, Weak),
    (b"dummy", Anywhere, Weak),
    (b"example", Anywhere, Weak),
    (b"fake", Alone, Weak),
    (b"false", Whole, Strong),
    (b"foo", Alone, Weak),
    (b"foobar", Anywhere, Weak),
    (b"getenv", Alone, Strong),
    (b"goes_here", Anywhere, Strong),
    (b"insert", Alone, Strong),
    // The heads of AWS's own samples.
    (b"iosfodnn7", Anywhere, Weak),
    (b"key_here", Anywhere, Strong),
    (b"lorem_ipsum", Anywhere, Weak),
    (b"nan", Whole, Strong),
    (b"nil", Whole, Strong),
    (b"none", Whole, Strong),
    (b"not_a_real", Anywhere, Weak),
    (b"null", Whole, Strong),
    (b"os_environ", Anywhere, Strong),
    (b"password_here", Anywhere, Strong),
    (b"placeholder", Anywhere, Weak),
    (b"process_env", Anywhere, Strong),
    (b"redacted", Anywhere, Strong),
    (b"replace_me", Anywhere, Strong),
    (b"replace_this", Anywhere, Strong),
    (b"replace_with", Anywhere, Strong),
    (b"sample", Anywhere, Weak),
    (b"secret_here", Anywhere, Strong),
    (b"string", Whole, Strong),
    (b"tbd", Whole, Strong),
    (b"test", Alone, Weak),
    (b"testing", Alone, Weak),
    (b"todo", Alone, Strong),
    (b"token_here", Anywhere, Strong),
    (b"true", Whole, Strong),
    (b"undefined", Whole, Strong),
    (b"unset", Whole, Strong),
    (b"wjalrxutnfemi", Anywhere, Weak),
    (b"your", Alone, Strong),
    (b"yourapi", Anywhere, Strong),
    (b"yourkey", Anywhere, Strong),
    (b"yourpassword", Anywhere, Strong),
    (b"yoursecret", Anywhere, Strong),
    (b"yourtoken", Anywhere, Strong),
];

/// What fingers type when a key must be made up, in lower case.
static TYPED: Vocabulary<7> = Vocabulary::new([b"1q2w3e", b"abc123", b"asdfg", b"cafebabe", b"deadbeef", b"qwerty", b"zxcvb"]);

/// For each first byte where its words start; the next entry is where they end.
static HEADS: [u8; 257] = heads();

const fn heads() -> [u8; 257] {
    let mut heads = [0; 257];
    let (mut byte, mut word) = (0, 0);
    while byte <= 256 {
        while word < WORDS.len() && (WORDS[word].0[0] as usize) < byte {
            word += 1;
        }
        heads[byte] = word as u8;
        byte += 1;
    }
    heads
}

/// For each first byte its words' second bytes, as bits of their low halves: nearly every place in a value ends here.
static SECONDS: [u32; 256] = seconds();

const fn seconds() -> [u32; 256] {
    let mut seconds = [0; 256];
    let mut word = 0;
    while word < WORDS.len() {
        let text = WORDS[word].0;
        let bit = 1 << (text[1] & 31);
        seconds[text[0] as usize] |= bit;
        seconds[text[0].to_ascii_uppercase() as usize] |= bit;
        word += 1;
    }
    seconds
}

/// Keys that stand in public samples and test data of their issuers' own projects (Android, Chromium, Firebase), as
/// 64-bit FNV-1a, sorted: widely copied, and of no use to anybody.
const SAMPLES: &[u64] = &[
    0x08b5_4596_2adc_7d8b,
    0x1211_3c2e_6979_f447,
    0x1354_c1d4_bf36_9ae5,
    0x294c_63f8_344d_5df1,
    0x29a3_36c7_244f_48dd,
    0x515c_b771_a423_8032,
    0x6835_e0f2_8883_2a40,
    0x6acb_d824_bd32_bbd4,
    0x816c_d10f_db11_ead0,
    0x8288_18f8_3325_7868,
    0x99b2_7263_46a1_e92a,
    0xadbd_04e3_fe1b_6d49,
    0xbcc7_a26a_f087_ae93,
    0xc73f_1e61_952e_6987,
    0xc800_bf21_00a2_1c67,
    0xdb94_22f1_dd33_2dcc,
    0xe754_678e_a2b1_4ef1,
    0xe766_6dbb_286c_6c2e,
];

fn is_sample(value: &[u8]) -> bool {
    let hash = value.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3));
    SAMPLES.binary_search(&hash).is_ok()
}

/// Names that redaction tools put after an opening bracket.
const LABELS: [&[u8]; 6] = [b"redacted", b"hash:", b"masked", b"filtered", b"removed", b"hidden"];
/// A stretch of letters and digits this long, digits among them, is the body of a token.
const BODY: usize = 16;
/// Longest expression that is filled in later.
const LONGEST_HOLE: usize = 128;
/// Shortest stretch after a word that can make the word the beginning of a token.
const STRETCH: usize = 10;
/// Least randomness of that stretch.
const DRAWN: f32 = 0.3;
/// Shortest stretch of one character that nobody draws at random.
const MONOTONE: usize = 6;
/// Longest period looked for.
const MAX_PERIOD: usize = 8;
/// Fewest characters that must repeat, so that short values have no period by chance.
const MIN_REPEATED: usize = 8;

/// What in the value says that it is no secret. ASCII case is ignored.
pub(crate) fn counter_evidence(value: &[u8]) -> Doubt {
    let token = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let symbols = !value.iter().all(token);
    if is_monotone(after_numbers(value)) || is_masked(value) || (symbols && (is_struck(value) || is_template(value))) {
        return Strong;
    }
    match doubt_by_word(value) {
        Doubt::None if is_sample(value) => Weak,
        doubt => doubt,
    }
}

/// How much the value looks typed along the alphabet instead of drawn: half of it counts, or it repeats itself.
///
/// Where nothing but a name says that it is a secret, it is none. Of what has one issuer's form it may still be one: people
/// who make up a key for a test type like this, and so do those who choose one.
pub(crate) fn regularity(value: &[u8]) -> Doubt {
    let value = after_numbers(value);
    if is_sequence(value) {
        Strong
    } else if is_periodic(value) || is_stepped(value) || TYPED.any_in(value) {
        Weak
    } else {
        Doubt::None
    }
}

/// What stands after the prefix and the numbers of accounts that some tokens start with, `xoxb-111-222-secret`.
fn after_numbers(value: &[u8]) -> &[u8] {
    const SECRET: usize = 16;
    let mut groups = value.split(|b| *b == b'-');
    let prefix = groups.next().unwrap_or_default();
    let numbers = groups.take_while(|group| !group.is_empty() && group.iter().all(u8::is_ascii_digit));
    let (count, len) = numbers.fold((0, prefix.len()), |(count, len), group| (count + 1, len + 1 + group.len()));
    if count < 2 || value.len() < len + 1 + SECRET { value } else { &value[len + 1..] }
}

/// One character or two in turn, or long stretches of one character in a third of the value.
fn is_monotone(value: &[u8]) -> bool {
    let repeated = |period: usize| same(value, value.get(period..).unwrap_or_default());
    let beside = repeated(1);
    if beside + 1 >= value.len() || value.len() >= MONOTONE && repeated(2) + 2 >= value.len() {
        return true;
    }
    // Nearly every value ends here, before its stretches are looked at.
    if beside + 1 < MONOTONE {
        return false;
    }
    let stretches = value.chunk_by(|a, b| a == b).map(<[u8]>::len);
    let covered: usize = stretches.filter(|len| *len >= MONOTONE).sum();
    covered > 0 && covered * 3 >= value.len()
}

/// Half of the value is what people write for a character they will not show: `xxxx-xxxx`, `####`.
fn is_masked(value: &[u8]) -> bool {
    let masks = count(value, |b| matches!(b, b'x' | b'X' | b'*' | b'#'));
    masks >= 4 && masks * 2 >= value.len()
}

/// Part of the value was taken out: `abcd****`, `sk-...`, and the same with an ellipsis or bullets.
fn is_struck(value: &[u8]) -> bool {
    // The last pattern is the ellipsis and the bullet, as UTF-8.
    let struck = |at: usize| {
        let rest = &value[at..];
        rest == b"..." || matches!(rest, [b'*', b'*', b'*', b'*', ..] | [b'.', b'.', b'.', b'.', ..] | [0xe2, 0x80, 0xa6 | 0xa2, ..])
    };
    (0..value.len()).any(struck)
}

/// The value is filled in later: `${VAR}`, `{{ var }}`, `<your-token>`, `%(x)s`, `$VAR`, `[REDACTED]`.
fn is_template(value: &[u8]) -> bool {
    if is_variable(value) {
        return true;
    }
    // Symbols alone come up in passwords, so there must be a name, an end, and between them nothing wild.
    let named = |at: usize, end: &[u8]| {
        let inside =
            value[at..value.len().min(at + LONGEST_HOLE)].windows(end.len()).position(|w| w == end).map(|len| &value[at..at + len]);
        inside.is_some_and(|inside| {
            let name = inside.iter().find(|b| **b != b' ');
            let wild = inside.iter().filter(|b| matches!(b, b'{' | b'}' | b'<' | b'>' | b']' | b'#' | b'&' | b'*' | b'^' | b'~')).count();
            wild < 2 && name.is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
        })
    };
    let opens = |at: usize| match &value[at..] {
        // A pattern may have cut the end off, but then nothing stands before.
        [b'$', b'{', b'A'..=b'Z' | b'a'..=b'z' | b'_', ..] if at == 0 => true,
        [b'{', b'{', b'A'..=b'Z' | b'a'..=b'z' | b'_' | b' ', ..] | [b'{', b'{'] if at == 0 => true,
        [b'$' | b'#', b'{', ..] => named(at + 2, b"}"),
        [b'{', b'{', ..] => named(at + 2, b"}}"),
        [b'{', b'%', ..] => named(at + 2, b"%}"),
        [b'$' | b'%', b'(', ..] => named(at + 2, b")"),
        [b'%', b's' | b'd' | b'v'] => at == 0 || matches!(value[at - 1], b' ' | b'_' | b'-' | b'.' | b':' | b'/' | b'='),
        [b'{', inner @ ..] => encloses(inner, b'}'),
        [b'<', inner @ ..] => encloses(inner, b'>'),
        [b'[', inner @ ..] => LABELS.iter().any(|label| inner.get(..label.len()).is_some_and(|i| i.eq_ignore_ascii_case(label))),
        _ => false,
    };
    (0..value.len()).any(opens)
}

/// `$VAR`, `$var`, `$env:VAR` and `%VAR%` as the whole value. Mixed case and digits after lower case are left to passwords.
fn is_variable(value: &[u8]) -> bool {
    let name = match value {
        [b'%', name @ .., b'%'] => name,
        [b'$', name @ ..] => match name.get(..4) {
            Some(scope) if scope.eq_ignore_ascii_case(b"env:") => return true,
            _ => name,
        },
        _ => return false,
    };
    let upper = |b: &u8| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b'_');
    let lower = |b: &u8| matches!(b, b'a'..=b'z' | b'_');
    name.len() >= 2 && !name[0].is_ascii_digit() && (name.iter().all(upper) || name.iter().all(lower))
}

/// Whether a name of three characters or more and then `close` come first. It ends at the first byte that no name has,
/// so all calls on a value together stay linear.
fn encloses(inner: &[u8], close: u8) -> bool {
    let named = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.' | b' ');
    let len = inner.iter().take_while(|b| named(b)).count();
    len >= 3 && inner[0].is_ascii_alphabetic() && inner.get(len) == Some(&close)
}

/// Half of the value or more counts up or down: `0123456789`, `fedcba`, `a1b2c3d4`, `112233`.
fn is_sequence(value: &[u8]) -> bool {
    let up = |a: u8, b: u8| follows(a, b);
    let down = |a: u8, b: u8| follows(b, a);
    // Nearly every value ends here, before the bookkeeping of stretches.
    let [near, far] = [1, 2].map(|stride| links(value, stride).is_some_and(|links| links >= 4 && links * 4 >= value.len()));
    near && (counts(value, 1, up) || counts(value, 1, down)) || far && (counts(value, 2, up) || counts(value, 2, down))
}

/// How many bytes come before or after the one `stride` before, if there are so many bytes.
fn links(value: &[u8], stride: usize) -> Option<usize> {
    let mut ranks = [0; BLOCK];
    let mut sum = 0;
    let last = value.len().checked_sub(stride)?;
    for start in (0..last).step_by(BLOCK - stride) {
        let block = &value[start..value.len().min(start + BLOCK)];
        ranks.iter_mut().zip(block).for_each(|(rank, byte)| *rank = RANK[usize::from(*byte)]);
        let linked = |(a, b): (&u8, &u8)| u8::from(ranked(*a, *b) | ranked(*b, *a));
        sum += usize::from(ranks[..block.len()].iter().zip(&ranks[stride..block.len()]).map(linked).sum::<u8>());
    }
    Some(sum)
}

/// A byte's place among `0-9a-z`; far apart for bytes without one.
static RANK: [u8; 256] = ranks();

const fn ranks() -> [u8; 256] {
    let mut ranks = [128; 256];
    let mut byte = 0;
    while byte < 256 {
        ranks[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            lower @ b'a'..=b'z' => lower - b'a' + 10,
            upper @ b'A'..=b'Z' => upper - b'A' + 10,
            _ => 128,
        };
        byte += 1;
    }
    ranks
}

/// Whether `b` comes after `a`: `a` after nine as in hexadecimal, and zero as on a keyboard.
fn follows(a: u8, b: u8) -> bool {
    ranked(RANK[usize::from(a)], RANK[usize::from(b)])
}

#[inline(always)]
fn ranked(a: u8, b: u8) -> bool {
    (b == a + 1) | ((a == 9) & (b == 0))
}

/// Whether half of the value is in stretches whose every byte is linked to the one `stride` before. Short stretches come
/// up by chance and do not count.
fn counts(value: &[u8], stride: usize, linked: impl Fn(u8, u8) -> bool) -> bool {
    let pairs = || value.iter().zip(value.iter().skip(stride)).map(|(a, b)| linked(*a, *b));
    let least = 4 + 2 * stride;
    let covers = |links: usize| if links + stride >= least { links + stride } else { 0 };
    let (mut covered, mut stretch) = (0, 0);
    for linked in pairs() {
        if linked {
            stretch += 1;
        } else {
            covered += covers(stretch);
            stretch = 0;
        }
    }
    (covered + covers(stretch)) * 2 >= value.len()
}

/// Four fifths of the value are short stretches that count up: `abc123def456`, `ABCD-1234-EFGH`.
fn is_stepped(value: &[u8]) -> bool {
    // Nearly every value ends here: of three characters that count up two follow another.
    if links(value, 1).is_none_or(|links| links * 2 < value.len()) {
        return false;
    }
    let stretches = value.chunk_by(|a, b| follows(*a, *b)).map(<[u8]>::len);
    stretches.filter(|len| *len >= 3).sum::<usize>() * 5 >= value.len() * 4
}

/// Three quarters of the value repeat what stood a few characters before: `abcabcabc`, `deadbeefdeadbeef`.
fn is_periodic(value: &[u8]) -> bool {
    (1..=MAX_PERIOD.min(value.len() / 2)).any(|period| {
        let same = same(value, &value[period..]);
        same >= MIN_REPEATED && same * 4 >= (value.len() - period) * 3
    })
}

/// Bytes that are counted in a byte, which compilers turn into vector code.
const BLOCK: usize = 128;

/// At how many places the two agree.
fn same(a: &[u8], b: &[u8]) -> usize {
    let block = |(a, b): (&[u8], &[u8])| usize::from(a.iter().zip(b).map(|(a, b)| u8::from(a == b)).sum::<u8>());
    a.chunks(BLOCK).zip(b.chunks(BLOCK)).map(block).sum()
}

/// How many bytes are wanted.
#[inline(always)]
fn count(value: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    value.chunks(BLOCK).map(|block| usize::from(block.iter().map(|b| u8::from(wanted(*b))).sum::<u8>())).sum()
}

/// The strongest doubt that a word in the value raises.
fn doubt_by_word(value: &[u8]) -> Doubt {
    // Few values hold a word for which it matters.
    let mut body = None;
    // What a random stretch follows is how the token begins.
    let begins = |end: usize| value.len() >= end + STRETCH && randomness(&value[end..]) > DRAWN;
    let mut doubt = Doubt::None;
    for (at, pair) in value.windows(2).enumerate() {
        if SECONDS[usize::from(pair[0])] & (1 << (pair[1] & 31)) == 0 {
            continue;
        }
        let head = usize::from(pair[0].to_ascii_lowercase());
        let words = &WORDS[usize::from(HEADS[head])..usize::from(HEADS[head + 1])];
        for &(word, place, raised) in words {
            let Some(end) = word_end(word, value, at) else { continue };
            let holds = match place {
                Anywhere => true,
                Alone => stands_alone(value, at, end) && !*body.get_or_insert_with(|| has_body(value)) && !begins(end),
                Whole => at == 0 && end == value.len(),
            };
            if holds {
                doubt = doubt.max(raised);
            }
        }
    }
    doubt
}

fn has_body(value: &[u8]) -> bool {
    let mut stretches = value.chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
    stretches.any(|s| s.len() >= BODY && s.iter().any(u8::is_ascii_digit))
}

/// Where the word that starts at `at` ends.
fn word_end(word: &[u8], value: &[u8], mut at: usize) -> Option<usize> {
    for wanted in word {
        let found = value.get(at)?.to_ascii_lowercase();
        let separator = matches!(found, b'_' | b'-' | b'.' | b' ');
        match *wanted {
            b'_' => at += usize::from(separator),
            letter if letter == found => at += 1,
            _ => return None,
        }
    }
    Some(at)
}

/// Whether no letter touches `value[start..end]`.
fn stands_alone(value: &[u8], start: usize, end: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| value.get(at)).is_some_and(u8::is_ascii_alphabetic);
    !letter(start.checked_sub(1)) && !letter(Some(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(value: &str) -> Doubt {
        counter_evidence(value.as_bytes()).max(regularity(value.as_bytes()))
    }

    /// Random values, the same ones each time.
    struct Lcg(u64);

    impl Lcg {
        fn value(&mut self, alphabet: &[u8], len: usize) -> Vec<u8> {
            let mut draw = || {
                self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[((self.0 >> 32) as usize * alphabet.len()) >> 32]
            };
            (0..len).map(|_| draw()).collect()
        }
    }

    #[test]
    fn what_cannot_be_a_secret_is_strong() {
        for value in [
            "",
            "aaaaaaaa",
            "1111111111111111",
            "abababababab",
            "00000000-0000-0000-0000-000000000000",
            "sk-xxxxxxxxxxxxxxxxxxxx",
            "AKIAXXXXXXXXXXXXXXXX",
            "xxxx-xxxx-xxxx",
            "ghp_****************",
            "sk-ab****yz",
            "sk-ant-...",
            "abcd....wxyz",
            "tok_…",
            "••••••",
            "<your-token>",
            "sk-<API KEY>",
            "${VAR}",
            "prefix-${var:-x}",
            "{{ var }}",
            "{token}",
            "#{ENV}",
            "$(cat key)",
            "%(password)s",
            "%s",
            "Bearer %s",
            "$VAR",
            "$DB_PASSWORD",
            "$password",
            "$env:TOKEN",
            "%TOKEN%",
            "[REDACTED:github.pat-classic]",
            "[HASH:9f86d0]",
            "REPLACE_ME",
            "replace-me",
            "ReplaceMe",
            "changeme",
            "change-me-now",
            "your_api_key",
            "YOUR-TOKEN",
            "sk-your-key",
            "YourApiKeyGoes",
            "insert-token-here",
            "INSERT_KEY",
            "todo",
            "TODO: key",
            "0123456789",
            "1234567890",
            "abcdefghij",
            "0123456789abcdef",
            "9876543210",
            "key-abcdefghijklmnop",
            "a1b2c3d4e5f6",
            "aabbccddeeff",
            "12345678901234567890",
            "null",
            "None",
            "TRUE",
            "false",
            "undefined",
            "process.env.API_KEY",
            "os.getenv(KEY)",
            "api-token-here",
        ] {
            assert_eq!(doubt(value), Strong, "{value}");
        }
    }

    #[test]
    fn what_documentation_uses_is_weak() {
        for value in [
            "AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "sample-token-9",
            "DummyPassw0rd",
            "fake_key_1",
            "my-test-key",
            "test123",
            "foo-secret",
            "bar",
            "s3cr3t-placeholder",
            "x9deadbeefk2",
            "tokabc123z",
            "qwertyuiop12",
            "abcabcabcabc",
            "0a0a0a1a0a0a0a",
            "deadbeefdeadbeef",
            "abcd1234efgh5678ijkl9012mnop3456",
            "k9a2k9a2k9a2",
            "not-a-real-key-77",
        ] {
            assert_eq!(doubt(value), Weak, "{value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not_doubted() {
        for value in [
            "9f86d081884c7d659a2feaa0c55ad015",
            concat!("sk_", "test_", "9fQ2kLz7Wm4XbT8vRc3N"),
            "FLWSECK_TEST-0ac457bd5c97",
            "duffel_test_kt06oa51wvpp_9m7e-ywcv3wyeqk=p71",
            "hunter2",
            "Tr0ub4dor&3",
            "correct horse battery staple",
            "$ecr3tPassw0rd",
            "$2b$10$N9qo8uLOickgx2ZMRZoMye",
            "a<b>c9!kQ",
            "contestant-9f",
            "barfood",
            "p%sword",
            "nullify-92",
            "latest-9f8e7d",
            "Zq7{k}Pw2",
            "m{{h}o)p${e]no[finds>-_$#one}}",
            "123e4567-e89b-12d3-a456-426614174000",
        ] {
            assert_eq!(doubt(value), Doubt::None, "{value}");
        }
    }

    #[test]
    fn random_tokens_are_not_doubted() {
        const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        const BASE64URL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
        let mut random = Lcg(1);
        for (alphabet, len) in [(BASE62, 40), (BASE62, 16), (BASE64URL, 43), (&BASE62[..16], 32), (&BASE62[36..], 32)] {
            let doubted = (0..20_000)
                .filter(|_| {
                    let value = random.value(alphabet, len);
                    counter_evidence(&value).max(regularity(&value)) != Doubt::None
                })
                .count();
            // One in a thousand would be 20; measured on a million each, it is fewer than one in 10,000.
            assert!(doubted <= 2, "{doubted} of {} symbols, length {len}", alphabet.len());
        }
    }

    #[test]
    fn any_bytes_are_fine() {
        let all: Vec<u8> = (0..=255).collect();
        let mut random = Lcg(2);
        for len in 0..64 {
            for _ in 0..200 {
                for value in [random.value(&all, len), random.value(b"<>${}%()[]#*.x_ a", len)] {
                    counter_evidence(&value);
                    regularity(&value);
                }
            }
        }
    }

    #[test]
    fn samples_are_in_order() {
        assert!(SAMPLES.is_sorted());
    }

    #[test]
    fn words_are_in_order_and_lower_case() {
        assert!(WORDS.is_sorted_by_key(|word| word.0[0]));
        assert!(WORDS.iter().all(|word| word.0.iter().all(|b| !b.is_ascii_uppercase())));
        assert!(WORDS.iter().all(|word| word.1 != Anywhere || word.0.len() >= 5));
    }
}
