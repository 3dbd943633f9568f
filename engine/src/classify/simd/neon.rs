//! NEON.

use core::arch::aarch64::{
    uint8x16_t, vaddv_u8, vandq_u8, vceqq_u8, vdupq_n_u8, vget_high_u8, vget_low_u8, vld1q_u8, vqtbl1q_u8, vshrq_n_u8, vtstq_u8,
};

use super::{Halves, Vector, classify};
use crate::classify::{HeadTables, Ring, window};

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
pub(crate) fn native(tables: &HeadTables, text: &[u8], from: usize, to: usize, ring: &mut Ring<'_>) {
    // SAFETY: NEON is the target's baseline.
    ring.fill(from, to, |at, masks| unsafe { classify::<Halves<Halves<uint8x16_t>>>(tables, window(text, at), masks) });
}
