//! Findings in trees that hold no secrets, or few: false alarms by rule and megabyte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tamis_engine::{Confidence, Scanner};

use super::sure;

/// A file with a NUL byte this near its start is binary.
const SNIFF: usize = 8192;

/// A file, and the bytes of a finding in it.
pub type Place = (PathBuf, core::ops::Range<usize>);

/// What was reported.
#[derive(Clone, Debug, Default)]
pub struct Alarms {
    /// Files read.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Places by rule and confidence.
    pub places: BTreeMap<(String, Confidence), Vec<Place>>,
}

impl Alarms {
    /// Scans a file or the text files of a tree. What cannot be read is left out.
    pub fn add(&mut self, path: &Path, scanner: &Scanner, least: Confidence) {
        if path.is_symlink() {
            return;
        }
        if path.is_dir() {
            let mut inside: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().filter_map(|e| Some(e.ok()?.path())).collect();
            inside.sort();
            inside.iter().for_each(|path| self.add(path, scanner, least));
            return;
        }
        let Ok(text) = fs::read(path) else { return };
        if text[..text.len().min(SNIFF)].contains(&0) {
            return;
        }
        self.files += 1;
        self.bytes += text.len() as u64;
        for finding in scanner.find(&text).iter().filter(|f| sure(f, least)) {
            let key = (scanner.rule(finding.rule).id.clone(), finding.confidence);
            self.places.entry(key).or_default().push((path.to_owned(), finding.span.range()));
        }
    }

    /// Findings of all rules.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.values().map(Vec::len).sum()
    }

    /// Findings of all rules by megabyte.
    #[must_use]
    pub fn per_mb(&self) -> f64 {
        self.count() as f64 / (self.bytes as f64 / 1e6).max(1e-9)
    }
}
