//! `tamis scan --diff`: what a diff adds, with its place in the files that it is about.
//!
//! Each hunk is searched as its new side stands: context lines are read, so that a secret over several lines is found,
//! and what is found counts if it touches a line that was added. The text around diffs, such as the messages of commits,
//! is searched too.

mod hunk;
mod letter;
mod path;
mod pieces;
mod section;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tamis::{LimitHit, Located, Stream};

use crate::args::ScanArgs;
use crate::context::{Seen, Watcher};
use crate::failure::{Failure, complain, one_line};
use crate::fd;
use crate::scan::limit_line;
use crate::scan::placed::{Placed, Teller};
use crate::scan::progress::Progress;
use crate::setup::Setup;
use hunk::Hunk;
use letter::Letter;
use pieces::{Piece, Pieces};
use section::{Head, Section};

/// Searches a diff.
pub(crate) fn run(path: &Path, args: &ScanArgs, setup: &Setup, teller: &mut Teller<'_, '_>) -> Result<(), Failure> {
    let is_stdin = path.as_os_str() == "-";
    let shown = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let why = |error: &io::Error| Failure::file("cannot read", Path::new(&shown), error);
    let mut source = if is_stdin { fd::stdin() } else { File::open(path) }.map_err(|error| why(&error))?;
    let progress = Progress::new(args.quiet);
    let own: Option<Arc<str>> = (!is_stdin).then(|| shown.as_str().into());
    let mut reader = Reader::new(setup, teller, &progress, &shown, own);
    let mut pieces = Pieces::new(progress.watch(&mut source));
    let ended = loop {
        match pieces.next() {
            Ok(Some(piece)) => reader.piece(&piece),
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    reader.finish();
    if let Err(error) = &ended {
        complain(why(error));
        reader.teller.totals.unreadable();
    }
    let (bytes, files, binary, is_diff, is_colored) = (reader.offset, reader.files, reader.binary, reader.is_diff, reader.is_colored);
    teller.totals.searched(files, bytes, binary);
    match bytes {
        1.. if !is_diff && is_colored => {
            Err(Failure::new("the diff is coloured", shown, "print it without colours: `git diff --no-color`"))
        }
        1.. if !is_diff => Err(Failure::new("not a unified diff", shown, "give what `diff -u`, `git diff` or `git format-patch` prints")),
        _ => Ok(()),
    }
}

/// Where the reader is.
#[derive(Debug)]
enum Part {
    /// Between diffs: heads, messages, and all else.
    Prose,
    Hunk(Hunk),
    /// Inside encoded binary data.
    Binary,
}

struct Reader<'r, 't, 's> {
    teller: &'r mut Teller<'t, 's>,
    progress: &'r Progress,
    /// The diff's name, for errors, and for findings around diffs.
    shown: &'r str,
    own: Option<Arc<str>>,
    stream: Stream,
    watcher: Watcher,
    part: Part,
    /// The number of the line at which the text that is searched began, and the offset.
    begun: (u64, u64),
    /// Of a line that comes in pieces: whether it is searched.
    searched: bool,
    section: Section,
    letter: Letter,
    line: u64,
    offset: u64,
    files: u64,
    binary: u64,
    is_diff: bool,
    /// Whether a line starts with a colour, which hides what kind of line it is.
    is_colored: bool,
    limit: Option<LimitHit>,
}

impl<'r, 't, 's> Reader<'r, 't, 's> {
    fn new(setup: &Setup, teller: &'r mut Teller<'t, 's>, progress: &'r Progress, shown: &'r str, own: Option<Arc<str>>) -> Self {
        Reader {
            teller,
            progress,
            shown,
            own,
            stream: setup.scanner.stream(),
            watcher: Watcher::new(&setup.settings, setup.scanner.rules()),
            part: Part::Prose,
            begun: (0, 0),
            searched: false,
            section: Section::default(),
            letter: Letter::default(),
            line: 0,
            offset: 0,
            files: 0,
            binary: 0,
            is_diff: false,
            is_colored: false,
            limit: None,
        }
    }

    /// Reads on.
    fn piece(&mut self, piece: &Piece<'_>) {
        if piece.starts {
            self.line += 1;
            self.searched = self.starts(piece.bytes);
        } else if self.searched {
            self.push(piece.bytes, self.offset + piece.bytes.len() as u64);
        }
        self.offset += piece.bytes.len() as u64;
    }

    /// A line starts. Says whether what is still to come of it is searched.
    fn starts(&mut self, line: &[u8]) -> bool {
        match &mut self.part {
            Part::Binary if !line.trim_ascii().is_empty() => return false,
            Part::Binary => self.part = Part::Prose,
            Part::Hunk(hunk) if !hunk.is_done() => match hunk.line(line, self.offset) {
                hunk::Line::New(skipped) => {
                    self.push(&line[skipped..], self.offset + line.len() as u64);
                    return true;
                }
                hunk::Line::Old | hunk::Line::Remark => return false,
                hunk::Line::None => self.cut(),
            },
            Part::Hunk(_) if line.starts_with(b"\\") => return false,
            Part::Hunk(_) | Part::Prose => {}
        }
        self.between(line)
    }

    /// A line between hunks.
    fn between(&mut self, line: &[u8]) -> bool {
        if line.starts_with(b"@@")
            && let Some(hunk) = Hunk::read(line)
        {
            self.end();
            self.is_diff = true;
            self.part = Part::Hunk(hunk);
            return false;
        }
        match self.section.line(line) {
            Head::Prose => return self.prose(line),
            Head::File => {
                self.end();
                self.is_diff = true;
            }
            Head::More => self.end(),
            Head::Text => {
                self.end();
                self.files += 1;
            }
            Head::Binary => {
                self.end();
                self.binary += 1;
            }
            Head::BinaryPatch => {
                self.end();
                self.binary += 1;
                self.part = Part::Binary;
            }
            Head::Submodule => {
                self.end();
                self.teller.totals.elsewhere(0, 1);
            }
        }
        false
    }

    fn prose(&mut self, line: &[u8]) -> bool {
        if let Part::Hunk(_) = self.part {
            self.end();
        }
        match self.letter.line(line) {
            letter::Line::Commit => {
                self.end();
                self.section.reset();
                self.teller.totals.commits(1);
                self.is_diff = true;
                return false;
            }
            letter::Line::Encoded => {
                let remedy = "decode it first, as `git mailinfo` does";
                complain(Failure::new("the mail is encoded", format_args!("{}:{}", self.shown, self.line), remedy));
                self.teller.totals.incomplete();
                return false;
            }
            letter::Line::Head | letter::Line::Text => self.is_colored |= line.starts_with(b"\x1b["),
        }
        if self.begun.0 == 0 {
            self.begun = (self.line, self.offset);
        }
        self.push(line, self.offset + line.len() as u64);
        true
    }

    /// Searches on. `next` is the offset of what comes after.
    fn push(&mut self, bytes: &[u8], next: u64) {
        self.stream.push(bytes, &mut self.watcher);
        // A message tells who wrote it in its last lines: what is found in it has to wait for these.
        if let Part::Hunk(hunk) = &mut self.part {
            hunk.text(bytes.len() as u64, next);
            let mut found = Vec::new();
            self.watcher.take(|seen| found.push(seen));
            self.tell(found);
        }
    }

    /// What is searched as one text ends here.
    fn end(&mut self) {
        let mut found = Vec::new();
        self.stream.finish(&mut self.watcher);
        self.watcher.finish(None, |seen| found.push(seen));
        self.tell(found);
        self.limit = self.limit.or(self.watcher.limit_hit());
        self.stream.reset();
        self.watcher.reset(true);
        self.part = Part::Prose;
        self.begun = (0, 0);
    }

    /// The hunk has fewer lines than it says.
    fn cut(&mut self) {
        let Part::Hunk(hunk) = &self.part else { return };
        let place = format!("{}:{}", self.shown, self.line);
        let path = self.section.path().map_or_else(|| "a file".to_owned(), |path| one_line(&path));
        let missing = hunk.missing();
        complain(Failure::new("the diff is cut off", place, format_args!("a hunk of {path} lacks lines: {missing}; get the whole diff")));
        self.teller.totals.incomplete();
        self.end();
    }

    fn finish(&mut self) {
        if matches!(&self.part, Part::Hunk(hunk) if !hunk.is_done()) {
            self.line += 1;
            self.cut();
        }
        self.end();
        if let Some(limit) = self.limit {
            complain(limit_line(Some(self.shown), limit));
        }
    }

    /// Tells what was found.
    fn tell(&mut self, found: Vec<Seen>) {
        if found.is_empty() {
            return;
        }
        let (commit, origin) = self.letter.told().cloned().map_or((None, None), |(commit, origin)| (Some(commit), origin));
        for seen in found {
            let place = |located| match &self.part {
                Part::Hunk(hunk) => hunk.place(located),
                Part::Prose | Part::Binary => Some(around(located, self.begun)),
            };
            let path = if matches!(self.part, Part::Hunk(_)) { self.section.path() } else { self.own.clone() };
            let parts = seen.parts.iter().filter_map(|part| place(*part)).collect();
            if let Some(located) = place(seen.located) {
                let (commit, origin) = (commit.clone(), origin.clone());
                let placed = Placed { seen: Seen { located, parts, ..seen }, path, commit, in_head: None, origin };
                self.progress.suspend(|| self.teller.tell(&placed));
            }
        }
    }
}

/// A finding in the text around diffs, which begins at this line and offset.
fn around(mut located: Located, (line, offset): (u64, u64)) -> Located {
    located.start.line += line - 1;
    located.end.line += line - 1;
    located.finding.span.start += offset;
    located.finding.span.end += offset;
    located
}
