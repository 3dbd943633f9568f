//! What threads found, brought into an order that does not depend on them.

use std::io;
use std::path::{Path, PathBuf};

use tamis::Place;

use super::print::Printer;
use super::reader::Searched;
use super::totals::Totals;
use super::{cannot_read, limit_line, name};
use crate::context::Seen;
use crate::failure::complain;

/// The findings of many files, and what there is to say about these.
#[derive(Default)]
pub(super) struct Outcome {
    files: Vec<(PathBuf, Vec<Seen>)>,
    remarks: Vec<(PathBuf, String)>,
    totals: Totals,
}

impl Outcome {
    /// Adds a file.
    pub(super) fn add(&mut self, path: &Path, scanned: io::Result<Option<Searched>>, found: Vec<Seen>) {
        self.totals.read(&scanned);
        match scanned {
            Err(error) => self.remark(path, cannot_read(path, &error).to_string()),
            Ok(Some(Searched { limit: Some(limit), .. })) => self.remark(path, limit_line(name(path).as_deref(), limit)),
            Ok(_) => {}
        }
        if !found.is_empty() {
            self.files.push((path.to_owned(), found));
        }
    }

    /// Adds something that the walk could not read.
    pub(super) fn add_unreadable(&mut self, path: &Path, line: String) {
        self.totals.unreadable();
        self.remark(path, line);
    }

    fn remark(&mut self, path: &Path, line: String) {
        self.remarks.push((path.to_owned(), line));
    }

    /// Adds another thread's findings.
    pub(super) fn merge(&mut self, mut other: Outcome) {
        self.files.append(&mut other.files);
        self.remarks.append(&mut other.remarks);
        self.totals.merge(&other.totals);
    }

    /// Prints everything by path and offset. A file that was reached on two ways is printed once.
    pub(super) fn print(mut self, printer: &mut Printer<'_>) -> Totals {
        self.files.sort_by(|a, b| a.0.cmp(&b.0));
        self.files.dedup_by(|a, b| a.0 == b.0);
        self.remarks.sort();
        self.remarks.dedup();
        for (path, found) in &self.files {
            let name = name(path);
            let mut first = true;
            for seen in found {
                printer.found(Place::file(name.as_deref()), seen, &mut self.totals, &mut first);
            }
        }
        for (_, line) in &self.remarks {
            complain(line);
        }
        self.totals
    }
}
