//! `tamis`: a sieve for streams. Finds secrets and sensitive data, lets through everything else.

mod args;
mod arguments;
mod audit;
mod baseline;
mod call;
mod color;
mod context;
mod diff;
mod exception;
mod exec;
mod failure;
mod fd;
mod git;
mod grant;
mod harmless;
mod hook;
mod html;
mod ignores;
mod inspect;
mod interrupt;
mod jsonl;
mod judge;
mod known;
mod origin;
mod outlet;
mod percent;
mod policy;
mod redact;
mod replace;
mod report;
mod restore;
mod rules;
mod scan;
mod session;
mod setup;
mod token;
mod transcript;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::args::{Cli, Command};
use crate::failure::{Exit, Failure};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let exit = match parse() {
        Ok(cli) => run(cli).unwrap_or_else(|failure| failure.report()),
        Err(error) if error.use_stderr() => failure::usage(&error).report(),
        Err(help) => {
            // Help and version; nothing is lost where nobody reads them.
            let _ = help.print();
            Exit::Clean
        }
    };
    exit.into()
}

/// Reads the command line. Whoever leaves a command's command out is told in a line which ones there are.
fn parse() -> Result<Cli, clap::Error> {
    let mut command = Cli::command().mut_subcommands(|command| command.arg_required_else_help(false));
    let mut matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        None => match args::mistyped(&cli.redact.files) {
            Some(failure) => Err(failure),
            None => redact::run(&cli.redact),
        },
        Some(Command::Redact(args)) => redact::run(&args),
        Some(Command::Scan(args)) => scan::run(&args),
        Some(Command::Baseline(args)) => baseline::run(&args),
        Some(Command::Rules(args)) => rules::run(&args),
        Some(Command::Known(args)) => known::run(&args),
        Some(Command::Audit(args)) => audit::run(&args),
        Some(Command::Policy(args)) => policy::run(&args),
        Some(Command::Exception(args)) => exception::run(&args),
        Some(Command::Session(args)) => session::run(&args),
        Some(Command::Grant(args)) => grant::run(&args),
        Some(Command::Call(args)) => call::run(&args),
        Some(Command::Exec(args)) => exec::run(&args),
        Some(Command::Hook(args)) => hook::run(&args),
        Some(Command::Transcript(args)) => transcript::run(&args),
        Some(Command::Restore(args)) => restore::run(&args),
        Some(Command::Keygen(args)) => token::keygen(&args),
        Some(Command::Completions { shell }) => args::completions(shell),
    }
}
