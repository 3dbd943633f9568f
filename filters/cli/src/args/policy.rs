//! Arguments about policies and exceptions.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use tamis::policy::Reason;
use tamis::{Confidence, Direction, Lifetime, Surface, Verdict};

use super::{Listing, PackArgs, one_of};

/// The policy of a stream.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct GateArgs {
    /// Let this policy decide what happens to findings
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Exceptions to the policy, after its own; may be repeated [default: NAME.exceptions.toml beside NAME.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) exceptions: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) flow: FlowArgs,
}

/// Where a stream comes from and goes to, for the policy.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct FlowArgs {
    /// What the policy's profiles are chosen by, such as `production` or `repository=acme/shop`; may be repeated
    #[arg(long, value_name = "LABEL", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    pub(crate) label: Vec<String>,
    /// Where the text stands
    #[arg(long, value_name = "SURFACE", value_parser = one_of(&Surface::ALL, Surface::as_str))]
    pub(crate) surface: Option<Surface>,
    /// Which way it goes
    #[arg(long, value_name = "DIRECTION", value_parser = one_of(&Direction::ALL, Direction::as_str))]
    pub(crate) direction: Option<Direction>,
    /// Host that it goes to or comes from
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// The gateway's name for the way there
    #[arg(long, value_name = "NAME")]
    pub(crate) route: Option<String>,
    /// Model that is asked
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// Tool that is called or that answers
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: Option<String>,
    /// Agent at work
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Say what is wrong with a policy and its exceptions
    Check {
        #[command(flatten)]
        file: FileArgs,
        /// How it is printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Say which row decides a finding or a tool call, and why no other one does
    Explain(Box<ExplainArgs>),
    /// Run tables of cases, which say what a policy has to decide
    Test {
        /// Tables; without any, tamis.test.toml
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Print a JSON Schema, for editors and other programs
    Schema {
        /// What it is for
        #[arg(value_name = "KIND", default_value = "policy", value_parser = one_of(&SchemaKind::ALL, SchemaKind::as_str))]
        kind: SchemaKind,
    },
}

/// Which policy.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The policy
    #[arg(value_name = "POLICY", default_value = "tamis.toml")]
    policy: PathBuf,
    /// The same, as the commands that run under it have it
    #[arg(long = "policy", value_name = "FILE", conflicts_with = "policy")]
    named: Option<PathBuf>,
    /// Exceptions to it; may be repeated [default: NAME.exceptions.toml beside NAME.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) exceptions: Vec<PathBuf>,
}

impl FileArgs {
    /// The policy's file.
    pub(crate) fn policy(&self) -> &Path {
        self.named.as_ref().unwrap_or(&self.policy)
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) file: FileArgs,
    /// The finding, as a line of `tamis scan --format jsonl`; `-` reads it from standard input
    #[arg(long, value_name = "JSON", conflicts_with_all = ["rule", "class", "arguments"])]
    pub(crate) finding: Option<String>,
    /// Id of the rule that found it
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,
    /// Its class, where no rule is given
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: Option<String>,
    /// How sure the finding is [default: high]
    #[arg(long, value_name = "LEVEL", value_parser = one_of(&Confidence::ALL, Confidence::as_str))]
    pub(crate) confidence: Option<Confidence>,
    /// What the offline check said [default: abstain]
    #[arg(long, value_name = "VERDICT", value_parser = one_of(&[Verdict::Valid, Verdict::Invalid, Verdict::Abstain], Verdict::as_str))]
    pub(crate) verdict: Option<Verdict>,
    /// How long such a secret lives [default: what its rule says]
    #[arg(long, value_name = "LIFETIME", value_parser = one_of(&Lifetime::ALL, Lifetime::as_str))]
    pub(crate) lifetime: Option<Lifetime>,
    /// Fingerprint of the secret
    #[arg(long, value_name = "DIGITS")]
    pub(crate) fingerprint: Option<String>,
    /// File or resource that it stands in
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// Explain a call of --tool with these arguments instead, a JSON object; `-` reads it from standard input
    #[arg(long, value_name = "JSON", requires = "tool")]
    pub(crate) arguments: Option<String>,
    /// How it is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
    pub(crate) format: Listing,
    #[command(flatten)]
    pub(crate) pack: PackArgs,
    #[command(flatten)]
    pub(crate) flow: FlowArgs,
}

/// What a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaKind {
    Policy,
    Exceptions,
    Cases,
}

impl SchemaKind {
    const ALL: [SchemaKind; 3] = [SchemaKind::Policy, SchemaKind::Exceptions, SchemaKind::Cases];

    fn as_str(self) -> &'static str {
        match self {
            SchemaKind::Policy => "policy",
            SchemaKind::Exceptions => "exceptions",
            SchemaKind::Cases => "cases",
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExceptionArgs {
    #[command(subcommand)]
    pub(crate) command: ExceptionCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionCommand {
    /// Write a new exception into a file
    Add(Box<AddArgs>),
    /// List exceptions, and whether they are in force
    List {
        /// Files of exceptions; without any, those of the policy
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
        /// The policy that says what exceptions may be [default: tamis.toml, if there is one]
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// Labels that choose the policy's profiles; may be repeated
        #[arg(long, value_name = "LABEL", value_delimiter = ',')]
        label: Vec<String>,
        /// How exceptions are printed
        #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = one_of(&Listing::ALL, Listing::as_str))]
        format: Listing,
    },
    /// End an exception now
    Expire {
        /// Id of the exception
        #[arg(value_name = "ID")]
        id: String,
        /// The file that it stands in
        #[arg(long, value_name = "FILE", default_value = "tamis.exceptions.toml")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The file that it is written into; it is made if there is none
    #[arg(long, value_name = "FILE", default_value = "tamis.exceptions.toml")]
    pub(crate) file: PathBuf,
    /// The policy that says what exceptions may be [default: tamis.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Its id [default: made from its day and scope]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
    /// Secret that it is for, by its fingerprint; may be repeated
    #[arg(long, value_name = "DIGITS")]
    pub(crate) fingerprint: Vec<String>,
    /// Rule that it is for; may be repeated
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Vec<String>,
    /// Path that it is for; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) path: Vec<String>,
    /// Host that it is for; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) host: Vec<String>,
    /// Route that it is for; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) route: Vec<String>,
    /// Model that it is for; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(crate) model: Vec<String>,
    /// Why
    #[arg(long, value_name = "REASON", value_parser = one_of(&Reason::ALL, Reason::as_str))]
    pub(crate) reason: Reason,
    /// Why, in words
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Who asks for it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) requested_by: String,
    /// Who approves it
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) approved_by: String,
    /// Where it was talked about
    #[arg(long, value_name = "ID")]
    pub(crate) ticket: Option<String>,
    /// Until when it holds: a day, a time, or a number of days (`14d`)
    #[arg(long, value_name = "DATE", default_value = "14d")]
    pub(crate) expires: String,
}
