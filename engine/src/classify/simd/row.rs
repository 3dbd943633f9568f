//! Masks of several blocks side by side, so that the lanes look at as many at once as the machine allows.

use core::marker::PhantomData;

use crate::classify::{BLOCK, BLOCKS, Column, Columns};
use crate::known::lane::{self as known, Kinds};
use crate::lanes::{LanePlaces, Places, places};

/// Blocks that are looked at together.
pub(crate) const GROUP: usize = 8;

/// Masks of `BLOCKS` blocks in a row, one or more of which make a group.
///
/// # Safety
///
/// The functions may use instructions beyond the target's baseline: rows come from a [`View`], which is made only where
/// those were detected.
pub(crate) unsafe trait Row: Copy {
    /// How many blocks' masks there are in a row.
    const BLOCKS: usize;
    /// Reads a row.
    ///
    /// # Safety
    ///
    /// `BLOCKS` masks can be read, and the instructions are available.
    unsafe fn load(from: *const u64) -> Self;
    /// Writes a row.
    ///
    /// # Safety
    ///
    /// `BLOCKS` masks can be written.
    unsafe fn store(self, to: *mut u64);
    /// The bits that are set in both.
    fn and(self, other: Self) -> Self;
    /// The bits that are set in one of both.
    fn or(self, other: Self) -> Self;
    /// The bits that are set here and not in `other`.
    fn without(self, other: Self) -> Self;
    /// The bits that are not set.
    fn not(self) -> Self;
    /// A bit for each mask that has any.
    fn any(self) -> u8;
    /// Each mask's bits moved up.
    fn up<const N: i32>(self) -> Self;
    /// Each mask's bits moved down.
    fn down<const N: i32>(self) -> Self;
}

// SAFETY: uses no special instruction.
unsafe impl Row for u64 {
    const BLOCKS: usize = 1;
    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller lets it be read.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller lets it be written.
        unsafe { *to = self }
    }
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn without(self, other: Self) -> Self {
        self & !other
    }
    #[inline(always)]
    fn not(self) -> Self {
        !self
    }
    #[inline(always)]
    fn any(self) -> u8 {
        u8::from(self != 0)
    }
    #[inline(always)]
    fn up<const N: i32>(self) -> Self {
        self << N
    }
    #[inline(always)]
    fn down<const N: i32>(self) -> Self {
        self >> N
    }
}

/// The columns around the bytes that lanes look at.
pub(crate) trait View {
    /// How many bytes that is.
    type Row: Row;
    /// A column's masks of these bytes.
    fn here(&self, column: fn(&Columns) -> &Column) -> Self::Row;
    /// The masks of the 64 bytes before each mask's.
    fn before(&self, column: fn(&Columns) -> &Column) -> Self::Row;
    /// The masks of the 64 bytes after each mask's.
    fn after(&self, column: fn(&Columns) -> &Column) -> Self::Row;

    /// A column and what follows it.
    #[inline(always)]
    fn pair(&self, column: fn(&Columns) -> &Column) -> Pair<Self::Row> {
        Pair { here: self.here(column), after: self.after(column) }
    }
}

/// A row of whole blocks.
#[derive(Clone, Copy)]
struct Blocks<'a, R> {
    columns: &'a Columns,
    /// At least one block stands before it and one after the row.
    slot: usize,
    row: PhantomData<R>,
}

impl<'a, R: Row> Blocks<'a, R> {
    /// # Safety
    ///
    /// `R`'s instructions are available.
    #[inline(always)]
    unsafe fn new(columns: &'a Columns, slot: usize) -> Self {
        assert!(slot >= 1 && slot + R::BLOCKS < BLOCKS, "a row has neighbours");
        Blocks { columns, slot, row: PhantomData }
    }
}

impl<R: Row> View for Blocks<'_, R> {
    type Row = R;

    #[inline(always)]
    fn here(&self, column: fn(&Columns) -> &Column) -> R {
        // SAFETY: checked in `new`.
        unsafe { R::load(column(self.columns).as_ptr().add(self.slot)) }
    }

    #[inline(always)]
    fn before(&self, column: fn(&Columns) -> &Column) -> R {
        // SAFETY: checked in `new`.
        unsafe { R::load(column(self.columns).as_ptr().add(self.slot - 1)) }
    }

    #[inline(always)]
    fn after(&self, column: fn(&Columns) -> &Column) -> R {
        // SAFETY: checked in `new`.
        unsafe { R::load(column(self.columns).as_ptr().add(self.slot + 1)) }
    }
}

/// The newest 64 bytes, or those before an earlier place, wherever in a block they end.
#[derive(Clone, Copy)]
pub(crate) struct Newest<'a> {
    columns: &'a Columns,
    /// The block of the next byte. At least two stand before it.
    slot: usize,
    /// Which of the block's bytes that is.
    inside: u32,
}

impl<'a> Newest<'a> {
    #[inline(always)]
    pub(crate) fn new(columns: &'a Columns, slot: usize, inside: u32) -> Self {
        assert!((2..BLOCKS - 1).contains(&slot) && inside < u64::BITS, "the newest bytes are within the columns");
        Newest { columns, slot, inside }
    }

    /// The 64 bits that end `back` blocks before the next byte.
    #[inline(always)]
    pub(crate) fn ending(&self, column: &Column, back: usize) -> u64 {
        let slot = self.slot - back;
        column[slot - 1] >> self.inside | column[slot] << 1 << (u64::BITS - 1 - self.inside)
    }
}

impl View for Newest<'_> {
    type Row = u64;

    #[inline(always)]
    fn here(&self, column: fn(&Columns) -> &Column) -> u64 {
        self.ending(column(self.columns), 0)
    }

    #[inline(always)]
    fn before(&self, column: fn(&Columns) -> &Column) -> u64 {
        self.ending(column(self.columns), 1)
    }

    #[inline(always)]
    fn after(&self, column: fn(&Columns) -> &Column) -> u64 {
        // Nothing has come there, as in the block after the newest.
        column(self.columns)[self.slot + 1]
    }
}

/// Blocks' masks and those of the blocks after them, as one mask of twice the length.
#[derive(Clone, Copy)]
pub(crate) struct Pair<R> {
    pub(crate) here: R,
    pub(crate) after: R,
}

impl<R: Row> Pair<R> {
    /// The bits moved down; `BACK` is 64 − `N`.
    #[inline(always)]
    pub(crate) fn down<const N: i32, const BACK: i32>(self) -> Self {
        const { assert!(N + BACK == BLOCK as i32) };
        Pair { here: self.here.down::<N>().or(self.after.up::<BACK>()), after: self.after.down::<N>() }
    }

    /// The bits that are set in both.
    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        Pair { here: self.here.and(other.here), after: self.after.and(other.after) }
    }

    /// The bits that are set in one of both.
    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        Pair { here: self.here.or(other.here), after: self.after.or(other.after) }
    }

    /// The bits that are set here and not in `other`.
    #[inline(always)]
    pub(crate) fn without(self, other: Self) -> Self {
        Pair { here: self.here.without(other.here), after: self.after.without(other.after) }
    }
}

/// Writes all lanes' places in the group of blocks at `slot`, a multiple of its length.
///
/// # Safety
///
/// `R`'s instructions are available.
#[inline(always)]
pub(super) unsafe fn group<R: Row>(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    assert!(slot.is_multiple_of(GROUP) && slot + GROUP <= BLOCKS, "a group is within the columns");
    for lane in
        [&mut into.run, &mut into.value, &mut into.digit, &mut into.literal, &mut into.lead, &mut into.at, &mut into.colon, &mut into.known]
    {
        lane.blocks[slot / GROUP] = 0;
    }
    let mut at = slot;
    while at < slot + GROUP {
        // SAFETY: the caller vouches for the instructions; rows end where the group does, as their lengths divide its.
        unsafe {
            let view = Blocks::<R>::new(columns, at);
            let found = places(&view);
            put(found.run, &mut into.run, at);
            put(found.value, &mut into.value, at);
            put(found.digit, &mut into.digit, at);
            put(found.literal, &mut into.literal, at);
            put(found.lead, &mut into.lead, at);
            put(found.at, &mut into.at, at);
            put(found.colon, &mut into.colon, at);
            if let Some(kinds) = known {
                put(known::places(&view, kinds), &mut into.known, at);
            }
        }
        at += R::BLOCKS;
    }
}

/// Writes a lane's places in the row at a slot.
///
/// # Safety
///
/// The row is within the columns.
#[inline(always)]
unsafe fn put<R: Row>(row: R, lane: &mut LanePlaces, slot: usize) {
    lane.blocks[slot / GROUP] |= row.any() << (slot % GROUP);
    // SAFETY: the caller vouches for the room.
    unsafe { row.store(lane.masks.as_mut_ptr().add(slot)) }
}

/// Writes all lanes' places in a group, a block at a time.
pub(crate) fn scalar_places(columns: &Columns, slot: usize, known: Option<Kinds>, into: &mut Places) {
    // SAFETY: no special instruction is used.
    unsafe { group::<u64>(columns, slot, known, into) }
}
