//! A transcript is rewritten in place: what was decided goes, what the session needs stays, and the file as it was is kept
//! elsewhere.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{self, Write};
use std::iter;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::de::IgnoredAny;
use tamis::{Decided, Finding, LimitHit, Located, Recorder, Rewriter, RuleIndex, Secret, Sink, Timestamp};

use super::keep::kept;
use crate::args::ScrubArgs;
use crate::failure::Failure;
use crate::replace::Draft;
use crate::session::{make_private, state_folder};
use crate::setup::Setup;

/// A file that was written to more recently may be written to again.
const QUIET: Duration = Duration::from_secs(60);

/// Rewrites files.
pub(super) struct Scrubber<'a> {
    setup: &'a Setup,
    active: bool,
    backups: Option<PathBuf>,
}

/// What became of a file.
#[derive(Debug, Default)]
pub(super) struct Scrubbed {
    /// So many findings were replaced.
    pub(super) replaced: usize,
    /// Findings in what a session needs.
    pub(super) stays: Vec<Located>,
}

impl<'a> Scrubber<'a> {
    pub(super) fn new(setup: &'a Setup, args: &ScrubArgs) -> Result<Self, Failure> {
        let time = || Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let backups = match (&args.backup, args.no_backup) {
            (_, true) => None,
            (Some(folder), _) => Some(folder.clone()),
            (None, _) => Some(state_folder(&args.state)?.join("backups").join(time())),
        };
        Ok(Scrubber { setup, active: args.active, backups })
    }

    /// Where the files as they were are.
    pub(super) fn backups(&self) -> Option<&Path> {
        self.backups.as_deref()
    }

    /// Rewrites a file in which this was found.
    pub(super) fn file(&self, path: &Path, decided: &[Decided]) -> Result<Scrubbed, Failure> {
        let cannot = |error: io::Error| Failure::file("cannot rewrite", path, &error);
        let before = fs::metadata(path).map_err(cannot)?;
        if !self.active && before.modified().is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age < QUIET)) {
            let why = "it was written to within the last minute, and its program may go on: end that, or give --active";
            return Err(Failure::new("cannot rewrite", path.display(), why));
        }
        let bytes = fs::read(path).map_err(cannot)?;
        let changes = || Failure::new("cannot rewrite", path.display(), "it changes meanwhile: end the program that writes it");
        let again = self.find(&bytes);
        if again.len() != decided.len() || again.iter().zip(decided).any(|(again, decided)| again.finding != decided.located.finding) {
            return Err(changes());
        }
        let wanted: Vec<Located> = decided.iter().filter(|decided| !decided.ruling.decision.passes()).map(|d| d.located).collect();
        let needed = needed(&bytes, &wanted);
        let (stays, goes): (Vec<Located>, Vec<Located>) =
            wanted.into_iter().partition(|located| needed.iter().any(|range| overlaps(range, located)));
        if goes.is_empty() {
            return Ok(Scrubbed { replaced: 0, stays });
        }
        let text = self.rewrite(&bytes, &goes);
        if !is_whole(&bytes, &text) {
            return Err(Failure::new("cannot rewrite", path.display(), "it would not be read any more: it stays as it is"));
        }
        self.back_up(path).map_err(cannot)?;
        let mut draft = Draft::of(path).map_err(cannot)?;
        draft.write_all(&text).map_err(cannot)?;
        // Programs list sessions by the time of their file.
        if let Ok(modified) = before.modified() {
            draft.file().set_times(FileTimes::new().set_modified(modified)).map_err(cannot)?;
        }
        let stamp = |metadata: &Metadata| (metadata.len(), metadata.modified().ok());
        if fs::metadata(path).map_err(cannot).map(|now| stamp(&now))? != stamp(&before) {
            return Err(changes());
        }
        draft.place().map_err(cannot)?;
        Ok(Scrubbed { replaced: goes.len(), stays })
    }

    fn find(&self, bytes: &[u8]) -> Vec<Located> {
        let mut recorder = Recorder::new(&self.setup.settings);
        recorder.reset(false);
        let mut stream = self.setup.scanner.stream();
        stream.push(bytes, &mut recorder);
        stream.finish(&mut recorder);
        recorder.drain().collect()
    }

    fn rewrite(&self, bytes: &[u8], goes: &[Located]) -> Vec<u8> {
        let goes = goes.iter().map(|located| located.finding.span.start).collect();
        let rewriter = Rewriter::new(&self.setup.scanner, &self.setup.settings, Vec::with_capacity(bytes.len()));
        let mut chosen = Chosen { rewriter, goes, open: false };
        let mut stream = self.setup.scanner.stream();
        stream.push(bytes, &mut chosen);
        stream.finish(&mut chosen);
        std::mem::take(chosen.rewriter.output_mut())
    }

    /// Keeps the file as it is, where only its owner can read it.
    fn back_up(&self, path: &Path) -> io::Result<()> {
        let Some(backups) = &self.backups else { return Ok(()) };
        let whole = fs::canonicalize(path)?;
        let inside: PathBuf = whole.components().filter(|part| matches!(part, Component::Normal(_))).collect();
        let target = backups.join(inside);
        make_private(backups)?;
        make_private(target.parent().unwrap_or(backups))?;
        let mut copy = fresh(&target)?;
        io::copy(&mut File::open(path)?, &mut copy)?;
        copy.set_permissions(fs::metadata(path)?.permissions())?;
        copy.sync_all()
    }
}

/// A new file of this name or, where an earlier run kept one there, with a number behind it: what was there first is worth most.
fn fresh(target: &Path) -> io::Result<File> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let numbered = (1u32..).map(|number| target.with_file_name(format!("{name}.{number}")));
    for path in iter::once(target.to_owned()).chain(numbered) {
        match File::create_new(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Replaces some findings; the others are text.
struct Chosen {
    rewriter: Rewriter<Vec<u8>>,
    goes: HashSet<u64>,
    open: bool,
}

impl Sink for Chosen {
    fn text(&mut self, bytes: &[u8]) {
        self.rewriter.text(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        if self.goes.contains(&finding.span.start) {
            self.rewriter.finding(finding, secret);
        } else {
            self.rewriter.text(secret.expose());
        }
    }

    fn open(&mut self, finding: &Finding) {
        self.open = self.goes.contains(&finding.span.start);
        if self.open {
            self.rewriter.open(finding);
        }
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        if self.open {
            self.rewriter.part(rule, secret);
        } else {
            self.rewriter.text(secret.expose());
        }
    }

    fn close(&mut self, finding: &Finding) {
        if std::mem::take(&mut self.open) {
            self.rewriter.close(finding);
        }
    }

    fn limit(&mut self, limit: LimitHit) {
        self.rewriter.limit(limit);
    }
}

fn overlaps(range: &Range<usize>, located: &Located) -> bool {
    let span = located.finding.span.range();
    range.start < span.end && span.start < range.end
}

/// The parts of the documents around these findings that have to stay.
fn needed(bytes: &[u8], findings: &[Located]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    if is_json(bytes) {
        ranges.extend(std::str::from_utf8(bytes).map(kept).unwrap_or_default());
        return ranges;
    }
    let mut done = 0;
    for located in findings {
        let at = located.finding.span.range().start;
        if at < done {
            continue;
        }
        let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |len| at + len);
        if let Ok(line) = std::str::from_utf8(&bytes[start..end]) {
            ranges.extend(kept(line).into_iter().map(|range| start + range.start..start + range.end));
        }
        done = end;
    }
    ranges
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Whether each document that could be read still can.
fn is_whole(before: &[u8], after: &[u8]) -> bool {
    if is_json(before) {
        return is_json(after);
    }
    let lines = |text: &[u8]| text.split(|b| *b == b'\n').count();
    let is_document = |line: &[u8]| line.trim_ascii_start().starts_with(b"{") && is_json(line);
    let mut pairs = before.split(|b| *b == b'\n').zip(after.split(|b| *b == b'\n'));
    // In histories a key over many lines leaves one line behind.
    let has_documents = before.split(|b| *b == b'\n').next().is_some_and(is_document);
    !has_documents
        || lines(before) == lines(after) && pairs.all(|(before, after)| before == after || !is_document(before) || is_json(after))
}
