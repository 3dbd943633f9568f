//! Running a program and telling how long it took and how much memory it held.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::shell;

const TIME: &str = "/usr/bin/time";

/// A program and its arguments.
pub(crate) type Line = Vec<OsString>;

/// One run.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// Most memory that it held, in KiB, where that can be told.
    pub(crate) peak: Option<u64>,
}

/// Several runs of one program.
pub(crate) struct Measured {
    pub(crate) median: Duration,
    pub(crate) least: Duration,
    pub(crate) most: Duration,
    pub(crate) peak: Option<u64>,
}

impl Measured {
    pub(crate) fn of(runs: &[Run]) -> Self {
        let mut walls: Vec<Duration> = runs.iter().map(|run| run.wall).collect();
        walls.sort();
        let at = |index: usize| walls.get(index).copied().unwrap_or_default();
        let last = walls.len().saturating_sub(1);
        Measured { median: at(walls.len() / 2), least: at(0), most: at(last), peak: runs.iter().filter_map(|run| run.peak).max() }
    }
}

/// Cores that a program may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// The first one.
    One,
    /// All there are.
    All,
}

/// Runs a program with these files as its input and output. With `memory` its peak memory is told too.
pub(crate) fn run(line: &Line, input: &Path, output: &Path, cores: Cores, memory: bool) -> Result<Run, String> {
    let file = |path: &Path, file: io::Result<File>| file.map_err(|error| format!("{}: {error}", path.display()));
    let mut watched = Watched::new(line, cores, memory)?;
    watched.command.stdin(file(input, File::open(input))?).stdout(file(output, File::create(output))?);
    let start = Instant::now();
    let status = watched.command.status().map_err(|error| watched.says(&error))?;
    let wall = start.elapsed();
    // Scanners answer 1 or more when they found something.
    if status.code().is_none() {
        return Err(watched.says(&status));
    }
    Ok(Run { wall, peak: watched.peak()? })
}

/// Runs a program on one core and feeds it this many bytes, the text over and over.
pub(crate) fn feed(line: &Line, text: &[u8], size: u64) -> Result<Run, String> {
    let mut watched = Watched::new(line, Cores::One, true)?;
    watched.command.stdin(Stdio::piped());
    let start = Instant::now();
    let mut child = watched.command.spawn().map_err(|error| watched.says(&error))?;
    if let Some(mut input) = child.stdin.take() {
        let mut left = size;
        while left > 0 {
            let piece = &text[..text.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
            input.write_all(piece).map_err(|error| watched.says(&error))?;
            left -= piece.len() as u64;
        }
    }
    let status = child.wait().map_err(|error| watched.says(&error))?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(watched.says(&status));
    }
    Ok(Run { wall, peak: watched.peak()? })
}

/// A program under the tools that pin it and tell its memory, where they are.
struct Watched {
    command: Command,
    memory: Option<PathBuf>,
}

impl Watched {
    fn new(line: &Line, cores: Cores, memory: bool) -> Result<Self, String> {
        let mut words = Line::new();
        if cores == Cores::One && shell::find("taskset").is_some() {
            words.extend(["taskset", "-c", "0"].map(OsString::from));
        }
        let memory = (memory && Path::new(TIME).is_file()).then(|| shell::target().join("bench").join("peak"));
        if let Some(file) = &memory {
            let folder = file.parent().unwrap_or(file);
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            // What an earlier run left must not be taken for this one's.
            let _ = fs::remove_file(file);
            words.extend([TIME, "-f", "%M", "-o"].map(OsString::from));
            words.push(file.into());
        }
        words.extend(line.iter().cloned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Watched { command, memory })
    }

    /// The memory that was told, after the run. The line before it tells of an exit code. Where it was to be told and is
    /// not, the program did not run.
    fn peak(&self) -> Result<Option<u64>, String> {
        let Some(file) = &self.memory else { return Ok(None) };
        let told = fs::read_to_string(file).ok().and_then(|text| text.lines().last()?.trim().parse().ok());
        told.map(Some).ok_or_else(|| self.says(&"did not run"))
    }

    fn says(&self, what: &dyn std::fmt::Display) -> String {
        format!("{}: {what}", self.command.get_program().to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        let runs = [3, 1, 2].map(|seconds| Run { wall: Duration::from_secs(seconds), peak: Some(seconds) });
        let measured = Measured::of(&runs);
        assert_eq!([measured.least, measured.median, measured.most].map(|time| time.as_secs()), [1, 2, 3]);
        assert_eq!(measured.peak, Some(3));
    }
}
