//! Shares work between threads.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
        handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
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
