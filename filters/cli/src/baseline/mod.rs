//! Baselines: findings that were there before, named by their fingerprints, so that only new ones count.

mod command;
mod file;
mod import;

pub(crate) use command::run;
pub(crate) use file::{Baseline, Entry};
