//! Memory is constant: a counting allocator watches a stream through floods and twenty megabytes.
//!
//! A program of its own, as other tests' allocations would count.

#![allow(unsafe_code, reason = "a counting allocator forwards to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tamis_corpus::flood::Flood;
use tamis_corpus::random::Rng;
use tamis_engine::{Finding, Scanner, Secret, Sink, Stream};

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on to the system's allocator as it is; counting changes nothing about the memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`, and the block came from the system.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let now = NOW.load(Relaxed) + size - layout.size();
        NOW.store(now, Relaxed);
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`, and the block came from the system.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What a stream may need above its window: masks, open candidates, and findings that wait to be told.
const ABOVE: usize = 64 * 1024;
const WINDOW: usize = 64 * 1024;

/// Counts and keeps nothing.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn text(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }

    fn finding(&mut self, _: &Finding, secret: Secret<'_>) {
        self.0 += secret.expose().len() as u64;
    }

    fn part(&mut self, _: tamis_engine::RuleIndex, secret: Secret<'_>) {
        self.0 += secret.expose().len() as u64;
    }
}

/// The most memory a new stream held while `fill` wrote a chunk after the other until it wrote nothing.
fn peak(scanner: &Scanner, chunk: usize, mut fill: impl FnMut(&mut [u8]) -> usize) -> usize {
    let (mut sink, mut pushed) = (Count::default(), 0);
    let mut buffer = vec![0; chunk];
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut stream = Stream::with_window(scanner.clone(), WINDOW);
    loop {
        let n = fill(&mut buffer);
        if n == 0 {
            break;
        }
        stream.push(&buffer[..n], &mut sink);
        pushed += n as u64;
    }
    stream.finish(&mut sink);
    assert_eq!(sink.0, pushed, "all bytes come out");
    PEAK.load(Relaxed) - before
}

#[test]
fn memory_is_constant() {
    let scanner = Scanner::new(tamis_rules::builtin());
    let limit = WINDOW + ABOVE;
    let mut above = Vec::new();
    for flood in Flood::all() {
        for chunk in [16, 1000, 65_536] {
            let text = flood.text(192 * 1024);
            let mut rest = &text[..];
            let most = peak(&scanner, chunk, |buffer| {
                let n = rest.len().min(buffer.len());
                buffer[..n].copy_from_slice(&rest[..n]);
                rest = &rest[n..];
                n
            });
            if most > limit {
                above.push(format!("{}, {chunk}-byte chunks: {most} bytes", flood.name));
            }
        }
    }
    let (mut rng, mut chunks) = (Rng::new(6), 320);
    let most = peak(&scanner, 65_536, |buffer| {
        chunks -= 1;
        buffer.chunks_exact_mut(8).for_each(|eight| eight.copy_from_slice(&rng.next_u64().to_le_bytes()));
        if chunks == 0 { 0 } else { buffer.len() }
    });
    if most > limit {
        above.push(format!("twenty random megabytes: {most} bytes"));
    }
    assert!(above.is_empty(), "more than {limit} bytes\n{}", above.join("\n"));
}
