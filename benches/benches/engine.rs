//! The engine with all built-in rules, and `memchr` on the same bytes, as that is what the memory can give.

use criterion::{BenchmarkId, Criterion, Throughput};
use tamis::Scanner;
use tamis_benches::{CHUNKS, definitions};

/// Large enough to leave the caches nearest to the core, small enough for many samples.
const SIZE: usize = 8 << 20;

fn scan(c: &mut Criterion) {
    let scanner = Scanner::new(tamis::rules::builtin());
    for definition in definitions(SIZE) {
        let mut group = c.benchmark_group(&definition.name);
        group.throughput(Throughput::Bytes(definition.bytes().len() as u64)).sample_size(20);
        group.bench_function("memchr", |b| {
            // A byte that no text holds.
            b.iter(|| assert_eq!(memchr::memchr(0, std::hint::black_box(definition.bytes())), None));
        });
        for chunk in CHUNKS {
            group.bench_function(BenchmarkId::new("scan", chunk), |b| b.iter(|| definition.scan(&scanner, chunk)));
        }
        group.finish();
    }
}

fn start(c: &mut Criterion) {
    c.bench_function("start/builtin-rules", |b| b.iter(|| Scanner::new(tamis::rules::builtin())));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    scan(&mut criterion);
    start(&mut criterion);
    criterion.final_summary();
}
