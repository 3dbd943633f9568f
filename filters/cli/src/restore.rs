//! `tamis restore`: a stream with tokens goes in, and comes out with the values that they stand for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use tamis::token::{Opened, Outcome, Restorer};

use crate::args::RestoreArgs;
use crate::failure::{Exit, Failure, complain, plural};
use crate::{fd, token};

const BUFFER: usize = 64 * 1024;

/// Runs the command.
pub(crate) fn run(args: &RestoreArgs) -> Result<Exit, Failure> {
    let tokens = token::tokenizer(&args.token, &args.session)?;
    let mut output = fd::stdout().map_err(|error| cannot_write(&error))?;
    let mut left = Left::default();
    let mut incomplete = false;
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    for path in files {
        let mut restorer = Restorer::new(tokens.clone(), args.format, Vec::with_capacity(2 * BUFFER), |_: &Opened| true);
        let mut flush = |restorer: &mut Restorer<Vec<u8>, _>| {
            restorer.drain().for_each(|restoration| left.add(restoration.outcome));
            let written = fd::write(&mut output, restorer.output());
            restorer.output_mut().clear();
            written
        };
        let mut source = match open(path) {
            Ok(source) => source,
            Err(error) => {
                complain(Failure::file("cannot read", path, &error));
                incomplete = true;
                continue;
            }
        };
        match pump(&mut source, &mut restorer, &mut flush) {
            Ok(()) => {}
            Err(Stop::Reading(error)) => {
                complain(Failure::file("cannot read", path, &error));
                incomplete = true;
            }
            // Nobody reads on: not an error, and nothing left to do.
            Err(Stop::Writing(error)) if error.kind() == ErrorKind::BrokenPipe => break,
            Err(Stop::Writing(error)) => return Err(cannot_write(&error)),
        }
    }
    left.tell();
    Ok(match left.count() {
        _ if incomplete => Exit::Error,
        count if count > 0 && args.check => Exit::Findings,
        _ => Exit::Clean,
    })
}

enum Stop {
    Reading(io::Error),
    Writing(io::Error),
}

fn open(path: &Path) -> io::Result<File> {
    if path.as_os_str() == "-" { fd::stdin() } else { File::open(path) }
}

/// Restores one stream. What was read is written before the next read may wait.
fn pump<M: FnMut(&Opened) -> bool>(
    source: &mut impl Read,
    restorer: &mut Restorer<Vec<u8>, M>,
    flush: &mut impl FnMut(&mut Restorer<Vec<u8>, M>) -> io::Result<()>,
) -> Result<(), Stop> {
    let mut buffer = vec![0; BUFFER];
    let end = loop {
        match fd::read(source, &mut buffer) {
            Ok(0) => break Ok(()),
            Ok(len) => restorer.push(&buffer[..len]),
            Err(error) => break Err(error),
        }
        flush(restorer).map_err(Stop::Writing)?;
    };
    // After an error too: what is held back was read and belongs to the output.
    restorer.finish();
    flush(restorer).map_err(Stop::Writing)?;
    end.map_err(Stop::Reading)
}

fn cannot_write(error: &io::Error) -> Failure {
    Failure::file("cannot write", Path::new("standard output"), error)
}

/// Tokens that were left in the stream, by why.
#[derive(Default)]
struct Left(BTreeMap<String, u64>);

impl Left {
    fn add(&mut self, outcome: Outcome) {
        let why = match outcome {
            Outcome::Restored => return,
            Outcome::NotAllowed => "policy does not allow it".to_owned(),
            Outcome::Refused(refusal) => refusal.to_string(),
        };
        *self.0.entry(why).or_default() += 1;
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
