//! What others wrote to try scanners on, when it is there: rule examples of peers, labelled repositories, sensitive data.
//!
//! Nothing of it is part of this project; it is read from a folder that `../shared/data/unpack` fills. No function here
//! returns or prints the text of a secret: reports name rows, rules and places.

mod alarms;
mod candidates;
mod creddata;
mod peers;
mod pii;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub use alarms::{Alarms, Place};
pub use candidates::{Candidate, Candidates, Truth, features};
pub use creddata::Score;
pub use peers::Peers;
pub use pii::Pii;
use serde::de::DeserializeOwned;
use tamis_engine::{Confidence, Finding, Scanner};

/// How many of so many were found, and which were not.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Rows that count.
    pub all: usize,
    /// Rows of them that hold what was looked for.
    pub hit: usize,
    /// Rows that went wrong, by kind: ids only.
    pub wrong: BTreeMap<String, Vec<String>>,
}

impl Tally {
    /// The part that was hit; 1 when there was nothing to hit.
    #[must_use]
    pub fn part(&self) -> f64 {
        if self.all == 0 { 1.0 } else { self.hit as f64 / self.all as f64 }
    }

    fn count(&mut self, hit: bool) {
        self.all += 1;
        self.hit += usize::from(hit);
    }

    fn wrong(&mut self, kind: &str, row: &str) {
        self.wrong.entry(kind.to_owned()).or_default().push(row.to_owned());
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Tally) {
        self.all += other.all;
        self.hit += other.hit;
        for (kind, rows) in &other.wrong {
            self.wrong.entry(kind.clone()).or_default().extend(rows.iter().cloned());
        }
    }
}

/// The rows of a file of JSON lines.
fn rows<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, String> {
    let text = fs::read_to_string(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
    let row = |(at, line): (usize, &str)| serde_json::from_str(line).map_err(|e| format!("{}:{}: {e}", file.display(), at + 1));
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}

/// The `.jsonl` files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.extension().is_some_and(|e| e == "jsonl")).collect();
    files.sort();
    Ok(files)
}

/// Whether a finding of at least this confidence overlaps the bytes.
fn overlaps(finding: &Finding, start: usize, end: usize) -> bool {
    finding.span.start < end as u64 && (start as u64) < finding.span.end
}

fn sure(finding: &Finding, least: Confidence) -> bool {
    finding.confidence >= least
}

/// The provider half of the id of a finding's rule.
fn provider<'a>(scanner: &'a Scanner, finding: &Finding) -> &'a str {
    let id = &scanner.rule(finding.rule).id;
    id.split_once('.').map_or(id.as_str(), |(provider, _)| provider)
}
