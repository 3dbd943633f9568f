//! Arguments about grants.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use tamis::Timestamp;

use super::{Listing, RecordArgs, StateArgs, one_of};

#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    #[command(subcommand)]
    pub(crate) command: GrantCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// Issue a grant: a signed token on standard output
    Issue(IssueArgs),
    /// Say whether a grant is good, and what it is for
    Verify(Box<VerifyArgs>),
}

#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// Key that signs: an Ed25519 private key in PEM, or a shared secret of at least 32 bytes
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Agent it is given to
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) agent: String,
    /// When it ends: after a time such as `30m` or `8h`, or at one such as `2026-12-24T18:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = End::parse)]
    pub(crate) expires: End,
    /// Session it is for; without one, it belongs to the first session that uses it
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) session: Option<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    /// Who is to take it
    #[arg(long, value_name = "NAME", default_value = "tamis")]
    pub(crate) audience: String,
}

/// What a grant is for, or what is asked of it.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ReachArgs {
    /// Tool, such as `Read` or `mcp__git__*`; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: Vec<String>,
    /// Repository, such as `acme/*`; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) repository: Vec<String>,
    /// Host, such as `api.example.com`; may be repeated
    #[arg(long, value_name = "HOST")]
    pub(crate) destination: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// File with the grant, `-` for standard input; without one, the environment variable TAMIS_GRANT holds it
    #[arg(value_name = "FILE")]
    pub(crate) grant: Option<PathBuf>,
    /// Keys that verify: a JWKS document of an identity provider, an Ed25519 key in PEM, or a shared secret
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Session that shows it: from then on the grant is this session's
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) session: Option<String>,
    #[command(flatten)]
    pub(crate) reach: ReachArgs,
    #[command(flatten)]
    pub(crate) expected: ExpectedArgs,
    /// How the grant is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
    pub(crate) format: Listing,
    #[command(flatten)]
    pub(crate) state: StateArgs,
    #[command(flatten)]
    pub(crate) record: RecordArgs,
}

/// What a grant has to say.
#[derive(Clone, Debug, Args)]
pub(crate) struct ExpectedArgs {
    /// Whom the grant must be for (claim aud)
    #[arg(long, value_name = "NAME", default_value = "tamis")]
    pub(crate) audience: String,
    /// Who must have issued it (claim iss)
    #[arg(long, value_name = "NAME")]
    pub(crate) issuer: Option<String>,
}

/// When a grant ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// So many seconds after it was made.
    After(u32),
    At(Timestamp),
}

impl End {
    fn parse(text: &str) -> Result<Self, String> {
        if let Ok(time) = text.parse() {
            return Ok(End::At(time));
        }
        let mistake = || "use a time such as 30m, 8h or 2d, or one such as 2026-12-24T18:00:00Z".to_owned();
        let unit = text.chars().last().ok_or_else(mistake)?;
        let seconds: u32 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(mistake()),
        };
        let count: u32 = text[..text.len() - 1].parse().map_err(|_| mistake())?;
        let total = count.checked_mul(seconds).filter(|total| *total > 0);
        total.map(End::After).ok_or_else(mistake)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_spans_or_times() {
        for (text, end) in [
            ("90s", Some(End::After(90))),
            ("30m", Some(End::After(1800))),
            ("8h", Some(End::After(28_800))),
            ("2d", Some(End::After(172_800))),
            ("1970-01-01T00:00:00Z", Some(End::At(Timestamp::UNIX_EPOCH))),
            ("", None),
            ("8", None),
            ("h", None),
            ("-1h", None),
            ("0m", None),
            ("1\u{e9}", None),
            ("99999999d", None),
        ] {
            assert_eq!(End::parse(text).ok(), end, "{text}");
        }
    }
}
