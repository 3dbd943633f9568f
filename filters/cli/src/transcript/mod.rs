//! `tamis transcript`: secrets in what agents and shells keep of earlier sessions.

mod discover;
mod keep;
mod rotate;
mod scrub;

use std::fs::File;
use std::path::Path;

use tamis::{Decided, Decision, Frame, Mode, Part, Place, Surface, Timestamp};

use crate::args::{ScrubArgs, SweepArgs, TranscriptArgs, TranscriptCommand};
use crate::audit::Record;
use crate::context::Seen;
use crate::failure::{Exit, Failure, complain, plural};
use crate::judge::Judge;
use crate::report::{End, Format, Found, Reports};
use crate::scan::{Progress, Reader, size};
use crate::setup::Setup;
use rotate::Rotation;
use scrub::Scrubber;

/// Runs the command.
pub(crate) fn run(args: &TranscriptArgs) -> Result<Exit, Failure> {
    match &args.command {
        TranscriptCommand::Scan(args) => sweep(args, None),
        TranscriptCommand::Scrub(args) => sweep(&args.sweep, Some(args)),
    }
}

fn sweep(args: &SweepArgs, scrub: Option<&ScrubArgs>) -> Result<Exit, Failure> {
    let mut detect = args.detect.clone();
    if args.gate.policy.is_none() && detect.class.is_empty() {
        // Conversations are full of names and addresses.
        detect.class.push("secret".to_owned());
    }
    let setup = Setup::new(&detect, &args.gate, scrub.map_or(Mode::Label, |args| args.mode), Frame::Auto)?;
    let judge = Judge::new(&args.gate, Decision::Redact, Some(Surface::Log))?;
    let record = Record::open(&args.record, &args.session, &setup.scanner, &judge)?;
    let mut sweep = Sweep {
        setup: &setup,
        judge: &judge,
        reports: Reports::open(&args.report)?,
        record: if scrub.is_some() { record.map(Record::acting) } else { record },
        scrubber: scrub.map(|args| Scrubber::new(&setup, args)).transpose()?,
        rotation: Rotation::default(),
        counts: Counts::default(),
        incomplete: false,
    };
    let started = Timestamp::now();
    let files = discover::files(&args.paths)?;
    sweep.incomplete = files.incomplete || judge.tell_lapsed() > 0;
    let progress = Progress::new(false);
    let mut reader = Reader::new(&setup);
    for path in &files.paths {
        sweep.file(path, &mut reader, &progress)?;
    }
    drop(progress);
    sweep.finish(args.report.format.unwrap_or(Format::Human), started)
}

/// One run over all files.
struct Sweep<'a> {
    setup: &'a Setup,
    judge: &'a Judge,
    reports: Reports,
    record: Option<Record>,
    scrubber: Option<Scrubber<'a>>,
    rotation: Rotation,
    counts: Counts,
    incomplete: bool,
}

#[derive(Default)]
struct Counts {
    files: u64,
    bytes: u64,
    findings: u64,
    rewritten: u64,
    replaced: u64,
    /// What is still there.
    left: u64,
}

impl Sweep<'_> {
    /// Searches one file and, where that is wanted, rewrites it. What is wrong with it is told, and the others follow.
    fn file(&mut self, path: &Path, reader: &mut Reader, progress: &Progress) -> Result<(), Failure> {
        let mut found = Vec::new();
        let searched = File::open(path).and_then(|mut file| reader.file(&mut progress.watch(&mut file), true, |seen| found.push(seen)));
        match searched {
            Ok(searched) => {
                self.counts.files += 1;
                self.counts.bytes += searched.map_or(0, |searched| searched.bytes);
            }
            Err(error) => {
                progress.suspend(|| complain(Failure::file("cannot read", path, &error)));
                self.incomplete = true;
            }
        }
        let name = path.display().to_string();
        let decided: Vec<Decided> = found.iter().flat_map(|seen| self.finding(&name, seen)).collect();
        let mut result = Ok(());
        if decided.iter().any(|decided| !decided.ruling.decision.passes()) && self.scrubber.is_some() {
            progress.suspend(|| result = self.scrub(path, &decided));
        }
        result
    }

    /// Decides a finding, and with it the other parts of the credential.
    fn finding(&mut self, path: &str, seen: &Seen) -> Vec<Decided> {
        let rule = self.setup.scanner.rule(seen.located.finding.rule);
        let place = Place::file(Some(path));
        let decided = self.judge.decide(place, seen.located, rule);
        let others = seen.parts.iter().map(|part| Decided { located: *part, ..decided.clone() });
        let all: Vec<Decided> = std::iter::once(decided.clone()).chain(others).collect();
        if let Some(record) = &mut self.record {
            for part in &all {
                record.finding(place, part, self.setup.scanner.rule(part.located.finding.rule));
            }
        }
        if decided.ruling.decision != Decision::Allow {
            self.counts.findings += 1;
            self.counts.left += u64::from(!decided.ruling.decision.passes());
            self.rotation.add(path, &decided, rule);
            let (excerpt, by_policy) = (&seen.excerpt, self.judge.has_policy());
            let parts: Vec<Part<'_>> = seen.parts.iter().map(|part| Part::new(part, self.setup.scanner.rule(part.finding.rule))).collect();
            self.reports.finding(&Found { place, decided: &decided, rule, parts: &parts, excerpt, suppression: None, by_policy });
        }
        all
    }

    fn scrub(&mut self, path: &Path, decided: &[Decided]) -> Result<(), Failure> {
        if let Some(record) = &mut self.record {
            record.commit()?;
        }
        let Some(scrubber) = &self.scrubber else { return Ok(()) };
        match scrubber.file(path, decided) {
            Ok(done) => {
                self.counts.rewritten += u64::from(done.replaced > 0);
                self.counts.replaced += done.replaced as u64;
                self.counts.left -= done.replaced as u64;
                for located in done.stays {
                    let place = format!("{}:{}:{}", path.display(), located.start.line, located.start.column);
                    let rule = &self.setup.scanner.rule(located.finding.rule).id;
                    complain(Failure::new("it stays", place, format_args!("{rule} stands in what the session needs to be resumed")));
                }
            }
            Err(failure) => {
                complain(failure);
                self.incomplete = true;
            }
        }
        Ok(())
    }

    fn finish(self, format: Format, started: Timestamp) -> Result<Exit, Failure> {
        let Counts { files, bytes, findings, rewritten, replaced, left } = self.counts;
        if let Some(record) = self.record {
            record.close(bytes)?;
        }
        let found = if findings == 0 { "nothing found".to_owned() } else { plural(findings, "finding") };
        let summary = format!("{found}; searched {}, {}", plural(files, "file"), size(bytes));
        let end = End { started, ended: Timestamp::now(), complete: !self.incomplete, summary };
        self.reports.finish(&end)?;
        self.rotation.print(&self.setup.scanner, format)?;
        complain(&end.summary);
        if rewritten > 0 {
            let kept = self.scrubber.as_ref().and_then(Scrubber::backups);
            let kept =
                kept.map_or_else(String::new, |folder| format!("; the files as they were are in {}: delete them soon", folder.display()));
            complain(format_args!("replaced {} in {}{kept}", plural(replaced, "finding"), plural(rewritten, "file")));
        }
        Ok(match (self.incomplete, left) {
            (true, _) => Exit::Error,
            (false, 1..) => Exit::Findings,
            _ => Exit::Clean,
        })
    }
}
