//! The masks by vector instructions: one generic form over a small set of operations, one set for each machine.
//!
//! A byte's class is looked up by its two nibbles: a table of 16 for the low one and a table of 16 for the high one,
//! and-ed. Eight class bits cover all sets that are not a single byte. Heads are found nearly the same way, by sixteen
//! buckets at each of their four places: there the low five bits are looked up, so that letters are told apart.
//!
//! [`row`] holds the other half: masks of several blocks side by side, which the lanes combine.

#[cfg(target_arch = "aarch64")]
mod neon;
pub(crate) mod row;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
pub(super) use neon::{native, native_places};
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use wasm::{native, native_places};
#[cfg(target_arch = "x86_64")]
pub(super) use x86::{avx2, avx2_places, avx512, avx512_places, has_avx2, has_avx512, has_ssse3, prefetch, ssse3, with_avx2};

/// The vectors that every machine of this target has.
#[cfg(target_arch = "aarch64")]
type Baseline = Halves<Halves<core::arch::aarch64::uint8x16_t>>;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Baseline = Halves<Halves<core::arch::wasm32::v128>>;
#[cfg(target_arch = "x86_64")]
type Baseline = Halves<Halves<core::arch::x86_64::__m128i>>;

use super::{BEFORE, BLOCK, Columns, FREE_BUCKETS, HEAD, HeadTables, PlaceBuckets, first};

const DIGIT: u8 = 1;
const LETTER_LOW: u8 = 2;
const LETTER_HIGH: u8 = 4;
const DASH: u8 = 8;
const UNDERSCORE: u8 = 16;
const PLUS_SLASH: u8 = 32;
const BACKSLASH: u8 = 64;
const COLON: u8 = 128;
const ALNUM: u8 = DIGIT | LETTER_LOW | LETTER_HIGH;
const TOKEN: u8 = ALNUM | DASH | UNDERSCORE;
const WIDE: u8 = TOKEN | PLUS_SLASH | BACKSLASH;
const ESC: u8 = 0x1b;

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
            0xc => bits |= BACKSLASH,
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
    table[5] = LETTER_HIGH | UNDERSCORE | BACKSLASH;
    table[6] = LETTER_LOW;
    table[7] = LETTER_HIGH;
    table
};

/// What a machine's vectors can do. A vector holds `LANES` bytes: 16, 32 or 64.
///
/// # Safety
///
/// The functions may use instructions beyond the target's baseline: they are called only where those were detected.
unsafe trait Vector: Copy {
    const LANES: usize;
    /// Reads `LANES` bytes.
    unsafe fn load(from: *const u8) -> Self;
    unsafe fn and(self, other: Self) -> Self;
    /// What two tables say of each byte's low and high nibble, and-ed.
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self;
    /// What two tables say of each byte's low five bits and its high nibble, and-ed.
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self;
    /// Bit `i` is set where byte `i` has any of `bits`.
    unsafe fn any(self, bits: u8) -> u64;
    /// Bit `i` is set where byte `i` is `byte`.
    unsafe fn is(self, byte: u8) -> u64;
}

/// Two vectors as one of twice the length, until a block fits.
#[derive(Clone, Copy)]
struct Halves<V>(V, V);

// SAFETY: needs what a half needs.
unsafe impl<V: Vector> Vector for Halves<V> {
    const LANES: usize = 2 * V::LANES;
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller lets twice a half be read.
        unsafe { Halves(V::load(from), V::load(from.add(V::LANES))) }
    }
    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        // SAFETY: the caller vouches for the instructions.
        unsafe { Halves(self.0.and(other.0), self.1.and(other.1)) }
    }
    #[inline(always)]
    unsafe fn classes(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
        // SAFETY: the caller vouches for the instructions.
        unsafe { Halves(self.0.classes(low, high), self.1.classes(low, high)) }
    }
    #[inline(always)]
    unsafe fn buckets(self, table: &PlaceBuckets) -> Self {
        // SAFETY: the caller vouches for the instructions.
        unsafe { Halves(self.0.buckets(table), self.1.buckets(table)) }
    }
    #[inline(always)]
    unsafe fn any(self, bits: u8) -> u64 {
        // SAFETY: the caller vouches for the instructions.
        unsafe { self.0.any(bits) | self.1.any(bits) << V::LANES }
    }
    #[inline(always)]
    unsafe fn is(self, byte: u8) -> u64 {
        // SAFETY: the caller vouches for the instructions.
        unsafe { self.0.is(byte) | self.1.is(byte) << V::LANES }
    }
}

/// Which bytes of a block are each of these.
#[cfg(any(target_arch = "aarch64", target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
#[inline(always)]
pub(super) fn equal<const N: usize>(block: &[u8; BLOCK], bytes: [u8; N]) -> [u64; N] {
    // SAFETY: the target's baseline has all that loads and comparisons need; a block is read.
    unsafe {
        let block = Baseline::load(block.as_ptr());
        bytes.map(
            #[inline(always)]
            |byte| block.is(byte),
        )
    }
}

/// The bit in which letters differ by case.
const CASE: u8 = 0x20;

/// # Safety
///
/// `V`'s instructions are available; `V` holds a block.
#[inline(always)]
unsafe fn classify<V: Vector>(tables: &HeadTables, window: &[u8; BEFORE + BLOCK], n: usize, columns: &mut Columns, slot: usize) {
    // Almost all blocks are whole, and then nothing needs to be cleared.
    if n == BLOCK {
        // SAFETY: the caller vouches for the instructions.
        unsafe { write::<V>(tables, window, u64::MAX, columns, slot) }
    } else {
        // SAFETY: as above.
        unsafe { write::<V>(tables, window, first(n), columns, slot) }
    }
}

/// # Safety
///
/// `V`'s instructions are available; `V` holds a block.
#[inline(always)]
unsafe fn write<V: Vector>(tables: &HeadTables, window: &[u8; BEFORE + BLOCK], known: u64, columns: &mut Columns, slot: usize) {
    // SAFETY: the caller vouches for the instructions; every load reads 64 bytes at `0..=3` of the window's 67.
    unsafe {
        let bytes = V::load(window.as_ptr().add(BEFORE));
        let class = bytes.classes(&CLASS_LOW, &CLASS_HIGH);
        let (first, second) = (buckets::<V>(&tables.0[0], window), buckets::<V>(&tables.0[1], window));
        columns.token[slot] = class.any(TOKEN) & known;
        columns.wide[slot] = class.any(WIDE) & known;
        columns.alnum[slot] = class.any(ALNUM) & known;
        columns.digit[slot] = class.any(DIGIT) & known;
        columns.colon[slot] = class.any(COLON) & known;
        columns.guard[slot] = (class.any(BACKSLASH) | bytes.is(ESC)) & known;
        columns.at[slot] = bytes.is(b'@') & known;
        columns.bracket[slot] = bytes.is(b'[') & known;
        columns.lower[slot] = bytes.any(CASE) & known;
        columns.bound[slot] = (first.any(u8::MAX) | second.any(!FREE_BUCKETS)) & known;
        columns.free[slot] = second.any(FREE_BUCKETS) & known;
        columns.unknown[slot] = !known;
    }
}

/// The buckets of the heads that start three bytes before each byte of the block.
///
/// # Safety
///
/// `V`'s instructions are available.
#[inline(always)]
unsafe fn buckets<V: Vector>(places: &[PlaceBuckets; HEAD], window: &[u8; BEFORE + BLOCK]) -> V {
    // SAFETY: the caller vouches for the instructions; every load reads 64 bytes at `0..=3` of the window's 67.
    unsafe {
        let mut all = V::load(window.as_ptr()).buckets(&places[0]);
        let mut place = 1;
        while place < HEAD {
            all = all.and(V::load(window.as_ptr().add(place)).buckets(&places[place]));
            place += 1;
        }
        all
    }
}
