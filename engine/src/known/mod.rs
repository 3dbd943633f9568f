//! Values that the user knows: exact secrets of his own, found without their bytes.
//!
//! A [`KnownSet`] holds keyed hashes only. Each value stands in it in several *forms*: as it is, and as JSON, shells,
//! URLs, base64 and hexadecimal digits write it. A form has an *anchor*, a place in it that the masks name whatever
//! stands around the form, such as a digit after a letter; the four bytes at the anchor lead to the form by a small
//! keyed hash, and a keyed hash of all of its bytes decides.

#[cfg(feature = "compile")]
mod anchor;
#[cfg(feature = "compile")]
mod build;
#[cfg(feature = "compile")]
mod forms;
mod key;
pub(crate) mod lane;
#[cfg(feature = "reference")]
mod reference;
mod set;

#[cfg(feature = "compile")]
pub use build::{KnownNote, KnownSetBuilder};
pub use key::{KnownKey, ShortKnownKey};
pub(crate) use lane::{Kinds, Known};
#[cfg(feature = "reference")]
pub use reference::KnownReference;
pub use set::{KnownError, KnownSet};
