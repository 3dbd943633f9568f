//! `tamis audit export`: events in the forms that other systems read.

use std::io::{self, BufWriter, ErrorKind, Write};

use tamis::audit::{CSV_HEADER, Record, csv, ocsf, otlp_record};

use super::files::Files;
use crate::args::{ChoiceArgs, Form, LogArgs};
use crate::failure::{Exit, Failure};
use crate::scan::cannot_write;

/// Runs the command.
pub(super) fn run(log: &LogArgs, form: Form, choice: &ChoiceArgs) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut result = if form == Form::Csv { out.write_all(CSV_HEADER.as_bytes()) } else { Ok(()) };
    files.records(choice, |record| {
        if result.is_ok() {
            result = write(&mut out, form, &record);
        }
        Ok(())
    })?;
    match result.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(Exit::Clean),
    }
}

fn write(out: &mut impl Write, form: Form, record: &Record) -> io::Result<()> {
    match form {
        Form::Ocsf => writeln!(out, "{}", ocsf(record)),
        Form::Otlp => writeln!(out, "{}", otlp_record(record)),
        Form::Csv => out.write_all(csv(record).as_bytes()),
        Form::Jsonl => {
            out.write_all(&record.line())?;
            out.write_all(b"\n")
        }
    }
}
