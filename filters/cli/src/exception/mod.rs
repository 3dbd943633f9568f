//! `tamis exception`: what a policy would stop, and may pass for a while.

mod add;
mod list;

use std::path::Path;

use tamis::Timestamp;
use tamis::policy::expire_exception;

use crate::args::{ExceptionArgs, ExceptionCommand};
use crate::failure::{Exit, Failure, complain};
use crate::judge::{read, told};
use crate::replace::replace;

/// Runs the command.
pub(crate) fn run(args: &ExceptionArgs) -> Result<Exit, Failure> {
    match &args.command {
        ExceptionCommand::Add(args) => add::run(args),
        ExceptionCommand::List { files, policy, label, format } => list::run(files, policy.as_deref(), label, *format),
        ExceptionCommand::Expire { id, file } => expire(id, file),
    }
}

fn expire(id: &str, path: &Path) -> Result<Exit, Failure> {
    let (name, text) = read(path, "cannot read the exceptions")?;
    let ended = expire_exception(&name, &text, id, Timestamp::now()).map_err(|mistakes| told(&mistakes, path))?;
    let ended = ended.ok_or_else(|| Failure::new("no such exception", format_args!("{id} in {name}"), "see `tamis exception list`"))?;
    write(path, &ended)?;
    complain(format_args!(
        "exception {id} is over: take it out of {name} once what it was for is gone, as `tamis scan` ends with 2 until then"
    ));
    Ok(Exit::Clean)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text.as_bytes()).map_err(|error| Failure::file("cannot write the exceptions", path, &error))
}
