//! The rule sets that tests share, built once.

use std::sync::LazyLock;

use tamis_corpus::mixture::representative;
use tamis_corpus::modes::Lab;
use tamis_engine::RuleSpec;

/// Rules that the reference can run in a moment.
const FEW: usize = 60;

/// A rule or some of every lane.
pub(crate) static FEW_SPECS: LazyLock<Vec<RuleSpec>> = LazyLock::new(|| representative(tamis_rules::builtin_specs(), FEW));

/// These rules with their reference.
pub(crate) static FEW_RULES: LazyLock<Lab> = LazyLock::new(|| Lab::new(&FEW_SPECS).unwrap());

/// The whole pack, as it is shipped.
pub(crate) static ALL_RULES: LazyLock<Lab> = LazyLock::new(|| Lab::fast(tamis_rules::builtin()));
