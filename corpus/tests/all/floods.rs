//! Floods: told the same in every mode, and worked through in time that grows with their length.

use tamis_corpus::case::Case;
use tamis_corpus::flood::Flood;
use tamis_corpus::modes::{Effort, Lab};
use tamis_corpus::oracle::work;
use tamis_engine::compile;

use crate::packs::{ALL_RULES, FEW_RULES, FEW_SPECS};

/// Bytes looked at by candidates, for each byte of the text, at most.
const WORK_PER_BYTE: u64 = 128;
/// What is looked at whatever the length.
const WORK_ONCE: u64 = 64 * 1024;

#[test]
fn short_floods_are_told_the_same_in_every_mode() {
    for flood in Flood::all() {
        FEW_RULES.agree(&Case::new(flood.name, flood.text(401)));
        ALL_RULES.agree(&Case::new(flood.name, flood.text(300)));
    }
}

#[test]
fn long_floods_are_told_the_same_in_every_mode() {
    let lab = Lab::fast(compile(&FEW_SPECS).unwrap()).with_effort(Effort { every_split: 0, splits: 3, shuffles: 1, reference: 0 });
    for flood in Flood::all() {
        lab.agree(&Case::new(flood.name, flood.text(70_001)));
    }
}

#[test]
fn work_grows_with_the_length_only() {
    for flood in Flood::all() {
        for chunk in [16, 65_536] {
            let done: Vec<u64> = [32, 64, 128].map(|kib| work(ALL_RULES.scanner(), &flood.text(kib * 1024), chunk)).to_vec();
            for (index, pair) in done.windows(2).enumerate() {
                assert!(pair[1] <= pair[0] * 22 / 10 + WORK_ONCE, "{}, {chunk}-byte chunks, doubling {index}: {done:?}", flood.name);
            }
            assert!(done[2] <= 128 * 1024 * WORK_PER_BYTE, "{}, {chunk}-byte chunks: {} a byte", flood.name, done[2] / (128 * 1024));
        }
    }
}

#[test]
fn a_line_of_ten_megabytes_is_no_trouble() {
    let floods: Vec<&Flood> =
        Flood::all().iter().filter(|f| ["token characters", "one letter", "named values"].contains(&f.name)).collect();
    for flood in floods {
        let mut text = flood.text(10 << 20);
        text.iter_mut().filter(|b| **b == b'\n').for_each(|b| *b = b' ');
        let lab = Lab::fast(compile(&FEW_SPECS).unwrap()).with_effort(Effort { every_split: 0, splits: 0, shuffles: 0, reference: 0 });
        let whole = tamis_corpus::trace::run(&mut lab.scanner().stream(), &text, []).unwrap();
        let cuts: Vec<usize> = (65_536..text.len()).step_by(65_536).collect();
        assert_eq!(tamis_corpus::trace::run(&mut lab.scanner().stream(), &text, cuts), Ok(whole), "{}", flood.name);
    }
}
