//! Arguments about known values.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct KnownCommandArgs {
    #[command(subcommand)]
    pub(crate) command: KnownCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KnownCommand {
    /// Write values as keyed hashes, for --known on machines that must not have them
    Build(KnownBuildArgs),
}

#[derive(Debug, Args)]
pub(crate) struct KnownBuildArgs {
    /// Where values are: `env`, `dotenv`, or files
    #[arg(value_name = "FILE|env|dotenv", required = true)]
    pub(crate) from: Vec<PathBuf>,
    /// The file to write
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Leave names out of the set, and so out of findings
    #[arg(long)]
    pub(crate) no_names: bool,
    #[command(flatten)]
    pub(crate) reading: KnownReadingArgs,
}

/// Which known values are looked for.
#[derive(Clone, Debug, Args)]
pub(crate) struct KnownArgs {
    /// Look for these exact values too: `env`, `dotenv`, a file of values, or a set of `tamis known build`; may be repeated
    #[arg(long, value_name = "FILE|env|dotenv")]
    pub(crate) known: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: KnownReadingArgs,
}

/// How known values are read and hashed.
#[derive(Clone, Debug, Args)]
pub(crate) struct KnownReadingArgs {
    /// Key of the hashes, at least 16 bytes; without one, the environment variable TAMIS_KNOWN_KEY holds it
    #[arg(long, value_name = "FILE")]
    pub(crate) known_key: Option<PathBuf>,
    /// Fields of JSON and columns of CSV whose values are taken [default: those whose names speak of secrets]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) known_field: Vec<String>,
}
