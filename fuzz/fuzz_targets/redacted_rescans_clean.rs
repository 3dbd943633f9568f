//! Where a finding was replaced by its label nothing is found again.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_corpus::mixture::Mixture;
use tamis_corpus::oracle::redacted_rescans_clean;
use tamis_corpus::random::Rng;
use tamis_engine::Scanner;

static RULES: LazyLock<Scanner> = LazyLock::new(|| Scanner::new(tamis_rules::builtin()));
static PIECES: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&tamis_rules::builtin_specs(), &mut Rng::new(3)));

fuzz_target!(|plan: &[u8]| {
    if let Err(error) = redacted_rescans_clean(&RULES, &Case::new("fuzz", PIECES.text(plan))) {
        panic!("{error}");
    }
});
