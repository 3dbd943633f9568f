//! Tamis finds secrets and sensitive data in a stream of bytes, while it flows, and lets through a stream without
//! them, with a record of every decision.
//!
//! This crate says what to do with what the engine finds. It re-exports the engine and the rules, so it is the only
//! one a program needs, and like them it does no I/O: bytes go in with [`Stream::push`] and come out through an
//! [`Output`].
//!
//! ```
//! use tamis::{Rewriter, Scanner, Settings};
//!
//! let scanner = Scanner::new(tamis::rules::builtin());
//! let settings = Settings::default();
//! let mut rewriter = Rewriter::new(&scanner, &settings, Vec::new());
//! let mut stream = scanner.stream();
//! // A token with a right checksum, in two pieces as a network would deliver it.
//! stream.push(b"export GITHUB_TOKEN=ghp_x7Qm2VtR9pLk4WnZ8sYd", &mut rewriter);
//! stream.push(b"3FbH6jCgTa2JF1fs\nmake release\n", &mut rewriter);
//! stream.finish(&mut rewriter);
//! assert_eq!(rewriter.output(), b"export GITHUB_TOKEN=[REDACTED:github.pat-classic]\nmake release\n");
//! ```
//!
//! | to | use |
//! |---|---|
//! | rewrite a stream | [`Rewriter`], with a [`Mode`] and a [`Frame`] |
//! | list what it holds | [`Recorder`], whose [`Located`] findings become [`Report`]s |
//! | do both in one pass | [`Tee`] |
//! | decide what counts | [`Selection`]: a [`Threshold`] and classes |
//! | say where a stream comes from and goes to | [`Flow`] |
//! | decide what may pass there, and rewrite the rest | a [`Gate`] with a [`Policy`], from a [`PolicyFile`] |
//! | recognise a secret again without keeping it | [`Fingerprint`] |
//! | say what happened, and verify what a log says | [`audit`] |
//! | let values be put back later | [`token`] |
//! | tie an agent to what it may do | [`grant`] |
//! | tell sessions apart and stop them | [`session`] |
//! | filter what flows between clients, models and tools over HTTP | [`api`] |

pub mod api;
pub mod audit;
mod canonical;
mod commit;
mod credential;
mod decision;
mod document;
mod fingerprint;
mod flow;
mod frame;
mod gate;
pub mod grant;
mod harmless;
mod hex;
mod json;
mod limit;
mod lines;
mod mode;
mod name;
mod output;
pub mod policy;
mod record;
mod report;
mod rewrite;
mod same;
mod selection;
pub mod session;
mod settings;
mod signing;
mod structure;
mod tee;
pub mod token;

pub use commit::{Author, Commit, Origin};
pub use credential::Joiner;
pub use decision::Decision;
pub use document::{Diagnostic, Level, Problem};
pub use fingerprint::{Fingerprint, FingerprintKey, Fingerprinter, NoFingerprint, ShortKey};
pub use flow::{Destination, Direction, Flow, Surface};
pub use frame::Frame;
pub use gate::{Decided, Gate};
pub use harmless::Harmless;
pub use jiff::Timestamp;
pub use limit::Limit;
pub use lines::{LineCounter, Position};
pub use mode::Mode;
pub use name::Name;
pub use output::Output;
pub use policy::{Facts, Lifetime, Policy, PolicyDigest, PolicyFile, Ruling, ToolRuling};
pub use record::{Located, Recorder};
pub use report::{Extent, Part, Place, Report};
pub use rewrite::Rewriter;
pub use same::same;
pub use selection::{Condition, Selection, Threshold};
pub use settings::Settings;
pub use signing::{BadKey, Signature, SigningKey, VerifyingKey};
#[doc(no_inline)]
pub use tamis_engine::{
    self as engine, Confidence, Finding, LimitHit, LimitKind, Program, Rule, RuleIndex, RuleSpec, Scanner, Secret, Sink, Span, Stream,
    Told, Verdict,
};
#[doc(no_inline)]
pub use tamis_rules as rules;
pub use tee::Tee;
