//! What left with a session.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::name::Name;

/// Most values that are told apart. What comes after is counted only.
const MOST: usize = 1000;
/// Most destinations that are kept of one value.
const MOST_DESTINATIONS: usize = 16;

/// A value that went out as it was: whoever issued it should rotate it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leak {
    /// The rule that found it: what kind of value it is.
    pub rule: Name,
    /// Its class, a path.
    pub class: Name,
    /// Where it went, as far as that is known.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub to: BTreeSet<Name>,
    /// When it first went out.
    pub first: Timestamp,
    /// When it last went out.
    pub last: Timestamp,
    /// How often it went out.
    pub times: u64,
}

/// The values that went out with a session, by fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaks {
    values: BTreeMap<Fingerprint, Leak>,
    /// How many findings went out that are not told apart, as there were too many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Leaks {
    /// Notes down that a value went out.
    pub(super) fn add(&mut self, fingerprint: Fingerprint, rule: &Name, class: &Name, to: Option<&Name>, now: Timestamp) {
        if self.values.len() >= MOST && !self.values.contains_key(&fingerprint) {
            self.more += 1;
            return;
        }
        let leak = self.values.entry(fingerprint).or_insert_with(|| Leak {
            rule: rule.clone(),
            class: class.clone(),
            to: BTreeSet::new(),
            first: now,
            last: now,
            times: 0,
        });
        leak.last = leak.last.max(now);
        leak.times += 1;
        if let Some(to) = to.filter(|_| leak.to.len() < MOST_DESTINATIONS) {
            leak.to.insert(to.clone());
        }
    }

    /// Whether nothing went out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many values went out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The values, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = (&Fingerprint, &Leak)> {
        self.values.iter()
    }
}
