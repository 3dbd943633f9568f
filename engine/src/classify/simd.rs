//! The masks by vector instructions: one generic form over a small set of operations, one set for each machine.
//!
//! A byte's class is looked up by its two nibbles: a table of 16 for the low one and a table of 16 for the high one,
//! and-ed. Eight class bits cover all sets that are not a single byte.

use super::{BEFORE, BLOCK, FREE_BUCKETS, HeadTables, Masks, blocks, window};

const DIGIT: u8 = 1;
const LETTER_LOW: u8 = 2;
const LETTER_HIGH: u8 = 4;
const DASH: u8 = 8;
const UNDERSCORE: u8 = 16;
const PLUS_SLASH: u8 = 32;
const COLON: u8 = 128;
const ALNUM: u8 = DIGIT | LETTER_LOW | LETTER_HIGH;
const TOKEN: u8 = ALNUM | DASH | UNDERSCORE;
const WIDE: u8 = TOKEN | PLUS_SLASH;

/// By low nibble.
const CLASS_LOW: [u8; 16] = {
    let mut table = [0; 16];
    let mut n = 0;
    while n < 16 {
        let mut bits = 0;
        if n <= 9 {
            bits |= DIGIT;
        }
        if n >= 1 {
            bits |= LETTER_LOW;
        }
        if n <= 10 {
            bits |= LETTER_HIGH;
        }
        match n {
            0xa => bits |= COLON,
            0xb => bits |= PLUS_SLASH,
            0xd => bits |= DASH,
            0xf => bits |= UNDERSCORE | PLUS_SLASH,
            _ => {}
        }
        table[n] = bits;
        n += 1;
    }
    table
};

/// By high nibble.
const CLASS_HIGH: [u8; 16] = {
    let mut table = [0; 16];
    table[2] = DASH | PLUS_SLASH;
    table[3] = DIGIT | COLON;
    table[4] = LETTER_LOW;
    table[5] = LETTER_HIGH | UNDERSCORE;
    table[6] = LETTER_LOW;
    table[7] = LETTER_HIGH;
    table
};

/// What a machine's vectors can do. A vector holds `LANES` bytes, 16 or 32.
///
/// # Safety
///
/// The functions may use instructions beyond the target's baseline: they are called only where those were detected.
unsafe trait Vector: Copy {
    const LANES: usize;
    /// Reads `LANES` bytes.
    unsafe fn load(from: *const u8) -> Self;
    unsafe fn splat(byte: u8) -> Self;
    /// Repeats a table of 16 over the vector.
    unsafe fn table(of: &[u8; 16]) -> Self;
    /// Looks up the low nibbles of `index`, whose high nibbles are clear.
    unsafe fn lookup(self, index: Self) -> Self;
    unsafe fn and(self, other: Self) -> Self;
    unsafe fn or(self, other: Self) -> Self;
    unsafe fn high_nibbles(self) -> Self;
    unsafe fn equals(self, other: Self) -> Self;
    /// Bit `i` is the top bit of byte `i`.
    unsafe fn top_bits(self) -> u64;
    /// Bit `i` is the bit of byte `i` in which letters differ by case.
    unsafe fn case_bits(self) -> u64;
}

/// # Safety
///
/// `V`'s instructions are available.
#[inline(always)]
unsafe fn classify<V: Vector>(tables: &HeadTables, window: &[u8; BEFORE + BLOCK]) -> Masks {
    let mut masks = Masks::default();
    let mut part = 0;
    while part < BLOCK {
        // SAFETY: the caller vouches for the instructions; every load reads `V::LANES` bytes at `part + 0..=3`, and
        // `part + 3 + V::LANES` is at most the window's 67 bytes.
        unsafe {
            let low_nibble = V::splat(15);
            let base = window.as_ptr().add(part);
            let bytes = V::load(base.add(BEFORE));
            let low = bytes.and(low_nibble);
            let high = bytes.high_nibbles();
            let class = V::table(&CLASS_LOW).lookup(low).and(V::table(&CLASS_HIGH).lookup(high));
            let none = V::splat(0);
            let lanes = if V::LANES == 64 { u64::MAX } else { (1 << V::LANES) - 1 };
            let any = |bits: u8| !class.and(V::splat(bits)).equals(none).top_bits() & lanes;
            let head = |place: usize, bytes: V| {
                let low = V::table(&tables.low[place]).lookup(bytes.and(low_nibble));
                low.and(V::table(&tables.high[place]).lookup(bytes.high_nibbles()))
            };
            let last = V::table(&tables.low[3]).lookup(low).and(V::table(&tables.high[3]).lookup(high));
            let buckets = head(0, V::load(base)).and(head(1, V::load(base.add(1)))).and(head(2, V::load(base.add(2)))).and(last);
            masks.token |= any(TOKEN) << part;
            masks.alnum |= any(ALNUM) << part;
            masks.digit |= any(DIGIT) << part;
            masks.colon |= class.top_bits() << part;
            masks.at |= bytes.equals(V::splat(b'@')).top_bits() << part;
            let backslash = bytes.equals(V::splat(b'\\'));
            masks.guard |= backslash.or(bytes.equals(V::splat(0x1b))).top_bits() << part;
            masks.wide |= (any(WIDE) | backslash.top_bits()) << part;
            masks.bracket |= bytes.equals(V::splat(b'[')).top_bits() << part;
            masks.lower |= bytes.case_bits() << part;
            masks.bound |= (!buckets.and(V::splat(!FREE_BUCKETS)).equals(none).top_bits() & lanes) << part;
            masks.free |= (!buckets.and(V::splat(FREE_BUCKETS)).equals(none).top_bits() & lanes) << part;
        }
        part += V::LANES;
    }
    masks
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        __m128i, __m256i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8, _mm_shuffle_epi8,
        _mm_slli_epi16, _mm_srli_epi16, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16,
    };

    use super::Vector;

    // SAFETY: used only behind `ssse3`, which is called after detection.
    unsafe impl Vector for __m128i {
        const LANES: usize = 16;
        #[inline(always)]
        unsafe fn load(from: *const u8) -> Self {
            // SAFETY: the caller lets 16 bytes be read; the load is unaligned.
            unsafe { _mm_loadu_si128(from.cast()) }
        }
        #[inline(always)]
        unsafe fn splat(byte: u8) -> Self {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { _mm_set1_epi8(byte as i8) }
        }
        #[inline(always)]
        unsafe fn table(of: &[u8; 16]) -> Self {
            // SAFETY: the array has 16 bytes.
            unsafe { _mm_loadu_si128(of.as_ptr().cast()) }
        }
        #[inline(always)]
        unsafe fn lookup(self, index: Self) -> Self {
            // SAFETY: the caller vouches for SSSE3.
            unsafe { _mm_shuffle_epi8(self, index) }
        }
        #[inline(always)]
        unsafe fn and(self, other: Self) -> Self {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { _mm_and_si128(self, other) }
        }
        #[inline(always)]
        unsafe fn or(self, other: Self) -> Self {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { _mm_or_si128(self, other) }
        }
        #[inline(always)]
        unsafe fn high_nibbles(self) -> Self {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { _mm_and_si128(_mm_srli_epi16::<4>(self), _mm_set1_epi8(15)) }
        }
        #[inline(always)]
        unsafe fn equals(self, other: Self) -> Self {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { _mm_cmpeq_epi8(self, other) }
        }
        #[inline(always)]
        unsafe fn top_bits(self) -> u64 {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { u64::from(_mm_movemask_epi8(self) as u32) }
        }
        #[inline(always)]
        unsafe fn case_bits(self) -> u64 {
            // SAFETY: SSE2 is the target's baseline.
            unsafe { u64::from(_mm_movemask_epi8(_mm_slli_epi16::<2>(self)) as u32) }
        }
    }

    // SAFETY: used only behind `avx2`, which is called after detection.
    unsafe impl Vector for __m256i {
        const LANES: usize = 32;
        #[inline(always)]
        unsafe fn load(from: *const u8) -> Self {
            // SAFETY: the caller lets 32 bytes be read and vouches for AVX2; the load is unaligned.
            unsafe { _mm256_loadu_si256(from.cast()) }
        }
        #[inline(always)]
        unsafe fn splat(byte: u8) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_set1_epi8(byte as i8) }
        }
        #[inline(always)]
        unsafe fn table(of: &[u8; 16]) -> Self {
            // SAFETY: the array has 16 bytes; the caller vouches for AVX2.
            unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(of.as_ptr().cast())) }
        }
        #[inline(always)]
        unsafe fn lookup(self, index: Self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_shuffle_epi8(self, index) }
        }
        #[inline(always)]
        unsafe fn and(self, other: Self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_and_si256(self, other) }
        }
        #[inline(always)]
        unsafe fn or(self, other: Self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_or_si256(self, other) }
        }
        #[inline(always)]
        unsafe fn high_nibbles(self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_and_si256(_mm256_srli_epi16::<4>(self), _mm256_set1_epi8(15)) }
        }
        #[inline(always)]
        unsafe fn equals(self, other: Self) -> Self {
            // SAFETY: the caller vouches for AVX2.
            unsafe { _mm256_cmpeq_epi8(self, other) }
        }
        #[inline(always)]
        unsafe fn top_bits(self) -> u64 {
            // SAFETY: the caller vouches for AVX2.
            unsafe { u64::from(_mm256_movemask_epi8(self) as u32) }
        }
        #[inline(always)]
        unsafe fn case_bits(self) -> u64 {
            // SAFETY: the caller vouches for AVX2.
            unsafe { u64::from(_mm256_movemask_epi8(_mm256_slli_epi16::<2>(self)) as u32) }
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) fn has_ssse3() -> bool {
    std::arch::is_x86_feature_detected!("ssse3")
}

#[cfg(target_arch = "x86_64")]
pub(super) fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("bmi2")
}

#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn ssse3(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
    #[target_feature(enable = "ssse3")]
    fn inner(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
        // SAFETY: this function's target feature is SSSE3.
        blocks(from, to, |at| unsafe { classify::<core::arch::x86_64::__m128i>(tables, window(text, at)) }, emit);
    }
    // SAFETY: the classifier of this name exists only where SSSE3 was detected.
    unsafe { inner(tables, text, from, to, emit) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn avx2(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
        // SAFETY: this function's target features include AVX2.
        blocks(from, to, |at| unsafe { classify::<core::arch::x86_64::__m256i>(tables, window(text, at)) }, emit);
    }
    // SAFETY: the classifier of this name exists only where AVX2 and BMI2 were detected; machines with these have
    // the other bit instructions too.
    unsafe { inner(tables, text, from, to, emit) }
}

/// Runs work compiled for AVX2 and the bit instructions that come with it. Only what is inlined into it profits.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    // SAFETY: the classifier of this name exists only where AVX2 and BMI2 were detected; machines with these have
    // the other bit instructions too.
    unsafe { inner(work) }
}

#[cfg(target_arch = "aarch64")]
mod neon {
    use core::arch::aarch64::{
        uint8x16_t, vaddv_u8, vandq_u8, vceqq_u8, vcltzq_s8, vdupq_n_u8, vget_high_u8, vget_low_u8, vld1q_u8, vorrq_u8, vqtbl1q_u8,
        vreinterpretq_s8_u8, vshlq_n_u8, vshrq_n_u8,
    };

    use super::Vector;

    const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

    // SAFETY: NEON is the target's baseline.
    unsafe impl Vector for uint8x16_t {
        const LANES: usize = 16;
        #[inline(always)]
        unsafe fn load(from: *const u8) -> Self {
            // SAFETY: the caller lets 16 bytes be read.
            unsafe { vld1q_u8(from) }
        }
        #[inline(always)]
        unsafe fn splat(byte: u8) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vdupq_n_u8(byte) }
        }
        #[inline(always)]
        unsafe fn table(of: &[u8; 16]) -> Self {
            // SAFETY: the array has 16 bytes.
            unsafe { vld1q_u8(of.as_ptr()) }
        }
        #[inline(always)]
        unsafe fn lookup(self, index: Self) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vqtbl1q_u8(self, index) }
        }
        #[inline(always)]
        unsafe fn and(self, other: Self) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vandq_u8(self, other) }
        }
        #[inline(always)]
        unsafe fn or(self, other: Self) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vorrq_u8(self, other) }
        }
        #[inline(always)]
        unsafe fn high_nibbles(self) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vshrq_n_u8::<4>(self) }
        }
        #[inline(always)]
        unsafe fn equals(self, other: Self) -> Self {
            // SAFETY: NEON is the target's baseline.
            unsafe { vceqq_u8(self, other) }
        }
        #[inline(always)]
        unsafe fn top_bits(self) -> u64 {
            // SAFETY: NEON is the target's baseline; the array has 16 bytes.
            unsafe {
                let set = vandq_u8(vcltzq_s8(vreinterpretq_s8_u8(self)), vld1q_u8(BITS.as_ptr()));
                u64::from(vaddv_u8(vget_low_u8(set))) | u64::from(vaddv_u8(vget_high_u8(set))) << 8
            }
        }
        #[inline(always)]
        unsafe fn case_bits(self) -> u64 {
            // SAFETY: NEON is the target's baseline.
            unsafe { vshlq_n_u8::<2>(self).top_bits() }
        }
    }
}

#[cfg(target_arch = "aarch64")]
#[inline]
pub(super) fn native(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
    // SAFETY: NEON is the target's baseline.
    blocks(from, to, |at| unsafe { classify::<core::arch::aarch64::uint8x16_t>(tables, window(text, at)) }, emit);
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm {
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_eq, u8x16_shl, u8x16_shr, u8x16_splat, u8x16_swizzle, v128, v128_and, v128_load, v128_or,
    };

    use super::Vector;

    // SAFETY: compiled only where simd128 is enabled for the whole module.
    unsafe impl Vector for v128 {
        const LANES: usize = 16;
        #[inline(always)]
        unsafe fn load(from: *const u8) -> Self {
            // SAFETY: the caller lets 16 bytes be read; the load is unaligned.
            unsafe { v128_load(from.cast()) }
        }
        #[inline(always)]
        unsafe fn splat(byte: u8) -> Self {
            u8x16_splat(byte)
        }
        #[inline(always)]
        unsafe fn table(of: &[u8; 16]) -> Self {
            // SAFETY: the array has 16 bytes.
            unsafe { v128_load(of.as_ptr().cast()) }
        }
        #[inline(always)]
        unsafe fn lookup(self, index: Self) -> Self {
            u8x16_swizzle(self, index)
        }
        #[inline(always)]
        unsafe fn and(self, other: Self) -> Self {
            v128_and(self, other)
        }
        #[inline(always)]
        unsafe fn or(self, other: Self) -> Self {
            v128_or(self, other)
        }
        #[inline(always)]
        unsafe fn high_nibbles(self) -> Self {
            u8x16_shr(self, 4)
        }
        #[inline(always)]
        unsafe fn equals(self, other: Self) -> Self {
            i8x16_eq(self, other)
        }
        #[inline(always)]
        unsafe fn top_bits(self) -> u64 {
            u64::from(i8x16_bitmask(self))
        }
        #[inline(always)]
        unsafe fn case_bits(self) -> u64 {
            u64::from(i8x16_bitmask(u8x16_shl(self, 2)))
        }
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[inline]
pub(super) fn native(tables: &HeadTables, text: &[u8], from: usize, to: usize, emit: &mut impl FnMut(usize, usize, Masks)) {
    // SAFETY: simd128 is enabled for the whole module.
    blocks(from, to, |at| unsafe { classify::<core::arch::wasm32::v128>(tables, window(text, at)) }, emit);
}
