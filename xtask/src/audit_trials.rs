//! `audit-trials`: the audit log's tests with as many trials as the log is meant to stand.

use crate::shell::{self, cargo};

/// How often something is tried.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Random changes of a log of 10 000 events
    #[arg(long, default_value_t = 100_000)]
    changes: usize,
    /// Writers that are killed at random moments
    #[arg(long, default_value_t = 10_000)]
    kills: usize,
}

/// Runs the trials and prints what they come to.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut command = cargo(&["test", "--package", "tamis-cli", "--test", "all", "--", "--nocapture", "--test-threads", "1"]);
    command.args(["audit_trials", "audit_kills"]);
    shell::run(command.env("TAMIS_AUDIT_TRIALS", args.changes.to_string()).env("TAMIS_AUDIT_KILLS", args.kills.to_string()))
}
