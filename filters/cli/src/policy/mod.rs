//! `tamis policy`: whether a policy says what its writer means.

mod check;
mod explain;
mod prove;

use std::io::{self, Write};

use tamis::policy;

use crate::args::{PolicyArgs, PolicyCommand, SchemaKind};
use crate::failure::{Exit, Failure};
use crate::scan::cannot_write;

/// Runs the command.
pub(crate) fn run(args: &PolicyArgs) -> Result<Exit, Failure> {
    match &args.command {
        PolicyCommand::Check { file, format, pack } => check::run(file, *format, pack),
        PolicyCommand::Explain(args) => explain::run(args),
        PolicyCommand::Test { files, pack } => prove::run(files, pack),
        PolicyCommand::Schema { kind } => {
            let schema = match kind {
                SchemaKind::Policy => policy::schema(),
                SchemaKind::Exceptions => policy::exceptions_schema(),
                SchemaKind::Cases => policy::cases_schema(),
            };
            print(format!("{schema:#}\n").as_bytes())?;
            Ok(Exit::Clean)
        }
    }
}

/// Prints a whole text. A reader that has gone is no error.
pub(crate) fn print(text: &[u8]) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(()),
    }
}
