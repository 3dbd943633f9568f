//! NEON.

use core::arch::aarch64::{
    uint8x16_t, uint8x16x2_t, uint64x2_t, vaddv_u8, vandq_u8, vandq_u64, vbicq_u64, vceqq_u8, vdupq_n_u8, vdupq_n_u64, vget_high_u8,
    vget_low_u8, vgetq_lane_u64, vld1q_u8, vld1q_u64, vorrq_u64, vqtbl1q_u8, vqtbl2q_u8, vshlq_n_u64, vshrq_n_u8, vshrq_n_u64, vst1q_u64,
    vtstq_u8,
};

use super::row::{Row, group};
use super::{Halves, Vector, classify};
use crate::classify::{Columns, HeadTables, PlaceBuckets, Stretch};
use crate::known::Kinds;
use crate::lanes::Places;

const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

/// Bit `i` is set where byte `i` is all ones; each byte is all ones or zero.
#[inline(always)]
fn mask(set: uint8x16_t) -> u64 {
    // SAFETY: NEON is the target's baseline; the array has 16 bytes.
    unsafe {
        let bits = vandq_u8(set, vld1q_u8(BITS.as_ptr()));
        u64::from(vaddv_u8(vget_low_u8(bits))) | u64::from(vaddv_u8(vget_high_u8(bits))) << 8
    }
}

// SAFETY: NEON is the target's baseline.
unsafe impl Vector for uint8x16_t {
    const LANES: usize = 16;
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller lets 16 bytes be read.
        unsafe { vld1q_u8(from) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vandq_u8(self, other) }
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: NEON is the target's baseline; the arrays have 16 bytes.
        unsafe {
            let of_low = vqtbl1q_u8(vld1q_u8(low.as_ptr()), vandq_u8(self, vdupq_n_u8(15)));
            vandq_u8(of_low, vqtbl1q_u8(vld1q_u8(high.as_ptr()), vshrq_n_u8::<4>(self)))
        }
    }
    #[inline(always)]
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the arrays have 32 and 16 bytes; NEON is the target's baseline.
        unsafe {
            let low = uint8x16x2_t(vld1q_u8(table.low.as_ptr()), vld1q_u8(table.low.as_ptr().add(16)));
            let of_low = vqtbl2q_u8(low, vandq_u8(self, vdupq_n_u8(31)));
            vandq_u8(of_low, vqtbl1q_u8(vld1q_u8(table.high.as_ptr()), vshrq_n_u8::<4>(self)))
        }
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        // SAFETY: NEON is the target's baseline.
        mask(unsafe { vtstq_u8(self, vdupq_n_u8(bits)) })
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        // SAFETY: NEON is the target's baseline.
        mask(unsafe { vceqq_u8(self, vdupq_n_u8(byte)) })
    }
}

#[inline]
pub(crate) fn native(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
    // SAFETY: NEON is the target's baseline.
    stretch.blocks(
        slot,
        #[inline(always)]
        |window, n, slot| unsafe { classify::<Halves<Halves<uint8x16_t>>>(tables, window, n, columns, slot) },
    );
}

// SAFETY: NEON is the target's baseline.
unsafe impl Row for uint64x2_t {
    const BLOCKS: usize = 2;
    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller lets two masks be read.
        unsafe { vld1q_u64(from) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller lets two masks be written.
        unsafe { vst1q_u64(to, self) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vandq_u64(self, other) }
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vorrq_u64(self, other) }
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vbicq_u64(self, other) }
    }
    #[inline(always)]
    fn not(self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vbicq_u64(vdupq_n_u64(u64::MAX), self) }
    }
    #[inline(always)]
    fn any(self) -> u8 {
        // SAFETY: NEON is the target's baseline.
        unsafe { u8::from(vgetq_lane_u64::<0>(self) != 0) | u8::from(vgetq_lane_u64::<1>(self) != 0) << 1 }
    }
    #[inline(always)]
    fn up<const N: i32>(self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vshlq_n_u64::<N>(self) }
    }
    #[inline(always)]
    fn down<const N: i32>(self) -> Self {
        // SAFETY: NEON is the target's baseline.
        unsafe { vshrq_n_u64::<N>(self) }
    }
}

/// Writes all lanes' places in the group of blocks at `slot`.
pub(crate) fn native_places(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    // SAFETY: NEON is the target's baseline.
    unsafe { group::<uint64x2_t>(columns, slot, known, into) }
}
