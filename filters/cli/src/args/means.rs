//! Arguments about how texts are inspected, the same for all commands that decide them as a whole.

use clap::Args;
use tamis::Mode;

use super::{DetectArgs, GateArgs, GuardArgs, RecordArgs, SessionArgs, TokenArgs, one_of};

#[derive(Debug, Args)]
pub(crate) struct MeansArgs {
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
