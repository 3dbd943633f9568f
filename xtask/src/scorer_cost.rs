//! `corpus cost`: what the learned scorer costs a candidate, at most.

use std::hint::black_box;
use std::time::Instant;

use tamis_corpus::random::Rng;
use tamis_engine::{Finding, Scanner};

/// What a candidate may cost.
const MOST_NANOSECONDS: f64 = 1000.0;
/// Candidates of each kind, and rounds over all of them; the fastest counts, as others work on the machine, too.
const CANDIDATES: usize = 500;
const ROUNDS: usize = 50;

/// Measures, prints, and fails if it costs too much.
///
/// What is timed is the whole explanation of a finding: reading its context, looking for signs of a placeholder and for
/// code, the features and their weights. The scorer alone is less.
pub(crate) fn run(scanner: &Scanner) -> Result<(), String> {
    let mut rng = Rng::new(21);
    let texts: Vec<String> = (0..CANDIDATES).flat_map(|_| assignments(&mut rng)).collect();
    let found = |text: &String| scanner.find(text.as_bytes()).into_iter().find(|f| scanner.explain(text.as_bytes(), f).is_some());
    let candidates: Vec<(&String, Finding)> = texts.iter().filter_map(|text| Some((text, found(text)?))).collect();
    if candidates.len() < CANDIDATES {
        return Err(format!("only {} of {} texts hold a candidate of the scorer", candidates.len(), texts.len()));
    }
    let round = || {
        let start = Instant::now();
        for (text, finding) in &candidates {
            black_box(scanner.explain(black_box(text.as_bytes()), finding));
        }
        start.elapsed().as_secs_f64() * 1e9 / candidates.len() as f64
    };
    let cost = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    println!("{cost:.0} ns a candidate, {} candidates; {MOST_NANOSECONDS} are allowed", candidates.len());
    if cfg!(debug_assertions) {
        println!("notice: not optimised; cargo run --release --package xtask -- corpus cost tells what users get");
        return Ok(());
    }
    if cost < MOST_NANOSECONDS { Ok(()) } else { Err("the scorer costs too much".into()) }
}

/// Named values as code and settings give them.
fn assignments(rng: &mut Rng) -> [String; 3] {
    let mut value = |len: usize| rng.text(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", len);
    [
        format!("    db_password = \"{}\"  # of the service\n", value(12)),
        format!("export SESSION_SECRET={}\n", value(40)),
        format!("{{\"name\": \"a\", \"client_secret\": \"{}\", \"scope\": \"b\"}}\n", value(24)),
    ]
}
