//! Entries of a report that must not outgrow what its reader takes, nor the memory of who writes it.

use std::cmp::Reverse;

use super::Severity;

/// Entries as they are written, in the order of their places.
pub(super) struct Bounded {
    limit: Limit,
    entries: Vec<(Severity, String)>,
    bytes: usize,
    left_out: usize,
}

/// What a reader takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) entries: usize,
    pub(super) bytes: usize,
}

impl Bounded {
    pub(super) fn new(limit: Limit) -> Self {
        Bounded { limit, entries: Vec::new(), bytes: 0, left_out: 0 }
    }

    pub(super) fn push(&mut self, severity: Severity, entry: String) {
        self.bytes += entry.len() + 1;
        self.entries.push((severity, entry));
        // Seldom enough to cost next to nothing an entry.
        if self.entries.len() / 2 >= self.limit.entries || self.bytes / 2 >= self.limit.bytes {
            self.shrink();
        }
    }

    /// How many entries there were.
    pub(super) fn count(&self) -> usize {
        self.entries.len() + self.left_out
    }

    /// The entries that fit, in their order, and how many do not: the least grave ones, and of these the last.
    pub(super) fn fit(&mut self) -> (Vec<String>, usize) {
        self.shrink();
        (self.entries.drain(..).map(|(_, entry)| entry).collect(), self.left_out)
    }

    fn shrink(&mut self) {
        let mut by_gravity: Vec<usize> = (0..self.entries.len()).collect();
        by_gravity.sort_by_key(|index| Reverse(self.entries[*index].0));
        let mut kept = vec![false; self.entries.len()];
        let (mut count, mut bytes) = (0, 0);
        for index in by_gravity {
            let with = bytes + self.entries[index].1.len() + 1;
            if count == self.limit.entries || with > self.limit.bytes {
                break;
            }
            (count, bytes) = (count + 1, with);
            kept[index] = true;
        }
        self.left_out += self.entries.len() - count;
        self.bytes = bytes;
        let mut kept = kept.into_iter();
        self.entries.retain(|_| kept.next() == Some(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(entries: usize, bytes: usize) -> (String, usize) {
        let mut bounded = Bounded::new(Limit { entries, bytes });
        for (severity, entry) in [(Severity::Low, "a"), (Severity::Critical, "b"), (Severity::Medium, "c"), (Severity::Critical, "d")] {
            bounded.push(severity, entry.to_owned());
        }
        assert_eq!(bounded.count(), 4);
        let (kept, left_out) = bounded.fit();
        (kept.concat(), left_out)
    }

    #[test]
    fn the_gravest_stay_in_their_order() {
        let all = usize::MAX;
        assert_eq!(fit(all, all), ("abcd".into(), 0));
        assert_eq!(fit(3, all), ("bcd".into(), 1));
        assert_eq!(fit(1, all), ("b".into(), 3));
        assert_eq!(fit(all, 4), ("bd".into(), 2));
        assert_eq!(fit(all, 1), (String::new(), 4));
    }
}
