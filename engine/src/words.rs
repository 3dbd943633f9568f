//! Context words: found in the bytes before a value, or anywhere by the literal lane.

use serde::{Deserialize, Serialize};

/// The longest a word can be in the text, separators included.
#[cfg(feature = "compile")]
pub(crate) const MAX_WORD: usize = 48;
const KEYS: usize = 1 << 15;

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

#[cfg(feature = "compile")]
fn key(a: u8, b: u8, c: u8) -> usize {
    five_bits(a) << 10 | five_bits(b) << 5 | five_bits(c)
}

/// A set of words with a three-byte filter in front.
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
    /// A bit for each key in use.
    #[serde(with = "serde_bytes")]
    filter: Vec<u8>,
    /// For each slot a bit for each fourth byte, by its five bits, that its heads go on with.
    fourths: Vec<u32>,
}

/// How a word may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Head {
    /// The first three bytes' key.
    key: u16,
    /// The fourth byte, zero for any.
    fourth: u8,
    word: u16,
}

const SLOTS: usize = 1024;

fn slot(key: usize) -> usize {
    (key ^ key >> 5) & (SLOTS - 1)
}

impl WordSet {
    #[cfg(feature = "compile")]
    pub(crate) fn new(words: Vec<String>) -> Self {
        let mut set = WordSet { words, heads: Vec::new(), slots: Vec::new(), filter: vec![0; KEYS / 8], fourths: vec![0; SLOTS] };
        for (index, word) in set.words.iter().enumerate() {
            for head in heads_of(word, 4).into_iter().filter(|h| h.len() >= 3) {
                let key = key(head[0], head[1], head[2]);
                set.filter[key / 8] |= 1 << (key % 8);
                set.fourths[slot(key)] |= head.get(3).map_or(u32::MAX, |byte| 1 << five_bits(*byte));
                set.heads.push(Head { key: key as u16, fourth: head.get(3).copied().unwrap_or(0), word: index as u16 });
            }
        }
        set.heads.sort_unstable_by_key(|head| (slot(usize::from(head.key)), *head));
        set.heads.dedup();
        set.slots = (0..=SLOTS).map(|s| set.heads.partition_point(|head| slot(usize::from(head.key)) < s) as u16).collect();
        set
    }

    #[cfg(feature = "compile")]
    pub(crate) fn index(&self, word: &str) -> Option<usize> {
        self.words.iter().position(|w| w == word)
    }

    /// Folded beginnings of `len` bytes under which a word can appear in the text; shorter where the word is.
    pub(crate) fn heads(&self, word: usize, len: usize) -> Vec<Vec<u8>> {
        heads_of(&self.words[word], len)
    }

    /// Words that may begin with three bytes of this key and then, folded, with this one.
    #[inline]
    fn with_head(&self, key: usize, fourth: u8) -> impl Iterator<Item = usize> + '_ {
        let slot = slot(key);
        let heads = &self.heads[usize::from(self.slots[slot])..usize::from(self.slots[slot + 1])];
        let begins = move |head: &&Head| usize::from(head.key) == key && (head.fourth == 0 || head.fourth == fourth);
        heads.iter().filter(begins).map(|head| usize::from(head.word))
    }

    /// Calls `found` with each word in the text and where it starts.
    pub(crate) fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let ([first, second, rest @ ..], Ok(filter)) = (text, <&[u8; KEYS / 8]>::try_from(self.filter.as_slice())) else { return };
        let mut key = five_bits(*first) << 5 | five_bits(*second);
        for (at, byte) in rest.iter().enumerate() {
            key = (key << 5 | five_bits(*byte)) & (KEYS - 1);
            if filter[key / 8] & (1 << (key % 8)) == 0 {
                continue;
            }
            let fourth = rest.get(at + 1).map_or(0, |byte| fold(*byte));
            if self.fourths[slot(key)] >> five_bits(fourth) & 1 == 0 {
                continue;
            }
            for word in self.with_head(key, fourth) {
                if matches(self.words[word].as_bytes(), &text[at..]).is_some() {
                    found(word, at);
                }
            }
        }
    }
}

impl WordSet {
    /// How many bytes of the word stand at the start of `text`, if nothing contradicts it; of one that has not all
    /// arrived, those that have.
    pub(crate) fn begun_at(&self, word: usize, text: &[u8]) -> Option<usize> {
        let word = self.words[word].as_bytes();
        matches(word, text).or_else(|| {
            // A word takes at most as many bytes as it has.
            let may_be_cut = text.len() < word.len();
            (may_be_cut && (1..word.len()).any(|n| matches(&word[..n], text) == Some(text.len()))).then_some(text.len())
        })
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

#[cfg(all(test, feature = "compile"))]
mod tests {
    use super::*;

    #[test]
    fn separators_and_case_do_not_matter() {
        let set = WordSet::new(vec!["api_key".into(), "dd_api".into(), "aws".into()]);
        let found = |text: &str| {
            let mut out = Vec::new();
            set.find(text.as_bytes(), |word, at| out.push((word, at)));
            out
        };
        for text in ["api_key", "apikey", "API-KEY", "Api Key", "api.key"] {
            assert_eq!(found(text), [(0, 0)], "{text}");
        }
        assert_eq!(found("x DDAPI dd-api"), [(1, 2), (1, 8)]);
        assert_eq!(found("AWS_"), [(2, 0)]);
        assert_eq!(found("ap ikey"), []);
    }
}
