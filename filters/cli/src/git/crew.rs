//! Shares work between threads.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ScopedJoinHandle};

/// How many threads to use.
pub(super) fn threads(jobs: Option<u16>, work: usize, share: usize) -> usize {
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    jobs.map_or_else(cores, usize::from).min(work.div_ceil(share)).max(1)
}

/// How much of the work to take at once, so that threads end at about one time.
pub(super) fn fair(work: usize, threads: usize, sizes: Range<usize>) -> usize {
    (work / threads / 4).clamp(sizes.start, sizes.end)
}

/// Hands out shares of the items to as many workers, each on a thread of its own. Gives what they come back with.
pub(super) fn share<T: Sync, R: Send>(items: &[T], share: usize, threads: usize, worker: impl Fn(Shares<'_, T>) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let shares = || Shares { items, share, next: &next };
    if threads == 1 {
        return vec![worker(shares())];
    }
    thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(|| worker(shares()))).collect();
        handles.into_iter().map(join).collect()
    })
}

fn join<R>(handle: ScopedJoinHandle<'_, R>) -> R {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What one worker gets to do: parts of the items, with the index of their first one.
pub(super) struct Shares<'i, T> {
    items: &'i [T],
    share: usize,
    next: &'i AtomicUsize,
}

impl<'i, T> Iterator for Shares<'i, T> {
    type Item = (usize, &'i [T]);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.next.fetch_add(self.share, Ordering::Relaxed);
        let end = (start + self.share).min(self.items.len());
        (start < end).then(|| (start, &self.items[start..end]))
    }
}

/// Shares items that are still being found: who finds them works, too, when there are no more. `find` gets what takes them.
/// Gives what it comes back with, and what the workers do.
pub(super) fn follow<T: Copy + Send, F, R: Send>(
    jobs: Option<u16>,
    sizes: Range<usize>,
    find: impl FnOnce(&mut dyn FnMut(&[T])) -> F,
    worker: impl Fn(&Feed<T>) -> R + Sync,
) -> (F, Vec<R>) {
    let most = threads(jobs, usize::MAX, 1);
    let feed = Feed { state: Mutex::new(State { items: Vec::new(), taken: 0, ended: false }), more: Condvar::new(), threads: most, sizes };
    thread::scope(|scope| {
        let mut crew = Vec::new();
        let ending = Ending(&feed);
        let found = find(&mut |items: &[T]| {
            let len = feed.add(items);
            let others = most.min(len.div_ceil(feed.sizes.start)).saturating_sub(1);
            (crew.len()..others).for_each(|_| crew.push(scope.spawn(|| worker(&feed))));
        });
        drop(ending);
        let own = worker(&feed);
        (found, std::iter::once(own).chain(crew.into_iter().map(join)).collect())
    })
}

/// Items that workers take while more of them come.
pub(super) struct Feed<T> {
    state: Mutex<State<T>>,
    more: Condvar,
    threads: usize,
    sizes: Range<usize>,
}

struct State<T> {
    items: Vec<T>,
    taken: usize,
    ended: bool,
}

impl<T: Copy> Feed<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how many there were so far.
    fn add(&self, items: &[T]) -> usize {
        let mut state = self.state();
        state.items.extend_from_slice(items);
        self.more.notify_all();
        state.items.len()
    }

    /// Puts the next items into `share`, and gives the index of the first one. Waits for them; `None` after the last ones.
    pub(super) fn take(&self, share: &mut Vec<T>) -> Option<usize> {
        let waits = |state: &mut State<T>| state.taken == state.items.len() && !state.ended;
        let mut state = self.more.wait_while(self.state(), waits).unwrap_or_else(PoisonError::into_inner);
        let (first, left) = (state.taken, &state.items[state.taken..]);
        let len = fair(left.len(), self.threads, self.sizes.clone()).min(left.len());
        share.clear();
        share.extend_from_slice(&left[..len]);
        state.taken += len;
        (len > 0).then_some(first)
    }
}

/// Tells who waits that no more come, even where finding them has failed.
struct Ending<'f, T: Copy>(&'f Feed<T>);

impl<T: Copy> Drop for Ending<'_, T> {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.more.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_item_that_is_found_is_taken_once(batches in prop::collection::vec(0usize..400, 0..20), jobs in 1u16..5) {
            let items: Vec<usize> = (0..batches.iter().sum()).collect();
            let find = |tell: &mut dyn FnMut(&[usize])| {
                let mut rest = &items[..];
                for len in &batches {
                    tell(rest.split_off(..*len).unwrap());
                }
                "found"
            };
            let (found, parts) = follow(Some(jobs), 16..64, find, |feed| {
                let (mut mine, mut share) = (Vec::new(), Vec::new());
                while let Some(first) = feed.take(&mut share) {
                    mine.extend(share.iter().enumerate().map(|(i, item)| (first + i, *item)));
                }
                mine
            });
            prop_assert_eq!(found, "found");
            prop_assert!(parts.len() <= usize::from(jobs));
            let mut taken = parts.concat();
            taken.sort_unstable();
            prop_assert_eq!(taken, items.iter().map(|item| (*item, *item)).collect::<Vec<_>>());
        }
    }

    #[test]
    #[should_panic(expected = "what finds them failed")]
    fn who_waits_is_told_when_finding_fails() {
        let find = |tell: &mut dyn FnMut(&[u8])| {
            let found = [0; 100];
            tell(&found);
            assert!(found.is_empty(), "what finds them failed");
        };
        follow(Some(2), 1..10, find, |feed| {
            let mut share = Vec::new();
            while feed.take(&mut share).is_some() {}
        });
    }
}
