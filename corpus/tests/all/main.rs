//! The engine and the whole rule pack under the test kit: cases stated once and run in every mode, properties of
//! generated texts, floods.
//!
//! `TAMIS_MEMBERS=20` makes more members of every rule, `PROPTEST_CASES=10000` more mixtures.

mod blocks;
mod cases;
mod fixtures;
mod floods;
mod foreign;
mod holdback;
mod kit;
mod known;
mod masked;
mod members;
mod mixtures;
mod packs;
