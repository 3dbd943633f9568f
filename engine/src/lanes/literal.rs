//! Literal lane: places where the head of a literal, of a context word or of `://` stands.

use super::{blocks, offsets};
use crate::classify::HeadTables;
use crate::masks::MaskRing;
use crate::program::Program;
use crate::spec::Side;
use crate::words::fold;

/// Bytes of a head.
pub(crate) const HEAD: usize = 3;
const KEYS: usize = 1 << 15;

/// What a head may be the head of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A bit for each folded key in use.
    filter: Box<[u64; KEYS / 64]>,
    /// Sorted by key.
    targets: Vec<(u16, Target)>,
}

#[inline]
fn key(head: [u8; HEAD]) -> usize {
    let five_bits = |byte: u8| usize::from(fold(byte) & 31);
    five_bits(head[0]) << 10 | five_bits(head[1]) << 5 | five_bits(head[2])
}

impl Heads {
    pub(crate) fn new(program: &Program) -> Self {
        let (mut bound, mut free) = (Vec::new(), Vec::new());
        let mut targets = Vec::new();
        for (index, prefix) in program.literals.iter().enumerate() {
            let head: [u8; HEAD] = core::array::from_fn(|i| prefix.literal[prefix.head() + i]);
            let anywhere = prefix.head() > 0 || program.rules[prefix.rule as usize].left == Side::None;
            if anywhere { &mut free } else { &mut bound }.push(head.map(|b| vec![b]));
            targets.push((key(head) as u16, Target::Literal(index as u32)));
        }
        for word in 0..program.word_rules.len() {
            if let Some(anywhere) = program.word_lane(word) {
                for head in program.words.heads(word) {
                    if anywhere { &mut free } else { &mut bound }.push(head.map(spellings));
                    targets.push((key(head) as u16, Target::Word(word as u32)));
                }
            }
        }
        if !program.url_rules.is_empty() {
            free.push([vec![b':'], vec![b'/', b'\\'], vec![b'/']]);
            targets.extend([(key(*b"://") as u16, Target::Slashes), (key(*b":\\/") as u16, Target::Slashes)]);
        }
        targets.sort_unstable_by_key(|t| t.0);
        let mut filter = Box::new([0; KEYS / 64]);
        for (key, _) in &targets {
            filter[usize::from(*key) / 64] |= 1 << (key % 64);
        }
        Heads { tables: HeadTables::new(bound, free), filter, targets }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// What the three bytes may be the head of.
    #[inline]
    pub(crate) fn targets(&self, head: [u8; HEAD]) -> &[(u16, Target)] {
        let key = key(head);
        if self.filter[key / 64] & (1 << (key % 64)) == 0 {
            return &[];
        }
        let first = self.targets.partition_point(|t| usize::from(t.0) < key);
        let count = self.targets[first..].iter().take_while(|t| usize::from(t.0) == key).count();
        &self.targets[first..first + count]
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

/// Decides positions from `from` on.
pub(crate) fn scan(masks: &MaskRing, from: u64, out: &mut Vec<u64>) -> u64 {
    let to = masks.ready().saturating_sub(HEAD as u64 - 1).max(from);
    for (number, bits) in blocks(from, to) {
        let block = masks.block(number);
        let ends_to_starts = |mask: u128| (mask >> (HEAD - 1)) as u64;
        let free = ends_to_starts(masks.pair(number, |m| m.free));
        let mut bound = ends_to_starts(masks.pair(number, |m| m.bound));
        if bound != 0 {
            let small = |m: &crate::classify::Masks| m.alnum & m.lower & !m.digit;
            let hump = (block.alnum & !block.lower) & (small(block) << 1 | masks.carry(number, small));
            bound &= block.edge | hump;
        }
        out.extend(offsets(number, (free | bound) & bits));
    }
    to
}
