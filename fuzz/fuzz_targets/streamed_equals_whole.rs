//! However a text is cut, the sink is told the same, and every byte comes out once.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_corpus::mixture::Mixture;
use tamis_corpus::modes::{Effort, Lab};
use tamis_corpus::oracle::streamed_equals_whole;
use tamis_corpus::random::Rng;

static RULES: LazyLock<Lab> = LazyLock::new(|| {
    let effort = Effort { every_split: 0, splits: 8, shuffles: 2, reference: 0 };
    Lab::fast(tamis_rules::builtin()).with_effort(effort)
});
static PIECES: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&tamis_rules::builtin_specs(), &mut Rng::new(1)));

fuzz_target!(|plan: &[u8]| {
    if let Err(error) = streamed_equals_whole(&RULES, &Case::new("fuzz", PIECES.text(plan))) {
        panic!("{error}");
    }
});
