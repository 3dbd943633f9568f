//! Shares heads out to buckets so that ordinary text seldom falls into one.

use super::fourgrams::{ANYWHERE, Chain, NAMES};
use super::{FREE_BUCKETS, HEAD, HeadTables};

/// A head: the bytes that may stand at each of its places.
pub(crate) type Head = [Vec<u8>; HEAD];

/// Rounds in which heads may move to a better bucket.
const ROUNDS: usize = 2;

impl HeadTables {
    /// Tables for heads that start at an edge and for heads that may stand anywhere.
    pub(crate) fn new(bound: Vec<Head>, free: Vec<Head>) -> Self {
        let mut tables = HeadTables::default();
        let free_bits = (0..8).filter(|bit| FREE_BUCKETS & (1 << bit) != 0).map(|bit| (1, bit));
        let bound_bits = (0..8).filter(|bit| FREE_BUCKETS & (1 << bit) == 0).map(|bit| (1, bit)).chain((0..8).map(|bit| (0, bit)));
        tables.fill(bound, bound_bits.collect(), &NAMES);
        tables.fill(free, free_bits.collect(), &ANYWHERE);
        tables
    }

    /// Shares heads out to the buckets at these halves and bits.
    fn fill(&mut self, mut heads: Vec<Head>, places: Vec<(usize, u32)>, text: &Chain) {
        heads.sort_unstable();
        heads.dedup();
        let shapes: Vec<Parts> = heads.iter().map(Parts::of).collect();
        for (bucket, (half, bit)) in share_out(&shapes, places.len(), text).into_iter().zip(places) {
            for place in 0..HEAD {
                let table = &mut self.0[half][place];
                for (bits, buckets) in table.low.iter_mut().enumerate() {
                    *buckets |= u8::from(bucket.low[place] >> bits & 1 != 0) << bit;
                }
                for (nibble, buckets) in table.high.iter_mut().enumerate() {
                    *buckets |= u8::from(bucket.high[place] >> nibble & 1 != 0) << bit;
                }
            }
        }
    }
}

/// Low five bits and high nibbles that may stand at each place: of a head, or of all heads of a bucket.
#[derive(Clone, Copy, Default)]
struct Parts {
    low: [u32; HEAD],
    high: [u16; HEAD],
}

impl Parts {
    fn of(head: &Head) -> Self {
        let mut all = Parts::default();
        for (place, bytes) in head.iter().enumerate() {
            for byte in bytes {
                all.low[place] |= 1 << (byte & 31);
                all.high[place] |= 1 << (byte >> 4);
            }
        }
        all
    }

    fn with(mut self, other: &Self) -> Self {
        for place in 0..HEAD {
            self.low[place] |= other.low[place];
            self.high[place] |= other.high[place];
        }
        self
    }

    /// The share of ordinary text that these let through.
    fn share(&self, text: &Chain) -> f32 {
        text.share(|place, byte| self.low[place] >> (byte & 31) & 1 != 0 && self.high[place] >> (byte >> 4) & 1 != 0)
    }
}

/// The heads of a bucket.
#[derive(Clone, Default)]
struct Bucket {
    heads: Vec<usize>,
    parts: Parts,
    share: f32,
}

impl Bucket {
    fn of(heads: Vec<usize>, all: &[Parts], text: &Chain) -> Self {
        let parts = heads.iter().fold(Parts::default(), |parts, head| parts.with(&all[*head]));
        let share = if heads.is_empty() { 0.0 } else { parts.share(text) };
        Bucket { heads, parts, share }
    }
}

/// The buckets' contents, so that little text falls into any: commonest heads first, each where it costs least, then
/// some rounds in which heads move.
fn share_out(heads: &[Parts], buckets: usize, text: &Chain) -> Vec<Parts> {
    let shares: Vec<f32> = heads.iter().map(|head| head.share(text)).collect();
    let mut order: Vec<usize> = (0..heads.len()).collect();
    order.sort_by(|a, b| shares[*b].total_cmp(&shares[*a]));
    let mut buckets = vec![Bucket::default(); buckets];
    for round in 0..=ROUNDS {
        for &head in &order {
            if let Some(home) = buckets.iter_mut().find(|bucket| round > 0 && bucket.heads.contains(&head)) {
                let others = home.heads.iter().copied().filter(|member| *member != head).collect();
                *home = Bucket::of(others, heads, text);
            }
            let growth = |bucket: &Bucket| bucket.parts.with(&heads[head]).share(text) - bucket.share;
            let costs: Vec<f32> = buckets.iter().map(growth).collect();
            let Some(best) = (0..buckets.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b])) else { break };
            let members = [&buckets[best].heads[..], &[head]].concat();
            buckets[best] = Bucket::of(members, heads, text);
        }
    }
    buckets.into_iter().map(|bucket| bucket.parts).collect()
}
