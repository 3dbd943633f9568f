//! WebAssembly's simd128.

use core::arch::wasm32::{
    i8x16_bitmask, i8x16_eq, i8x16_ne, u8x16_shr, u8x16_splat, u8x16_swizzle, v128, v128_and, v128_load,
};

use super::{Halves, Vector, classify};
use crate::classify::{HeadTables, Ring, window};

// SAFETY: compiled only where simd128 is enabled for the whole module.
unsafe impl Vector for v128 {
    const LANES: usize = 16;
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller lets 16 bytes be read; the load is unaligned.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        v128_and(self, other)
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: the arrays have 16 bytes.
        let (low, high) = unsafe { (v128_load(low.as_ptr().cast()), v128_load(high.as_ptr().cast())) };
        v128_and(u8x16_swizzle(low, v128_and(self, u8x16_splat(15))), u8x16_swizzle(high, u8x16_shr(self, 4)))
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        u64::from(i8x16_bitmask(i8x16_ne(v128_and(self, u8x16_splat(bits)), u8x16_splat(0))))
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        u64::from(i8x16_bitmask(i8x16_eq(self, u8x16_splat(byte))))
    }
}

#[inline]
pub(crate) fn native(tables: &HeadTables, text: &[u8], from: usize, to: usize, ring: &mut Ring<'_>) {
    // SAFETY: simd128 is enabled for the whole module.
    ring.fill(from, to, |at, masks| unsafe { classify::<Halves<Halves<v128>>>(tables, window(text, at), masks) });
}
