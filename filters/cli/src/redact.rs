//! `tamis redact`: a stream goes in, the same stream without its secrets comes out, while it flows.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use tamis::{Decision, Flow, Mode, Recorder, Rewriter, Stream, Tee};

use crate::args::RedactArgs;
use crate::audit::{self, Trail};
use crate::failure::{Exit, Failure, complain};
use crate::outlet::{Closed, Outlet};
use crate::setup::Setup;
use crate::{fd, jsonl, token};

const BUFFER: usize = 64 * 1024;

/// Runs the command.
pub(crate) fn run(args: &RedactArgs) -> Result<Exit, Failure> {
    let mut filter = Filter::new(args)?;
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    for path in files {
        match filter.file(path) {
            Ok(()) => {}
            Err(Stop::Reading(failure)) => {
                complain(failure);
                filter.incomplete = true;
            }
            // Nobody reads on: not an error, and nothing left to do.
            Err(Stop::Gone) => break,
            Err(Stop::Writing(failure)) => return Err(failure),
        }
    }
    filter.notes.close()?;
    match filter.outlet.close() {
        Ok(()) | Err(Closed::Gone) => {}
        Err(Closed::Failed(failure)) => return Err(failure),
    }
    Ok(match (filter.incomplete, filter.found) {
        (true, _) => Exit::Error,
        (false, 1..) if args.check => Exit::Findings,
        _ => Exit::Clean,
    })
}

/// Why a stream was not filtered to its end.
enum Stop {
    /// The input cannot be read.
    Reading(Failure),
    /// The output cannot be written.
    Writing(Failure),
    /// The reader of the output has gone.
    Gone,
}

impl From<Closed> for Stop {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Gone => Stop::Gone,
            Closed::Failed(failure) => Stop::Writing(failure),
        }
    }
}

/// All that one run keeps: its size does not depend on the input's.
struct Filter {
    setup: Setup,
    stream: Stream,
    sink: Tee<Rewriter<Vec<u8>>, Recorder>,
    buffer: Vec<u8>,
    outlet: Outlet,
    /// The events about what flows, where they are wanted.
    trail: Option<Trail>,
    decision: Decision,
    notes: Notes,
    found: u64,
    incomplete: bool,
}

impl Filter {
    fn new(args: &RedactArgs) -> Result<Self, Failure> {
        let mut setup = Setup::new(&args.detect, args.mode, args.format)?;
        if args.mode == Mode::Tokenize {
            setup.settings.tokens = Some(token::tokenizer(&args.token, &args.session)?);
        }
        let notes = Notes::open(args.findings.as_deref())?;
        let journal = audit::journal(&args.record)?;
        let trail = journal.is_some().then(|| Trail::new(&setup.scanner, &args.session));
        let rewriter = Rewriter::new(&setup.scanner, &setup.settings, Vec::with_capacity(2 * BUFFER));
        let recorder = Recorder::new(&setup.settings);
        Ok(Filter {
            stream: setup.scanner.stream(),
            sink: Tee(rewriter, recorder),
            setup,
            buffer: vec![0; BUFFER],
            outlet: Outlet::new(journal)?,
            trail,
            decision: if args.mode == Mode::Tokenize { Decision::Tokenize } else { Decision::Redact },
            notes,
            found: 0,
            incomplete: false,
        })
    }

    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let unreadable = |error: io::Error| Stop::Reading(Failure::file("cannot read", path, &error));
        if path.as_os_str() == "-" {
            if io::stdin().is_terminal() {
                complain("reading standard input, to its end (Ctrl-D); `tamis --help` tells more");
            }
            self.pump(&mut fd::stdin().map_err(unreadable)?, None)
        } else {
            let mut file = File::open(path).map_err(unreadable)?;
            self.pump(&mut file, Some(path))
        }
    }

    /// Filters one stream. What was read is written before the next read may wait.
    fn pump(&mut self, source: &mut impl Read, path: Option<&Path>) -> Result<(), Stop> {
        self.stream.reset();
        self.sink.0.reset();
        self.sink.1.reset(self.notes.are_wanted() || self.trail.is_some());
        let name = path.map(|path| path.display().to_string());
        if let Some(trail) = &mut self.trail {
            trail.begin(Flow { path: name.clone(), ..Flow::default() });
        }
        let mut bytes = 0;
        let end = loop {
            match fd::read(source, &mut self.buffer) {
                Ok(0) => break Ok(()),
                Ok(len) => {
                    bytes += len as u64;
                    self.stream.push(&self.buffer[..len], &mut self.sink);
                }
                Err(error) => break Err(error),
            }
            self.flush(name.as_deref())?;
        };
        // After an error too: what is held back was read and belongs to the output.
        self.stream.finish(&mut self.sink);
        let limit = self.sink.1.limit_hit();
        self.note(name.as_deref())?;
        if let Some(trail) = &mut self.trail {
            trail.end(bytes, limit);
        }
        self.flush(name.as_deref())?;
        if let Some(limit) = limit {
            complain(crate::scan::limit_line(name.as_deref(), limit));
        }
        end.map_err(|error| Stop::Reading(Failure::file("cannot read", path.unwrap_or(Path::new("standard input")), &error)))
    }

    /// Notes down what was found since the last time, also where nobody takes the output.
    fn note(&mut self, path: Option<&str>) -> Result<(), Stop> {
        for located in self.sink.1.drain() {
            self.found += 1;
            let rule = self.setup.scanner.rule(located.finding.rule);
            self.notes.add(path, &located, rule).map_err(Stop::Writing)?;
            if let Some(trail) = &mut self.trail {
                trail.finding(&located, rule, self.decision);
            }
        }
        self.notes.flush().map_err(Stop::Writing)
    }

    fn flush(&mut self, path: Option<&str>) -> Result<(), Stop> {
        self.note(path)?;
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        Ok(self.outlet.write(self.sink.0.output_mut(), events)?)
    }
}

/// Where findings are noted down, if anywhere.
struct Notes(Option<(PathBuf, BufWriter<File>)>);

impl Notes {
    fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Notes(None)) };
        let file = if path.as_os_str() == "-" { fd::stderr() } else { File::create(path) };
        let file = file.map_err(|error| Failure::file("cannot write findings", path, &error))?;
        Ok(Notes(Some((path.to_owned(), BufWriter::new(file)))))
    }

    fn are_wanted(&self) -> bool {
        self.0.is_some()
    }

    fn add(&mut self, path: Option<&str>, located: &tamis::Located, rule: &tamis::Rule) -> Result<(), Failure> {
        self.with(|out| jsonl::finding(out, path, located, rule))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.with(|out| out.flush())
    }

    fn close(&mut self) -> Result<(), Failure> {
        self.flush()
    }

    fn with(&mut self, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<(), Failure> {
        let Some((path, out)) = &mut self.0 else { return Ok(()) };
        act(out).map_err(|error| Failure::file("cannot write findings", path, &error))
    }
}
