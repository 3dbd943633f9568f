//! What happened, on record: written while something runs, and read afterwards.

mod export;
mod files;
mod fingerprint;
mod import;
mod journal;
mod record;
mod report;
mod show;
mod sink;
mod store;
mod verify;

use std::io::{self, ErrorKind, Write};

use crate::args::{AuditArgs, AuditCommand};
use crate::failure::{Exit, Failure};
use crate::scan::cannot_write;
pub(crate) use journal::Journal;
pub(crate) use record::{Record, Trail, journal_under, record};
pub(crate) use sink::Target;

/// Runs `tamis audit`.
pub(crate) fn run(args: &AuditArgs) -> Result<Exit, Failure> {
    match &args.command {
        AuditCommand::Verify { log, key, noted, part, format } => verify::run(log, key.as_deref(), *noted, *part, *format),
        AuditCommand::Show { log, session, format } => show::run(log, session.as_deref(), *format),
        AuditCommand::Export { log, format, choice } => export::run(log, *format, choice),
        AuditCommand::Fingerprint { log, fingerprint_key, format } => fingerprint::run(log, fingerprint_key.as_deref(), *format),
        AuditCommand::Report { log, format, choice } => report::run(log, *format, choice),
        AuditCommand::Import { log, to, output, choice } => import::run(log, *to, output.as_deref(), choice),
    }
}

/// Prints something whole. A reader that has gone is no error.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(()),
    }
}
