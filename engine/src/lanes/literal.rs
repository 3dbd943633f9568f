//! Literal lane: places where the head of a literal, of a context word or of `://` stands.

pub(crate) use crate::classify::HEAD;
use crate::classify::{HeadTables, Row, View};
use crate::lanes::after_one;
use crate::lanes::filter::{Filter, spellings as spellings_of};
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

/// A spelling of a target's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// Folded; where there are three bytes only, the fourth is zero.
    head: u32,
    /// The bits of `head` that count.
    mask: u32,
    target: Target,
}

/// The bytes with the bit set in which letters differ by case.
fn folded(bytes: &[u8]) -> Vec<u8> {
    let mut folded: Vec<u8> = bytes.iter().map(|byte| byte | FOLD as u8).collect();
    folded.sort_unstable();
    folded.dedup();
    folded
}

/// The slot of a head, by its first three bytes.
#[inline(always)]
fn slot(folded: u32) -> usize {
    ((folded & 0xff_ffff).wrapping_mul(0x9e37_79b1) >> (32 - SLOTS.ilog2())) as usize
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
    targets: Vec<([Vec<u8>; HEAD], Target)>,
}

fn list(program: &Program) -> Listed {
    let mut listed = Listed { bound: Vec::new(), free: Vec::new(), targets: Vec::new() };
    let mut add = |bytes: &[u8], anywhere: bool, spellings: fn(u8) -> Vec<u8>, target: Target| {
        let head = head(bytes, spellings);
        if anywhere { &mut listed.free } else { &mut listed.bound }.push(head.clone());
        listed.targets.push((head, target));
    };
    for (index, prefix) in program.literals.iter().enumerate() {
        let anywhere = prefix.head() > 0 || program.rules[prefix.rule as usize].left == Side::None;
        add(&prefix.literal[prefix.head()..], anywhere, |b| vec![b], Target::Literal(index as u32));
    }
    for word in 0..program.word_rules.len() {
        let Some(anywhere) = program.word_lane(word) else { continue };
        for beginning in program.words.heads(word, HEAD).into_iter().filter(|b| b.len() >= SHORTEST) {
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
        let known = |head: &[Vec<u8>; HEAD]| if head[HEAD - 1].len() == 256 { SHORTEST } else { HEAD };
        let folded: Vec<[Vec<u8>; HEAD]> = listed.targets.iter().map(|(head, _)| head.each_ref().map(|bytes| folded(bytes))).collect();
        let places =
            folded.iter().zip(&listed.targets).map(|(folded, (head, _))| folded[..known(head)].iter().map(Vec::as_slice).collect());
        let filter = Filter::new(places, &[]);
        let mut entries: Vec<Entry> = Vec::new();
        for (head, target) in &listed.targets {
            let places: Vec<&[u8]> = head[..known(head)].iter().map(Vec::as_slice).collect();
            let mask = u32::MAX >> (8 * (HEAD - places.len()));
            entries.extend(spellings_of(&places).into_iter().map(|bytes| Entry { head: (bytes | FOLD) & mask, mask, target: *target }));
        }
        entries.sort_unstable_by_key(|entry| (slot(entry.head), entry.target, *entry));
        entries.dedup();
        let mut slots = Box::new([0; SLOTS + 1]);
        for (slot, start) in slots.iter_mut().enumerate() {
            *start = entries.partition_point(|entry| self::slot(entry.head) < slot) as u16;
        }
        Heads { tables: program.head_tables.clone(), filter, entries, slots }
    }

    /// Whether these four bytes may be a head.
    #[inline(always)]
    pub(crate) fn may_be(&self, bytes: u32) -> bool {
        self.filter.may_begin_longer(bytes | FOLD)
    }

    /// What the bytes may be the head of.
    #[inline]
    pub(crate) fn targets(&self, head: u32) -> impl Iterator<Item = Target> + '_ {
        let folded = head | FOLD;
        let slot = slot(folded);
        let entries = &self.entries[usize::from(self.slots[slot])..usize::from(self.slots[slot + 1])];
        entries.iter().filter(move |entry| folded & entry.mask == entry.head).map(|entry| entry.target)
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
    let upper = view.here(|c| &c.alnum).without(view.here(|c| &c.lower));
    let after_lower = after_one(view, |c| &c.alnum).and(after_one(view, |c| &c.lower)).without(after_one(view, |c| &c.digit));
    free.or(bound.and(edge.or(upper.and(after_lower))))
}
