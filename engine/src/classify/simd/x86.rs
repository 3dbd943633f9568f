//! SSSE3, AVX2 and AVX-512.

use core::arch::x86_64::*;

use super::row::{Row, group};
use super::{Halves, Vector, classify};
use crate::classify::{Columns, HeadTables, PlaceBuckets, Stretch};
use crate::known::Kinds;
use crate::lanes::Places;

// SAFETY: used only behind `ssse3`, which is called after detection, but for loads and comparisons.
unsafe impl Vector for __m128i {
    const LANES: usize = 16;
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller lets 16 bytes be read; the load is unaligned.
        unsafe { _mm_loadu_si128(from.cast()) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: SSE2 is the target's baseline.
        unsafe { _mm_and_si128(self, other) }
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: the arrays have 16 bytes; the caller vouches for SSSE3.
        unsafe {
            let (low, high) = (_mm_loadu_si128(low.as_ptr().cast()), _mm_loadu_si128(high.as_ptr().cast()));
            let nibble = _mm_set1_epi8(15);
            let of_low = _mm_shuffle_epi8(low, _mm_and_si128(self, nibble));
            _mm_and_si128(of_low, _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16::<4>(self), nibble)))
        }
    }
    #[inline(always)]
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the arrays have 32 and 16 bytes; the caller vouches for SSSE3.
        unsafe {
            let [low, rest] = [0, 16].map(|half| _mm_loadu_si128(table.low.as_ptr().add(half).cast()));
            let high = _mm_loadu_si128(table.high.as_ptr().cast());
            // An index above 127 gives zero: each half of the table answers for its own.
            let five = _mm_add_epi8(_mm_and_si128(self, _mm_set1_epi8(31)), _mm_set1_epi8(0x70));
            let of_rest = _mm_shuffle_epi8(rest, _mm_xor_si128(five, _mm_set1_epi8(0xf0_u8 as i8)));
            let of_low = _mm_or_si128(_mm_shuffle_epi8(low, five), of_rest);
            _mm_and_si128(of_low, _mm_shuffle_epi8(high, _mm_and_si128(_mm_srli_epi16::<4>(self), _mm_set1_epi8(15))))
        }
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        // SAFETY: SSE2 is the target's baseline.
        unsafe {
            let none = _mm_cmpeq_epi8(_mm_and_si128(self, _mm_set1_epi8(bits as i8)), _mm_setzero_si128());
            u64::from(!_mm_movemask_epi8(none) as u16)
        }
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        // SAFETY: SSE2 is the target's baseline.
        unsafe { u64::from(_mm_movemask_epi8(_mm_cmpeq_epi8(self, _mm_set1_epi8(byte as i8))) as u16) }
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
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: the caller vouches for AVX2.
        unsafe { _mm256_and_si256(self, other) }
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: the arrays have 16 bytes; the caller vouches for AVX2.
        unsafe {
            let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(low.as_ptr().cast()));
            let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(high.as_ptr().cast()));
            let nibble = _mm256_set1_epi8(15);
            let of_low = _mm256_shuffle_epi8(low, _mm256_and_si256(self, nibble));
            _mm256_and_si256(of_low, _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16::<4>(self), nibble)))
        }
    }
    #[inline(always)]
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the arrays have 32 and 16 bytes; the caller vouches for AVX2.
        unsafe {
            let [low, rest] = [0, 16].map(|half| _mm256_broadcastsi128_si256(_mm_loadu_si128(table.low.as_ptr().add(half).cast())));
            let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.high.as_ptr().cast()));
            // An index above 127 gives zero: each half of the table answers for its own.
            let five = _mm256_add_epi8(_mm256_and_si256(self, _mm256_set1_epi8(31)), _mm256_set1_epi8(0x70));
            let of_rest = _mm256_shuffle_epi8(rest, _mm256_xor_si256(five, _mm256_set1_epi8(0xf0_u8 as i8)));
            let of_low = _mm256_or_si256(_mm256_shuffle_epi8(low, five), of_rest);
            _mm256_and_si256(of_low, _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16::<4>(self), _mm256_set1_epi8(15))))
        }
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        // SAFETY: the caller vouches for AVX2.
        unsafe {
            let none = _mm256_cmpeq_epi8(_mm256_and_si256(self, _mm256_set1_epi8(bits as i8)), _mm256_setzero_si256());
            u64::from(!_mm256_movemask_epi8(none) as u32)
        }
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        // SAFETY: the caller vouches for AVX2.
        unsafe { u64::from(_mm256_movemask_epi8(_mm256_cmpeq_epi8(self, _mm256_set1_epi8(byte as i8))) as u32) }
    }
}

// SAFETY: used only behind `avx512`, which is called after detection.
unsafe impl Vector for __m512i {
    const LANES: usize = 64;
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller lets 64 bytes be read and vouches for AVX-512; the load is unaligned.
        unsafe { _mm512_loadu_si512(from.cast()) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: the caller vouches for AVX-512.
        unsafe { _mm512_and_si512(self, other) }
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: the arrays have 16 bytes; the caller vouches for AVX-512.
        unsafe {
            let low = _mm512_broadcast_i32x4(_mm_loadu_si128(low.as_ptr().cast()));
            let high = _mm512_broadcast_i32x4(_mm_loadu_si128(high.as_ptr().cast()));
            let nibble = _mm512_set1_epi8(15);
            let of_low = _mm512_shuffle_epi8(low, _mm512_and_si512(self, nibble));
            _mm512_and_si512(of_low, _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16::<4>(self), nibble)))
        }
    }
    #[inline(always)]
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the arrays have 32 and 16 bytes; the caller vouches for AVX-512 and VBMI.
        unsafe {
            // Of an index six bits count, so the table stands there twice.
            let low = _mm512_broadcast_i64x4(_mm256_loadu_si256(table.low.as_ptr().cast()));
            let high = _mm512_broadcast_i32x4(_mm_loadu_si128(table.high.as_ptr().cast()));
            let of_high = _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16::<4>(self), _mm512_set1_epi8(15)));
            _mm512_and_si512(_mm512_permutexvar_epi8(self, low), of_high)
        }
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        // SAFETY: the caller vouches for AVX-512.
        unsafe { _mm512_test_epi8_mask(self, _mm512_set1_epi8(bits as i8)) }
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        // SAFETY: the caller vouches for AVX-512.
        unsafe { _mm512_cmpeq_epi8_mask(self, _mm512_set1_epi8(byte as i8)) }
    }
}

// SAFETY: made by `avx2_places` only, which is called after detection.
unsafe impl Row for __m256i {
    const BLOCKS: usize = 4;
    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller lets four masks be read; the load is unaligned.
        unsafe { _mm256_loadu_si256(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller lets four masks be written; the store is unaligned.
        unsafe { _mm256_storeu_si256(to.cast(), self) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_and_si256(self, other) }
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_or_si256(self, other) }
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_andnot_si256(other, self) }
    }
    #[inline(always)]
    fn not(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_andnot_si256(self, _mm256_set1_epi8(-1)) }
    }
    #[inline(always)]
    fn any(self) -> u8 {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { 0xf & !_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(self, _mm256_setzero_si256()))) as u8 }
    }
    #[inline(always)]
    fn up<const N: i32>(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_slli_epi64::<N>(self) }
    }
    #[inline(always)]
    fn down<const N: i32>(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX2.
        unsafe { _mm256_srli_epi64::<N>(self) }
    }
}

/// Eight masks.
#[derive(Clone, Copy)]
struct Eight(__m512i);

// SAFETY: made by `avx512_places` only, which is called after detection.
unsafe impl Row for Eight {
    const BLOCKS: usize = 8;
    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller lets eight masks be read; the load is unaligned.
        Eight(unsafe { _mm512_loadu_si512(from.cast()) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller lets eight masks be written; the store is unaligned.
        unsafe { _mm512_storeu_si512(to.cast(), self.0) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_and_si512(self.0, other.0) })
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_or_si512(self.0, other.0) })
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_andnot_si512(other.0, self.0) })
    }
    #[inline(always)]
    fn not(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_andnot_si512(self.0, _mm512_set1_epi8(-1)) })
    }
    #[inline(always)]
    fn any(self) -> u8 {
        // SAFETY: whoever made the row vouches for AVX-512.
        unsafe { _mm512_test_epi64_mask(self.0, self.0) }
    }
    #[inline(always)]
    fn up<const N: i32>(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_sll_epi64(self.0, _mm_cvtsi32_si128(N)) })
    }
    #[inline(always)]
    fn down<const N: i32>(self) -> Self {
        // SAFETY: whoever made the row vouches for AVX-512.
        Eight(unsafe { _mm512_srl_epi64(self.0, _mm_cvtsi32_si128(N)) })
    }
}

pub(crate) fn has_ssse3() -> bool {
    std::arch::is_x86_feature_detected!("ssse3")
}

/// With the bit instructions that all machines with AVX2 have, unless somebody hides them.
pub(crate) fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

pub(crate) fn has_avx512() -> bool {
    has_avx2() && std::arch::is_x86_feature_detected!("avx512bw") && std::arch::is_x86_feature_detected!("avx512vbmi")
}

#[inline]
pub(crate) fn ssse3(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
    #[target_feature(enable = "ssse3")]
    fn inner(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
        // SAFETY: this function's target feature is SSSE3.
        stretch.blocks(
            slot,
            #[inline(always)]
            |window, n, slot| unsafe { classify::<Halves<Halves<__m128i>>>(tables, window, n, columns, slot) },
        );
    }
    // SAFETY: the classifier of this name exists only where SSSE3 was detected.
    unsafe { inner(tables, stretch, columns, slot) }
}

#[inline]
pub(crate) fn avx2(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
        // SAFETY: this function's target features include AVX2.
        stretch.blocks(
            slot,
            #[inline(always)]
            |window, n, slot| unsafe { classify::<Halves<__m256i>>(tables, window, n, columns, slot) },
        );
    }
    // SAFETY: the classifier of this name exists only where AVX2 and the bit instructions were detected.
    unsafe { inner(tables, stretch, columns, slot) }
}

#[inline]
pub(crate) fn avx512(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
        // SAFETY: this function's target features include AVX-512BW and VBMI.
        stretch.blocks(
            slot,
            #[inline(always)]
            |window, n, slot| unsafe { classify::<__m512i>(tables, window, n, columns, slot) },
        );
    }
    // SAFETY: the classifier of this name exists only where AVX-512BW, VBMI, AVX2 and the bit instructions were detected.
    unsafe { inner(tables, stretch, columns, slot) }
}

/// Writes all lanes' places in the group of blocks at `slot`.
pub(crate) fn avx2_places(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
        // SAFETY: this function's target features include AVX2.
        unsafe { group::<__m256i>(columns, slot, known, into) }
    }
    // SAFETY: the classifier of this name exists only where AVX2 and the bit instructions were detected.
    unsafe { inner(columns, slot, known, into) }
}

/// Writes all lanes' places in the group of blocks at `slot`.
pub(crate) fn avx512_places(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
        // SAFETY: this function's target features include AVX-512.
        unsafe { group::<Eight>(columns, slot, known, into) }
    }
    // SAFETY: the classifier of this name exists only where AVX-512BW, VBMI, AVX2 and the bit instructions were detected.
    unsafe { inner(columns, slot, known, into) }
}

/// Asks for a byte, and its neighbours, that is read soon.
#[inline(always)]
pub(crate) fn prefetch(byte: &u8) {
    // SAFETY: SSE is the target's baseline, and a prefetch reads nothing.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(byte).cast()) }
}

/// Runs work compiled for AVX2 and the bit instructions that come with it. Only what is inlined into it profits.
#[inline]
pub(crate) fn with_avx2<R>(work: impl FnOnce() -> R) -> R {
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    fn inner<R>(work: impl FnOnce() -> R) -> R {
        work()
    }
    // SAFETY: this is called where AVX2 and the bit instructions were detected, by classifiers that exist only there, too.
    unsafe { inner(work) }
}
