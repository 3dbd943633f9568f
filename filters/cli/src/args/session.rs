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

/// How a session is let in.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct GuardArgs {
    #[command(flatten)]
    pub(crate) state: StateArgs,
    /// File with the session's grant; without one, the environment variable TAMIS_GRANT may hold it
    #[arg(long, value_name = "FILE")]
    pub(crate) grant: Option<PathBuf>,
    /// Keys that verify the grant: a JWKS document, an Ed25519 key in PEM, or a shared secret
    #[arg(long, value_name = "FILE")]
    pub(crate) grant_key: Option<PathBuf>,
    /// Whom the grant must be for
    #[arg(long, value_name = "NAME", default_value = "tamis")]
    pub(crate) grant_audience: String,
    /// Who must have issued the grant
    #[arg(long, value_name = "NAME")]
    pub(crate) grant_issuer: Option<String>,
}

/// Where the state of sessions is kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct StateArgs {
    /// Folder for the state of sessions [default: $TAMIS_STATE, or tamis in $XDG_STATE_HOME or ~/.local/state]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
}
