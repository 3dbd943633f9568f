//! Development commands, run with `cargo xtask COMMAND`.

mod train_bigrams;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of Tamis.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Trains the tables that tell random tokens from readable names.
    TrainBigrams(train_bigrams::Args),
}

fn main() -> ExitCode {
    let result = match Args::parse().command {
        Command::TrainBigrams(args) => train_bigrams::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
