//! What a scan came to, in numbers.

use std::fmt;
use std::{io, mem};

use tamis::{Confidence, Decided, Decision};

use super::reader::Searched;
use crate::failure::{Exit, plural};

/// Sums over all files. Displays as one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    files: u64,
    bytes: u64,
    binary: u64,
    /// Commits, where history was searched.
    commits: Option<u64>,
    /// Pointers to large files that are not here.
    pointers: u64,
    /// Other repositories inside of this one.
    submodules: u64,
    /// Findings in commits of others than those asked for.
    by_others: u64,
    unreadable: u64,
    /// Something was left out, and told.
    incomplete: bool,
    files_with_findings: u64,
    levels: [u64; 4],
    excepted: u64,
    suppressed: u64,
    lapsed: u64,
    /// The hardest decision.
    hardest: Option<Decision>,
}

impl Totals {
    /// Counts a file; `None` is a binary one that was left out.
    pub(super) fn read(&mut self, scanned: &io::Result<Option<Searched>>) {
        match scanned {
            Ok(Some(searched)) => {
                self.files += 1;
                self.bytes += searched.bytes;
            }
            Ok(None) => self.binary += 1,
            Err(_) => self.unreadable += 1,
        }
    }

    /// Counts what was searched as a whole.
    pub(crate) fn searched(&mut self, files: u64, bytes: u64, binary: u64) {
        self.files += files;
        self.bytes += bytes;
        self.binary += binary;
    }

    /// Counts commits.
    pub(crate) fn commits(&mut self, commits: u64) {
        *self.commits.get_or_insert(0) += commits;
    }

    /// Counts what is elsewhere: large files, and other repositories.
    pub(crate) fn elsewhere(&mut self, pointers: u64, submodules: u64) {
        self.pointers += pointers;
        self.submodules += submodules;
    }

    /// Counts a finding that was not asked for.
    pub(crate) fn by_others(&mut self) {
        self.by_others += 1;
    }

    /// Notes that something was left out.
    pub(crate) fn incomplete(&mut self) {
        self.incomplete = true;
    }

    /// Counts something that could not be read.
    pub(crate) fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Counts a finding, and its file if it is the first one in it. What is allowed or suppressed is none.
    pub(super) fn found(&mut self, decided: &Decided, suppressed: bool, first: &mut bool) {
        let decision = decided.ruling.decision;
        if decision == Decision::Allow {
            self.excepted += u64::from(decided.ruling.exception.is_some());
            return;
        }
        if suppressed {
            self.suppressed += 1;
            return;
        }
        self.hardest = self.hardest.max(Some(decision));
        self.levels[decided.located.finding.confidence as usize] += 1;
        self.files_with_findings += u64::from(mem::replace(first, false));
    }

    /// Counts exceptions that are not in force.
    pub(super) fn lapsed(&mut self, count: u64) {
        self.lapsed += count;
    }

    /// How much was read.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn merge(&mut self, other: &Totals) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.binary += other.binary;
        self.unreadable += other.unreadable;
        self.excepted += other.excepted;
        self.suppressed += other.suppressed;
        self.lapsed += other.lapsed;
        self.hardest = self.hardest.max(other.hardest);
        self.files_with_findings += other.files_with_findings;
        for (sum, level) in self.levels.iter_mut().zip(other.levels) {
            *sum += level;
        }
    }

    /// An incomplete scan is an error even if it found something: what it did not read may hold more.
    pub(super) fn exit(&self) -> Exit {
        match self.hardest {
            _ if self.unreadable > 0 || self.incomplete || self.lapsed > 0 => Exit::Error,
            Some(Decision::Block) => Exit::Blocked,
            Some(decision) if !decision.passes() => Exit::Findings,
            _ => Exit::Clean,
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found: u64 = self.levels.iter().sum();
        if found == 0 {
            write!(f, "nothing found")?;
        } else {
            let levels = Confidence::ALL.iter().rev().zip(self.levels.iter().rev()).filter(|(_, n)| **n > 0);
            let levels: Vec<String> = levels.map(|(level, n)| format!("{n} {}", level.as_str())).collect();
            write!(f, "{} ({}) in {}", plural(found, "finding"), levels.join(", "), plural(self.files_with_findings, "file"))?;
        }
        write!(f, "; searched ")?;
        if let Some(commits) = self.commits {
            write!(f, "{}, ", plural(commits, "commit"))?;
        }
        write!(f, "{}, {}", plural(self.files, "file"), size(self.bytes))?;
        for (count, what) in [
            (self.by_others, "by others not shown"),
            (self.excepted, "let pass by exceptions"),
            (self.suppressed, "known or allowed"),
            (self.binary, "binary skipped"),
            (self.pointers, "kept by Git LFS elsewhere"),
            (self.submodules, "not searched as submodules"),
            (self.unreadable, "not readable"),
        ] {
            if count > 0 {
                write!(f, "; {count} {what}")?;
            }
        }
        Ok(())
    }
}

/// Bytes in the unit that people would choose.
pub(crate) fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes as f64 / *unit as f64),
        None => plural(bytes, "byte"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_read_as_a_sentence() {
        assert_eq!(Totals::default().to_string(), "nothing found; searched 0 files, 0 bytes");
        let totals =
            Totals { files: 3, bytes: 1234, binary: 1, unreadable: 2, files_with_findings: 1, levels: [0, 1, 0, 2], ..Totals::default() };
        assert_eq!(
            totals.to_string(),
            "3 findings (2 certain, 1 medium) in 1 file; searched 3 files, 1.2 kB; 1 binary skipped; 2 not readable"
        );
    }
}
