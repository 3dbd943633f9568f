//! Lists of words that are looked for in short texts, in any case: names, values, the line before a value.
//!
//! Lists are long and texts hold few of their words, so the first two bytes of a word rule out nearly every place at
//! once.

/// A list of at most 64 words of two bytes or more.
pub(super) struct Vocabulary<const N: usize> {
    words: [&'static [u8]; N],
    /// For each low half of a first byte the words that start with it, as bits. Cases share halves.
    first: [u64; HALVES],
    /// The same for second bytes.
    second: [u64; HALVES],
}

/// Values of the low five bits.
const HALVES: usize = 32;

#[inline(always)]
const fn half(byte: u8) -> usize {
    byte as usize % HALVES
}

impl<const N: usize> Vocabulary<N> {
    pub(super) const fn new(words: [&'static [u8]; N]) -> Self {
        assert!(N <= u64::BITS as usize, "words are bits");
        let (mut first, mut second) = ([0; HALVES], [0; HALVES]);
        let mut word = 0;
        while word < N {
            first[half(words[word][0])] |= 1 << word;
            second[half(words[word][1])] |= 1 << word;
            word += 1;
        }
        Vocabulary { words, first, second }
    }

    /// How many words there are.
    pub(super) const fn len(&self) -> usize {
        N
    }

    /// Calls `found` with each word of the list in the text and where it starts, until it says that this is enough. Says
    /// whether it did.
    #[inline]
    fn each(&self, text: &[u8], mut found: impl FnMut(usize, usize) -> bool) -> bool {
        let Some((first, rest)) = text.split_first() else { return false };
        let mut before = half(*first);
        for (at, byte) in rest.iter().enumerate() {
            let here = half(*byte);
            let mut left = self.first[before] & self.second[here];
            before = here;
            while left != 0 {
                let word = left.trailing_zeros() as usize;
                left &= left - 1;
                if self.stands_at(word, &text[at..]) && found(word, at) {
                    return true;
                }
            }
        }
        false
    }

    fn stands_at(&self, word: usize, text: &[u8]) -> bool {
        text.get(..self.words[word].len()).is_some_and(|start| start.eq_ignore_ascii_case(self.words[word]))
    }

    /// Words by their place in the list that the text starts with, if it has two bytes.
    #[inline]
    fn at<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let mut left = self.first[half(text[0])] & self.second[half(text[1])];
        core::iter::from_fn(move || {
            while left != 0 {
                let word = left.trailing_zeros() as usize;
                left &= left - 1;
                if self.stands_at(word, text) {
                    return Some(word);
                }
            }
            None
        })
    }

    /// Whether one of the words stands in the text, whatever surrounds it.
    pub(super) fn any_in(&self, text: &[u8]) -> bool {
        self.each(text, |_, _| true)
    }

    /// The first of the list that stands in the text.
    pub(super) fn first_in(&self, text: &[u8]) -> Option<usize> {
        let mut least = None;
        self.each(text, |word, _| {
            least = Some(least.map_or(word, |least: usize| least.min(word)));
            false
        });
        least
    }

    /// Where the last of all words in the text ends.
    pub(super) fn last_end_in(&self, text: &[u8]) -> Option<usize> {
        let mut last = None;
        self.each(text, |word, at| {
            last = last.max(Some(at + self.words[word].len()));
            false
        });
        last
    }

    /// Whether a word stands in the text for which this holds of its start and end.
    pub(super) fn any_where(&self, text: &[u8], holds: impl Fn(usize, usize) -> bool) -> bool {
        self.each(text, |word, at| holds(at, at + self.words[word].len()))
    }

    /// The length of the longest word that the text starts with.
    pub(super) fn longest_at(&self, text: &[u8]) -> usize {
        if text.len() < 2 { 0 } else { self.at(text).map(|word| self.words[word].len()).max().unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static LIST: Vocabulary<4> = Vocabulary::new([b"pass", b"password", b"key", b"123"]);

    #[test]
    fn words_are_found_in_any_case_and_place() {
        for (text, first, end) in
            [("my_PassWord", Some(0), Some(11)), ("a Key", Some(2), Some(5)), ("x123", Some(3), Some(4)), ("pas", None, None)]
        {
            assert_eq!(LIST.any_in(text.as_bytes()), first.is_some(), "{text}");
            assert_eq!(LIST.first_in(text.as_bytes()), first, "{text}");
            assert_eq!(LIST.last_end_in(text.as_bytes()), end, "{text}");
        }
        assert_eq!(LIST.longest_at(b"passwords"), 8);
        assert_eq!(LIST.longest_at(b"p"), 0);
        assert!(LIST.any_where(b"monkey", |at, end| (at, end) == (3, 6)));
    }
}
