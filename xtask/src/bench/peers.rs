//! The tools that are compared, and how they are called to do the same job.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::measure::Line;
use crate::shell;

/// A program that reads files.
pub(super) struct Tool {
    pub(super) name: &'static str,
    path: PathBuf,
    kind: &'static Kind,
    /// What it says its version is.
    pub(super) version: String,
}

/// How a tool is called. `@` stands for the text, `%` for the file that findings go to, `~` for a folder to keep things in.
struct Kind {
    name: &'static str,
    program: &'static str,
    version: &'static [&'static str],
    scan: &'static [&'static str],
    /// On empty input, where that differs.
    start: Option<&'static [&'static str]>,
}

const TAMIS: &str = "tamis";
const RIPGREP: &str = "ripgrep";

const KINDS: [Kind; 5] = [
    Kind {
        name: TAMIS,
        program: "tamis",
        version: &["--version"],
        scan: &["scan", "--jobs", "1", "--format", "jsonl", "@"],
        start: Some(&[]),
    },
    Kind {
        name: "kingfisher",
        program: "kingfisher",
        version: &["--version"],
        scan: &[
            "scan",
            "--jobs",
            "1",
            "--no-validate",
            "--no-update-check",
            "--git-history",
            "none",
            "--max-file-size",
            "0",
            "--no-dedup",
            "--rule-cache-dir",
            "~",
            "--format",
            "jsonl",
            "--output",
            "%",
            "@",
        ],
        start: None,
    },
    Kind {
        name: "betterleaks",
        program: "betterleaks",
        version: &["--version"],
        scan: &["filesystem", "--jobs", "1", "--no-banner", "--no-color", "--log-level", "error", "--output", "%", "@"],
        start: None,
    },
    Kind {
        name: "gitleaks",
        program: "gitleaks",
        version: &["--version"],
        scan: &["dir", "--no-banner", "--no-color", "--log-level", "error", "--report-format", "json", "--report-path", "%", "@"],
        start: None,
    },
    // The limit: one literal that stands nowhere, of the length of a token's prefix and more.
    Kind {
        name: RIPGREP,
        program: "rg",
        version: &["--version"],
        scan: &["--threads", "1", "--count", "zq9_tamis_stands_nowhere", "@"],
        start: None,
    },
];

/// The tools that are here; the first is Tamis.
pub(super) fn found(tamis: &Path, peers: Option<&Path>) -> Vec<Tool> {
    let tool = |kind: &'static Kind| {
        let path = if kind.name == TAMIS { Some(tamis.to_path_buf()) } else { locate(kind.program, peers) };
        let Some(path) = path else {
            println!("not here: {}", kind.name);
            return None;
        };
        let arguments: Vec<&str> = kind.version.to_vec();
        let version = shell::output(&mut shell::command(&path, &arguments)).unwrap_or_default();
        let version =
            version.lines().next().unwrap_or_default().trim_start_matches(kind.name).trim().trim_start_matches("version ").to_owned();
        Some(Tool { name: kind.name, path, kind, version })
    };
    KINDS.iter().filter_map(tool).collect()
}

/// The program itself: of a Python package the binary it carries, not the script that starts Python first.
pub(crate) fn locate(program: &str, peers: Option<&Path>) -> Option<PathBuf> {
    let packaged = |folder: &Path| {
        let pythons = folder.join("lib").read_dir().ok()?.flatten().map(|entry| entry.path().join("site-packages"));
        let packages = pythons.filter_map(|site| site.read_dir().ok()).flatten().flatten();
        let mut programs: Vec<PathBuf> =
            packages.map(|entry| entry.path().join("bin").join(program)).filter(|path| path.is_file()).collect();
        programs.sort();
        programs.pop()
    };
    let plain = |folder: &Path| Some(folder.join("bin").join(program)).filter(|path| path.is_file());
    peers.and_then(|folder| packaged(folder).or_else(|| plain(folder))).or_else(|| shell::find(program))
}

impl Tool {
    pub(super) fn is_tamis(&self) -> bool {
        self.name == TAMIS
    }

    pub(super) fn finds_secrets(&self) -> bool {
        self.name != RIPGREP
    }

    /// The command line as one reads it.
    pub(super) fn usage(&self) -> String {
        let words = self.kind.scan.iter().map(|word| match *word {
            "@" => "TEXT",
            "%" => "REPORT",
            "~" => "CACHE",
            word => word,
        });
        std::iter::once(self.kind.program).chain(words).collect::<Vec<_>>().join(" ")
    }

    /// Scans a text; findings go to the report, but for Tamis, which prints them.
    pub(super) fn scan(&self, text: &Path, report: &Path, folder: &Path) -> Line {
        self.line(self.kind.scan, text, report, folder)
    }

    /// Starts on an empty text, and ends.
    pub(super) fn start(&self, empty: &Path, report: &Path, folder: &Path) -> Line {
        self.line(self.kind.start.unwrap_or(self.kind.scan), empty, report, folder)
    }

    /// Reads standard input and writes it out.
    pub(super) fn redact(&self) -> Line {
        vec![self.path.clone().into()]
    }

    fn line(&self, words: &[&str], text: &Path, report: &Path, folder: &Path) -> Line {
        let word = |word: &&str| match *word {
            "@" => OsString::from(text),
            "%" => OsString::from(report),
            "~" => OsString::from(folder.join(format!("cache-{}", self.name))),
            word => OsString::from(word),
        };
        std::iter::once(self.path.clone().into()).chain(words.iter().map(word)).collect()
    }
}
