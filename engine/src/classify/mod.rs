//! One pass over the bytes that says what each of them is, 64 at a time.
//!
//! The lanes never look at clean text again: they work on the bit masks made here. [`scalar`] is the definition; the
//! vector forms in [`simd`] are drop-ins that are tested equal to it.

mod scalar;
#[allow(unsafe_code, reason = "vector loads and CPU-specific instructions; the only unsafe module of the workspace")]
mod simd;

use crate::program::Program;

/// Bytes a block reads before its first one, as a literal's three-byte head ends at the byte that is marked.
pub(crate) const BEFORE: usize = 2;
/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// Bit `i` of each mask tells about byte `i` of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `[A-Za-z0-9_-]`
    pub(crate) token: u64,
    /// `[A-Za-z0-9]`
    pub(crate) alnum: u64,
    /// `[0-9]`
    pub(crate) digit: u64,
    /// What may stand in an e-mail's local part.
    pub(crate) local: u64,
    /// `[0-9A-Fa-f]`
    pub(crate) hex: u64,
    /// `:`
    pub(crate) colon: u64,
    /// `@`
    pub(crate) at: u64,
    /// The last byte of what may be the three-byte head of a literal or word.
    pub(crate) literal: u64,
}

impl Masks {
    /// Keeps the first `n` bytes' bits.
    pub(crate) fn first(self, n: usize) -> Self {
        if n >= BLOCK { self } else { self.map(|m| m & ((1 << n) - 1)) }
    }

    fn map(self, f: impl Fn(u64) -> u64) -> Self {
        Masks {
            token: f(self.token),
            alnum: f(self.alnum),
            digit: f(self.digit),
            local: f(self.local),
            hex: f(self.hex),
            colon: f(self.colon),
            at: f(self.at),
            literal: f(self.literal),
        }
    }

    /// Adds `other`'s bits, moved up by `shift` bytes.
    pub(crate) fn merge(&mut self, other: Self, shift: usize) {
        self.token |= other.token << shift;
        self.alnum |= other.alnum << shift;
        self.digit |= other.digit << shift;
        self.local |= other.local << shift;
        self.hex |= other.hex << shift;
        self.colon |= other.colon << shift;
        self.at |= other.at << shift;
        self.literal |= other.literal << shift;
    }
}

/// Which of eight buckets a byte value belongs to, at each of the three places of a literal's head, by nibbles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HeadTables {
    pub(crate) low: [[u8; 16]; 3],
    pub(crate) high: [[u8; 16]; 3],
}

impl HeadTables {
    /// Tables for all heads that a program's literals and lane words can start with.
    pub(crate) fn new(program: &Program) -> Self {
        let mut heads: Vec<[Vec<u8>; 3]> = Vec::new();
        for prefix in &program.literals {
            heads.push(core::array::from_fn(|i| vec![prefix.literal[prefix.head() + i]]));
        }
        for (word, _) in program.word_lane.iter().enumerate().filter(|(_, lane)| **lane) {
            heads.extend(program.words.heads(word).into_iter().map(|head| head.map(spellings)));
        }
        if !program.url_rules.is_empty() {
            heads.push([vec![b':'], vec![b'/', b'\\'], vec![b'/']]);
        }
        heads.sort();
        heads.dedup();
        let mut tables = HeadTables::default();
        for (head, bucket) in heads.iter().zip(buckets(heads.len())) {
            for (place, bytes) in head.iter().enumerate() {
                for byte in bytes {
                    tables.low[place][usize::from(byte & 15)] |= 1 << bucket;
                    tables.high[place][usize::from(byte >> 4)] |= 1 << bucket;
                }
            }
        }
        tables
    }
}

/// Sorted heads share first bytes with their neighbours: filling buckets in order keeps each bucket narrow.
fn buckets(heads: usize) -> impl Iterator<Item = usize> {
    (0..heads).map(move |i| i * 8 / heads.max(1))
}

/// The raw bytes that fold to `folded`.
fn spellings(folded: u8) -> Vec<u8> {
    match folded {
        b'a'..=b'z' => vec![folded, folded.to_ascii_uppercase()],
        b'_' => b"_-. ".to_vec(),
        _ => vec![folded],
    }
}

/// A way to classify, chosen once for the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Classifier(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Ssse3,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
    Native,
}

impl Classifier {
    /// The fastest classifier this machine runs.
    pub(crate) fn best() -> Self {
        Self::all().pop().unwrap_or(Classifier(Kind::Scalar))
    }

    /// The definition.
    pub(crate) fn scalar() -> Self {
        Classifier(Kind::Scalar)
    }

    /// All classifiers this machine runs, slowest first.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Classifier(Kind::Scalar)];
        #[cfg(target_arch = "x86_64")]
        {
            if simd::has_ssse3() {
                all.push(Classifier(Kind::Ssse3));
            }
            if simd::has_avx2() {
                all.push(Classifier(Kind::Avx2));
            }
        }
        #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
        all.push(Classifier(Kind::Native));
        all
    }

    /// The classifier's name in listings.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            Kind::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Kind::Ssse3 => "ssse3",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => "avx2",
            #[cfg(target_arch = "aarch64")]
            Kind::Native => "neon",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Kind::Native => "simd128",
        }
    }

    /// Classifies `text[from..to]` and hands out blocks: position of the first byte, number of bytes, masks. Blocks
    /// end at multiples of 64, so each byte is classified once however the text arrives.
    ///
    /// `text` holds at least [`BEFORE`] bytes before `from` and [`BLOCK`] readable bytes from every position below `to`.
    #[inline]
    pub(crate) fn run(self, tables: &HeadTables, text: &[u8], from: usize, to: usize, mut emit: impl FnMut(usize, usize, Masks)) {
        match self.0 {
            Kind::Scalar => blocks(from, to, |at| scalar::classify(tables, window(text, at)), &mut emit),
            #[cfg(target_arch = "x86_64")]
            Kind::Ssse3 => simd::ssse3(tables, text, from, to, &mut emit),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => simd::avx2(tables, text, from, to, &mut emit),
            #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
            Kind::Native => simd::native(tables, text, from, to, &mut emit),
        }
    }
}

/// The bytes a block reads.
#[inline(always)]
fn window(text: &[u8], at: usize) -> &[u8; BEFORE + BLOCK] {
    match text[at - BEFORE..at + BLOCK].try_into() {
        Ok(window) => window,
        Err(_) => unreachable!("the slice has the array's length"),
    }
}

#[inline(always)]
fn blocks(from: usize, to: usize, classify: impl Fn(usize) -> Masks, emit: &mut impl FnMut(usize, usize, Masks)) {
    let mut at = from;
    while at < to {
        let n = (BLOCK - at % BLOCK).min(to - at);
        emit(at, n, classify(at));
        at += n;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tables() -> HeadTables {
        let mut tables = HeadTables::default();
        for (bucket, head) in [b"pas", b"-BE", b"://", b"PWd"].iter().enumerate() {
            for place in 0..3 {
                tables.low[place][usize::from(head[place] & 15)] |= 1 << bucket;
                tables.high[place][usize::from(head[place] >> 4)] |= 1 << bucket;
            }
        }
        tables
    }

    fn masks(classifier: Classifier, text: &[u8], from: usize) -> Vec<(usize, usize, Masks)> {
        let mut padded = vec![0; BEFORE];
        padded.extend_from_slice(text);
        let to = padded.len();
        padded.resize(to + BLOCK, 0);
        let mut out = Vec::new();
        classifier.run(&tables(), &padded, BEFORE + from, to, |at, n, m| out.push((at, n, m.first(n))));
        out
    }

    proptest! {
        #[test]
        fn vector_forms_equal_the_definition(text in proptest::collection::vec(any::<u8>(), 0..300), from in 0usize..70) {
            let from = from.min(text.len());
            let wanted = masks(Classifier::scalar(), &text, from);
            for classifier in Classifier::all() {
                prop_assert_eq!(&masks(classifier, &text, from), &wanted, "{}", classifier.name());
            }
        }

        #[test]
        fn text_like_input_too(text in "[ -~\n]{0,300}(pas|PAS|-BE|://|pwd){0,3}[a-f0-9:@._%+\\\\-]{0,80}") {
            let wanted = masks(Classifier::scalar(), text.as_bytes(), 0);
            for classifier in Classifier::all() {
                prop_assert_eq!(&masks(classifier, text.as_bytes(), 0), &wanted, "{}", classifier.name());
            }
        }
    }

    #[test]
    fn every_byte_value_is_classified_alike() {
        let text: Vec<u8> = (0..=255u8).flat_map(|b| [b, b'p', b'a', b's', b]).collect();
        let wanted = masks(Classifier::scalar(), &text, 0);
        for classifier in Classifier::all() {
            assert_eq!(masks(classifier, &text, 0), wanted, "{}", classifier.name());
        }
    }
}
