//! `tamis scan`: searches files, folders and standard input, and says where something is.

mod exclude;
mod outcome;
pub(crate) mod placed;
mod print;
pub(crate) mod progress;
pub(crate) mod reader;
mod single;
pub(crate) mod skim;
mod totals;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::{env, io};

use tamis::{Decision, Frame, LimitHit, LimitKind, Mode, Surface, Timestamp};

use crate::args::{ScanArgs, ScanCommand};
use crate::audit::Record;
use crate::baseline::Baseline;
use crate::failure::{Exit, Failure, one_line};
use crate::fd;
use crate::ignores::Ignores;
use crate::judge::Judge;
use crate::report::Reports;
use crate::setup::Setup;
use crate::{diff, git};
pub(crate) use exclude::Exclude;
use outcome::Outcome;
use placed::Teller;
use print::Printer;
pub(crate) use progress::Progress;
pub(crate) use reader::Reader;
use totals::Totals;
pub(crate) use totals::size;

/// Runs the command.
pub(crate) fn run(args: &ScanCommand) -> Result<Exit, Failure> {
    let exit = search(&args.scan, Reports::open(&args.report)?)?;
    Ok(if args.exit_zero && matches!(exit, Exit::Findings | Exit::Blocked) { Exit::Clean } else { exit })
}

/// Searches, and reports what is found there.
pub(crate) fn search(args: &ScanArgs, reports: Reports) -> Result<Exit, Failure> {
    let started = Timestamp::now();
    let exclude = Exclude::new(&args.exclude)?;
    let setup = Setup::new(&args.detect, &args.gate, Mode::Label, Frame::Text)?;
    let judge = Judge::new(&args.gate, Decision::Redact, Some(Surface::Commit))?;
    let baselines = args.baseline.iter().map(|path| Baseline::load(path, &setup.settings.key)).collect::<Result<_, _>>()?;
    let ignores = Ignores::new(baselines, !args.no_allow_comments, started);
    let record = Record::open(&args.record, &args.session, &setup.scanner, &judge)?;
    let (pass_removed, quiet) = (args.git.pass_removed, args.quiet);
    let mut printer = Printer { scanner: &setup.scanner, judge: &judge, ignores, reports, record, started, pass_removed, quiet };
    let mut totals = match args.paths.as_slice() {
        _ if args.git.is_given() => told(args, &setup, exclude, &mut printer)?,
        [path] if !path.is_dir() && !exclude.covers(path, false) => single::run(args, &setup, path, &mut printer),
        paths => many(args, &setup, &exclude, paths, &mut printer),
    };
    // They were made to be looked at again: whoever reads past them would never do so.
    totals.lapsed(judge.tell_lapsed() as u64);
    printer.finish(&totals, is_all(args))?;
    Ok(totals.exit())
}

/// Whether what a baseline lists would have been found, if it still were there. Single files are a part of what it is for, and
/// so is what is left of all findings by a choice.
fn is_all(args: &ScanArgs) -> bool {
    let detect = &args.detect;
    let is_chosen = !(detect.class.is_empty() && detect.rule.is_empty() && detect.no_rule.is_empty() && args.exclude.is_empty());
    !args.git.is_given() && !is_chosen && args.paths.iter().all(|path| path.is_dir())
}

/// History, changes and diffs: findings are told with their commits.
fn told(args: &ScanArgs, setup: &Setup, exclude: Exclude, printer: &mut Printer<'_>) -> Result<Totals, Failure> {
    let wanted = printer.reports.human && !args.quiet;
    let mut teller = Teller::new(printer, args.git.authored_by.author(), exclude);
    match &args.git.diff {
        Some(diff) => diff::run(diff, args, setup, &mut teller)?,
        None => git::run(args, setup, &mut teller)?,
    }
    if wanted {
        teller.sum_up();
    }
    Ok(teller.totals)
}

/// Many files: threads collect what they find, and it is printed in the order of the paths.
fn many(args: &ScanArgs, setup: &Setup, exclude: &Exclude, paths: &[PathBuf], printer: &mut Printer<'_>) -> Totals {
    let progress = Progress::new(args.quiet);
    let wanted = paths.iter().filter(|path| !exclude.covers(path, path.is_dir()));
    let (streams, roots): (Vec<_>, Vec<_>) = wanted.partition(|path| is_stdin(path));
    let mut outcome = Outcome::default();
    if !streams.is_empty() {
        let mut found = Vec::new();
        let mut reader = Reader::new(setup);
        let scanned = fd::stdin().and_then(|mut source| reader.stream(&mut progress.watch(&mut source), |seen| found.push(seen)));
        outcome.add(Path::new("-"), scanned.map(Some), found);
    }
    if !roots.is_empty() || paths.is_empty() {
        outcome.merge(walk::run(args, setup, exclude, &roots, &progress));
    }
    drop(progress);
    outcome.print(printer)
}

/// Whether the path stands for standard input.
fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The name that reports give a path: none for standard input.
fn name(path: &Path) -> Option<String> {
    (!is_stdin(path)).then(|| from_here(path).display().to_string())
}

/// The path from the current folder on, where it lies below: so do policies, baselines and code hosts name files.
fn from_here(path: &Path) -> &Path {
    static HERE: LazyLock<PathBuf> = LazyLock::new(|| env::current_dir().unwrap_or_default());
    path.strip_prefix(&*HERE).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path)
}

fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound && path.to_string_lossy().contains("://") {
        return Failure::new("cannot read", path.display(), "it is an address: clone it, and give its folder");
    }
    Failure::file("cannot read", if is_stdin(path) { Path::new("standard input") } else { path }, error)
}

pub(crate) fn cannot_write(error: &io::Error) -> Failure {
    Failure::file("cannot write", Path::new("standard output"), error)
}

/// Says that a limit was hit. What lies before and after it was searched.
pub(crate) fn limit_line(path: Option<&str>, limit: LimitHit) -> String {
    let what = match limit.kind {
        LimitKind::MatchLength => "a match is longer than its rule allows",
    };
    let place = one_line(path.unwrap_or("standard input"));
    format!("limit reached: {place}: {what}, at byte {}: it was taken for text", limit.offset)
}
