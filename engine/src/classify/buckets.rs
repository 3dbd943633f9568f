//! Shares heads out to buckets so that ordinary text seldom falls into one.

use super::{FREE_BUCKETS, HEAD, HeadTables};

/// How often bytes occur in code and prose, in parts of ten thousand: lower-case letters one by one, the rest roughly.
fn frequency(byte: u8) -> f64 {
    const LETTERS: [u16; 26] =
        [460, 100, 250, 260, 760, 160, 130, 180, 460, 15, 60, 300, 190, 450, 440, 190, 8, 430, 450, 620, 210, 80, 70, 60, 100, 15];
    match byte {
        b'a'..=b'z' => f64::from(LETTERS[usize::from(byte - b'a')]),
        b'A'..=b'Z' => f64::from(LETTERS[usize::from(byte - b'A')]) / 8.0 + 5.0,
        b'0'..=b'9' => 60.0,
        b' ' => 1500.0,
        b'_' | b'.' | b'/' | b'-' | b'(' | b')' | b',' | b':' | b';' | b'=' | b'"' | b'\n' => 120.0,
        _ if byte.is_ascii_graphic() => 30.0,
        _ => 2.0,
    }
}

/// A head: the bytes that may stand at each of its places.
pub(crate) type Head = [Vec<u8>; HEAD];

/// Rounds in which heads may move to a better bucket.
const ROUNDS: usize = 4;

impl HeadTables {
    /// Tables for heads that start at an edge and for heads that may stand anywhere.
    pub(crate) fn new(bound: Vec<Head>, free: Vec<Head>) -> Self {
        let mut tables = HeadTables::default();
        let free_bits = (0..8).filter(|bit| FREE_BUCKETS & (1 << bit) != 0).map(|bit| (1, bit));
        let bound_bits = (0..8).filter(|bit| FREE_BUCKETS & (1 << bit) == 0).map(|bit| (1, bit)).chain((0..8).map(|bit| (0, bit)));
        tables.fill(bound, bound_bits.collect());
        tables.fill(free, free_bits.collect());
        tables
    }

    /// Shares heads out to the buckets at these halves and bits.
    fn fill(&mut self, mut heads: Vec<Head>, places: Vec<(usize, u32)>) {
        heads.sort_unstable();
        heads.dedup();
        let shapes: Vec<Parts> = heads.iter().map(Parts::of).collect();
        for (bucket, (half, bit)) in share_out(&shapes, places.len()).into_iter().zip(places) {
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
    fn share(&self) -> f64 {
        let at = |place: usize| -> f64 {
            let fits = |byte: &u8| self.low[place] >> (byte & 31) & 1 != 0 && self.high[place] >> (byte >> 4) & 1 != 0;
            (0..=255u8).filter(fits).map(|byte| frequency(byte) / 1e4).sum()
        };
        (0..HEAD).map(at).product()
    }
}

/// The buckets' contents, so that little text falls into any: commonest heads first, each where it costs least, then
/// some rounds in which heads move.
fn share_out(heads: &[Parts], buckets: usize) -> Vec<Parts> {
    let mut order: Vec<usize> = (0..heads.len()).collect();
    order.sort_by(|a, b| heads[*b].share().total_cmp(&heads[*a].share()));
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); buckets];
    let union = |group: &[usize]| group.iter().fold(Parts::default(), |all, head| all.with(&heads[*head]));
    for round in 0..=ROUNDS {
        for &head in &order {
            if round > 0 {
                groups.iter_mut().for_each(|group| group.retain(|member| *member != head));
            }
            let growth = |group: &Vec<usize>| {
                let without = union(group);
                without.with(&heads[head]).share() - without.share()
            };
            let costs: Vec<f64> = groups.iter().map(growth).collect();
            let best = (0..buckets).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(0);
            groups[best].push(head);
        }
    }
    groups.iter().map(|group| union(group)).collect()
}
