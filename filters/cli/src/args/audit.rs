//! Arguments about the audit log.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tamis::Timestamp;
use tamis::audit::Hash;

use super::{Listing, one_of};
use crate::audit::Target;

/// Where events are recorded while something runs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Audit")]
pub(crate) struct RecordArgs {
    /// Record what is decided: in a file, or at stderr, syslog, syslog+tcp://HOST:PORT, https://… (JSON Lines) or
    /// otlp+https://…; may be repeated
    #[arg(long, value_name = "SINK", value_parser = Target::parse)]
    pub(crate) audit: Vec<Target>,
    /// Ed25519 private key in PEM that signs the log's checkpoints
    #[arg(long, value_name = "FILE", requires = "audit")]
    pub(crate) audit_key: Option<PathBuf>,
    /// Go on where nothing can be recorded, instead of ending with exit code 4
    #[arg(long, requires = "audit")]
    pub(crate) audit_optional: bool,
    /// Milliseconds after which a sink that has not stored an event counts as failed [default: 2000]
    #[arg(long, value_name = "MS", requires = "audit", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) audit_deadline: Option<u32>,
    /// MiB from which on the log goes on in a new file
    #[arg(long, value_name = "MIB", requires = "audit", default_value = "256", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) audit_rotate: u32,
}

#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Say whether a log is whole, and if not, where it was changed
    Verify {
        #[command(flatten)]
        log: LogArgs,
        /// Ed25519 public key in PEM: the log's checkpoints and its head must be signed with the private half
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// The hash of an event, as an earlier `verify` told it: the log must still have that event
        #[arg(long, value_name = "HASH")]
        noted: Option<Hash>,
        /// Accept a part of a log: what came before, and the .head file, may be missing
        #[arg(long)]
        part: bool,
        /// How the result is printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
    },
    /// Rebuild a session from its events, or list the sessions
    Show {
        #[command(flatten)]
        log: LogArgs,
        /// Id of the session; without one, all sessions are listed
        #[arg(long, value_name = "ID")]
        session: Option<String>,
        /// How the session is printed
        #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of(View::ALL, View::as_str))]
        format: View,
    },
    /// Write events in the form of another system
    Export {
        #[command(flatten)]
        log: LogArgs,
        /// The form: OCSF events, OTLP log records (both one JSON object a line), CSV, or the records as they are
        #[arg(long, value_name = "FORMAT", value_parser = one_of(Form::ALL, Form::as_str))]
        format: Form,
        #[command(flatten)]
        choice: ChoiceArgs,
    },
    /// Say whether a value, read from standard input, was ever found
    Fingerprint {
        #[command(flatten)]
        log: LogArgs,
        /// Key of the fingerprints, as the log was written with
        #[arg(long, value_name = "FILE")]
        fingerprint_key: Option<PathBuf>,
        /// How the answer is printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
    },
    /// Sum up what left, what was stopped and what must be rotated
    Report {
        #[command(flatten)]
        log: LogArgs,
        /// How the report is printed
        #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = one_of(View::ALL, View::as_str))]
        format: View,
        #[command(flatten)]
        choice: ChoiceArgs,
    },
    /// Load events into a database
    Import {
        #[command(flatten)]
        log: LogArgs,
        /// The database: `postgres` writes SQL for psql, `parquet` a file for ClickHouse, DuckDB and the like
        #[arg(long, value_name = "KIND", value_parser = one_of(Database::ALL, Database::as_str))]
        to: Database,
        /// Where to write it [default: standard output]
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        #[command(flatten)]
        choice: ChoiceArgs,
    },
}

/// Which log is read.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// The log; its older files, beside it, are read as well
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Which of its events.
#[derive(Debug, Args)]
pub(crate) struct ChoiceArgs {
    /// Only events of this session
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
    /// Only events from this time on, such as 2026-05-28T20:00:00Z, or from the start of this day on, in UTC
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Only events before this time, or before this day
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
}

/// A time, or the start of a day.
fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let time = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    time.map_err(|_| "expected a time such as 2026-05-28T20:00:00Z, or a day such as 2026-05-28")
}

/// The moment when a day is over, or a time.
pub(crate) fn day_end(text: &str) -> Option<Timestamp> {
    let start: Result<Timestamp, _> = format!("{text}T00:00:00Z").parse();
    match start {
        Ok(start) => Timestamp::from_second(start.as_second() + 24 * 60 * 60).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// Declares an enumeration of words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            const ALL: &[$name] = &[$($name::$variant),+];

            fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// How a session or a report is printed.
    View {
        /// For people, on a terminal.
        Text = "text",
        /// For programs.
        Json = "json",
        /// For people, in a browser.
        Html = "html",
    }
}

words! {
    /// The form of another system.
    Form {
        /// Open Cybersecurity Schema Framework.
        Ocsf = "ocsf",
        /// OpenTelemetry.
        Otlp = "otlp",
        /// Tables.
        Csv = "csv",
        /// The log's own.
        Jsonl = "jsonl",
    }
}

words! {
    /// A database to load events into.
    Database {
        /// PostgreSQL.
        Postgres = "postgres",
        /// Parquet files.
        Parquet = "parquet",
    }
}
