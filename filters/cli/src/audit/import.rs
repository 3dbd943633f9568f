//! `tamis audit import`: events into the store that users have already.

mod parquet;
mod postgres;

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::Path;

use super::files::Files;
use crate::args::{ChoiceArgs, Database, LogArgs};
use crate::failure::{Exit, Failure};

/// Runs the command.
pub(super) fn run(log: &LogArgs, to: Database, output: Option<&Path>, choice: &ChoiceArgs) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let place = output.unwrap_or(Path::new("standard output"));
    let failed = |error: io::Error| Failure::file("cannot write", place, &error);
    let mut out: Box<dyn Write + Send> = match output {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(failed)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let written = match to {
        Database::Postgres => postgres::write(&mut out, &files, choice)?,
        Database::Parquet => parquet::write(&mut out, &files, choice)?,
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Clean),
        Err(error) => Err(failed(error)),
        Ok(()) => Ok(Exit::Clean),
    }
}
