//! Context words: found in the bytes before a value, or anywhere by the literal lane.

use serde::{Deserialize, Serialize};

/// The longest a word can be in the text, separators included.
pub(crate) const MAX_WORD: usize = 48;
/// Words up to this length count only where no other word goes on from them: `sig` in `sig=`, not in `signal`.
const SHORT: usize = 4;
const KEYS: usize = 1 << 15;
/// The filter has this many bits, as a power of two: half of a first-level cache is too much, and an eighth is enough.
const HASH_BITS: u32 = 16;

/// Folds letters to lower case and all separators to `_`.
#[inline]
pub(crate) fn fold(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte | 0x20,
        b'-' | b'.' | b' ' => b'_',
        _ => byte,
    }
}

/// Five bits of a byte, the same for all bytes that fold alike; unlike bytes may share them, as a key only filters.
static FIVE_BITS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' => byte as u8 & 31,
            b'_' | b'-' | b'.' | b' ' => 27,
            b'0'..=b'9' => 28 + (byte as u8 & 3),
            _ => 0,
        };
        byte += 1;
    }
    table
};

#[inline]
fn five_bits(byte: u8) -> usize {
    usize::from(FIVE_BITS[usize::from(byte)])
}

/// The key of three bytes after that of the three that start a byte earlier.
#[inline]
fn next_key(key: usize, byte: u8) -> usize {
    (key << 5 | five_bits(byte)) & (KEYS - 1)
}

/// Where in the filter a key stands with the five bits of the byte after it.
#[inline]
fn hash(key: usize, fourth: usize) -> usize {
    ((key << 5 | fourth) as u32).wrapping_mul(0x9e37_79b1) as usize >> (u32::BITS - HASH_BITS)
}

/// Whether the filter lets the key and the five bits after it pass.
#[inline(always)]
fn passes(filter: &[u8; FILTER], key: usize, fourth: usize) -> bool {
    let bit = hash(key, fourth);
    filter[bit / 8] >> (bit % 8) & 1 != 0
}

/// A set of words with a four-byte filter in front.
///
/// `_`, `-`, `.` and a space in a word stand for one another and for nothing. Case is ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct WordSet {
    /// Folded, `_` for a separator.
    words: Vec<String>,
    /// Sorted by slot, several for a word with an early separator.
    heads: Vec<Head>,
    /// Where each slot's heads start; one more ends the last.
    slots: Vec<u16>,
    /// A bit for each key and fourth byte in use, by their hash.
    #[serde(with = "serde_bytes")]
    filter: Vec<u8>,
}

/// How a word may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Head {
    /// The first three bytes' key.
    key: u16,
    /// Folded; zero where any byte may stand, as the word is shorter.
    bytes: [u8; COMPARED],
    word: u16,
}

/// Bytes that are compared before a word is looked at, which stands elsewhere.
const COMPARED: usize = 8;

impl Head {
    /// The head of the word number `word`, if it has three bytes.
    #[cfg(feature = "compile")]
    fn new(beginning: &[u8], word: usize) -> Option<Self> {
        let key = beginning.get(..3)?.iter().fold(0, |key, byte| next_key(key, *byte));
        let bytes = core::array::from_fn(|i| beginning.get(i).copied().unwrap_or(0));
        Some(Head { key: key as u16, bytes, word: word as u16 })
    }

    /// Whether a text that starts with these bytes, folded, may start with the word.
    #[inline(always)]
    fn begins(&self, folded: u64) -> bool {
        /// The highest bit of each byte that is not zero.
        fn some(bytes: u64) -> u64 {
            const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
            (((bytes & LOW) + LOW) | bytes) & !LOW
        }
        let bytes = u64::from_le_bytes(self.bytes);
        some(bytes ^ folded) & some(bytes) == 0
    }
}

const SLOTS: usize = 1024;
const FILTER: usize = 1 << HASH_BITS >> 3;

fn slot(key: usize) -> usize {
    (key ^ key >> 5) & (SLOTS - 1)
}

impl WordSet {
    #[cfg(feature = "compile")]
    pub(crate) fn new(words: Vec<String>) -> Self {
        let mut heads = Vec::new();
        for (index, word) in words.iter().enumerate() {
            heads.extend(heads_of(word, COMPARED).iter().filter_map(|beginning| Head::new(beginning, index)));
        }
        let mut set = WordSet { words, ..WordSet::default() };
        set.find_heads(heads);
        set
    }

    /// The same words by the same numbers, of which only the wanted ones are found in a text.
    pub(crate) fn only(&self, wanted: impl Fn(usize) -> bool) -> Self {
        let mut set = WordSet { words: self.words.clone(), ..WordSet::default() };
        set.find_heads(self.heads.iter().copied().filter(|head| wanted(usize::from(head.word))).collect());
        set
    }

    /// Takes the heads that are to be found.
    fn find_heads(&mut self, mut heads: Vec<Head>) {
        heads.sort_unstable_by_key(|head| (slot(usize::from(head.key)), *head));
        heads.dedup();
        self.filter = vec![0; FILTER];
        for head in &heads {
            let fourth = head.bytes[3];
            let fourths = if fourth == 0 { 0..32 } else { five_bits(fourth)..five_bits(fourth) + 1 };
            fourths.map(|fourth| hash(usize::from(head.key), fourth)).for_each(|bit| self.filter[bit / 8] |= 1 << (bit % 8));
        }
        self.slots = (0..=SLOTS).map(|s| heads.partition_point(|head| slot(usize::from(head.key)) < s) as u16).collect();
        self.heads = heads;
    }

    #[cfg(feature = "compile")]
    pub(crate) fn index(&self, word: &str) -> Option<usize> {
        self.words.iter().position(|w| w == word)
    }

    /// Folded beginnings of `len` bytes under which a word can appear in the text; shorter where the word is.
    pub(crate) fn heads(&self, word: usize, len: usize) -> Vec<Vec<u8>> {
        heads_of(&self.words[word], len)
    }

    /// Calls `found` with each word in the text that starts where one counts, and with that place.
    pub(crate) fn find(&self, text: &[u8], counts: impl Fn(usize) -> bool, mut found: impl FnMut(usize, usize)) {
        let ([a, b, c, rest @ ..], Ok(filter)) = (text, <&[u8; FILTER]>::try_from(self.filter.as_slice())) else { return };
        let mut key = [a, b, c].iter().fold(0, |key, byte| next_key(key, **byte));
        let mut at = 0;
        for piece in rest.chunks(u64::BITS as usize) {
            // Which places pass is hard to predict, so they are marked first.
            let mut passing = 0u64;
            for (place, byte) in piece.iter().enumerate() {
                let fourth = five_bits(*byte);
                passing |= u64::from(passes(filter, key, fourth)) << place;
                key = (key << 5 | fourth) & (KEYS - 1);
            }
            while passing != 0 {
                let at = at + passing.trailing_zeros() as usize;
                if counts(at) {
                    self.find_at(text, at, &mut |word| found(word, at));
                }
                passing &= passing - 1;
            }
            at += piece.len();
        }
        // A word of three bytes may stand at the end.
        if passes(filter, key, 0) && counts(at) {
            self.find_at(text, at, &mut |word| found(word, at));
        }
    }

    /// Calls `found` with each word that stands at `at`.
    #[inline]
    pub(crate) fn find_one(&self, text: &[u8], at: usize, mut found: impl FnMut(usize)) {
        let (Some([a, b, c, rest @ ..]), Ok(filter)) = (text.get(at..), <&[u8; FILTER]>::try_from(self.filter.as_slice())) else { return };
        let key = [a, b, c].iter().fold(0, |key, byte| next_key(key, **byte));
        if passes(filter, key, rest.first().map_or(0, |byte| five_bits(*byte))) {
            self.find_at(text, at, &mut found);
        }
    }

    /// Whether one of the wanted words starts the text.
    pub(crate) fn starts(&self, text: &[u8], wanted: impl Fn(usize) -> bool) -> bool {
        let mut starts = false;
        self.find_one(text, 0, |word| starts |= wanted(word));
        starts
    }

    /// The same where the filter lets the beginning pass: three bytes before the text's end or more.
    fn find_at(&self, text: &[u8], at: usize, found: &mut impl FnMut(usize)) {
        let text = &text[at..];
        let key = text[..3].iter().fold(0, |key, byte| next_key(key, *byte));
        let slot = slot(key);
        let heads = &self.heads[usize::from(self.slots[slot])..usize::from(self.slots[slot + 1])];
        if heads.is_empty() {
            return;
        }
        // Where nothing follows stands what is no byte of a word.
        let mut folded = [0; COMPARED];
        folded.iter_mut().zip(text).for_each(|(folded, byte)| *folded = fold(*byte));
        let folded = u64::from_le_bytes(folded);
        for head in heads.iter().filter(|head| head.begins(folded)) {
            let word = usize::from(head.word);
            let word_len = matches(self.words[word].as_bytes(), text);
            if word_len.is_some_and(|len| ends(&self.words[word], text, len)) {
                found(word);
            }
        }
    }
}

impl WordSet {
    /// How many bytes of the word stand at the start of `text`, if nothing contradicts it; of one that has not all
    /// arrived, those that have.
    pub(crate) fn begun_at(&self, word: usize, text: &[u8]) -> Option<usize> {
        let word = &self.words[word];
        if let Some(len) = matches(word.as_bytes(), text) {
            return ends(word, text, len).then_some(len);
        }
        let word = word.as_bytes();
        // A word takes at most as many bytes as it has.
        let may_be_cut = text.len() < word.len();
        (may_be_cut && (1..word.len()).any(|n| matches(&word[..n], text) == Some(text.len()))).then_some(text.len())
    }
}

fn heads_of(word: &str, len: usize) -> Vec<Vec<u8>> {
    let mut spellings = vec![Vec::new()];
    for byte in word.bytes() {
        let open: Vec<Vec<u8>> = spellings.iter().filter(|s| s.len() < len).cloned().collect();
        if open.is_empty() {
            break;
        }
        let without: Vec<Vec<u8>> = if byte == b'_' { open } else { Vec::new() };
        for spelling in spellings.iter_mut().filter(|s| s.len() < len) {
            spelling.push(byte);
        }
        spellings.extend(without);
    }
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// The length of `word` at the start of `text`.
fn matches(word: &[u8], text: &[u8]) -> Option<usize> {
    let mut at = 0;
    for &wanted in word {
        let found = text.get(at).map(|b| fold(*b));
        match found {
            Some(found) if found == wanted => at += 1,
            _ if wanted == b'_' => {}
            _ => return None,
        }
    }
    Some(at)
}

/// Whether a word that stands in the first `len` bytes may end there, for all that has come.
pub(crate) fn ends(word: &str, text: &[u8], len: usize) -> bool {
    let goes_on = match (text[len - 1], text.get(len)) {
        (b'a'..=b'z', Some(next)) => next.is_ascii_lowercase(),
        (b'A'..=b'Z', Some(next)) => next.is_ascii_alphabetic(),
        (b'0'..=b'9', Some(next)) => next.is_ascii_digit(),
        _ => false,
    };
    word.len() > SHORT || !goes_on
}

#[cfg(all(test, feature = "compile"))]
mod tests {
    use super::*;

    #[test]
    fn separators_and_case_do_not_matter() {
        let set = WordSet::new(vec!["api_key".into(), "dd_api".into(), "aws".into()]);
        let found = |text: &str| {
            let mut out = Vec::new();
            set.find(text.as_bytes(), |_| true, |word, at| out.push((word, at)));
            out
        };
        for text in ["api_key", "apikey", "API-KEY", "Api Key", "api.key"] {
            assert_eq!(found(text), [(0, 0)], "{text}");
        }
        assert_eq!(found("x DDAPI dd-api"), [(1, 2), (1, 8)]);
        assert_eq!(found("AWS_"), [(2, 0)]);
        assert_eq!(found("ap ikey"), []);
    }

    #[test]
    fn short_words_are_whole_words() {
        let set = WordSet::new(vec!["sig".into(), "ipv4".into(), "token".into()]);
        for (text, wanted) in [
            ("sig=", vec![0]),
            ("SIG", vec![0]),
            ("sigValue", vec![0]),
            ("sig_2", vec![0]),
            ("signal", vec![]),
            ("SIGNAL", vec![]),
            ("Signal", vec![]),
            ("ipv4Address", vec![1]),
            ("ipv46", vec![]),
            ("tokens", vec![2]),
        ] {
            let mut out = Vec::new();
            set.find(text.as_bytes(), |_| true, |word, _| out.push(word));
            assert_eq!(out, wanted, "{text}");
            for (word, begun) in [("sig", 0), ("ipv4", 1), ("token", 2)] {
                let starts = text.to_lowercase().starts_with(word);
                if starts {
                    assert_eq!(set.begun_at(begun, text.as_bytes()).is_some(), wanted.contains(&begun), "{text}");
                }
            }
            assert_eq!(set.begun_at(0, b"si"), Some(2));
        }
    }
}
