//! The files of a log, read from the oldest event to the newest.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use tamis::audit::Record;
use tamis::session::Id;

use super::store::{folder, parts};
use crate::args::{ChoiceArgs, LogArgs};
use crate::failure::{Failure, complain};

/// A log that is read.
pub(super) struct Files {
    /// The files, oldest first.
    pub(super) paths: Vec<PathBuf>,
}

impl Files {
    /// Finds the log's files. `-` is standard input.
    pub(super) fn open(args: &LogArgs) -> Result<Self, Failure> {
        let path = &args.file;
        if path.as_os_str() == "-" {
            return Ok(Files { paths: vec![path.clone()] });
        }
        let unreadable = |error: io::Error| Failure::file("cannot read the audit log", path, &error);
        let mut paths = rotated_files(path).map_err(unreadable)?;
        if path.is_dir() {
            return Err(unreadable(ErrorKind::IsADirectory.into()));
        }
        if path.exists() || paths.is_empty() {
            // Opened here so that a missing file is told before anything is printed.
            File::open(path).map_err(unreadable)?;
            paths.push(path.clone());
        }
        Ok(Files { paths })
    }

    /// Reads all lines, with their line ends. `line` also gets the number of the file, and stops it with an error.
    pub(super) fn lines(&self, mut line: impl FnMut(usize, &[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut buffer = Vec::new();
        for (number, path) in self.paths.iter().enumerate() {
            let unreadable = |error: io::Error| Failure::file("cannot read the audit log", path, &error);
            let mut source: Box<dyn BufRead> = match path.as_os_str() == "-" {
                true => Box::new(io::stdin().lock()),
                false => Box::new(BufReader::with_capacity(1 << 16, File::open(path).map_err(unreadable)?)),
            };
            loop {
                buffer.clear();
                if source.read_until(b'\n', &mut buffer).map_err(unreadable)? == 0 {
                    break;
                }
                line(number, &buffer)?;
            }
        }
        Ok(())
    }

    /// Reads the records that are wanted. Lines that are none are told once: to look closer there is `verify`. Where no line
    /// is one, there is no log.
    pub(super) fn records(&self, choice: &ChoiceArgs, mut take: impl FnMut(Record) -> Result<(), Failure>) -> Result<(), Failure> {
        // As records write it.
        let id = choice.session.as_deref().and_then(Id::new);
        let session = id.as_ref().map(|id| memchr::memmem::Finder::new(id.as_str()));
        let (mut line_number, mut unreadable, mut is_log) = (0u64, None, false);
        self.lines(|_, line| {
            line_number += 1;
            // Far quicker than reading all of the record, and it only ever says no where that is right.
            if session.as_ref().is_some_and(|id| id.find(line).is_none()) {
                is_log = true;
                return Ok(());
            }
            match Record::parse(line) {
                Ok(record) => {
                    is_log = true;
                    if is_wanted(&record, id.as_ref(), choice) { take(record) } else { Ok(()) }
                }
                Err(why) => {
                    let (_, count) = unreadable.get_or_insert((format!("line {line_number}: {why}"), 0u64));
                    *count += 1;
                    Ok(())
                }
            }
        })?;
        if let Some((first, count)) = unreadable {
            if !is_log {
                let path = self.paths.last().map(|path| path.display().to_string()).unwrap_or_default();
                return Err(Failure::new("no audit log", path, format_args!("{first}: name a file that --audit wrote")));
            }
            let more = if count > 1 { format!(" (and {} more lines)", count - 1) } else { String::new() };
            complain(format_args!("left out what is no record: {first}{more}: see `tamis audit verify`"));
        }
        Ok(())
    }
}

fn is_wanted(record: &Record, session: Option<&Id>, choice: &ChoiceArgs) -> bool {
    session.is_none_or(|id| record.event.context.ids.session.as_ref() == Some(id))
        && choice.since.is_none_or(|since| record.event.time >= since)
        && choice.until.is_none_or(|until| record.event.time < until)
}

/// The full files of this log, oldest first.
fn rotated_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    let (stem, extension) = parts(path);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder(path))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let digits = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('.')).and_then(|rest| rest.strip_suffix(&extension));
        let start = digits.filter(|digits| digits.len() >= 12).and_then(|digits| digits.parse::<u64>().ok());
        files.extend(start.map(|start| (start, entry.path())));
    }
    files.sort();
    Ok(files.into_iter().map(|(_, file)| file).collect())
}
