//! `tamis rules`: what is looked for, and the proof that it is found.

mod check;
mod explain;
mod list;
mod members;
mod prove;
mod show;

use std::io::{self, Write};

use crate::args::{RulesArgs, RulesCommand};
use crate::failure::{Exit, Failure};
use crate::scan::cannot_write;

/// Runs the command.
pub(crate) fn run(args: &RulesArgs) -> Result<Exit, Failure> {
    match &args.command {
        RulesCommand::List { format, pack } => list::run(*format, pack),
        RulesCommand::Show { id, pack } => show::run(id, pack),
        RulesCommand::Explain(args) => explain::run(args),
        RulesCommand::Check { files } => check::run(files),
        RulesCommand::Test { files } => prove::run(files),
    }
}

/// Prints a whole text. A reader that has gone is no error.
fn print(text: &[u8]) -> Result<(), Failure> {
    match io::stdout().lock().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(()),
    }
}
