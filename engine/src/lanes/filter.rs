//! A filter over the first bytes of things: a few bits of memory tell whether something may begin so.

/// Bits in a table.
const BITS: usize = 1 << 13;

/// Beginnings of four bytes, and of three or two where no more is known.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    four: Box<[u64; BITS / 64]>,
    three: Box<[u64; BITS / 64]>,
    two: Box<[u64; BITS / 64]>,
}

/// The bits of three bytes.
const THREE: u32 = 0xff_ffff;
/// The bits of two bytes.
const TWO: u32 = 0xffff;

#[inline(always)]
fn place(bytes: u32) -> (usize, u64) {
    let hash = bytes.wrapping_mul(0x9e37_79b1) >> (32 - BITS.ilog2());
    (hash as usize / 64, 1 << (hash % 64))
}

impl Filter {
    /// Takes all beginnings: the bytes that may stand at each place. After a single given byte `rest` may stand.
    pub(crate) fn new<'a>(beginnings: impl Iterator<Item = Vec<&'a [u8]>>, rest: &'a [u8]) -> Self {
        let table = || Box::new([0; BITS / 64]);
        let mut filter = Filter { four: table(), three: table(), two: table() };
        for mut places in beginnings {
            places.resize(places.len().clamp(2, 4), rest);
            let (table, mask) = match places.len() {
                2 => (&mut filter.two, TWO),
                3 => (&mut filter.three, THREE),
                _ => (&mut filter.four, u32::MAX),
            };
            for bytes in spellings(&places) {
                let (word, bit) = place(bytes & mask);
                table[word] |= bit;
            }
        }
        filter
    }

    /// Whether something may begin with these bytes, the first of which is the lowest.
    #[inline(always)]
    pub(crate) fn may_begin(&self, bytes: u32) -> bool {
        let (at, two) = place(bytes & TWO);
        self.may_begin_longer(bytes) | (self.two[at] & two != 0)
    }

    /// The same where all beginnings are of three bytes or more.
    #[inline(always)]
    pub(crate) fn may_begin_longer(&self, bytes: u32) -> bool {
        let ((in_four, four), (in_three, three)) = (place(bytes), place(bytes & THREE));
        (self.four[in_four] & four) | (self.three[in_three] & three) != 0
    }
}

/// All numbers whose lowest byte is one of the first place's, and so on.
pub(crate) fn spellings(places: &[&[u8]]) -> Vec<u32> {
    places.iter().enumerate().fold(vec![0], |spelled, (place, bytes)| {
        let with = |byte: &u8| u32::from(*byte) << (8 * place);
        spelled.iter().flat_map(|before| bytes.iter().map(move |byte| before | with(byte))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(filter: &Filter, text: &[u8; 4]) -> bool {
        filter.may_begin(u32::from_le_bytes(*text))
    }

    #[test]
    fn what_begins_as_stated_passes() {
        let beginnings =
            [vec![&b"g"[..], b"h", b"p", b"_"], vec![b"s", b"k", b"-"], vec![b"Aa", b"K"], vec![b"q"], vec![b"x", b"-_", b"y", b"z", b"!"]];
        let filter = Filter::new(beginnings.into_iter(), b"01");
        for text in [b"ghp_", b"sk-4", b"AK0x", b"aK?y", b"q0zz", b"q1aa", b"x-yz", b"x_yz"] {
            assert!(passes(&filter, text), "{}", text.escape_ascii());
        }
        let others: Vec<[u8; 4]> = (0..500u32).map(|n| n.wrapping_mul(0x0101_4e35).to_le_bytes()).collect();
        assert!(others.iter().filter(|text| passes(&filter, text)).count() < 10);
    }
}
