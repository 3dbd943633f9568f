//! Exit codes, and errors of one line: what is wrong, where, what to do.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use crate::harmless::without_secrets;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing was found; for `redact`, it is done.
    Clean,
    /// Something was found, or a rule failed its test.
    Findings,
    /// A mistake in the command, or the work is not complete: something could not be read.
    Error,
    /// Something was refused.
    Blocked,
    /// What happened could not be recorded.
    Audit,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Error => 2,
            Exit::Blocked => 3,
            Exit::Audit => 4,
        })
    }
}

/// An error as the user sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    text: String,
    exit: Exit,
}

impl Failure {
    /// An error that has a place and a way out of it. Whoever pastes a secret into a command does not find it in a log.
    pub(crate) fn new(what: impl fmt::Display, place: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        let text = format!("{what}: {place}: {remedy}");
        Failure { text: one_line(&without_secrets(&text)), exit: Exit::Error }
    }

    /// What the policy does not let through.
    pub(crate) fn blocked(what: impl fmt::Display, place: impl fmt::Display, why: impl fmt::Display) -> Self {
        Failure { exit: Exit::Blocked, ..Failure::new(what, place, why) }
    }

    /// An error because of which nothing can be recorded.
    pub(crate) fn audit(what: impl fmt::Display, place: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Failure { exit: Exit::Audit, ..Failure::new(what, place, remedy) }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(what: &str, path: &Path, error: &io::Error) -> Self {
        let (reason, remedy) = match error.kind() {
            ErrorKind::NotFound => ("no such file or directory", "check the name"),
            ErrorKind::PermissionDenied => ("permission denied", "give read access, or leave it out"),
            ErrorKind::IsADirectory => ("is a directory", "use `tamis scan` for folders"),
            ErrorKind::StorageFull => ("no space left", "free some"),
            _ => return Failure::new(what, path.display(), system_text(error)),
        };
        Failure::new(what, path.display(), format_args!("{reason}: {remedy}"))
    }

    /// Whether it is a decision, and nothing went wrong.
    pub(crate) fn is_block(&self) -> bool {
        self.exit == Exit::Blocked
    }

    /// Prints the error, and says how the program ends.
    pub(crate) fn report(&self) -> Exit {
        complain(self);
        self.exit
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Prints one line on standard error. Nothing can be done where that is closed.
pub(crate) fn complain(line: impl fmt::Display) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "tamis: {line}");
}

/// What the command line parser has to say, in one line.
pub(crate) fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let what = lines.next().unwrap_or_default().trim_start_matches("error: ");
    // Arguments that are missing stand on lines of their own.
    let (more, rest): (Vec<&str>, Vec<&str>) = lines.partition(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    // A tip how to give an option as a value is none for whoever mistyped one.
    let tip = more.iter().find_map(|line| line.strip_prefix("tip: ")).filter(|tip| !tip.starts_with("to pass "));
    let help = format!("see `{} --help`", rest.iter().find_map(|line| command(line)).unwrap_or_else(|| "tamis".to_owned()));
    let place: Vec<&str> = more.iter().copied().filter(|line| !line.starts_with("tip: ")).collect();
    let what = if place.is_empty() { what.to_owned() } else { format!("{} {}", what, place.join(" ")) };
    Failure::new("bad command line", what, tip.unwrap_or(&help))
}

/// The command that a line about its usage begins with.
fn command(usage: &str) -> Option<String> {
    let is_word = |word: &&str| !word.starts_with('-') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let words: Vec<&str> = usage.strip_prefix("Usage:")?.split_whitespace().take_while(is_word).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The system's words without its number.
pub(crate) fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Text that stays on its line and sends nothing to a terminal, whatever a file is called.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// `1 file`, `2 files`
pub(crate) fn plural(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_line() {
        let failure = Failure::file("cannot read", Path::new("a\nb\u{1b}[2J"), &ErrorKind::NotFound.into());
        assert_eq!(failure.to_string(), "cannot read: a\\nb\\u{1b}[2J: no such file or directory: check the name");
    }
}
