//! Literal lane: places where the head of a literal, of a context word or of `://` stands.

pub(crate) use crate::classify::HEAD;
use crate::classify::{HeadTables, Row, View};
use crate::lanes::after_one;
use crate::program::Program;
use crate::spec::Side;
use crate::words::fold;

/// Bytes that the look-up uses: every target has as many.
const KEY: usize = 3;
const KEYS: usize = 1 << 15;

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
    /// A bit for each hash of a head in use; heads of three bytes have their own.
    four: Hashes,
    three: Hashes,
    /// A bit for each folded key in use.
    filter: Box<[u64; KEYS / 64]>,
    /// Sorted by key.
    targets: Vec<(u16, Target)>,
}

#[inline]
fn key(head: &[u8]) -> usize {
    head[..KEY].iter().fold(0, |key, byte| key << 5 | usize::from(fold(*byte) & 31))
}

/// A head from the bytes that may stand at its places; any byte where it has fewer.
fn head(bytes: &[u8], spellings: impl Fn(u8) -> Vec<u8>) -> [Vec<u8>; HEAD] {
    core::array::from_fn(|i| bytes.get(i).map_or_else(|| (0..=255).collect(), |b| spellings(*b)))
}

/// A filter over the hashes of a few bytes, case ignored: two kilobits that stay in the first-level cache.
#[derive(Clone, Debug)]
struct Hashes([u64; 64]);

impl Hashes {
    #[inline(always)]
    fn bit(bytes: u32) -> (usize, u64) {
        let hash = (bytes | 0x2020_2020).wrapping_mul(0x9e37_79b1) >> 20;
        (hash as usize / 64, 1 << (hash % 64))
    }

    fn add(&mut self, bytes: u32) {
        let (word, bit) = Self::bit(bytes);
        self.0[word] |= bit;
    }

    #[inline(always)]
    fn has(&self, bytes: u32) -> bool {
        let (word, bit) = Self::bit(bytes);
        self.0[word] & bit != 0
    }
}

/// The heads of a program's literals and lane words: those that start at an edge, those that may stand anywhere, and
/// what each leads to.
struct Listed {
    bound: Vec<[Vec<u8>; HEAD]>,
    free: Vec<[Vec<u8>; HEAD]>,
    targets: Vec<(u16, Target)>,
}

fn list(program: &Program) -> Listed {
    let mut listed = Listed { bound: Vec::new(), free: Vec::new(), targets: Vec::new() };
    let mut add = |bytes: &[u8], anywhere: bool, spellings: fn(u8) -> Vec<u8>, target: Target| {
        if anywhere { &mut listed.free } else { &mut listed.bound }.push(head(bytes, spellings));
        listed.targets.push((key(bytes) as u16, target));
    };
    for (index, prefix) in program.literals.iter().enumerate() {
        let anywhere = prefix.head() > 0 || program.rules[prefix.rule as usize].left == Side::None;
        add(&prefix.literal[prefix.head()..], anywhere, |b| vec![b], Target::Literal(index as u32));
    }
    for word in 0..program.word_rules.len() {
        let Some(anywhere) = program.word_lane(word) else { continue };
        for beginning in program.words.heads(word, HEAD).into_iter().filter(|b| b.len() >= KEY) {
            add(&beginning, anywhere, spellings, Target::Word(word as u32));
        }
    }
    if !program.url_rules.is_empty() {
        for slashes in [&b"://"[..], br":\/\"] {
            add(slashes, true, |b| vec![b], Target::Slashes);
        }
    }
    listed.targets.sort_unstable_by_key(|t| (t.0, t.1));
    listed.targets.dedup();
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
        let (mut four, mut three) = (Hashes([0; 64]), Hashes([0; 64]));
        for head in listed.bound.iter().chain(&listed.free) {
            add_hashes(head, &mut four, &mut three);
        }
        let mut filter = Box::new([0; KEYS / 64]);
        for (key, _) in &listed.targets {
            filter[usize::from(*key) / 64] |= 1 << (key % 64);
        }
        Heads { tables: program.head_tables.clone(), four, three, filter, targets: listed.targets }
    }

    /// Whether these four bytes may be a head, by hash.
    #[inline(always)]
    pub(crate) fn may_be(&self, bytes: u32) -> bool {
        self.four.has(bytes) | self.three.has(bytes & 0xff_ffff)
    }

    /// What the bytes may be the head of.
    #[inline]
    pub(crate) fn targets(&self, head: &[u8; HEAD]) -> &[(u16, Target)] {
        let key = key(head);
        if self.filter[key / 64] & (1 << (key % 64)) == 0 {
            return &[];
        }
        let first = self.targets.partition_point(|t| usize::from(t.0) < key);
        let count = self.targets[first..].iter().take_while(|t| usize::from(t.0) == key).count();
        &self.targets[first..first + count]
    }
}

/// Adds all spellings of a head.
fn add_hashes(head: &[Vec<u8>; HEAD], four: &mut Hashes, three: &mut Hashes) {
    let short = head[HEAD - 1].len() == 256;
    let mut spellings = vec![0u32];
    for (place, bytes) in head.iter().take(if short { HEAD - 1 } else { HEAD }).enumerate() {
        spellings = spellings.iter().flat_map(|s| bytes.iter().map(move |b| s | u32::from(*b) << (8 * place))).collect();
    }
    for spelling in spellings {
        if short { three.add(spelling) } else { four.add(spelling) }
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
pub(crate) fn places<R: Row>(view: &View<'_, R>, edge: R) -> R {
    // Heads are marked at their last byte.
    let free = view.pair(|c| &c.free).down::<3, 61>().here;
    let bound = view.pair(|c| &c.bound).down::<3, 61>().here;
    let upper = view.here(|c| &c.alnum).without(view.here(|c| &c.lower));
    let after_lower = after_one(view, |c| &c.alnum).and(after_one(view, |c| &c.lower)).without(after_one(view, |c| &c.digit));
    free.or(bound.and(edge.or(upper.and(after_lower))))
}
