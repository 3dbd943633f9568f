//! Entries of a report that must not outgrow what its reader takes.

use super::Severity;

/// Entries as they are written, in the order of their places.
#[derive(Default)]
pub(super) struct Bounded {
    entries: Vec<(Severity, String)>,
}

/// What a reader takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

impl Bounded {
    pub(super) fn push(&mut self, severity: Severity, entry: String) {
        self.entries.push((severity, entry));
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries that fit, in their order, and how many do not: the least grave ones, and of these the last.
    pub(super) fn fit(self, limit: Limit) -> (Vec<String>, usize) {
        let mut by_gravity: Vec<usize> = (0..self.entries.len()).collect();
        by_gravity.sort_by_key(|index| std::cmp::Reverse(self.entries[*index].0));
        let mut kept = vec![false; self.entries.len()];
        let (mut count, mut bytes) = (0, 0);
        for index in by_gravity {
            bytes += self.entries[index].1.len() + 1;
            if count == limit.entries || bytes > limit.bytes {
                break;
            }
            count += 1;
            kept[index] = true;
        }
        let left_out = self.entries.len() - count;
        (self.entries.into_iter().zip(kept).filter(|(_, keep)| *keep).map(|((_, entry), _)| entry).collect(), left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(limit: Limit) -> (String, usize) {
        let mut bounded = Bounded::default();
        for (severity, entry) in [(Severity::Low, "a"), (Severity::Critical, "b"), (Severity::Medium, "c"), (Severity::Critical, "d")] {
            bounded.push(severity, entry.to_owned());
        }
        let (kept, left_out) = bounded.fit(limit);
        (kept.concat(), left_out)
    }

    #[test]
    fn the_gravest_stay_in_their_order() {
        let all = usize::MAX;
        assert_eq!(fit(Limit { entries: all, bytes: all }), ("abcd".into(), 0));
        assert_eq!(fit(Limit { entries: 3, bytes: all }), ("bcd".into(), 1));
        assert_eq!(fit(Limit { entries: all, bytes: 4 }), ("bd".into(), 2));
        assert_eq!(fit(Limit { entries: all, bytes: 1 }), (String::new(), 4));
    }
}
