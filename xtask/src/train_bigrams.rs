//! `train-bigrams`: counts which characters follow one another in code and prose, and writes
//! `engine/src/evidence/bigrams.bin`.
//!
//! The unit is a *run* of token characters `[A-Za-z0-9_-]`. A run counts by the number of files it stands in and not by
//! how often: otherwise a few frequent words would be all that the model knows. A run in a single file counts for
//! nothing, which keeps most keys, hashes and blobs of test data out; [`looks_random`] takes the rest.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments of `train-bigrams`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to write.
    out: PathBuf,
    /// Folders with source code and prose.
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
}

/// Files that hold text people wrote.
const EXTENSIONS: &[&str] = &[
    "c", "cc", "cfg", "cpp", "cs", "css", "go", "h", "hpp", "html", "ini", "java", "js", "json", "kt", "lua", "md", "mjs", "php", "pl",
    "pm", "proto", "py", "pyi", "rb", "rs", "rst", "sh", "sql", "swift", "toml", "ts", "tsx", "txt", "vim", "xml", "yaml", "yml",
];
/// Larger files are data.
const MAX_FILE: u64 = 4 << 20;

/// Symbols of the full alphabet: `0-9`, `A-Z`, `a-z`, `_`, `-`, anything else.
const FULL: usize = 65;
const OTHER: usize = 64;
/// Part of each row that is spread evenly, so that no bigram costs more than its logarithm.
const EVEN: f64 = 0.02;
/// Part of each row given to the same symbol, the next and the one before: people type `aaaa`, `1234` and `4321`, and
/// text has too few of them for the counts to say so.
const WALKS: [(isize, f64); 3] = [(0, 0.04), (1, 0.04), (-1, 0.02)];
/// Bits by which each table leans towards "random": digits and hexadecimal follow one another in code almost as they would
/// by chance and have bits to gain, while letters have bits to spare for abbreviations such as `ppc_vcmpgtuq`.
const LEAN: [f64; 5] = [0.2, 0.2, -0.15, -0.2, -0.25];
/// Parts of a bit a cell counts in.
const PER_BIT: f64 = 16.0;

type Counts = Vec<[u64; FULL]>;

/// Trains and writes.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut runs = Runs::default();
    let mut files = 0;
    for dir in &args.dirs {
        walk(dir, &mut |text| {
            files += 1;
            runs.add_file(text);
        })
        .map_err(|(path, error)| format!("cannot read {}: {error}", path.display()))?;
    }
    let counts = runs.bigrams();
    let tables = tables(&counts);
    fs::write(&args.out, &tables).map_err(|error| format!("cannot write {}: {error}", args.out.display()))?;
    let total: u64 = counts.iter().flatten().sum();
    println!("{files} files, {} runs, {total} bigrams, {} bytes", runs.files.len(), tables.len());
    Ok(())
}

/// Calls `each` with the text of every file under `dir`, in a fixed order. Links are not followed.
pub(crate) fn walk(dir: &Path, each: &mut impl FnMut(&[u8])) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |error| (dir.to_path_buf(), error);
    let mut entries = fs::read_dir(dir).and_then(|entries| entries.collect::<Result<Vec<_>, _>>()).map_err(at)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(|error| (path.clone(), error))?;
        if kind.is_dir() {
            walk(&path, each)?;
        } else if kind.is_file() && is_text(&path) && entry.metadata().is_ok_and(|m| m.len() <= MAX_FILE) {
            each(&fs::read(&path).map_err(|error| (path, error))?);
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&e))
}

/// Runs and in how many files each was seen. A run carries the byte before and behind it when only that byte parts it
/// from another run, as in `a.b`: so the model learns what stands around separators.
#[derive(Default)]
struct Runs {
    files: HashMap<Box<[u8]>, Seen>,
    current: u32,
}

struct Seen {
    last: u32,
    files: u32,
}

impl Runs {
    fn add_file(&mut self, text: &[u8]) {
        self.current += 1;
        let mut at = 0;
        while let Some(start) = text[at..].iter().position(|b| class(*b) != OTHER).map(|p| at + p) {
            let end = text[start..].iter().position(|b| class(*b) == OTHER).map_or(text.len(), |p| start + p);
            if !looks_random(&text[start..end]) {
                let before = start > 0 && joins(text, start - 1);
                let after = joins(text, end);
                self.add(&text[start - usize::from(before)..end + usize::from(after)]);
            }
            at = end;
        }
    }

    fn add(&mut self, run: &[u8]) {
        match self.files.get_mut(run) {
            Some(seen) if seen.last == self.current => {}
            Some(seen) => *seen = Seen { last: self.current, files: seen.files + 1 },
            None => {
                self.files.insert(run.into(), Seen { last: self.current, files: 1 });
            }
        }
    }

    fn bigrams(&self) -> Counts {
        let mut counts = vec![[0; FULL]; FULL];
        for (run, seen) in &self.files {
            // Twice as many files make a run one step more typical, not twice as typical.
            let weight = u64::from(seen.files.ilog2());
            for pair in run.windows(2) {
                counts[class(pair[0])][class(pair[1])] += weight;
            }
        }
        counts
    }
}

/// Whether the byte at `at` is all that parts two runs.
fn joins(text: &[u8], at: usize) -> bool {
    let run = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| class(*b) != OTHER);
    text.get(at).is_some_and(u8::is_ascii_graphic) && run(at.checked_sub(1)) && run(Some(at + 1))
}

/// Whether a run is rather a hash or a blob than words: long with digits in it, or changing often between digits and letters.
fn looks_random(run: &[u8]) -> bool {
    let changes = run.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit() && w[0] != b'_' && w[1] != b'_').count();
    (run.len() > 40 && changes > 0) || (run.len() >= 16 && changes * 5 > run.len())
}

fn class(byte: u8) -> usize {
    match byte {
        b'0'..=b'9' => usize::from(byte - b'0'),
        b'A'..=b'Z' => usize::from(byte - b'A') + 10,
        b'a'..=b'z' => usize::from(byte - b'a') + 36,
        b'_' => 62,
        b'-' => 63,
        _ => OTHER,
    }
}

/// All tables, in the order of `Alphabet` in `engine/src/evidence/randomness.rs`.
fn tables(counts: &Counts) -> Vec<u8> {
    let digits: Vec<Vec<usize>> = (0..10).map(|d| vec![d]).collect();
    let letters: Vec<Vec<usize>> = (10..36).map(|upper| vec![upper, upper + 26]).collect();
    let separators = vec![vec![62, 63, OTHER]];
    let alphabets = [
        [&digits[..], &separators].concat(),
        [&digits[..], &letters[..6], &separators].concat(),
        [&letters[..], &separators].concat(),
        [&digits[..], &letters, &separators].concat(),
        (0..FULL).map(|class| vec![class]).collect(),
    ];
    // A UUID's hyphens are notation, and so are those of a date.
    let neutral = [true, true, false, false, false];
    alphabets.iter().zip(neutral).zip(LEAN).flat_map(|((symbols, neutral), lean)| table(counts, symbols, neutral, lean)).collect()
}

/// One table. A symbol is the classes it stands for; the last is the separator, which says nothing where it is `neutral`.
fn table(counts: &Counts, symbols: &[Vec<usize>], neutral: bool, lean: f64) -> Vec<u8> {
    let size = symbols.len() - usize::from(neutral);
    let walks: f64 = WALKS.iter().map(|walk| walk.1).sum();
    let mut table = vec![0u8; symbols.len() * symbols.len()];
    for a in 0..size {
        let row: Vec<f64> = (0..size).map(|b| pairs(counts, &symbols[a], &symbols[b]) as f64).collect();
        let total = row.iter().sum::<f64>().max(1.0);
        for (b, count) in row.iter().enumerate() {
            let walk: f64 = WALKS.iter().filter(|walk| a.checked_add_signed(walk.0) == Some(b)).map(|walk| walk.1).sum();
            let likely = count / total * (1.0 - EVEN - walks) + EVEN / size as f64 + walk;
            let bits = lean - (likely * size as f64).log2();
            let cell = (bits * PER_BIT).round().clamp(-127.0, 127.0) as i8;
            table[a * symbols.len() + b] = cell.cast_unsigned();
        }
    }
    table
}

/// How often a class of `a` comes before a class of `b`, and where case is folded, letters of the same case only.
fn pairs(counts: &Counts, a: &[usize], b: &[usize]) -> u64 {
    let upper = |class: usize| (10..36).contains(&class);
    let lower = |class: usize| (36..62).contains(&class);
    let mixed = |x, y| (upper(x) && lower(y)) || (lower(x) && upper(y));
    let keeps_case = a.len() == 1 || b.len() == 1;
    let all = a.iter().flat_map(|x| b.iter().map(move |y| (*x, *y)));
    all.filter(|(x, y)| keeps_case || !mixed(*x, *y)).map(|(x, y)| counts[x][y]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_carry_the_byte_that_joins_them() {
        let mut runs = Runs::default();
        runs.add_file(b"a.bc, de");
        runs.add_file(b"\"bc\" de");
        let mut seen: Vec<(&[u8], u32)> = runs.files.iter().map(|(run, seen)| (&run[..], seen.files)).collect();
        seen.sort_unstable();
        assert_eq!(seen, [(&b".bc"[..], 1), (b"a.", 1), (b"bc", 1), (b"de", 2)]);
        let counts = runs.bigrams();
        assert_eq!(counts[class(b'd')][class(b'e')], 1);
        assert_eq!(counts[class(b'b')][class(b'c')], 0, "runs of one file do not count");
    }

    #[test]
    fn hashes_are_left_out_and_names_kept() {
        assert!(looks_random(b"9f86d081884c7d659a2feaa0c55ad015"));
        assert!(!looks_random(b"_mm512_maskz_cvtps_epi32"));
        assert!(!looks_random(b"test_that_all_the_bigrams_of_long_names_are_counted"));
    }

    #[test]
    fn tables_have_the_size_the_engine_expects() {
        let counts = vec![[1; FULL]; FULL];
        assert_eq!(tables(&counts).len(), 11 * 11 + 17 * 17 + 27 * 27 + 37 * 37 + 65 * 65);
    }
}
