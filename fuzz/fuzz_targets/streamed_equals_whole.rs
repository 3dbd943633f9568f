//! The text reaches the sink once, in order, and what is found depends on no cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_corpus::case::Case;
use tamis_corpus::oracle;
use tamis_fuzz::{ALL_RULES, text};

fuzz_target!(|input: &[u8]| {
    let case = Case::new("fuzzed", text(input));
    if let Some(broken) = oracle::streamed_equals_whole(&ALL_RULES, &case).err() {
        panic!("{broken}");
    }
});
