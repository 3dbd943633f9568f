//! Context words: found in the bytes before a value, or anywhere by the literal lane.

use serde::{Deserialize, Serialize};

/// The longest a word can be in the text, separators included.
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

/// Five bits of a folded byte; unlike bytes may share them, as a key only filters.
#[inline]
fn five_bits(folded: u8) -> usize {
    match folded {
        b'a'..=b'z' => usize::from(folded - b'a') + 1,
        b'_' => 27,
        b'0'..=b'9' => 28 + usize::from(folded & 3),
        _ => 0,
    }
}

#[inline]
fn key(a: u8, b: u8, c: u8) -> usize {
    five_bits(fold(a)) << 10 | five_bits(fold(b)) << 5 | five_bits(fold(c))
}

/// A set of words with a three-byte filter in front.
///
/// `_`, `-`, `.` and a space in a word stand for one another and for nothing. Case is ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct WordSet {
    /// Folded, `_` for a separator.
    words: Vec<String>,
    /// Sorted pairs of key and word, several for a word with an early separator.
    heads: Vec<(u16, u16)>,
    /// A bit for each key in use.
    #[serde(with = "serde_bytes")]
    filter: Vec<u8>,
}

impl WordSet {
    #[cfg(feature = "compile")]
    pub(crate) fn new(words: Vec<String>) -> Self {
        let mut set = WordSet { words, heads: Vec::new(), filter: vec![0; KEYS / 8] };
        for (index, word) in set.words.iter().enumerate() {
            for head in heads_of(word) {
                let key = key(head[0], head[1], head[2]);
                set.filter[key / 8] |= 1 << (key % 8);
                set.heads.push((key as u16, index as u16));
            }
        }
        set.heads.sort_unstable();
        set.heads.dedup();
        set
    }

    #[cfg(feature = "compile")]
    pub(crate) fn index(&self, word: &str) -> Option<usize> {
        self.words.iter().position(|w| w == word)
    }

    /// Folded three-byte beginnings under which a word can appear in the text.
    pub(crate) fn heads(&self, word: usize) -> Vec<[u8; 3]> {
        heads_of(&self.words[word])
    }

    /// Calls `found` with each word that starts at `at`, and its length there.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], at: usize, mut found: impl FnMut(usize, usize)) {
        let Some(&[a, b, c]) = text.get(at..at + 3) else { return };
        let key = key(a, b, c);
        if self.filter.is_empty() || self.filter[key / 8] & (1 << (key % 8)) == 0 {
            return;
        }
        let first = self.heads.partition_point(|h| usize::from(h.0) < key);
        for &(_, word) in self.heads[first..].iter().take_while(|h| usize::from(h.0) == key) {
            if let Some(len) = matches(self.words[usize::from(word)].as_bytes(), &text[at..]) {
                found(usize::from(word), len);
            }
        }
    }

    /// Calls `found` with each word in the text and where it starts.
    pub(crate) fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        for at in 0..text.len().saturating_sub(2) {
            self.at(text, at, |word, _| found(word, at));
        }
    }
}

impl WordSet {
    /// The length of the word at the start of `text`, if it stands there.
    pub(crate) fn length_at(&self, word: usize, text: &[u8]) -> Option<usize> {
        matches(self.words[word].as_bytes(), text)
    }
}

fn heads_of(word: &str) -> Vec<[u8; 3]> {
    let mut spellings = vec![Vec::new()];
    for byte in word.bytes() {
        let open: Vec<Vec<u8>> = spellings.iter().filter(|s| s.len() < 3).cloned().collect();
        if open.is_empty() {
            break;
        }
        let without: Vec<Vec<u8>> = if byte == b'_' { open } else { Vec::new() };
        for spelling in spellings.iter_mut().filter(|s| s.len() < 3) {
            spelling.push(byte);
        }
        spellings.extend(without);
    }
    let mut heads: Vec<[u8; 3]> = spellings.iter().filter_map(|s| s.as_slice().try_into().ok()).collect();
    heads.sort_unstable();
    heads.dedup();
    heads
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
