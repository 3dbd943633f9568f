//! Arguments about transcripts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tamis::Mode;

use super::{DetectArgs, GateArgs, RecordArgs, ReportArgs, SessionArgs, StateArgs, one_of};

/// What may stand in a secret's place: a token would need its key for ever.
const MODES: [Mode; 4] = [Mode::Label, Mode::Mask, Mode::Hash, Mode::Remove];

#[derive(Debug, Args)]
pub(crate) struct TranscriptArgs {
    #[command(subcommand)]
    pub(crate) command: TranscriptCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TranscriptCommand {
    /// Say where secrets stand in transcripts, and what to rotate
    Scan(Box<SweepArgs>),
    /// Take secrets out of transcripts, in place, and say what to rotate
    Scrub(Box<ScrubArgs>),
}

/// Which transcripts, and what is looked for in them.
#[derive(Debug, Args)]
pub(crate) struct SweepArgs {
    /// Files and folders; without any, the transcripts of Claude Code, Codex and Gemini CLI and the histories of shells in the
    /// home folder
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) detect: DetectArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ScrubArgs {
    #[command(flatten)]
    pub(crate) sweep: SweepArgs,
    /// What stands in a secret's place
    #[arg(long, value_name = "MODE", default_value = "label", value_parser = one_of(&MODES, Mode::as_str))]
    pub(crate) mode: Mode,
    /// Folder for the files as they were [default: backups in the folder for the state of sessions]
    #[arg(long, value_name = "DIR", conflicts_with = "no_backup")]
    pub(crate) backup: Option<PathBuf>,
    /// Keep no files as they were
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Rewrite files, too, that were written to within the last minute: what their programs add meanwhile is lost
    #[arg(long)]
    pub(crate) active: bool,
    #[command(flatten)]
    pub(crate) state: StateArgs,
}
