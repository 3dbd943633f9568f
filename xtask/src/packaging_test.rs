//! `packaging-test`: what other people's repositories take from this one, used as they use it: pre-commit, the hooks of git,
//! the steps of the GitHub action and the script of the GitLab template.
//!
//! Each is tried on a repository of its own with a key that is planted, which has to be refused, and without it. pre-commit
//! comes from PyPI.

mod hooks;
mod jobs;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, cargo};

/// Versions that were tried.
const PACKAGES: [&str; 2] = ["pre-commit==4.7.0", "PyYAML"];

/// Runs all of them.
pub(crate) fn run() -> Result<(), String> {
    shell::run(&mut cargo(&["build", "--quiet", "--package", "tamis-cli"]))?;
    let folder = shell::target().join("packaging");
    let venv = folder.join("venv");
    if !venv.join("bin").join("pre-commit").exists() {
        shell::run(&mut shell::command("python3", &["-m", "venv", &venv.display().to_string()]))?;
        let pip = venv.join("bin").join("pip");
        shell::run(shell::command(pip, &["install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
    }
    let ground = Ground { folder, venv };
    hooks::pre_commit(&ground)?;
    hooks::git(&ground)?;
    jobs::github(&ground)?;
    jobs::gitlab(&ground)
}

/// Where all of it is tried.
struct Ground {
    folder: PathBuf,
    venv: PathBuf,
}

/// What a program came to.
struct Outcome {
    code: i32,
    /// Both streams, one after the other.
    text: String,
}

impl Ground {
    /// A new repository with one commit, and no hook of the machine's.
    fn repository(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.empty(name)?;
        self.must(&path, "git init --quiet --initial-branch main . && mkdir .hooks && git config core.hooksPath .hooks", 0)?;
        self.must(&path, "git config user.name Dana && git config user.email dana@acme.example && git config commit.gpgsign false", 0)?;
        write(&path.join("README"), "Nothing to see.\n")?;
        self.must(&path, "git add README && git commit --quiet --message Begin", 0)?;
        Ok(path)
    }

    fn empty(&self, name: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    }

    /// A shell's command in a folder, with this build of `tamis` and with pre-commit.
    fn shell(&self, folder: &Path, shell: &[&str], script: &str, variables: &[(&str, String)]) -> Result<Outcome, String> {
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .arg(script)
            .current_dir(folder)
            .env("PATH", self.path())
            .env("PRE_COMMIT_HOME", self.folder.join("cache"));
        // What the surroundings say of their own job is nothing to this one.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("GITHUB_") || text.starts_with("CI_") || text.starts_with("GIT_") || text.starts_with("TAMIS_") {
                command.env_remove(&name);
            }
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let output = command.output().map_err(|error| format!("{script}: {error}"))?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        if text.contains(&key()[..14]) {
            return Err(format!("{script}: the key was printed"));
        }
        Ok(Outcome { code: output.status.code().unwrap_or(-1), text })
    }

    /// A command that has to end with this code. Gives what it printed.
    fn must(&self, folder: &Path, script: &str, code: i32) -> Result<String, String> {
        let outcome = self.shell(folder, &["sh", "-c"], script, &[])?;
        expect(script, &outcome, code)?;
        Ok(outcome.text)
    }

    fn path(&self) -> OsString {
        let mut paths = vec![shell::target().join("debug"), self.venv.join("bin")];
        paths.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
        std::env::join_paths(paths).unwrap_or_default()
    }
}

fn expect(what: &str, outcome: &Outcome, code: i32) -> Result<(), String> {
    if outcome.code == code {
        return Ok(());
    }
    Err(format!("{what}: ended with {} instead of {code}:\n{}", outcome.code, outcome.text))
}

fn contains(what: &str, text: &str, wanted: &str) -> Result<(), String> {
    if text.contains(wanted) { Ok(()) } else { Err(format!("{what}: no {wanted:?} in\n{text}")) }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A token with a right checksum. None stands in this file.
fn key() -> String {
    ["ghp_", "x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa", "2JF1fs"].concat()
}

/// A line of code that holds it.
fn planted() -> String {
    format!("TOKEN = '{}'\n", key())
}
