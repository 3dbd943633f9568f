//! `train-fourgrams`: counts how text goes on from places where names start and from any place, and writes
//! `engine/src/classify/fourgrams.bin`.

use std::fs;
use std::path::PathBuf;

use tamis_engine::fourgrams::{KINDS, kind};

use crate::train_bigrams::walk;

/// Arguments of `train-fourgrams`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to write.
    out: PathBuf,
    /// Folders with source code and prose.
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
}

/// Bytes that a head has, as in the engine.
const HEAD: usize = 4;
/// Parts of a bit a cell counts in.
const PER_BIT: f64 = 8.0;
/// What each cell is given beforehand, so that nothing is impossible.
const EVEN: f64 = 0.1;

/// Trains and writes.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let (mut names, mut anywhere) = (Chain::default(), Chain::default());
    for dir in &args.dirs {
        walk(dir, &mut |text| {
            for (at, head) in text.windows(HEAD).enumerate() {
                anywhere.add(head);
                if name_starts(&text[..=at]) {
                    names.add(head);
                }
            }
        })
        .map_err(|(path, error)| format!("cannot read {}: {error}", path.display()))?;
    }
    let cells = [names.cells(), anywhere.cells()].concat();
    fs::write(&args.out, &cells).map_err(|error| format!("cannot write {}: {error}", args.out.display()))?;
    println!("{} bytes of text, {} starts of names", anywhere.seen, names.seen);
    Ok(())
}

/// Whether a name may start at the last byte: after a byte that is no letter or digit, after an escape, or at a hump.
fn name_starts(text: &[u8]) -> bool {
    match text {
        [.., b'\\', _, _] => true,
        [.., before, here] => !before.is_ascii_alphanumeric() || before.is_ascii_lowercase() && here.is_ascii_uppercase(),
        _ => true,
    }
}

/// Counts of the first bytes, and for each place after that of the bytes after each other byte.
struct Chain {
    first: Vec<f64>,
    next: Vec<f64>,
    seen: u64,
}

impl Default for Chain {
    fn default() -> Self {
        Chain { first: vec![EVEN; KINDS], next: vec![EVEN; (HEAD - 1) * KINDS * KINDS], seen: 0 }
    }
}

impl Chain {
    fn add(&mut self, head: &[u8]) {
        self.seen += 1;
        self.first[kind(head[0])] += 1.0;
        for (place, pair) in head.windows(2).enumerate() {
            self.next[(place * KINDS + kind(pair[0])) * KINDS + kind(pair[1])] += 1.0;
        }
    }

    fn cells(&self) -> Vec<u8> {
        let rows = self.first.chunks(KINDS).chain(self.next.chunks(KINDS));
        let cell = |count: &f64, total: f64| (-(count / total).log2() * PER_BIT).round().min(255.0) as u8;
        rows.flat_map(|row| row.iter().map(move |count| cell(count, row.iter().sum()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_start_after_symbols_escapes_and_at_humps() {
        for (text, wanted) in [(" x", true), ("ax", false), ("aX", true), ("AX", false), ("\\nx", true), ("1X", false), ("_x", true)] {
            assert_eq!(name_starts(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn shares_of_a_row_make_one() {
        let mut chain = Chain::default();
        b"some text of names".windows(HEAD).for_each(|head| chain.add(head));
        for row in chain.cells().chunks(KINDS) {
            let sum: f64 = row.iter().map(|cell| (-f64::from(*cell) / PER_BIT).exp2()).sum();
            assert!((0.9..1.1).contains(&sum), "{sum}");
        }
    }
}
