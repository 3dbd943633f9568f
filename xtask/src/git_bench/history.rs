//! A repository with a long history, made once and kept.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use memchr::memmem;
use tamis_benches::{Kind, Text};
use tamis_corpus::random::Rng;

use crate::shell;

/// Changes whenever the history does.
const VERSION: u32 = 2;
const SEED: u64 = 20_260_411;
/// Files in the first commit, and lines of each.
const FILES: usize = 1200;
const LINES: usize = 250;
/// Files that a commit touches at most, and lines that it writes in each.
const TOUCHED: usize = 6;
const WRITTEN: usize = 25;
/// A new file comes with every so many commits.
const GROWTH: usize = 8;

/// A repository that is measured on.
pub(super) struct History {
    path: PathBuf,
    described: String,
    /// Different secrets that were planted in it, if that is known.
    pub(super) planted: Option<usize>,
}

impl History {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds, in a sentence.
    pub(super) fn described(&self) -> &str {
        &self.described
    }

    /// One that is there.
    pub(super) fn existing(path: &Path) -> Result<Self, String> {
        let count = |words: &[&str]| shell::output(&mut git(path, words)).unwrap_or_default();
        let commits = count(&["rev-list", "--all", "--count"]);
        let objects = count(&["count-objects", "-v"]);
        let of = |key: &str| objects.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("?").trim().to_owned();
        let described = format!(
            "{} commits, {} packed objects, {} KiB of packs; all cores; median, after a round that does not count.",
            commits.trim(),
            of("in-pack:"),
            of("size-pack:")
        );
        Ok(History { path: path.to_owned(), described, planted: None })
    }

    /// The made one, with so many commits.
    pub(super) fn ready(folder: &Path, commits: usize) -> Result<Self, String> {
        let path = folder.join(format!("history-{VERSION}-{commits}"));
        let made = path.join("made");
        if !made.is_file() {
            println!("making {commits} commits in {}", path.display());
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let planted = make(&path, commits).map_err(|error| format!("{}: {error}", path.display()))?;
            // An import finds poor bases for its objects: packed anew they stand as they do in a clone.
            shell::run(&mut git(&path, &["repack", "-a", "-d", "-f", "-q"]))?;
            shell::run(&mut git(&path, &["reset", "--quiet", "--hard", "main"]))?;
            fs::write(&made, planted.to_string()).map_err(|error| error.to_string())?;
        }
        let planted = fs::read_to_string(&made).ok().and_then(|text| text.parse().ok());
        Ok(History { planted, ..History::existing(&path)? })
    }

    /// Stages a change in so many files.
    pub(super) fn stage(&self, files: usize) -> Result<(), String> {
        for file in 0..files {
            let path = self.path.join(name(file * 7));
            let mut text = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            text.extend_from_slice(format!("staged {file}\n").as_bytes());
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        shell::run(&mut git(&self.path, &["add", "--update"]))
    }
}

fn git(path: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(path).args(words);
    command
}

fn name(file: usize) -> String {
    format!("src/part{}/unit{}/file{file}.py", file % 13, file % 101)
}

/// Writes the history as `git fast-import` reads it. Tells how many different secrets are in it.
fn make(path: &Path, commits: usize) -> std::io::Result<usize> {
    git(path, &["init", "--quiet", "--initial-branch=main"]).status()?;
    let mut import = git(path, &["fast-import", "--quiet", "--depth=50"]).stdin(Stdio::piped()).spawn()?;
    let mut out = BufWriter::new(import.stdin.take().ok_or_else(|| std::io::Error::other("no pipe"))?);
    let text = Text::new(Kind::Source, 24_000_000, true, SEED);
    let pool: Vec<&[u8]> = text.bytes.split_inclusive(|b| *b == b'\n').collect();
    let mut rng = Rng::new(SEED);
    let mut next = 0;
    let mut take = |count: usize| -> Vec<&[u8]> {
        (0..count)
            .map(|_| {
                next += 1;
                pool[next % pool.len()]
            })
            .collect()
    };
    let mut files: Vec<Vec<&[u8]>> = (0..FILES).map(|_| take(LINES)).collect();
    for commit in 0..commits {
        writeln!(
            out,
            "commit refs/heads/main\nmark :{}\ncommitter Someone <someone@example.org> {} +0000",
            commit + 1,
            1_600_000_000 + commit * 3000
        )?;
        let message = format!("Change {commit}\n\nIt had to be.\n");
        writeln!(out, "data {}\n{message}", message.len())?;
        let mut touched: Vec<usize> = if commit == 0 { (0..FILES).collect() } else { Vec::new() };
        if commit % GROWTH == 1 {
            files.push(take(LINES));
            touched.push(files.len() - 1);
        }
        for _ in 0..if commit == 0 { 0 } else { 1 + rng.below(TOUCHED) } {
            let file = rng.below(files.len());
            let lines = &mut files[file];
            let at = rng.below(lines.len());
            let gone = rng.below(WRITTEN).min(lines.len() - at);
            lines.splice(at..at + gone, take(1 + rng.below(WRITTEN)));
            touched.push(file);
        }
        touched.sort_unstable();
        touched.dedup();
        for file in touched {
            let text = files[file].concat();
            write!(out, "M 100644 inline {}\ndata {}\n", name(file), text.len())?;
            out.write_all(&text)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    drop(out);
    let status = import.wait()?;
    let used = pool[..pool.len().min(next + 1)].concat();
    let planted: BTreeSet<&String> = text.secrets.iter().filter(|secret| memmem::find(&used, secret.as_bytes()).is_some()).collect();
    if status.success() { Ok(planted.len()) } else { Err(std::io::Error::other(format!("git fast-import: {status}"))) }
}
