//! Arguments about the audit log.

use std::path::PathBuf;

use clap::Args;

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
