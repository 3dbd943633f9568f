//! How ordinary text goes on for four bytes, from places where names start and from any place.
//!
//! A chain: which byte stands first, and for each byte which stands after it at the second, third and fourth place. It
//! decides which heads share a bucket, so it costs nothing when text is scanned, and a wrong guess costs speed only.
//! `fourgrams.bin` holds the two chains one after the other, each as the first place's cells and then the other places'
//! rows, a cell a byte: how unlikely, in eighths of a bit. `cargo xtask train-fourgrams` makes it from source code and
//! documentation of common packages. It keeps these statistics only, no text.

use std::sync::LazyLock;

use super::HEAD;

static CELLS: &[u8] = include_bytes!("fourgrams.bin");
/// Kinds of byte: the printable ones, line feed, tab, and all others together.
pub const KINDS: usize = 98;
const CHAIN: usize = KINDS + (HEAD - 1) * KINDS * KINDS;
/// Cells are in units of this part of a bit.
const PER_BIT: f32 = 8.0;

const _: () = assert!(CELLS.len() == 2 * CHAIN);

/// The kind of a byte, below [`KINDS`].
///
/// ```
/// use tamis_engine::fourgrams::{KINDS, kind};
/// assert!((0..=255).all(|byte| kind(byte) < KINDS) && kind(b'a') != kind(b'b'));
/// ```
#[must_use]
pub fn kind(byte: u8) -> usize {
    match byte {
        b' '..=b'~' => usize::from(byte - b' '),
        b'\n' => 95,
        b'\t' => 96,
        _ => 97,
    }
}

/// One of the chains.
pub(super) struct Chain {
    first: [f32; KINDS],
    /// For each place after the first and each kind of the byte before it.
    next: Vec<[f32; KINDS]>,
}

/// Text from places where names start.
pub(super) static NAMES: LazyLock<Chain> = LazyLock::new(|| Chain::new(&CELLS[..CHAIN]));
/// Text from any place.
pub(super) static ANYWHERE: LazyLock<Chain> = LazyLock::new(|| Chain::new(&CELLS[CHAIN..]));

impl Chain {
    fn new(cells: &[u8]) -> Self {
        let share = |cell: &u8| (-f32::from(*cell) / PER_BIT).exp2();
        let (first, next) = cells.split_at(KINDS);
        let row = |cells: &[u8]| core::array::from_fn(|i| share(&cells[i]));
        Chain { first: row(first), next: next.chunks_exact(KINDS).map(row).collect() }
    }

    /// The share of places from which one of the allowed bytes stands at each place.
    pub(super) fn share(&self, allowed: impl Fn(usize, u8) -> bool) -> f32 {
        let mut reached = self.first;
        narrow(&mut reached, |byte| allowed(0, byte));
        for place in 1..HEAD {
            let mut next = [0.0; KINDS];
            let rows = &self.next[(place - 1) * KINDS..place * KINDS];
            for (row, share) in rows.iter().zip(reached).filter(|(_, share)| *share > 0.0) {
                next.iter_mut().zip(row).for_each(|(next, cell)| *next += share * cell);
            }
            narrow(&mut next, |byte| allowed(place, byte));
            reached = next;
        }
        reached.iter().sum()
    }
}

/// Leaves of each kind the part that is allowed.
fn narrow(shares: &mut [f32; KINDS], allowed: impl Fn(u8) -> bool) {
    let (mut counted, mut all) = ([0u8; KINDS], [0u8; KINDS]);
    for byte in 0..=255 {
        all[kind(byte)] += 1;
        counted[kind(byte)] += u8::from(allowed(byte));
    }
    for ((share, counted), all) in shares.iter_mut().zip(counted).zip(all) {
        *share *= f32::from(counted) / f32::from(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_text_is_made_of_is_likelier_than_what_it_is_not() {
        let share = |chain: &Chain, head: &[u8; HEAD]| chain.share(|place, byte| byte == head[place]);
        for (likely, unlikely) in [(b"cont", b"ctno"), (b"self", b"zelf"), (b"retu", b"r3tu")] {
            assert!(share(&NAMES, likely) > 4.0 * share(&NAMES, unlikely), "{}", likely.escape_ascii());
        }
        assert!(share(&ANYWHERE, b"ing ") > 4.0 * share(&NAMES, b"ing "), "names do not start with their ends");
        for chain in [&*NAMES, &*ANYWHERE] {
            let all = chain.share(|_, _| true);
            assert!((0.9..1.1).contains(&all), "{all}");
        }
    }
}
