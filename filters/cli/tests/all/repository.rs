//! Repositories for tests, made by git itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::support::{Run, run_in};

/// A repository in a folder that goes away with it.
pub(crate) struct Repository {
    folder: TempDir,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git("init --quiet --initial-branch=main");
        repository
    }

    /// A clone of another one, made with these options.
    pub(crate) fn clone_of(other: &Repository, options: &str) -> Self {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        let url = format!("file://{}", other.path().display());
        repository.command("clone").arg("--quiet").args(options.split_whitespace()).args([&url, "."]).output().map(good).unwrap();
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// The file of an object that is in no pack.
    pub(crate) fn object(&self, name: &str) -> PathBuf {
        let id = self.git(&format!("rev-parse {name}"));
        self.file(&format!(".git/objects/{}/{}", &id[..2], &id[2..]))
    }

    /// Writes a file, and stages it.
    pub(crate) fn add(&self, name: &str, text: &str) {
        fs::create_dir_all(self.file(name).parent().unwrap()).unwrap();
        fs::write(self.file(name), text).unwrap();
        self.command("add").args(["--", name]).output().map(good).unwrap();
    }

    /// Commits what is staged. Gives the commit's id.
    pub(crate) fn commit(&self, message: &str) -> String {
        self.commit_as("Ann <ann@example.org>", message)
    }

    pub(crate) fn commit_as(&self, author: &str, message: &str) -> String {
        let mut command = self.command("commit");
        command.args(["--quiet", "--allow-empty", "--message", message, "--author", author]).output().map(good).unwrap();
        self.git("rev-parse HEAD")
    }

    /// Runs git, and gives what it prints.
    pub(crate) fn git(&self, words: &str) -> String {
        String::from_utf8(self.bytes(words)).unwrap().trim_end().to_owned()
    }

    /// Runs git, with its output as it is.
    pub(crate) fn bytes(&self, words: &str) -> Vec<u8> {
        good(self.plain().args(words.split_whitespace()).output().unwrap()).stdout
    }

    /// One of git's commands, with nothing of the surroundings.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = self.plain();
        command.arg(name);
        command
    }

    fn plain(&self) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.path()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.path()).env("GIT_TERMINAL_PROMPT", "0");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Bob").env(format!("GIT_{role}_EMAIL"), "bob@example.org");
            command.env(format!("GIT_{role}_DATE"), "2026-03-04T05:06:07Z");
        }
        command.args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0", "-c", "core.autocrlf=false"]);
        command
    }

    /// Runs `tamis scan` in it, for programs.
    pub(crate) fn scan(&self, words: &str) -> Run {
        run_in(self.path(), ["scan", "--format", "jsonl"].into_iter().chain(words.split_whitespace()))
    }

    /// Runs `tamis scan` in it, for people.
    pub(crate) fn told(&self, words: &str) -> Run {
        run_in(self.path(), ["scan"].into_iter().chain(words.split_whitespace()))
    }
}

fn good(output: Output) -> Output {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// `PATH:LINE:COLUMN` of each finding, sorted.
pub(crate) fn places(run: &Run) -> Vec<String> {
    let place = |found: &serde_json::Value| {
        format!("{}:{}:{}", found["path"].as_str().unwrap_or("-"), found["line"].as_u64().unwrap(), found["column"].as_u64().unwrap())
    };
    let mut places: Vec<String> = run.lines().iter().map(place).collect();
    places.sort();
    places
}
