//! Arguments about the hooks of agents.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use tamis::session::Source;

use super::{MeansArgs, one_of};

/// Hosts whose hooks are answered.
const HOSTS: [Source; 5] = [Source::ClaudeCode, Source::Codex, Source::Gemini, Source::Cursor, Source::Copilot];

#[derive(Debug, Args)]
pub(crate) struct HookArgs {
    #[command(subcommand)]
    pub(crate) command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HookCommand {
    /// Answer a hook of Claude Code: its JSON on standard input, the answer on standard output
    ClaudeCode(Box<AnswerArgs>),
    /// Answer a hook of Codex
    Codex(Box<AnswerArgs>),
    /// Answer a hook of Gemini CLI
    Gemini(Box<AnswerArgs>),
    /// Answer a hook of Cursor
    Cursor(Box<AnswerArgs>),
    /// Answer a hook of GitHub Copilot
    Copilot(Box<AnswerArgs>),
    /// Write the hooks into a host's configuration
    Install(InstallArgs),
    /// Take them out of it again
    Uninstall(SettingsArgs),
}

impl HookCommand {
    /// The host whose hook is answered, if one is.
    pub(crate) fn answer(&self) -> Option<(Source, &AnswerArgs)> {
        match self {
            HookCommand::ClaudeCode(args) => Some((Source::ClaudeCode, args)),
            HookCommand::Codex(args) => Some((Source::Codex, args)),
            HookCommand::Gemini(args) => Some((Source::Gemini, args)),
            HookCommand::Cursor(args) => Some((Source::Cursor, args)),
            HookCommand::Copilot(args) => Some((Source::Copilot, args)),
            HookCommand::Install(_) | HookCommand::Uninstall(_) => None,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// The event, where the host does not name it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) event: Option<String>,
    /// Let everything pass where something goes wrong, instead of nothing
    #[arg(long)]
    pub(crate) fail_open: bool,
    #[command(flatten)]
    pub(crate) means: MeansArgs,
}

#[derive(Debug, Args)]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Arguments of the hook, such as `-- --policy /etc/tamis.toml --audit /var/log/tamis.jsonl`
    #[arg(value_name = "ARGS", last = true)]
    pub(crate) args: Vec<String>,
}

/// Which configuration.
#[derive(Debug, Args)]
pub(crate) struct SettingsArgs {
    /// The host
    #[arg(value_name = "HOST", value_parser = one_of(&HOSTS, Source::as_str))]
    pub(crate) host: Source,
    /// The user's configuration, for all projects (the default)
    #[arg(long, conflicts_with = "project")]
    pub(crate) user: bool,
    /// The configuration of the project in the current folder, for all who work on it
    #[arg(long)]
    pub(crate) project: bool,
}
