//! However the body of a model or tool API is cut, the same comes out; without a finding it stays, and no key comes through.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tamis_fuzz::bodies;

fuzz_target!(|input: &[u8]| {
    if let Err(error) = bodies::check(input) {
        panic!("{error}");
    }
});
