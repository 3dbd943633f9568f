//! Arguments about sessions.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::{Listing, RecordArgs, one_of};

#[derive(Debug, Args)]
pub(crate) struct SessionsArgs {
    #[command(subcommand)]
    pub(crate) command: SessionsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// List all sessions and how they stand
    List {
        /// Only those in quarantine
        #[arg(long)]
        quarantined: bool,
        /// How sessions are printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Show all that is known of a session, and what left with it
    Show {
        /// Id of the session
        #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
        id: String,
        /// How the session is printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
        #[command(flatten)]
        state: StateArgs,
    },
    /// Refuse everything a session sends from now on
    Quarantine(Box<ActArgs>),
    /// Let a session in quarantine go on
    Release(Box<ActArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct ActArgs {
    /// Id of the session
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// Who does it [default: the user's name]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) by: Option<String>,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

/// Where the state of sessions is kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateArgs {
    /// Folder for the state of sessions [default: $TAMIS_STATE, or tamis in $XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
}
