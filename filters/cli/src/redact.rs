//! `tamis redact`: a stream goes in, the same stream without its secrets comes out, while it flows.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use tamis::{Decided, Decision, Gate, Mode, Place, Rule, Stream, Timestamp};

use crate::args::RedactArgs;
use crate::audit::{self, Trail};
use crate::failure::{Exit, Failure, complain};
use crate::judge::Judge;
use crate::outlet::{Closed, Outlet, PIECE};
use crate::session::Guard;
use crate::setup::Setup;
use crate::{fd, interrupt, jsonl, token};

/// Bytes read at once: what a pipe holds and more, so that files take few calls, and little enough for the cache.
const BUFFER: usize = PIECE / 2;

/// Runs the command.
pub(crate) fn run(args: &RedactArgs) -> Result<Exit, Failure> {
    let mut filter = Filter::new(args)?;
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    let mut blocked = filter.refusal();
    for path in files.iter().take_while(|_| blocked.is_none()) {
        match filter.file(path) {
            Ok(()) => {}
            Err(Stop::Reading(failure)) => {
                complain(failure);
                filter.incomplete = true;
            }
            // Nobody reads on: not an error, and nothing left to do.
            Err(Stop::Gone) => break,
            // What comes after must not pass either.
            Err(Stop::Blocked(failure)) => {
                blocked = Some(failure);
                break;
            }
            Err(Stop::Writing(failure)) => return Err(failure),
        }
    }
    filter.notes.close()?;
    match filter.outlet.close() {
        Ok(()) | Err(Closed::Gone) => {}
        Err(Closed::Failed(failure)) => return Err(failure),
    }
    if let Some(failure) = blocked {
        return Err(failure);
    }
    Ok(match (filter.incomplete, filter.replaced) {
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
    /// The policy blocks what is in it.
    Blocked(Failure),
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
    judge: Judge,
    stream: Stream,
    sink: Gate<Vec<u8>>,
    buffer: Vec<u8>,
    outlet: Outlet,
    /// The events about what flows, where they are wanted.
    trail: Option<Trail>,
    notes: Notes,
    /// The session that is charged with what is found.
    guard: Option<Guard>,
    replaced: u64,
    /// Why nothing passes any more, if so.
    blocked: Option<Failure>,
    incomplete: bool,
}

impl Filter {
    fn new(args: &RedactArgs) -> Result<Self, Failure> {
        let mut setup = Setup::new(&args.detect, &args.gate, args.mode, args.format)?;
        let otherwise = if args.mode == Mode::Tokenize { Decision::Tokenize } else { Decision::Redact };
        let judge = Judge::new(&args.gate, otherwise, None)?;
        if judge.policy.tokenizes(&judge.flow) {
            setup.settings.tokens = Some(token::tokenizer(&args.token, &args.session, &judge)?);
        }
        let notes = Notes::open(args.findings.as_deref())?;
        let journal = audit::journal_under(&args.record, &judge)?;
        let mut trail = journal.is_some().then(|| Trail::new(&setup.scanner, &args.session, &judge));
        judge.tell_lapsed();
        let mut sink = Gate::new(&setup.scanner, &setup.settings, judge.policy.clone(), Vec::with_capacity(PIECE));
        let entry = Guard::enter(&args.session, &args.guard, &judge, &judge.flow)?;
        if let Some(trail) = &mut trail {
            sink.observe();
            trail.begin(judge.flow(None));
            entry.events.into_iter().for_each(|event| trail.add(event));
        }
        let guard = entry.guard.map(|(guard, session)| {
            sink.watch(session, guard.rules().clone());
            guard
        });
        Ok(Filter {
            stream: setup.scanner.stream(),
            sink,
            judge,
            setup,
            buffer: vec![0; BUFFER],
            outlet: Outlet::new(journal)?,
            trail,
            notes,
            guard,
            replaced: 0,
            blocked: entry.refused,
            incomplete: false,
        })
    }

    /// Why nothing may pass from the start, on record.
    fn refusal(&mut self) -> Option<Failure> {
        let refused = self.blocked.take()?;
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        // Why the log cannot be written is told when it is closed.
        let _ = self.outlet.write(&mut Vec::new(), events);
        Some(refused)
    }

    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let unreadable = |error: io::Error| Stop::Reading(Failure::file("cannot read", path, &error));
        if path.as_os_str() == "-" {
            if io::stdin().is_terminal() {
                complain("reading standard input, to its end (Ctrl-D); `tamis --help` tells more");
            }
            let mut source = fd::stdin().map_err(unreadable)?;
            interrupt::outlive(&source);
            self.pump(&mut source, None)
        } else {
            let mut file = File::open(path).map_err(unreadable)?;
            self.pump(&mut file, Some(path))
        }
    }

    /// Filters one stream. What was read is written before the next read may wait.
    fn pump(&mut self, source: &mut impl Read, path: Option<&Path>) -> Result<(), Stop> {
        self.stream.reset();
        let name = path.map(|path| path.display().to_string());
        let flow = self.judge.flow(name.as_deref());
        self.sink.reset(flow.clone(), Timestamp::now(), self.notes.are_wanted() || self.trail.is_some());
        if let Some(trail) = &mut self.trail {
            trail.begin(flow);
        }
        let mut bytes = 0;
        let end = loop {
            match fd::read(source, &mut self.buffer) {
                Ok(0) => break Ok(()),
                Ok(len) => {
                    bytes += len as u64;
                    self.sink.set_time(Timestamp::now());
                    self.stream.push(&self.buffer[..len], &mut self.sink);
                }
                Err(error) => break Err(error),
            }
            if self.sink.is_blocked() {
                break Ok(());
            }
            self.flush(name.as_deref())?;
        };
        // After an error too: what is held back was read and belongs to the output.
        self.stream.finish(&mut self.sink);
        let limit = self.sink.limit_hit();
        self.note(name.as_deref())?;
        if let Some(trail) = &mut self.trail {
            trail.end(bytes, limit);
        }
        self.flush(name.as_deref())?;
        if let Some(limit) = limit {
            complain(crate::scan::limit_line(name.as_deref(), limit));
        }
        if self.sink.is_blocked() {
            let by_limit = || Failure::blocked("blocked by the policy", name.as_deref().unwrap_or("standard input"), "a limit was reached");
            return Err(Stop::Blocked(self.blocked.take().unwrap_or_else(by_limit)));
        }
        end.map_err(|error| Stop::Reading(Failure::file("cannot read", path.unwrap_or(Path::new("standard input")), &error)))
    }

    /// Notes down what was found since the last time, also where nobody takes the output.
    fn note(&mut self, path: Option<&str>) -> Result<(), Stop> {
        for decided in self.sink.drain() {
            let rule = self.setup.scanner.rule(decided.located.finding.rule);
            let decision = decided.ruling.decision;
            self.replaced += u64::from(!decision.passes());
            if decision == Decision::Block {
                self.blocked.get_or_insert_with(|| blocked(path, &decided, rule));
            }
            if decision != Decision::Allow {
                self.notes.add(path, &decided, self.judge.has_policy(), rule).map_err(Stop::Writing)?;
            }
            if let Some(trail) = &mut self.trail {
                trail.finding(&decided, rule);
            }
            if let Some(guard) = &mut self.guard {
                guard.found(&decided, rule);
            }
        }
        self.notes.flush().map_err(Stop::Writing)?;
        self.settle()
    }

    /// Charges the session with what was found. Where another process has stopped it, nothing more leaves.
    fn settle(&mut self) -> Result<(), Stop> {
        let Some(guard) = &mut self.guard else { return Ok(()) };
        let settled = guard.settle().map_err(Stop::Writing)?;
        if let Some(trail) = &mut self.trail {
            settled.events.into_iter().for_each(|event| trail.add(event));
        }
        let Some(stopped) = settled.stopped else { return Ok(()) };
        if self.sink.is_blocked() {
            self.blocked.get_or_insert(stopped);
            return Ok(());
        }
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        self.outlet.write(&mut Vec::new(), events)?;
        Err(Stop::Blocked(stopped))
    }

    fn flush(&mut self, path: Option<&str>) -> Result<(), Stop> {
        self.note(path)?;
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        Ok(self.outlet.write(self.sink.output_mut(), events)?)
    }
}

/// What is said of the first finding that ends a stream.
fn blocked(path: Option<&str>, decided: &Decided, rule: &Rule) -> Failure {
    let place = format!("{} at byte {}", path.unwrap_or("standard input"), decided.located.finding.span.start);
    let what = format_args!("blocked by row {}", decided.ruling.row);
    Failure::blocked(what, place, format_args!("{} is not let through", rule.id))
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

    fn add(&mut self, path: Option<&str>, decided: &Decided, by_policy: bool, rule: &Rule) -> Result<(), Failure> {
        self.with(|out| jsonl::finding(out, Place::file(path), decided, by_policy, rule, &[]))
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
