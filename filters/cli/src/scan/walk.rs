//! Walks folders on all cores, honouring ignore files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{mem, thread};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkParallel, WalkState};

use super::exclude::Exclude;
use super::from_here;
use super::outcome::Outcome;
use super::progress::Progress;
use super::reader::{Reader, Searched};
use crate::args::ScanArgs;
use crate::context::Seen;
use crate::failure::{Failure, one_line, system_text};
use crate::setup::Setup;

/// Searches all files below the roots; without any, below the current folder.
///
/// Hidden files are searched, `.git` is not. Links are followed only where they are a root, as a file behind one is
/// searched in its own place.
pub(super) fn run(args: &ScanArgs, setup: &Setup, exclude: &Exclude, roots: &[&PathBuf], progress: &Progress) -> Outcome {
    let crew = Crew { setup, binary: args.binary, here: roots.is_empty(), progress, outcome: Mutex::default() };
    walker(args, exclude, roots).visit(&mut Recruiter(&crew));
    crew.outcome.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn walker(args: &ScanArgs, exclude: &Exclude, roots: &[&PathBuf]) -> WalkParallel {
    let here = PathBuf::from(".");
    let (first, rest) = roots.split_first().map_or((&here, &[][..]), |(first, rest)| (*first, rest));
    let mut walk = WalkBuilder::new(first);
    for root in rest {
        walk.add(root);
    }
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    walk.standard_filters(!args.no_ignore).hidden(false).threads(args.jobs.map_or_else(cores, usize::from));
    let exclude = exclude.clone();
    walk.filter_entry(move |entry| {
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        entry.depth() == 0 || (entry.file_name() != ".git" && !exclude.covers(entry.path(), is_dir))
    });
    walk.build_parallel()
}

/// What all threads share.
struct Crew<'s> {
    setup: &'s Setup,
    binary: bool,
    /// The current folder was not named, so its name is not shown.
    here: bool,
    progress: &'s Progress,
    outcome: Mutex<Outcome>,
}

struct Recruiter<'c>(&'c Crew<'c>);

impl<'c> ParallelVisitorBuilder<'c> for Recruiter<'c> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'c> {
        let reader = Reader::new(self.0.setup);
        Box::new(Worker { crew: self.0, reader, outcome: Outcome::default(), found: Vec::new() })
    }
}

/// One thread. What it found is handed over when it ends.
struct Worker<'c> {
    crew: &'c Crew<'c>,
    reader: Reader,
    outcome: Outcome,
    found: Vec<Seen>,
}

impl Worker<'_> {
    fn scan(&mut self, path: &Path) -> io::Result<Option<Searched>> {
        let mut file = File::open(path)?;
        let shown = path.strip_prefix(".").unwrap_or_else(|_| from_here(path)).to_string_lossy();
        self.reader.set_path(Some(&shown));
        self.reader.file(&mut self.crew.progress.watch(&mut file), self.crew.binary, |seen| self.found.push(seen))
    }
}

impl ParallelVisitor for Worker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Err(error) => {
                let (path, line) = unreadable(&error);
                self.outcome.add_unreadable(&path, line);
            }
            Ok(entry) if is_wanted(&entry) => {
                let path = entry.path();
                let scanned = self.scan(path);
                let path = if self.crew.here { path.strip_prefix(".").unwrap_or(path) } else { path };
                self.outcome.add(path, scanned, mem::take(&mut self.found));
            }
            Ok(_) => {}
        }
        WalkState::Continue
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut outcome = self.crew.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.merge(mem::take(&mut self.outcome));
    }
}

/// Plain files; of what the user named, everything that is not a folder.
fn is_wanted(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    if entry.depth() == 0 { !entry.path().is_dir() } else { kind.is_some_and(|kind| kind.is_file()) }
}

/// The path and the line for something that the walk could not read.
fn unreadable(error: &ignore::Error) -> (PathBuf, String) {
    match error {
        ignore::Error::WithPath { path, err } => {
            let line = match err.io_error() {
                Some(io) => Failure::file("cannot read", path, io).to_string(),
                None => one_line(&format!("cannot read: {}: {err}", path.display())),
            };
            (path.clone(), line)
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => unreadable(err),
        other => {
            let text = other.io_error().map_or_else(|| other.to_string(), system_text);
            (PathBuf::new(), one_line(&format!("cannot read a folder: {text}")))
        }
    }
}
