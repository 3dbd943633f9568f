//! What Tamis is measured on: texts made from a seed, with or without planted secrets, and definitions that say how many
//! findings each must have. A run that counts anything else is no measurement and fails.

mod definition;
mod prose;
mod secrets;
mod text;

pub use definition::{CHUNKS, Definition, definitions};
pub use secrets::{Planted, Secrets};
pub use text::{Code, Kind, SPACING, Text};
