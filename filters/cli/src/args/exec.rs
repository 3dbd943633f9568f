//! Arguments about commands that run behind the filter.

use std::ffi::OsString;

use clap::Args;

use super::MeansArgs;

#[derive(Debug, Args)]
pub(crate) struct ExecArgs {
    /// Take every line for a JSON-RPC message [default: where the first line is one]
    #[arg(long)]
    pub(crate) jsonrpc: bool,
    #[command(flatten)]
    pub(crate) means: MeansArgs,
    /// The command and its arguments; `--` before it is not needed, but never wrong
    #[arg(value_name = "CMD", trailing_var_arg = true, required = true)]
    pub(crate) command: Vec<OsString>,
}
