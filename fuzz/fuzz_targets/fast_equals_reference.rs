//! The lanes find what every rule at every position finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_fuzz::{FEW_RULES, text};

fuzz_target!(|input: &[u8]| {
    let case = Case::new("fuzzed", text(input));
    if let Some(broken) = FEW_RULES.check(&case).err() {
        panic!("{broken}");
    }
});
