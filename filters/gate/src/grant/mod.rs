//! Grants: signed tokens that say which agent may do what, in one session, and until when.
//!
//! A grant is a JSON Web Token. Tamis issues its own, and takes those of an identity provider whose keys stand in a JWKS
//! file. A grant can only narrow what policy allows.
//!
//! ```
//! use tamis::grant::{Check, Claims, GrantKeys, IssuingKey, Refusal, Scope};
//! use tamis::{SigningKey, Timestamp};
//!
//! let key = SigningKey::from_seed(&[7; 32]);
//! let now = Timestamp::from_second(1_800_000_000)?;
//! let claims = Claims {
//!     id: "g-1".into(),
//!     subject: "agent/release-bot".into(),
//!     issued: now,
//!     expires: Timestamp::from_second(1_800_003_600)?,
//!     session: None,
//!     audience: "tamis".into(),
//!     scope: Scope { tools: Some(vec!["Read".into(), "mcp__git__*".into()]), ..Scope::default() },
//! };
//! let token = IssuingKey::Ed25519(key.clone()).issue(&claims);
//!
//! let keys = GrantKeys::of(&key.public());
//! let grant = keys.verify(&token, &Check::new(now))?;
//! assert_eq!(grant.subject.as_str(), "agent/release-bot");
//! let late = Timestamp::from_second(1_800_003_600)?;
//! assert_eq!(keys.verify(&token, &Check::new(late)).unwrap_err(), Refusal::Expired);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claims;
mod issue;
mod jwk;
mod key;
mod replay;
mod scope;
mod verify;

pub use claims::{Claims, Grant};
pub use issue::{IssuingKey, ShortSecret};
pub use key::{BadGrantKey, GrantKeys};
pub use replay::{Replay, Uses};
pub use scope::{Beyond, Scope};
pub use verify::{Check, Refusal};
