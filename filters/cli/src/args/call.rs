//! Arguments about tool calls.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use tamis::Mode;

use super::{DetectArgs, GateArgs, GuardArgs, RecordArgs, SessionArgs, TokenArgs, one_of};

#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Tool that is called, as the policy names it
    #[arg(value_name = "TOOL", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// File with the arguments, a JSON object, instead of standard input
    #[arg(value_name = "FILE")]
    pub(crate) arguments: Option<PathBuf>,
    /// What stands in a secret's place
    #[arg(long, value_name = "MODE", default_value = "label", value_parser = one_of(&Mode::ALL, Mode::as_str))]
    pub(crate) mode: Mode,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    #[command(flatten)]
    pub(crate) detect: DetectArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) guard: GuardArgs,
}
