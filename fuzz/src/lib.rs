//! What the fuzz targets share: the rule sets, built once.

pub mod bodies;

use std::sync::LazyLock;

use tamis_corpus::mixture::{Mixture, representative};
use tamis_corpus::modes::Lab;
use tamis_corpus::random::Rng;

/// Rules of every lane, few enough for the reference.
const FEW: usize = 60;

/// A few rules with their reference.
pub static FEW_RULES: LazyLock<Lab> =
    LazyLock::new(|| Lab::new(&representative(tamis_rules::builtin_specs(), FEW)).expect("built-in rules compile"));

/// The whole pack.
pub static ALL_RULES: LazyLock<Lab> = LazyLock::new(|| Lab::fast(tamis_rules::builtin()));

static MIXTURE: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&tamis_rules::builtin_specs(), &mut Rng::new(1)));

/// The input as a text: half of the inputs as they are, half as a plan of pieces that matter to a scanner.
pub fn text(input: &[u8]) -> Vec<u8> {
    match input.split_first() {
        Some((first, plan)) if first & 1 == 1 => MIXTURE.text(plan),
        Some((_, rest)) => rest.to_vec(),
        None => Vec::new(),
    }
}
