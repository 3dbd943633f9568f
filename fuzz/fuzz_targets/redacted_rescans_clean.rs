//! What was redacted is clean when it is scanned again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_corpus::oracle;
use tamis_fuzz::{ALL_RULES, text};

fuzz_target!(|input: &[u8]| {
    let case = Case::new("fuzzed", text(input));
    if let Some(broken) = oracle::redacted_rescans_clean(ALL_RULES.scanner(), &case).err() {
        panic!("{broken}");
    }
});
