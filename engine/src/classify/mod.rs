//! One pass over the bytes that says what each of them is, 64 at a time.
//!
//! The lanes never look at clean text again: they work on the bit masks made here. [`scalar`] is the definition; the
//! vector forms in [`simd`] are drop-ins that are tested equal to it.

#[cfg(feature = "compile")]
mod buckets;
mod scalar;
#[allow(unsafe_code, reason = "vector loads and CPU-specific instructions; the only unsafe module of the workspace")]
mod simd;

use serde::{Deserialize, Serialize};

/// Bytes of the head by which a literal is looked for.
pub(crate) const HEAD: usize = 4;
/// Bytes a block reads before its first one, as a head is marked at its last byte.
pub(crate) const BEFORE: usize = HEAD - 1;
/// Bytes in a block.
pub(crate) const BLOCK: usize = 64;

/// Bit `i` of each mask tells about byte `i` of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    /// `[A-Za-z0-9_-]`
    pub(crate) token: u64,
    /// `[A-Za-z0-9_+/-]` and `\`
    pub(crate) wide: u64,
    /// `[A-Za-z0-9]`
    pub(crate) alnum: u64,
    /// `[0-9]`
    pub(crate) digit: u64,
    /// `:`
    pub(crate) colon: u64,
    /// `@`
    pub(crate) at: u64,
    /// `\` and the escape character, which start escapes.
    pub(crate) guard: u64,
    /// `[`, where there is a guard in the block or the one before; elsewhere it may be left out.
    pub(crate) bracket: u64,
    /// `[a-z]`, or any other byte with that bit set.
    pub(crate) lower: u64,
    /// The last byte of what may be the head of a literal or word that starts at an edge.
    pub(crate) bound: u64,
    /// The same for heads that may stand anywhere.
    pub(crate) free: u64,
    /// Where a name may start, as far as the bytes before tell: after a byte that is no letter or digit, or after an
    /// escape. Not classified but derived, see [`Masks::edges`].
    pub(crate) edge: u64,
    /// Whether the block's bytes have all arrived. Not classified either.
    pub(crate) known: bool,
}

impl Masks {
    /// Nothing is set.
    pub(crate) const EMPTY: Masks = Masks {
        token: 0,
        wide: 0,
        alnum: 0,
        digit: 0,
        colon: 0,
        at: 0,
        guard: 0,
        bracket: 0,
        lower: 0,
        bound: 0,
        free: 0,
        edge: 0,
        known: false,
    };

    /// Keeps the first `n` bytes' bits.
    pub(crate) fn first(self, n: usize) -> Self {
        if n >= BLOCK { self } else { self.map(|m| m & ((1 << n) - 1)) }
    }

    fn map(self, f: impl Fn(u64) -> u64) -> Self {
        Masks {
            token: f(self.token),
            wide: f(self.wide),
            alnum: f(self.alnum),
            digit: f(self.digit),
            colon: f(self.colon),
            at: f(self.at),
            guard: f(self.guard),
            bracket: f(self.bracket),
            lower: f(self.lower),
            bound: f(self.bound),
            free: f(self.free),
            edge: f(self.edge),
            known: self.known,
        }
    }

    /// The edges of a block, given the block before it. A superset of the places before which no letter or digit
    /// stands once escapes are undone: `x` in `\nx`, `\u003dx`, `\x3dx`, `\033[1mx`.
    #[inline]
    pub(crate) fn edges(&self, previous: &Masks) -> u64 {
        let wide = |mask: fn(&Masks) -> u64| u128::from(mask(previous)) | u128::from(mask(self)) << BLOCK;
        let shifted = |mask: u128, n: u32| ((mask << n) >> BLOCK) as u64;
        let after_symbol = !shifted(wide(|m| m.alnum), 1);
        let guard = wide(|m| m.guard);
        if guard == 0 {
            return after_symbol;
        }
        let coded = shifted(guard, 2) | shifted(guard, 4) | shifted(guard, 6);
        // A control sequence is at most 40 bytes long and ends with a letter after a digit or a bracket.
        let mut near = guard << 1 | guard << 2;
        for n in [2, 4, 8, 16, 10] {
            near |= near << n;
        }
        let before_letter = wide(|m| m.digit) | wide(|m| m.bracket);
        after_symbol | coded | shifted(near, 0) & shifted(before_letter, 2)
    }

    /// Adds `other`'s bits, moved up by `shift` bytes.
    pub(crate) fn merge(&mut self, other: Self, shift: usize) {
        self.token |= other.token << shift;
        self.wide |= other.wide << shift;
        self.alnum |= other.alnum << shift;
        self.digit |= other.digit << shift;
        self.colon |= other.colon << shift;
        self.at |= other.at << shift;
        self.guard |= other.guard << shift;
        self.bracket |= other.bracket << shift;
        self.lower |= other.lower << shift;
        self.bound |= other.bound << shift;
        self.free |= other.free << shift;
    }
}

/// The buckets that a byte belongs to at one place of a head, by its nibbles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Nibbles {
    pub(crate) low: [u8; 16],
    pub(crate) high: [u8; 16],
}

/// Which of sixteen buckets a byte belongs to, at each place of a literal's head: eight in each half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeadTables(pub(crate) [[Nibbles; HEAD]; 2]);

/// Buckets of the second half for heads that may stand anywhere; all others hold heads that start at an edge.
pub(crate) const FREE_BUCKETS: u8 = 0b1111_0000;

impl HeadTables {
    /// The buckets of one half that a byte belongs to at a place.
    #[inline]
    pub(crate) fn buckets(&self, half: usize, place: usize, byte: u8) -> u8 {
        let table = &self.0[half][place];
        table.low[usize::from(byte & 15)] & table.high[usize::from(byte >> 4)]
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

    /// Classifies `text[from..to]` into `ring`, each byte once however the text arrives.
    ///
    /// `text` holds at least [`BEFORE`] bytes before `from` and [`BLOCK`] readable bytes from every position below `to`.
    #[inline]
    pub(crate) fn run(self, tables: &HeadTables, text: &[u8], from: usize, to: usize, mut ring: Ring<'_>) {
        match self.0 {
            Kind::Scalar => ring.fill(from, to, |at, masks| *masks = scalar::classify(tables, window(text, at))),
            #[cfg(target_arch = "x86_64")]
            Kind::Ssse3 => simd::ssse3(tables, text, from, to, &mut ring),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => simd::avx2(tables, text, from, to, &mut ring),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512 => simd::avx512(tables, text, from, to, &mut ring),
            #[cfg(any(target_arch = "aarch64", all(target_arch = "wasm32", target_feature = "simd128")))]
            Kind::Native => simd::native(tables, text, from, to, &mut ring),
        }
    }
}

/// Blocks' masks in a row that starts over at its end.
#[derive(Debug)]
pub(crate) struct Ring<'a> {
    /// A power of two of them.
    pub(crate) blocks: &'a mut [Masks],
    /// The number of the block at the text's first byte, which stands at a multiple of 64.
    pub(crate) first: usize,
}

impl Ring<'_> {
    /// Classifies the bytes `from..to`. Blocks end at multiples of 64.
    #[inline(always)]
    fn fill(&mut self, from: usize, to: usize, classify: impl Fn(usize, &mut Masks)) {
        let last = self.blocks.len() - 1;
        let mut at = from;
        while at < to {
            let slot = &mut self.blocks[self.first.wrapping_add(at / BLOCK) & last];
            let inside = at % BLOCK;
            let n = (BLOCK - inside).min(to - at);
            if n == BLOCK {
                classify(at, slot);
            } else {
                let mut masks = Masks::EMPTY;
                classify(at, &mut masks);
                if inside == 0 {
                    *slot = masks.first(n);
                } else {
                    slot.merge(masks.first(n), inside);
                }
            }
            at += n;
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

/// The bytes a block reads.
#[inline(always)]
fn window(text: &[u8], at: usize) -> &[u8; BEFORE + BLOCK] {
    match text[at - BEFORE..at + BLOCK].try_into() {
        Ok(window) => window,
        Err(_) => unreachable!("the slice has the array's length"),
    }
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
                table.low[usize::from(byte & 15)] |= bit;
                table.high[usize::from(byte >> 4)] |= bit;
            }
        }
        tables
    }

    fn masks(classifier: Classifier, text: &[u8], from: usize) -> Vec<Masks> {
        let mut padded = vec![0; BLOCK];
        padded.extend_from_slice(text);
        let to = padded.len();
        padded.resize(to + BLOCK, 0);
        let mut blocks = vec![Masks::EMPTY; 8];
        for (from, to) in [(BLOCK, BLOCK + from), (BLOCK + from, to)] {
            classifier.run(&tables(), &padded, from, to, Ring { blocks: &mut blocks, first: 0 });
        }
        blocks
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
        fn text_like_input_too(text in "[ -~\n]{0,300}(pass|PASS|-BEG|://a|pwdx|q=.-){0,3}[a-f0-9:@._%+\\\\-]{0,80}") {
            let wanted = masks(Classifier::scalar(), text.as_bytes(), 0);
            for classifier in Classifier::all() {
                prop_assert_eq!(&masks(classifier, text.as_bytes(), 0), &wanted, "{}", classifier.name());
            }
        }
    }

    #[test]
    fn every_byte_value_is_classified_alike() {
        let text: Vec<u8> = (0..=255u8).flat_map(|b| [b, b'p', b'a', b's', b's', b]).collect();
        let wanted = masks(Classifier::scalar(), &text, 0);
        for classifier in Classifier::all() {
            assert_eq!(masks(classifier, &text, 0), wanted, "{}", classifier.name());
        }
    }
}
