//! The matcher of Tamis: bytes in, findings out.
//!
//! A [`Scanner`] is an immutable, shareable rule set. Each stream of bytes has a [`Stream`], to which chunks are pushed
//! as they come; a [`Sink`] gets every byte back in order, with findings marked. Results depend on the bytes and the
//! rules only, never on where chunks are cut; what cannot be part of an unfinished match is released at once; memory
//! is constant; and no byte sequence is an error.
//!
//! ```text
//! chunk → window → masks → lanes → candidates → verify → weigh → resolve → sink
//! ```
//!
//! The engine is pure: no files, clock, threads, environment or output. It builds for `wasm32-unknown-unknown`.

mod bytes;
mod classify;
#[cfg(feature = "compile")]
mod compile;
mod context;
mod dfa;
mod escape;
mod evidence;
mod finding;
mod known;
mod lanes;
mod masks;
mod program;
#[cfg(feature = "reference")]
mod reference;
mod resolve;
mod scanner;
mod sink;
mod span;
mod spec;
mod stream;
mod strings;
mod told;
mod validate;
mod verify;
mod window;
mod words;

pub use bytes::ByteSet;
#[cfg(feature = "compile")]
pub use classify::fourgrams;
#[cfg(feature = "compile")]
pub use compile::{BuildError, BuildErrorKind, compile};
pub use evidence::{Account, Counted, FEATURES};
pub use finding::{Confidence, Finding, Layer, LimitHit, LimitKind, RuleIndex, Secret, Verdict};
#[cfg(feature = "reference")]
pub use known::KnownReference;
pub use known::{KnownError, KnownKey, KnownSet, ShortKnownKey};
#[cfg(feature = "compile")]
pub use known::{KnownNote, KnownSetBuilder};
pub use program::{Lane, Program, ProgramError, Rule};
#[cfg(feature = "reference")]
pub use reference::Reference;
pub use scanner::Scanner;
pub use sink::{Findings, Sink};
pub use span::Span;
pub use spec::{Near, Reads, RuleSpec, Side};
pub use stream::{MIN_WINDOW, Stream};
pub use strings::string_end;
pub use told::Told;
pub use validate::Validator;
