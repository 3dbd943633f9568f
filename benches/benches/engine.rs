//! The engine with all built-in rules, and `memchr` on the same bytes, as that is what the memory can give.

use criterion::{BenchmarkId, Criterion, Throughput};
use tamis::Scanner;
use tamis::engine::{Findings, KnownKey, KnownSetBuilder};
use tamis_benches::{CHUNKS, definitions};
use tamis_corpus::random::Rng;

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

/// The same on texts of the user's own: the files of the folder that `TAMIS_BENCH_TEXTS` names.
fn scan_own_texts(c: &mut Criterion) {
    let Some(folder) = std::env::var_os("TAMIS_BENCH_TEXTS") else { return };
    let scanner = Scanner::new(tamis::rules::builtin());
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    files.sort();
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let found = scanner.find(&bytes).len();
        let name = file.file_name().map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
        let mut group = c.benchmark_group(format!("own-{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(20);
        group.bench_function("memchrs", |b| {
            // All lines' ends, as a byte that no text holds need not be missing here.
            b.iter(|| memchr::memchr_iter(b'\n', std::hint::black_box(&bytes)).count());
        });
        for chunk in CHUNKS {
            group.bench_function(BenchmarkId::new("scan", chunk), |b| b.iter(|| assert_eq!(scan_chunks(&scanner, &bytes, chunk), found)));
        }
        group.finish();
    }
}

/// With and without known values, on texts that hold none of them.
fn scan_known(c: &mut Criterion) {
    let key = KnownKey::new(b"a key of the benches").expect("the key is long enough");
    let with = |values: &[String]| {
        let mut set = KnownSetBuilder::default();
        for value in values {
            let notes = set.add(None, value.as_bytes());
            assert!(!notes.iter().any(|note| note.is_refusal()), "a value of the benches is refused");
        }
        Scanner::with_known(tamis::rules::builtin(), &set.build(&key), &key).expect("the key is the set's")
    };
    let mut rng = Rng::new(7);
    let tokens: Vec<String> = (0..100).map(|_| rng.text(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24)).collect();
    let words: Vec<String> = (0..100).map(|_| rng.text(b"abcdefghijklmnopqrstuvwxyz", 20)).collect();
    let scanners = [("none", Scanner::new(tamis::rules::builtin())), ("100-tokens", with(&tokens)), ("100-words", with(&words))];
    for definition in definitions(SIZE).iter().filter(|definition| !definition.planted) {
        let mut group = c.benchmark_group(format!("known-{}", definition.name));
        group.throughput(Throughput::Bytes(definition.bytes().len() as u64)).sample_size(20);
        for ((name, scanner), chunk) in scanners.iter().flat_map(|scanner| [(scanner, CHUNKS[0]), (scanner, CHUNKS[2])]) {
            group.bench_function(BenchmarkId::new(*name, chunk), |b| b.iter(|| definition.scan(scanner, chunk)));
        }
        group.finish();
    }
}

/// How many findings there are in these bytes.
fn scan_chunks(scanner: &Scanner, bytes: &[u8], chunk: usize) -> usize {
    let mut findings = Findings::default();
    let mut stream = scanner.stream();
    bytes.chunks(chunk).for_each(|piece| stream.push(piece, &mut findings));
    stream.finish(&mut findings);
    findings.found.len()
}

fn start(c: &mut Criterion) {
    c.bench_function("start/builtin-rules", |b| b.iter(|| Scanner::new(tamis::rules::builtin())));
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    scan(&mut criterion);
    scan_own_texts(&mut criterion);
    scan_known(&mut criterion);
    start(&mut criterion);
    criterion.final_summary();
}
