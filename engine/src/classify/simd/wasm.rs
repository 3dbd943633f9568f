//! WebAssembly's simd128.

use core::arch::wasm32::{
    i8x16_bitmask, i8x16_eq, i8x16_ne, u8x16_shr, u8x16_splat, u8x16_sub, u8x16_swizzle, u64x2_extract_lane, u64x2_shl, u64x2_shr, v128,
    v128_and, v128_andnot, v128_load, v128_not, v128_or, v128_store,
};

use super::row::{Row, group};
use super::{Halves, Vector, classify};
use crate::classify::{Columns, HeadTables, PlaceBuckets, Stretch};
use crate::known::Kinds;
use crate::lanes::Places;

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
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the arrays have 32 and 16 bytes.
        unsafe {
            let [low, rest] = [0, 16].map(|half| v128_load(table.low.as_ptr().add(half).cast()));
            let high = v128_load(table.high.as_ptr().cast());
            // An index above 15 gives zero: each half of the table answers for its own.
            let five = v128_and(self, u8x16_splat(31));
            let of_low = v128_or(u8x16_swizzle(low, five), u8x16_swizzle(rest, u8x16_sub(five, u8x16_splat(16))));
            v128_and(of_low, u8x16_swizzle(high, u8x16_shr(self, 4)))
        }
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
pub(crate) fn native(tables: &HeadTables, stretch: Stretch<'_>, columns: &mut Columns, slot: usize) {
    // SAFETY: simd128 is enabled for the whole module.
    stretch.blocks(
        slot,
        #[inline(always)]
        |window, n, slot| unsafe { classify::<Halves<Halves<v128>>>(tables, window, n, columns, slot) },
    );
}

/// Two masks.
#[derive(Clone, Copy)]
struct Two(v128);

// SAFETY: compiled only where simd128 is enabled for the whole module.
unsafe impl Row for Two {
    const BLOCKS: usize = 2;
    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller lets two masks be read; the load is unaligned.
        Two(unsafe { v128_load(from.cast()) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller lets two masks be written; the store is unaligned.
        unsafe { v128_store(to.cast(), self.0) }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        Two(v128_and(self.0, other.0))
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        Two(v128_or(self.0, other.0))
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        Two(v128_andnot(self.0, other.0))
    }
    #[inline(always)]
    fn not(self) -> Self {
        Two(v128_not(self.0))
    }
    #[inline(always)]
    fn any(self) -> u8 {
        u8::from(u64x2_extract_lane::<0>(self.0) != 0) | u8::from(u64x2_extract_lane::<1>(self.0) != 0) << 1
    }
    #[inline(always)]
    fn up<const N: i32>(self) -> Self {
        Two(u64x2_shl(self.0, N as u32))
    }
    #[inline(always)]
    fn down<const N: i32>(self) -> Self {
        Two(u64x2_shr(self.0, N as u32))
    }
}

/// Writes all lanes' places in the group of blocks at `slot`.
pub(crate) fn native_places(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    // SAFETY: simd128 is enabled for the whole module.
    unsafe { group::<Two>(columns, slot, known, into) }
}
