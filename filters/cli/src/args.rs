//! The command line.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use tamis::{Confidence, Frame, Mode};

use crate::color::Color;
use crate::failure::{Exit, Failure};
use crate::report::{Format, Target};
use crate::scan::cannot_write;

mod audit;
mod baseline;
mod call;
mod exec;
mod git;
mod grant;
mod hook;
mod known;
mod means;
mod policy;
mod session;
mod token;
mod transcript;

pub(crate) use audit::day_end;
pub(crate) use audit::{AuditArgs, AuditCommand, ChoiceArgs, Database, Form, LogArgs, RecordArgs, View};
pub(crate) use baseline::{BaselineArgs, BaselineCommand};
pub(crate) use call::CallArgs;
pub(crate) use exec::ExecArgs;
pub(crate) use git::GitArgs;
pub(crate) use grant::{End, ExpectedArgs, GrantArgs, GrantCommand, IssueArgs, ReachArgs, VerifyArgs};
pub(crate) use hook::{AnswerArgs, HookArgs, HookCommand, InstallArgs, SettingsArgs};
pub(crate) use known::{KnownArgs, KnownBuildArgs, KnownCommand, KnownCommandArgs, KnownReadingArgs};
pub(crate) use means::MeansArgs;
pub(crate) use policy::{
    AddArgs, ExceptionArgs, ExceptionCommand, ExplainArgs, FileArgs, FlowArgs, GateArgs, PolicyArgs, PolicyCommand, SchemaKind,
};
pub(crate) use session::{ActArgs, GuardArgs, SessionsArgs, SessionsCommand, StateArgs};
pub(crate) use token::{KeyKind, KeygenArgs, RestoreArgs, TokenArgs};
pub(crate) use transcript::{ScrubArgs, SweepArgs, TranscriptArgs, TranscriptCommand};

/// A sieve for streams: finds secrets and sensitive data, lets through everything else.
///
/// Without a command it reads standard input (or the files) and writes it to standard output, redacted, while it flows:
/// `agent … | tamis`.
#[derive(Debug, Parser)]
#[command(name = "tamis", version, args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  my-agent | tamis                  a stream without its secrets
  tamis scan .                      what is in files
  tamis hook install claude-code    an agent behind the filter

Exit codes: 0 clean (or, for redact, done), 1 findings, 2 mistake in the command or something could not be read, \
3 blocked by policy, 4 the audit log could not be written.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a stream without its secrets (the default)
    Redact(Box<RedactArgs>),
    /// Search files and folders
    Scan(Box<ScanCommand>),
    /// Write down what is found, so that only new findings count
    Baseline(Box<BaselineArgs>),
    /// List, show or test rules
    Rules(RulesArgs),
    /// Prepare values of your own that are looked for exactly
    Known(KnownCommandArgs),
    /// Check, explain or test a policy
    Policy(PolicyArgs),
    /// Add, list or end exceptions to a policy
    Exception(ExceptionArgs),
    /// List, show, stop or release sessions
    Session(SessionsArgs),
    /// Verify, show and export what was recorded
    Audit(AuditArgs),
    /// Issue or verify grants, which say what an agent may do
    Grant(GrantArgs),
    /// Decide whether a tool may be called, and print the arguments that it may get
    Call(Box<CallArgs>),
    /// Run a command, or a stdio MCP server, behind the filter
    Exec(Box<ExecArgs>),
    /// Stand at an agent's door: answer its hooks, and install them
    Hook(HookArgs),
    /// Find secrets in transcripts of agents and histories of shells, and take them out
    Transcript(TranscriptArgs),
    /// Put values back where their tokens stand in a stream
    Restore(Box<RestoreArgs>),
    /// Make a new key
    Keygen(KeygenArgs),
    /// Print a script that lets a shell complete commands and options
    Completions {
        /// The shell
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// Files to read instead of standard input, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What stands in a secret's place
    #[arg(long, value_name = "MODE", default_value = "label", value_parser = one_of(&Mode::ALL, Mode::as_str))]
    pub(crate) mode: Mode,
    /// The shape of the stream
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = one_of(&Frame::ALL, Frame::as_str))]
    pub(crate) format: Frame,
    /// Write one JSON object a finding to this file, `-` for standard error
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: Option<PathBuf>,
    /// Exit with 1 if anything was replaced
    #[arg(long)]
    pub(crate) check: bool,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(flatten)]
    pub(crate) detect: DetectArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) guard: GuardArgs,
}

/// On whose behalf a stream flows.
#[derive(Debug, Args)]
#[command(next_help_heading = "Session")]
pub(crate) struct SessionArgs {
    /// Id of the session that the stream belongs to
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) session: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub(crate) struct ScanCommand {
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Exit with 0 whatever is found; with 2 still where something could not be read
    #[arg(long)]
    pub(crate) exit_zero: bool,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

const SCAN_EXAMPLES: &str = "Examples:
  tamis scan                                  files below the current folder
  tamis scan --staged                         what the next commit would hold
  tamis scan --git origin/main..HEAD          what a branch adds
  tamis scan --git --all                      all of history
  tamis scan --report sarif=tamis.sarif src   with a report for code scanning
  kubectl logs app | tamis scan -             standard input";

/// How findings are told.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How findings are printed on standard output [default: human]
    #[arg(long, short = 'f', value_name = "FORMAT", value_parser = one_of(&Format::ALL, Format::as_str))]
    pub(crate) format: Option<Format>,
    /// Write a report in this format into a file, as in sarif=out.sarif; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(crate) report: Vec<Target>,
    /// When to use colours; `auto` heeds NO_COLOR and CLICOLOR_FORCE
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = true, value_parser = one_of(&Color::ALL, Color::as_str))]
    pub(crate) color: Color,
}

/// What is searched, and what counts.
#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Files and folders to search, `-` for standard input; without any, the current folder. With --git, --staged or
    /// --working-tree, the repository
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Let pass what is in this baseline; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Vec<PathBuf>,
    /// Do not honour comments that allow findings, such as `tamis:allow` and `gitleaks:allow`
    #[arg(long)]
    pub(crate) no_allow_comments: bool,
    /// Leave out files and folders that this matches, written as in a .gitignore; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Do not honour .gitignore and .ignore files
    #[arg(long)]
    pub(crate) no_ignore: bool,
    /// Search binary files too: those with a NUL byte in their first 8 KiB
    #[arg(long)]
    pub(crate) binary: bool,
    /// Threads to use [default: one for each core]
    #[arg(long, short = 'j', value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Print findings and errors only: no progress, and no summary
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) git: GitArgs,
    #[command(flatten)]
    pub(crate) detect: DetectArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

/// What is looked for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "What counts")]
pub(crate) struct DetectArgs {
    /// Lowest confidence that counts [default: medium; with --policy low, so that the policy decides]
    #[arg(long, value_name = "LEVEL", value_parser = one_of(&Confidence::ALL, Confidence::as_str))]
    pub(crate) min_confidence: Option<Confidence>,
    /// Count only this class and those below it, such as `secret` or `pii/email`; may be repeated
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    pub(crate) class: Vec<String>,
    /// Count only what this rule finds, such as `github.pat-classic` or `github.*`; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) rule: Vec<String>,
    /// Do not count what this rule finds, such as `generic.*`; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) no_rule: Vec<String>,
    #[command(flatten)]
    pub(crate) pack: PackArgs,
    /// Key of the fingerprints, at least 16 bytes; without one a public key makes them comparable everywhere
    #[arg(long, value_name = "FILE")]
    pub(crate) fingerprint_key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List all rules
    List {
        /// How rules are printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Show all that is known of a rule
    Show {
        /// Id of the rule, such as github.pat-classic
        id: String,
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Say what counted for each finding in a text, without showing what was found
    Explain(ExplainRuleArgs),
    /// List what cannot be honoured in rule files of other scanners
    Check {
        /// Rule files of gitleaks, betterleaks, Nosey Parker or Kingfisher, or our own
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Test rules against their own examples and near misses
    Test {
        /// Rule files; without any, the built-in rules
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExplainRuleArgs {
    /// The text; without one, or with `-`, standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// How the evidence is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
    pub(crate) format: Listing,
    #[command(flatten)]
    pub(crate) pack: PackArgs,
}

/// Which rules there are.
#[derive(Clone, Debug, Args)]
pub(crate) struct PackArgs {
    /// Read more rules from this file; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Use the rules of --rules only
    #[arg(long, requires = "rules")]
    pub(crate) no_builtin_rules: bool,
    #[command(flatten)]
    pub(crate) known: KnownArgs,
}

/// What is wrong where the first word is neither a command nor a file.
pub(crate) fn mistyped(files: &[PathBuf]) -> Option<Failure> {
    let word = files.first()?.to_str()?;
    let is_word = word.starts_with(|c: char| c.is_ascii_lowercase()) && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !is_word || Path::new(word).exists() {
        return None;
    }
    let cli = Cli::command();
    let names = cli.get_subcommands().map(|command| (strsim::damerau_levenshtein(command.get_name(), word), command.get_name()));
    let near = names.filter(|(far, _)| *far <= 1 + word.len() / 8).min();
    let remedy = near.map_or("see `tamis --help`".to_owned(), |(_, name)| format!("is it `tamis {name}`?"));
    Some(Failure::new("no such command or file", word, remedy))
}

/// Prints a script that lets a shell complete the command line.
pub(crate) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tamis", &mut script);
    match io::stdout().lock().write_all(&script) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(cannot_write(&error)),
        _ => Ok(Exit::Clean),
    }
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// For people.
    Human,
    /// One JSON object a line.
    Jsonl,
}

impl Listing {
    /// Whether it is for people.
    pub(crate) fn is_human(self) -> bool {
        self == Listing::Human
    }

    const ALL: [Listing; 2] = [Listing::Human, Listing::Jsonl];

    fn as_str(self) -> &'static str {
        match self {
            Listing::Human => "human",
            Listing::Jsonl => "jsonl",
        }
    }
}

/// Takes one of these values by its word.
fn one_of<T: Copy + Send + Sync + 'static>(all: &'static [T], word: fn(T) -> &'static str) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| word(*value))).map(move |given| {
        let found = all.iter().find(|value| word(**value) == given);
        *found.expect("the parser takes these words only")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
