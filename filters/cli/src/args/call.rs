//! Arguments about tool calls.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::MeansArgs;

#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Tool that is called, as the policy names it
    #[arg(value_name = "TOOL", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// File with the arguments, a JSON object, instead of standard input
    #[arg(value_name = "FILE")]
    pub(crate) arguments: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) means: MeansArgs,
}
