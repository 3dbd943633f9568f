//! Tokens: text that stands in a value's place and can be turned back into it by whoever has the key.
//!
//! ```
//! use tamis::token::{Scope, TokenKeys, Tokenizer};
//! use tamis::{Frame, Mode, Rewriter, Scanner, Settings};
//!
//! let keys = TokenKeys::parse(&format!("k1 {}", "5e".repeat(64)))?;
//! let tokens = Tokenizer::new(keys, Scope::session("s-42"));
//! let settings = Settings { mode: Mode::Tokenize, tokens: Some(tokens.clone()), ..Settings::default() };
//! let scanner = Scanner::new(tamis::rules::builtin());
//! let mut rewriter = Rewriter::new(&scanner, &settings, Vec::new());
//! let mut stream = scanner.stream();
//! stream.push(b"export GITHUB_TOKEN=ghp_x7Qm2VtR9pLk4WnZ8sYd", &mut rewriter);
//! stream.push(b"3FbH6jCgTa2JF1fs\n", &mut rewriter);
//! stream.finish(&mut rewriter);
//! let sent = rewriter.output();
//! assert!(sent.starts_with(b"export GITHUB_TOKEN=[TOKEN:github.pat-classic:k1:"));
//!
//! let mut restorer = tamis::token::Restorer::new(tokens, Frame::Auto, Vec::new(), |_| true);
//! restorer.push(sent);
//! restorer.finish();
//! assert!(restorer.output().ends_with(b"=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\n"));
//! # Ok::<(), tamis::token::KeyError>(())
//! ```

mod escape;
mod key;
mod nesting;
mod restore;
mod scope;
mod seal;
mod shape;

pub(crate) use escape::unescape;
pub use key::{KeyError, KeyId, TokenKeys};
pub(crate) use nesting::Nesting;
pub use restore::{Outcome, Restoration, Restorer};
pub use scope::Scope;
pub use seal::{Opened, Refusal, Tokenizer};
