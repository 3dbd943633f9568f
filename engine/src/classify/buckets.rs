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

impl HeadTables {
    /// Tables for heads that start at an edge and for heads that may stand anywhere.
    pub(crate) fn new(bound: Vec<Head>, free: Vec<Head>) -> Self {
        let mut tables = HeadTables::default();
        for (mut heads, mask) in [(bound, !FREE_BUCKETS), (free, FREE_BUCKETS)] {
            heads.sort_unstable();
            heads.dedup();
            for head in heads {
                let cheapest = (0..8usize)
                    .filter(|b| mask & (1 << b) != 0)
                    .min_by(|a, b| tables.growth(&head, *a).total_cmp(&tables.growth(&head, *b)));
                tables.add(&head, cheapest.unwrap_or(0));
            }
        }
        tables
    }

    fn add(&mut self, head: &Head, bucket: usize) {
        for (place, bytes) in head.iter().enumerate() {
            for byte in bytes {
                self.low[place][usize::from(byte & 15)] |= 1 << bucket;
                self.high[place][usize::from(byte >> 4)] |= 1 << bucket;
            }
        }
    }

    /// How much more text a bucket takes with one more head.
    fn growth(&self, head: &Head, bucket: usize) -> f64 {
        let mut with = self.clone();
        with.add(head, bucket);
        with.share(bucket) - self.share(bucket)
    }

    /// The share of ordinary text that falls into a bucket.
    fn share(&self, bucket: usize) -> f64 {
        let at =
            |place: usize| (0..=255u8).filter(|b| self.buckets(place, *b) & (1 << bucket) != 0).map(|b| frequency(b) / 1e4).sum::<f64>();
        (0..HEAD).map(at).product()
    }
}
