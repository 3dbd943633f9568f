//! What may pass from where to where: boundaries over class, surface and destination, read from the top down.
//!
//! A policy goes through three shapes: *written* as its file says it, with everything optional; *merged* with the
//! defaults; and *resolved*, a [`Policy`] without anything optional, which decides.

mod digest;
mod ruling;

pub use digest::PolicyDigest;
pub use ruling::{Facts, Lifetime, Ruling};
