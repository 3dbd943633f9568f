//! Arguments about tokens.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use tamis::Frame;

use super::{GateArgs, GuardArgs, RecordArgs, SessionArgs, one_of};

/// Keys of tokens, and where these are valid.
#[derive(Debug, Args)]
pub(crate) struct TokenArgs {
    /// Keys of tokens, the newest first; without one, the environment variable TAMIS_TOKEN_KEYS holds them
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Tokens are valid for this tenant only
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) tenant: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Files to read instead of standard input, `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    #[command(flatten)]
    pub(crate) session: SessionArgs,
    /// The shape of the stream: in JSON and events values are escaped for the strings around them
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = one_of(&Frame::ALL, Frame::as_str))]
    pub(crate) format: Frame,
    /// Put values back whatever stands around them, and ask no policy
    #[arg(long, conflicts_with = "policy")]
    pub(crate) everywhere: bool,
    /// Exit with 1 if a token was not restored
    #[arg(long)]
    pub(crate) check: bool,
    /// Key of the fingerprints on record, at least 16 bytes
    #[arg(long, value_name = "FILE")]
    pub(crate) fingerprint_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
    #[command(flatten)]
    pub(crate) guard: GuardArgs,
}

#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// What the key is for
    #[arg(value_name = "KIND", value_parser = one_of(&KeyKind::ALL, KeyKind::as_str))]
    pub(crate) kind: KeyKind,
    /// Name of a token key: up to 16 letters, digits and `-`
    #[arg(long, value_name = "NAME", default_value = "k1")]
    pub(crate) id: String,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// Making and restoring tokens.
    Token,
    /// Hashing known values.
    Known,
}

impl KeyKind {
    const ALL: [KeyKind; 2] = [KeyKind::Token, KeyKind::Known];

    fn as_str(self) -> &'static str {
        match self {
            KeyKind::Token => "token",
            KeyKind::Known => "known",
        }
    }
}
