//! What has to be rotated: whoever could read a transcript has seen what stood in it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind, Write};

use serde::Serialize;
use tamis::{Decided, Fingerprint, Rule, Scanner};

use crate::failure::{Failure, one_line, plural};
use crate::jsonl;
use crate::report::Format;
use crate::scan::cannot_write;

/// Secrets by what names them, however often they stand there.
#[derive(Debug, Default)]
pub(super) struct Rotation(BTreeMap<Fingerprint, Leak>);

#[derive(Debug)]
struct Leak {
    rule: tamis::engine::RuleIndex,
    times: u64,
    files: BTreeSet<String>,
    first: (String, u64),
}

/// A secret to rotate, for programs.
#[derive(Serialize)]
struct Line<'a> {
    rotate: Fingerprint,
    rule: &'a str,
    title: &'a str,
    times: u64,
    files: usize,
    path: &'a str,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl Rotation {
    /// Counts a finding. What is no secret cannot be rotated.
    pub(super) fn add(&mut self, path: &str, decided: &Decided, rule: &Rule) {
        if rule.class.split('/').next() != Some("secret") {
            return;
        }
        let located = &decided.located;
        let new = || Leak { rule: located.finding.rule, times: 0, files: BTreeSet::new(), first: (path.to_owned(), located.start.line) };
        let leak = self.0.entry(located.fingerprint).or_insert_with(new);
        leak.times += 1;
        leak.files.insert(path.to_owned());
    }

    /// Prints all of them, the one that stands there most often first: for people or programs, on standard output, and on
    /// standard error where another report takes that.
    pub(super) fn print(&self, scanner: &Scanner, format: Format) -> Result<(), Failure> {
        let mut leaks: Vec<_> = self.0.iter().collect();
        leaks.sort_by_key(|(_, leak)| std::cmp::Reverse(leak.times));
        let mut out: Box<dyn Write> = match format {
            Format::Human | Format::Jsonl => Box::new(io::stdout().lock()),
            _ => Box::new(io::stderr().lock()),
        };
        let written = match format {
            Format::Jsonl => leaks.iter().try_for_each(|(fingerprint, leak)| jsonl::line(&mut out, &leak.line(**fingerprint, scanner))),
            _ if leaks.is_empty() => Ok(()),
            _ => writeln!(out, "{} to rotate:", plural(leaks.len() as u64, "secret"))
                .and_then(|()| leaks.iter().try_for_each(|(fingerprint, leak)| leak.tell(**fingerprint, scanner, &mut out))),
        };
        match written {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot_write(&error)),
            _ => Ok(()),
        }
    }
}

impl Leak {
    fn line<'a>(&'a self, fingerprint: Fingerprint, scanner: &'a Scanner) -> Line<'a> {
        let rule = scanner.rule(self.rule);
        Line {
            rotate: fingerprint,
            rule: &rule.id,
            title: &rule.title,
            times: self.times,
            files: self.files.len(),
            path: &self.first.0,
            line: self.first.1,
            url: rule.revoke.as_deref(),
        }
    }

    fn tell(&self, fingerprint: Fingerprint, scanner: &Scanner, out: &mut dyn Write) -> io::Result<()> {
        let Line { title, times, files, path, line, url, .. } = self.line(fingerprint, scanner);
        let places = format!("{} in {}, first in {}:{line}", plural(times, "time"), plural(files as u64, "file"), one_line(path));
        writeln!(out, "  {title}, fingerprint {}\n    {places}", fingerprint.short())?;
        url.map_or(Ok(()), |url| writeln!(out, "    rotate it at {url}"))
    }
}
