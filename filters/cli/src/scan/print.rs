//! Prints findings on standard output.

use std::io::{self, BufWriter, StdoutLock, Write};

use tamis::{Decided, Decision, Place, Scanner};

use super::cannot_write;
use crate::args::Listing;
use crate::audit::Record;
use crate::color::Palette;
use crate::failure::Failure;
use crate::{human, jsonl};

/// Prints findings in the form that was asked for, and records them if that was asked for. The first error stops it and is told at the end.
pub(super) struct Printer {
    scanner: Scanner,
    listing: Listing,
    by_policy: bool,
    palette: Palette,
    out: BufWriter<StdoutLock<'static>>,
    record: Option<Record>,
    result: io::Result<()>,
}

impl Printer {
    pub(super) fn new(scanner: &Scanner, listing: Listing, by_policy: bool, record: Option<Record>) -> Self {
        let palette = Palette::for_stdout();
        Printer { scanner: scanner.clone(), listing, by_policy, palette, out: BufWriter::new(io::stdout().lock()), record, result: Ok(()) }
    }

    /// Prints a finding, unless it is allowed, and records it in any case.
    pub(super) fn finding(&mut self, place: Place<'_>, decided: &Decided) {
        let rule = self.scanner.rule(decided.located.finding.rule);
        if let Some(record) = &mut self.record {
            record.finding(place, decided, rule);
        }
        if self.result.is_err() || decided.ruling.decision == Decision::Allow {
            return;
        }
        self.result = match self.listing {
            Listing::Human => human::finding(&mut self.out, &self.palette, place, decided, self.by_policy, rule),
            Listing::Jsonl => jsonl::finding(&mut self.out, place, decided, self.by_policy, rule),
        };
    }

    /// Stores and writes out what is still in memory, after a run over as many bytes.
    pub(super) fn finish(mut self, bytes: u64) -> Result<(), Failure> {
        if let Some(record) = self.record {
            record.close(bytes)?;
        }
        match self.result.and_then(|()| self.out.flush()) {
            // Nobody reads on: the exit code still tells.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(&error)),
            _ => Ok(()),
        }
    }
}
