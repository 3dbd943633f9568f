//! `tamis restore`: a stream with tokens goes in, and comes out with the values that they stand for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tamis::audit::{RestoreRefused, Restored, What};
use tamis::token::{Opened, Outcome, Restoration, Restorer, Tokenizer};
use tamis::{Decision, Facts, FingerprintKey, Flow, Name, Scanner};

use crate::args::RestoreArgs;
use crate::audit::{self, Trail};
use crate::failure::{Exit, Failure, complain, plural};
use crate::judge::Judge;
use crate::outlet::{Closed, Outlet};
use crate::session::Guard;
use crate::{fd, setup, token};

const BUFFER: usize = 64 * 1024;

/// Runs the command.
pub(crate) fn run(args: &RestoreArgs) -> Result<Exit, Failure> {
    let mut filter = Filter::new(args)?;
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    let mut incomplete = false;
    let refused = filter.refused.take();
    if refused.is_some() {
        let events = filter.trail.as_mut().map(Trail::take).unwrap_or_default();
        // Why the log cannot be written is told when it is closed.
        let _ = filter.outlet.write(&mut Vec::new(), events);
    }
    for path in files.iter().take_while(|_| refused.is_none()) {
        match filter.file(path) {
            Ok(()) => {}
            Err(Stop::Reading(error)) => {
                complain(Failure::file("cannot read", path, &error));
                incomplete = true;
            }
            // Nobody reads on: not an error, and nothing left to do.
            Err(Stop::Closed(Closed::Gone)) => break,
            Err(Stop::Closed(Closed::Failed(failure))) => return Err(failure),
        }
    }
    match filter.outlet.close() {
        Ok(()) | Err(Closed::Gone) => {}
        Err(Closed::Failed(failure)) => return Err(failure),
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    filter.left.tell();
    Ok(match filter.left.count() {
        _ if incomplete => Exit::Error,
        count if count > 0 && args.check => Exit::Findings,
        _ => Exit::Clean,
    })
}

/// Why a stream was not restored to its end.
enum Stop {
    Reading(io::Error),
    Closed(Closed),
}

impl From<Closed> for Stop {
    fn from(closed: Closed) -> Self {
        Stop::Closed(closed)
    }
}

/// All that one run keeps.
struct Filter<'a> {
    args: &'a RestoreArgs,
    tokens: Tokenizer,
    warden: Warden,
    key: FingerprintKey,
    outlet: Outlet,
    trail: Option<Trail>,
    guard: Option<Guard>,
    /// Why nothing may pass any more, if so.
    refused: Option<Failure>,
    buffer: Vec<u8>,
    left: Left,
}

impl<'a> Filter<'a> {
    fn new(args: &'a RestoreArgs) -> Result<Self, Failure> {
        let judge = Judge::new(&args.gate, Decision::Allow, None)?;
        if !args.everywhere && !judge.has_policy() {
            let advice = "give --policy FILE, in which rows with `restore = true` do, or --everywhere";
            return Err(Failure::new("nothing may be restored", "no policy says where", advice));
        }
        let tokens = token::tokenizer(&args.token, &args.session, &judge)?;
        let key = setup::fingerprint_key(args.fingerprint_key.as_deref())?;
        let journal = audit::journal_under(&args.record, &judge)?;
        let scanner = setup::builtin();
        let mut trail = journal.is_some().then(|| Trail::new(&scanner, &args.session, &judge));
        let entry = Guard::enter(&args.session, &args.guard, &judge, &judge.flow)?;
        if let Some(trail) = &mut trail {
            trail.begin(judge.flow(None));
            entry.events.into_iter().for_each(|event| trail.add(event));
        }
        let (guard, refused) = (entry.guard.map(|(guard, _)| guard), entry.refused);
        let warden = Warden { scanner, judge, flow: Flow::default() };
        let outlet = Outlet::new(journal)?;
        Ok(Filter { args, tokens, warden, key, outlet, trail, guard, refused, buffer: vec![0; BUFFER], left: Left::default() })
    }

    /// Restores one stream. What was read is written before the next read may wait.
    fn file(&mut self, path: &Path) -> Result<(), Stop> {
        let name = (path.as_os_str() != "-").then(|| path.display().to_string());
        let mut source = if name.is_none() { fd::stdin() } else { File::open(path) }.map_err(Stop::Reading)?;
        self.warden.flow = self.warden.judge.flow(name.as_deref());
        if let Some(trail) = &mut self.trail {
            trail.begin(self.warden.flow.clone());
        }
        let warden = self.warden.clone();
        let everywhere = self.args.everywhere;
        let may = move |opened: &Opened| everywhere || warden.row(&opened.rule).is_some();
        let restorer = Restorer::new(self.tokens.clone(), self.args.format, Vec::with_capacity(2 * BUFFER), may);
        let mut restorer = restorer.with_fingerprints(self.key.clone());
        let end = loop {
            match fd::read(&mut source, &mut self.buffer) {
                Ok(0) => break Ok(()),
                Ok(len) => restorer.push(&self.buffer[..len]),
                Err(error) => break Err(error),
            }
            self.flush(&mut restorer)?;
        };
        // After an error too: what is held back was read and belongs to the output.
        restorer.finish();
        self.flush(&mut restorer)?;
        end.map_err(Stop::Reading)
    }

    fn flush<M: FnMut(&Opened) -> bool>(&mut self, restorer: &mut Restorer<Vec<u8>, M>) -> Result<(), Closed> {
        for restoration in restorer.drain() {
            self.left.add(restoration.outcome);
            if let Some(trail) = &mut self.trail {
                trail.add(event(restoration, &self.tokens, &self.warden));
            }
        }
        self.settle()?;
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        self.outlet.write(restorer.output_mut(), events)
    }

    /// Asks whether the session may go on: another process may have stopped it.
    fn settle(&mut self) -> Result<(), Closed> {
        let Some(guard) = &mut self.guard else { return Ok(()) };
        match guard.settle().map_err(Closed::Failed)?.stopped {
            Some(stopped) => Err(Closed::Failed(stopped)),
            None => Ok(()),
        }
    }
}

/// Knows where values may be put back: without a policy, wherever their tokens open.
#[derive(Clone)]
struct Warden {
    scanner: Scanner,
    judge: Judge,
    flow: Flow,
}

impl Warden {
    /// The row that lets values that this rule found be put back, if one does.
    fn row(&self, rule: &str) -> Option<&str> {
        self.judge.policy.restores(&self.flow, &Facts::recalled(rule, &self.scanner))
    }
}

fn event(restoration: Restoration, tokens: &Tokenizer, warden: &Warden) -> What {
    let row = warden.row(&restoration.rule).map(Name::new);
    let scope = Name::from(tokens.scope().to_string());
    match (restoration.outcome, restoration.fingerprint, restoration.key) {
        (Outcome::Restored, Some(fingerprint), Some(key)) => What::Restored(Restored { fingerprint, key: key.as_str().into(), row, scope }),
        (outcome, ..) => What::RestoreRefused(RestoreRefused { row: None, scope, why: why(outcome).unwrap_or_default().into() }),
    }
}

/// Why a token stays, if it does.
fn why(outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Restored => None,
        Outcome::NotAllowed => Some("policy does not allow it".to_owned()),
        Outcome::Refused(refusal) => Some(refusal.to_string()),
    }
}

/// Tokens that were left in the stream, by why.
#[derive(Default)]
struct Left(BTreeMap<String, u64>);

impl Left {
    fn add(&mut self, outcome: Outcome) {
        if let Some(why) = why(outcome) {
            *self.0.entry(why).or_default() += 1;
        }
    }

    fn count(&self) -> u64 {
        self.0.values().sum()
    }

    fn tell(&self) {
        for (why, count) in &self.0 {
            complain(format_args!("{} left in place: {why}", plural(*count, "token")));
        }
    }
}
