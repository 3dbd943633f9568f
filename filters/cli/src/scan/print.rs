//! Prints findings on standard output.

use std::io::{self, BufWriter, StdoutLock, Write};

use tamis::{Located, Scanner};

use crate::args::Listing;
use crate::color::Palette;
use crate::{human, jsonl};

/// Prints findings in the form that was asked for. The first error stops it and is told at the end.
pub(super) struct Printer {
    scanner: Scanner,
    listing: Listing,
    palette: Palette,
    out: BufWriter<StdoutLock<'static>>,
    result: io::Result<()>,
}

impl Printer {
    pub(super) fn new(scanner: &Scanner, listing: Listing) -> Self {
        let palette = Palette::for_stdout();
        Printer { scanner: scanner.clone(), listing, palette, out: BufWriter::new(io::stdout().lock()), result: Ok(()) }
    }

    /// Prints a finding.
    pub(super) fn finding(&mut self, path: Option<&str>, located: &Located) {
        if self.result.is_err() {
            return;
        }
        let rule = self.scanner.rule(located.finding.rule);
        self.result = match self.listing {
            Listing::Human => human::finding(&mut self.out, &self.palette, path, located, rule),
            Listing::Jsonl => jsonl::finding(&mut self.out, path, located, rule),
        };
    }

    /// Writes out what is still in memory.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.result.and_then(|()| self.out.flush())
    }
}
