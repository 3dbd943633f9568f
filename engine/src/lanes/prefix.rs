//! Looks up which rules' literal prefixes start at a place.

use super::filter::Filter;
use crate::bytes::ByteSet;
use crate::program::Prefix;

const SYMBOLS: usize = 64;

/// A prefix's first two bytes, six bits each, lead to the few prefixes that begin so.
#[derive(Clone, Debug)]
pub(crate) struct PrefixTable {
    prefixes: Vec<Prefix>,
    /// For each pair of symbols where its prefixes start in `order`; one more entry ends the last.
    starts: Vec<u32>,
    order: Vec<u32>,
    filter: Filter,
}

/// Six bits of a token character. Other bytes share their codes, as a code only filters.
static CODES: [u8; 256] = {
    let mut codes = [63; 256];
    let mut byte = 0;
    while byte < 256 {
        codes[byte] = match byte as u8 {
            b @ b'A'..=b'Z' => b - b'A',
            b @ b'a'..=b'z' => b - b'a' + 26,
            b @ b'0'..=b'9' => b - b'0' + 52,
            b'_' => 62,
            _ => 63,
        };
        byte += 1;
    }
    codes
};

#[inline(always)]
fn code(byte: u8) -> usize {
    usize::from(CODES[usize::from(byte)] & 63)
}

impl PrefixTable {
    pub(crate) fn new(prefixes: Vec<Prefix>) -> Self {
        let mut buckets: Vec<Vec<u32>> = vec![Vec::new(); SYMBOLS * SYMBOLS];
        for (index, prefix) in prefixes.iter().enumerate() {
            let first = code(prefix.literal[0]) * SYMBOLS;
            match prefix.literal.get(1) {
                Some(second) => buckets[first + code(*second)].push(index as u32),
                None => buckets[first..first + SYMBOLS].iter_mut().for_each(|b| b.push(index as u32)),
            }
        }
        let tokens: Vec<u8> = (0..=255).filter(|byte| ByteSet::TOKEN.contains(*byte)).collect();
        let filter = Filter::new(prefixes.iter().map(|prefix| prefix.literal.chunks(1).take(4).collect()), &tokens);
        let mut table = PrefixTable { prefixes, starts: Vec::with_capacity(buckets.len() + 1), order: Vec::new(), filter };
        for bucket in buckets {
            table.starts.push(table.order.len() as u32);
            table.order.extend(bucket);
        }
        table.starts.push(table.order.len() as u32);
        table
    }

    /// Whether some prefix may begin with these four bytes.
    #[inline(always)]
    pub(crate) fn may_begin(&self, bytes: u32) -> bool {
        self.filter.may_begin(bytes)
    }

    /// The bucket of prefixes that begin as the text does.
    #[inline]
    pub(crate) fn bucket(&self, text: &[u8]) -> usize {
        match text {
            [first, second, ..] => code(*first) * SYMBOLS + code(*second),
            _ => 0,
        }
    }

    /// The prefixes of a bucket.
    #[inline]
    pub(crate) fn of(&self, bucket: usize) -> &[u32] {
        &self.order[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// A prefix by number.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> &Prefix {
        &self.prefixes[number as usize]
    }
}
