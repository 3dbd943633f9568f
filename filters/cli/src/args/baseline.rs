//! Arguments of `tamis baseline`.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::{ScanArgs, day_end};

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    #[command(subcommand)]
    pub(crate) command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BaselineCommand {
    /// Write all that is found into a new baseline
    Write {
        #[command(flatten)]
        file: BaselineFile,
        #[command(flatten)]
        entry: EntryArgs,
        #[command(flatten)]
        scan: Box<ScanArgs>,
    },
    /// Add what is found and remove what is not there any more; reasons and dates stay
    Update {
        #[command(flatten)]
        file: BaselineFile,
        #[command(flatten)]
        entry: EntryArgs,
        #[command(flatten)]
        scan: Box<ScanArgs>,
    },
    /// Remove what is not there any more
    Prune {
        #[command(flatten)]
        file: BaselineFile,
        #[command(flatten)]
        scan: Box<ScanArgs>,
    },
    /// Take over what another scanner was told to leave: .gitleaksignore, or a baseline of gitleaks, detect-secrets or kingfisher
    Import {
        /// The other scanner's file
        #[arg(value_name = "FROM")]
        from: PathBuf,
        #[command(flatten)]
        file: BaselineFile,
        #[command(flatten)]
        entry: EntryArgs,
        #[command(flatten)]
        scan: Box<ScanArgs>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BaselineFile {
    /// The baseline
    #[arg(long, value_name = "FILE", default_value = "tamis.baseline")]
    pub(crate) file: PathBuf,
}

/// What new entries say.
#[derive(Debug, Args)]
pub(crate) struct EntryArgs {
    /// Why new entries are left
    #[arg(long, value_name = "TEXT", default_value = "was there before", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) reason: String,
    /// The last day on which new entries are left [default: for good]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) until: Option<String>,
}

fn date(text: &str) -> Result<String, &'static str> {
    day_end(text).map(|_| text.to_owned()).ok_or("expected a day such as 2026-12-31")
}
