//! Generated mixtures of what matters to a scanner: every mode, and the reference, tell the same.

use std::sync::LazyLock;

use proptest::prelude::*;
use tamis_corpus::case::Case;
use tamis_corpus::mixture::Mixture;
use tamis_corpus::oracle;
use tamis_corpus::random::Rng;

use crate::packs::{ALL_RULES, FEW_RULES, FEW_SPECS};

static FEW: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&FEW_SPECS, &mut Rng::new(11)));
static ALL: LazyLock<Mixture> = LazyLock::new(|| Mixture::new(&tamis_rules::builtin_specs(), &mut Rng::new(12)));

/// Plans in which pieces and members are more likely than plain bytes.
fn plan(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    let step = prop_oneof![
        1 => (b' '..=b'~').prop_map(|b| vec![b]),
        4 => (128..=175u8, any::<u8>()).prop_map(|(a, b)| vec![a, b]),
        2 => (176..=199u8, any::<u8>()).prop_map(|(a, b)| vec![a, b]),
        2 => (200..=223u8, any::<u8>(), any::<u8>()).prop_map(|(a, b, c)| vec![a, b, c]),
        1 => (224..=239u8, any::<u8>()).prop_map(|(a, b)| vec![a, b]),
        1 => (240..=255u8, any::<u8>(), any::<u8>()).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    proptest::collection::vec(step, 1..longest).prop_map(|steps| steps.concat())
}

fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(cases), failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn all_modes_and_the_reference_agree(plan in plan(12)) {
        let case = Case::new("mixture of few rules", FEW.text(&plan));
        prop_assert_eq!(oracle::streamed_equals_whole(&FEW_RULES, &case).map(drop), Ok(()));
    }

    #[test]
    fn all_modes_agree_with_all_rules(plan in plan(20)) {
        let case = Case::new("mixture of all rules", ALL.text(&plan));
        prop_assert_eq!(oracle::streamed_equals_whole(&ALL_RULES, &case).map(drop), Ok(()));
    }

    #[test]
    fn redacted_text_rescans_clean(plan in plan(20)) {
        let case = Case::new("mixture of all rules", ALL.text(&plan));
        prop_assert_eq!(oracle::redacted_rescans_clean(ALL_RULES.scanner(), &case), Ok(()));
    }
}
