//! Texts that once broke something: found by fuzzers and property tests, kept as escaped text, replayed here.
//!
//! One file a text, in the form of a Rust byte string's inside; the file's name says what it broke.

use std::fs;
use std::path::Path;

use tamis_corpus::case::{Case, bytes};
use tamis_corpus::oracle;

use crate::packs::{ALL_RULES, FEW_RULES};

#[test]
fn what_once_broke_stays_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let case = Case::new(file.file_stem().unwrap().to_string_lossy(), bytes(text.trim_end_matches('\n')).unwrap());
        for lab in [&*FEW_RULES, &*ALL_RULES] {
            assert_eq!(oracle::streamed_equals_whole(lab, &case).map(drop), Ok(()));
            assert_eq!(oracle::redacted_rescans_clean(lab.scanner(), &case), Ok(()));
        }
    }
}
