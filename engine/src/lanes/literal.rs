//! Literal lane: places where the head of a literal, of a context word or of `://` stands.

pub(crate) use crate::classify::HEAD;
use crate::classify::{HeadTables, Row, View};
use crate::lanes::filter::{Filter, spellings as spellings_of};
use crate::lanes::name_starts;
use crate::program::Program;
use crate::spec::Side;

/// The shortest head there is.
const SHORTEST: usize = 3;
/// Sets the bit in which letters differ by case, in four bytes.
const FOLD: u32 = 0x2020_2020;

/// What a head may be the head of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A literal of the program, by index.
    Literal(u32),
    /// A context word, by index.
    Word(u32),
    /// `://`, also with escaped slashes.
    Slashes,
}

/// All heads, for the masks and for a look-up of what stands behind a hit.
#[derive(Clone, Debug)]
pub(crate) struct Heads {
    pub(crate) tables: HeadTables,
    filter: Filter,
    /// Sorted by slot.
    entries: Vec<Entry>,
    /// Where each slot's entries start; one more ends the last.
    slots: Box<[u16; SLOTS + 1]>,
}

/// A power of two.
const SLOTS: usize = 1024;

/// A spelling of a target's first eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// Folded; zero where any byte may stand.
    bytes: u64,
    /// The bits of `bytes` that count.
    mask: u64,
    target: Target,
}

impl Entry {
    /// The spellings of a head with what may stand after it; none where too much may.
    fn all(head: &[Vec<u8>], tail: &[Option<u8>], target: Target) -> impl Iterator<Item = Entry> {
        let places: Vec<&[u8]> = head.iter().map(Vec::as_slice).collect();
        let known = u32::MAX >> (8 * (HEAD - places.len()));
        let (mut rest, mut mask) = (0, u64::from(known));
        for (at, byte) in (HEAD..).zip(tail) {
            let Some(byte) = byte else { continue };
            rest |= u64::from(byte | FOLD as u8) << (8 * at);
            mask |= 0xff << (8 * at);
        }
        spellings_of(&places).into_iter().map(move |head| Entry { bytes: u64::from((head | FOLD) & known) | rest, mask, target })
    }

    /// The bytes of the head that are given.
    fn head(&self) -> ([u8; HEAD], usize) {
        let known = if self.mask as u32 == u32::MAX { HEAD } else { SHORTEST };
        ((self.bytes as u32).to_le_bytes(), known)
    }
}

/// The slot of a head, by its first three bytes.
#[inline(always)]
fn slot(folded: u64) -> usize {
    ((folded as u32 & 0xff_ffff).wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.ilog2())) as usize
}

/// A head from the bytes that may stand at its places; any byte where it has fewer.
fn head(bytes: &[u8], spellings: impl Fn(u8) -> Vec<u8>) -> [Vec<u8>; HEAD] {
    core::array::from_fn(|i| bytes.get(i).map_or_else(|| (0..=255).collect(), |b| spellings(*b)))
}

/// The heads of a program's literals and lane words: those that start at an edge, those that may stand anywhere, and
/// what each leads to.
struct Listed {
    bound: Vec<[Vec<u8>; HEAD]>,
    free: Vec<[Vec<u8>; HEAD]>,
    targets: Vec<Listing>,
}

/// A target, its head, and the bytes after that as far as they are given.
struct Listing {
    head: [Vec<u8>; HEAD],
    tail: Vec<Option<u8>>,
    target: Target,
}

impl Listing {
    /// How many places of the head are given.
    fn known(&self) -> usize {
        if self.head[HEAD - 1].len() == 256 { SHORTEST } else { HEAD }
    }
}

/// Bytes that are compared before a target is looked at.
const COMPARED: usize = 8;

fn list(program: &Program) -> Listed {
    let mut listed = Listed { bound: Vec::new(), free: Vec::new(), targets: Vec::new() };
    let mut add = |bytes: &[u8], anywhere: bool, spellings: fn(u8) -> Vec<u8>, target: Target| {
        let head = head(bytes, spellings);
        if anywhere { &mut listed.free } else { &mut listed.bound }.push(head.clone());
        let tail = bytes[bytes.len().min(HEAD)..bytes.len().min(COMPARED)].iter().map(|byte| Some(*byte).filter(|byte| *byte != b'_'));
        listed.targets.push(Listing { head, tail: tail.collect(), target });
    };
    for (index, prefix) in program.literals.iter().enumerate() {
        let anywhere = prefix.head() > 0 || prefix.behind > 0 || program.rules[prefix.rule as usize].left == Side::None;
        add(&prefix.literal[prefix.head()..], anywhere, |b| vec![b], Target::Literal(index as u32));
    }
    for word in 0..program.word_rules.len() {
        let Some(anywhere) = program.word_lane(word) else { continue };
        for beginning in program.words.heads(word, COMPARED).into_iter().filter(|b| b.len() >= SHORTEST) {
            add(&beginning, anywhere, spellings, Target::Word(word as u32));
        }
    }
    if !program.url_rules.is_empty() {
        for slashes in [&b"://"[..], br":\/\"] {
            add(slashes, true, |b| vec![b], Target::Slashes);
        }
    }
    listed
}

/// The masks' tables for a program.
#[cfg(feature = "compile")]
pub(crate) fn head_tables(program: &Program) -> HeadTables {
    let listed = list(program);
    HeadTables::new(listed.bound, listed.free)
}

impl Heads {
    pub(crate) fn new(program: &Program) -> Self {
        let listed = list(program);
        let mut entries: Vec<Entry> = Vec::new();
        for listing in &listed.targets {
            entries.extend(Entry::all(&listing.head[..listing.known()], &listing.tail, listing.target));
        }
        entries.sort_unstable_by_key(|entry| (slot(entry.bytes), entry.target, *entry));
        entries.dedup();
        let heads: Vec<([u8; HEAD], usize)> = entries.iter().map(Entry::head).collect();
        let filter = Filter::new(heads.iter().map(|(bytes, known)| bytes[..*known].chunks(1).collect()), &[]);
        let mut slots = Box::new([0; SLOTS + 1]);
        for (slot, start) in slots.iter_mut().enumerate() {
            *start = entries.partition_point(|entry| self::slot(entry.bytes) < slot) as u16;
        }
        Heads { tables: program.head_tables.clone(), filter, entries, slots }
    }

    /// Whether these four bytes may be a head.
    #[inline(always)]
    pub(crate) fn may_be(&self, bytes: u32) -> bool {
        self.filter.may_begin_longer(bytes | FOLD)
    }

    /// What the text may start with; of its first eight bytes at least [`HEAD`] are given, and only as many as have come
    /// count beyond these.
    #[inline]
    pub(crate) fn targets(&self, bytes: [u8; COMPARED], come: usize) -> impl Iterator<Item = Target> + '_ {
        let folded = u64::from_le_bytes(bytes) | u64::from(FOLD) << 32 | u64::from(FOLD);
        let missing = 8 * (COMPARED - come.clamp(HEAD, COMPARED)) as u32;
        let slot = slot(folded);
        let entries = &self.entries[usize::from(self.slots[slot])..usize::from(self.slots[slot + 1])];
        let counts = u64::MAX >> missing;
        entries.iter().filter(move |entry| (folded ^ entry.bytes) & entry.mask & counts == 0).map(|entry| entry.target)
    }
}

/// The raw bytes that fold to `folded`.
fn spellings(folded: u8) -> Vec<u8> {
    match folded {
        b'a'..=b'z' => vec![folded, folded.to_ascii_uppercase()],
        b'_' => b"_-. ".to_vec(),
        _ => vec![folded],
    }
}

/// The places where a head may stand. Those of the last three bytes are not decided.
#[inline(always)]
pub(crate) fn places<V: View>(view: &V, edge: V::Row) -> V::Row {
    // Heads are marked at their last byte.
    let free = view.pair(|c| &c.free).down::<3, 61>().here;
    let bound = view.pair(|c| &c.bound).down::<3, 61>().here;
    free.or(bound.and(name_starts(view, edge)))
}
