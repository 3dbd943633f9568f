//! The fast path finds what every rule's pattern finds at every position.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_corpus::mixture::{Mixture, representative};
use tamis_corpus::modes::{Effort, Lab};
use tamis_corpus::oracle::streamed_equals_whole;
use tamis_corpus::random::Rng;
use tamis_engine::RuleSpec;

static SPECS: LazyLock<Vec<RuleSpec>> = LazyLock::new(|| representative(tamis_rules::builtin_specs(), 60));
static RULES: LazyLock<Lab> = LazyLock::new(|| {
    let effort = Effort { every_split: 0, splits: 2, shuffles: 1, reference: 2048 };
    Lab::new(&SPECS).expect("the pack compiles").with_effort(effort)
});
static PIECES: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&SPECS, &mut Rng::new(2)));

fuzz_target!(|plan: &[u8]| {
    if let Err(error) = streamed_equals_whole(&RULES, &Case::new("fuzz", PIECES.text(plan))) {
        panic!("{error}");
    }
});
