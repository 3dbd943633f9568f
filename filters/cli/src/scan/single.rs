//! One stream: findings are printed as they come, so memory does not grow with them.

use std::fs::File;
use std::io;
use std::path::Path;

use tamis::Place;

use super::print::Printer;
use super::progress::Progress;
use super::reader::{Reader, Searched};
use super::totals::Totals;
use super::{cannot_read, is_stdin, limit_line, name};
use crate::args::ScanArgs;
use crate::context::Seen;
use crate::failure::complain;
use crate::fd;
use crate::setup::Setup;

/// Searches a file, or standard input.
pub(super) fn run(args: &ScanArgs, setup: &Setup, path: &Path, printer: &mut Printer<'_>) -> Totals {
    let mut totals = Totals::default();
    let name = name(path);
    let progress = Progress::new(args.quiet);
    let mut first = true;
    let scanned = search(setup, path, args.binary, &progress, |seen| {
        progress.suspend(|| {
            printer.found(Place::file(name.as_deref()), &seen, &mut totals, &mut first);
        });
    });
    drop(progress);
    totals.read(&scanned);
    match scanned {
        Err(error) => complain(cannot_read(path, &error)),
        Ok(Some(Searched { limit: Some(limit), .. })) => complain(limit_line(name.as_deref(), limit)),
        Ok(_) => {}
    }
    totals
}

fn search(setup: &Setup, path: &Path, binary: bool, progress: &Progress, found: impl FnMut(Seen)) -> io::Result<Option<Searched>> {
    let mut reader = Reader::new(setup);
    if is_stdin(path) {
        reader.stream(&mut progress.watch(&mut fd::stdin()?), found).map(Some)
    } else {
        reader.set_path(name(path).as_deref());
        reader.file(&mut progress.watch(&mut File::open(path)?), binary, found)
    }
}
