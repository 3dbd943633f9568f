//! One pass over the bytes that says what each of them is, 64 at a time.
//!
//! The lanes never look at clean text again: they work on the bit masks made here. [`scalar`] is the definition; the
//! vector forms in [`simd`] are drop-ins that are tested equal to it.

#[cfg(feature = "compile")]
mod buckets;
#[cfg(feature = "compile")]
pub mod fourgrams;
mod scalar;
#[allow(unsafe_code, reason = "vector loads and CPU-specific instructions; the only unsafe module of the workspace")]
mod simd;

use serde::{Deserialize, Serialize};
pub(crate) use simd::row::{GROUP, Newest, Pair, Row, View};

use crate::known::Kinds;
use crate::lanes::Places;

/// Bytes of the head by which a literal is looked for.
pub(crate) const HEAD: usize = 4;
/// Bytes a block reads before its first one, as a head is marked at its last byte.
pub(crate) const BEFORE: usize = HEAD - 1;
/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// Blocks whose masks are kept.
pub(crate) const BLOCKS: usize = 96;
/// One mask of every block: bit `i` tells about byte `i` of the block.
pub(crate) type Column = [u64; BLOCKS];

/// What the bytes of the newest blocks are, a column a kind of byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// `[A-Za-z0-9_-]`
    pub(crate) token: Column,
    /// `[A-Za-z0-9_+/-]` and `\`
    pub(crate) wide: Column,
    /// `[A-Za-z0-9]`
    pub(crate) alnum: Column,
    /// `[0-9]`
    pub(crate) digit: Column,
    /// `:`
    pub(crate) colon: Column,
    /// `@`
    pub(crate) at: Column,
    /// `\` and the escape character, which start escapes.
    pub(crate) guard: Column,
    /// `[`
    pub(crate) bracket: Column,
    /// `[a-z]`, or any other byte with that bit set.
    pub(crate) lower: Column,
    /// The last byte of what may be the head of a literal or word that starts at an edge.
    pub(crate) bound: Column,
    /// The same for heads that may stand anywhere.
    pub(crate) free: Column,
    /// Bytes that have not come yet, in the newest block and the one after it.
    pub(crate) unknown: Column,
}

impl Columns {
    /// No byte has come.
    pub(crate) const EMPTY: Columns = Columns {
        token: [0; BLOCKS],
        wide: [0; BLOCKS],
        alnum: [0; BLOCKS],
        digit: [0; BLOCKS],
        colon: [0; BLOCKS],
        at: [0; BLOCKS],
        guard: [0; BLOCKS],
        bracket: [0; BLOCKS],
        lower: [0; BLOCKS],
        bound: [0; BLOCKS],
        free: [0; BLOCKS],
        unknown: [u64::MAX; BLOCKS],
    };

    /// All columns, the unknown bytes' last.
    pub(crate) fn all(&mut self) -> [&mut Column; 12] {
        [
            &mut self.token,
            &mut self.wide,
            &mut self.alnum,
            &mut self.digit,
            &mut self.colon,
            &mut self.at,
            &mut self.guard,
            &mut self.bracket,
            &mut self.lower,
            &mut self.bound,
            &mut self.free,
            &mut self.unknown,
        ]
    }
}

/// The buckets that a byte belongs to at one place of a head, by its low five bits and its high nibble: letters of one
/// case are told apart by the low bits alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlaceBuckets {
    pub(crate) low: [u8; 32],
    pub(crate) high: [u8; 16],
}

/// Which of sixteen buckets a byte belongs to, at each place of a literal's head: eight in each half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeadTables(pub(crate) [[PlaceBuckets; HEAD]; 2]);

/// Buckets of the second half for heads that may stand anywhere; all others hold heads that start at an edge.
pub(crate) const FREE_BUCKETS: u8 = 0b1111_0000;

impl HeadTables {
    /// The buckets of one half that a byte belongs to at a place.
    #[inline]
    pub(crate) fn buckets(&self, half: usize, place: usize, byte: u8) -> u8 {
        let table = &self.0[half][place];
        table.low[usize::from(byte & 31)] & table.high[usize::from(byte >> 4)]
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
    #[cfg(target_arch = "x86_64")]
    Avx512,
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
            if simd::has_avx512() {
                all.push(Classifier(Kind::Avx512));
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
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => "avx512",
            #[cfg(target_arch = "aarch64")]
            Kind::Native => "neon",
            #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
            Kind::Native => "simd128",
        }
    }

    /// Classifies the blocks of a stretch into `columns` from `slot` on.
    pub(crate) fn run(self, tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
        match self.0 {
            Kind::Scalar => stretch.blocks(slot, |window, n, slot| scalar::classify(tables, window, n, columns, slot)),
            #[cfg(target_arch = "x86_64")]
            Kind::Ssse3 => simd::ssse3(tables, stretch, columns, slot),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => simd::avx2(tables, stretch, columns, slot),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => simd::avx512(tables, stretch, columns, slot),
            #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
            Kind::Native => simd::native(tables, stretch, columns, slot),
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

impl Classifier {
    /// Writes all lanes' places in the group of blocks at `slot`, which has neighbours on both sides; those of known values
    /// where it is said which they are.
    pub(crate) fn places(self, columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
        match self.0 {
            Kind::Scalar => simd::row::scalar_places(columns, slot, known, into),
            #[cfg(target_arch = "x86_64")]
            Kind::Ssse3 => simd::row::scalar_places(columns, slot, known, into),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => simd::avx2_places(columns, slot, known, into),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => simd::avx512_places(columns, slot, known, into),
            #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
            Kind::Native => simd::native_places(columns, slot, known, into),
        }
    }
}

impl Classifier {
    /// Runs work compiled for the instructions that this classifier uses, as far as it is inlined.
    #[inline]
    pub(crate) fn with<R>(self, work: impl FnOnce() -> R) -> R {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 | Kind::Avx512 => simd::with_avx2(work),
            _ => work(),
        }
    }
}

/// Runs work compiled for the vector instructions that this machine has, as far as it is inlined.
#[inline]
pub(crate) fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    #[cfg(target_arch = "x86_64")]
    if simd::has_avx2() {
        return simd::with_avx2(work);
    }
    work()
}

/// Which bytes of a block are each of these, a bit a byte.
#[inline(always)]
pub(crate) fn equal<const N: usize>(block: &[u8; BLOCK], bytes: [u8; N]) -> [u64; N] {
    #[cfg(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
    return simd::equal(block, bytes);
    #[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
    bytes.map(|byte| block.iter().rev().fold(0, |mask, other| mask << 1 | u64::from(*other == byte)))
}

/// Bytes to classify: the blocks of `text` at `from`, `from + 64`, … that start before `to`. Of bytes from `to` on nothing
/// is set.
///
/// `text` holds at least [`BEFORE`] bytes before `from` and [`BLOCK`] readable bytes from every block's first.
#[derive(Clone, Copy)]
pub(crate) struct Stretch<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// What is read after these bytes, wherever it is. It is fetched while there is other work.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "elsewhere there is no stable way to fetch"))]
    pub(crate) ahead: &'a [u8],
}

impl Stretch<'_> {
    /// Calls `classify` for each block with the bytes it reads, the number of bytes that count, and its slot.
    #[inline(always)]
    fn blocks(self, first: usize, mut classify: impl FnMut(&[u8; BEFORE + BLOCK], usize, usize)) {
        for (block, at) in (self.from..self.to).step_by(BLOCK).enumerate() {
            #[cfg(target_arch = "x86_64")]
            if let Some(byte) = self.ahead.get(block * BLOCK) {
                simd::prefetch(byte);
            }
            classify(window(self.text, at), (self.to - at).min(BLOCK), first + block);
        }
    }
}

/// The bits of the first `n` bytes of a block.
#[inline(always)]
fn first(n: usize) -> u64 {
    u64::MAX >> (BLOCK - n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tables() -> HeadTables {
        let mut tables = HeadTables::default();
        for (bucket, head) in [b"pass", b"-BEG", b"://a", b"PWdx", b"q=.-"].iter().enumerate() {
            let (half, bit) = (bucket % 2, 1 << (bucket + 2));
            for (place, byte) in head.iter().enumerate() {
                let table = &mut tables.0[half][place];
                table.low[usize::from(byte & 31)] |= bit;
                table.high[usize::from(byte >> 4)] |= bit;
            }
        }
        tables
    }

    fn masks(classifier: Classifier, text: &[u8]) -> Columns {
        let mut padded = vec![b'p'; BLOCK];
        padded.extend_from_slice(text);
        let to = padded.len();
        padded.resize(to + BLOCK, b'7');
        let mut columns = Columns::EMPTY;
        classifier.run(&tables(), Stretch { text: &padded, from: BLOCK, to, ahead: text }, &mut columns, 2);
        columns
    }

    proptest! {
        #[test]
        fn vector_forms_equal_the_definition(text in proptest::collection::vec(any::<u8>(), 0..300)) {
            let wanted = masks(Classifier::scalar(), &text);
            for classifier in Classifier::all() {
                prop_assert_eq!(&masks(classifier, &text), &wanted, "{}", classifier.name());
            }
        }

        #[test]
        fn text_like_input_too(text in "[ -~\n]{0,300}(pass|PASS|-BEG|://a|pwdx|q=.-){0,3}[a-f0-9:@._%+\\\\-]{0,80}") {
            let wanted = masks(Classifier::scalar(), text.as_bytes());
            for classifier in Classifier::all() {
                prop_assert_eq!(&masks(classifier, text.as_bytes()), &wanted, "{}", classifier.name());
            }
        }
    }

    #[test]
    fn every_byte_value_is_classified_alike() {
        let text: Vec<u8> = (0..=255u8).flat_map(|b| [b, b'p', b'a', b's', b's', b]).collect();
        let wanted = masks(Classifier::scalar(), &text);
        for classifier in Classifier::all() {
            assert_eq!(masks(classifier, &text), wanted, "{}", classifier.name());
        }
    }
}
