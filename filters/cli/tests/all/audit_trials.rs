//! Whatever is changed in a log of ten thousand events, `verify` names the place.
//!
//! `TAMIS_AUDIT_TRIALS` says how many changes are tried; `cargo xtask audit-trials` tries a hundred thousand.

use std::sync::Arc;

use tamis::audit::{Chain, Context, Event, FindingDecided, Head, Inspected, LogId, LogOpened, ToolCall, Verified, Verifier, What};
use tamis::session::{Id, Ids};
use tamis::{Confidence, Decision, Flow, SigningKey, Surface, Timestamp, Verdict};

use crate::support::{Random, trials};

const EVENTS: usize = 10_000;
/// Lines between two states of the verifier that are kept.
const STEP: usize = 50;

/// A log of ten thousand events, as lines, with signed checkpoints.
fn log() -> (Vec<Vec<u8>>, Head) {
    let key = SigningKey::from_seed(&[8; 32]);
    let (mut chain, mut random, mut lines) = (Chain::new(LogId([3; 16])), Random::new(1), Vec::new());
    let time = |second: usize| Timestamp::from_second(1_790_000_000 + second as i64).unwrap();
    let what = What::LogOpened(LogOpened { key: Some(key.public().id()), writer: "test".into() });
    chain.append(&mut lines, &Event { time: time(0), context: Arc::default(), what });
    while chain.head().next < EVENTS as u64 {
        let number = chain.head().next as usize;
        if number % 1000 == 999 {
            chain.checkpoint(&mut lines, time(number), &key);
            continue;
        }
        let ids =
            Ids { session: Id::new(&format!("s-{}", random.below(20))), turn: Id::new(&format!("t-{}", number / 30)), ..Ids::default() };
        let surface = Surface::ALL[random.below(Surface::ALL.len())];
        let flow = Flow { surface: Some(surface), tool: (random.below(2) == 0).then(|| "Bash".to_owned()), ..Flow::default() };
        let decision = Decision::ALL[random.below(Decision::ALL.len())];
        let what = match random.below(3) {
            0 => What::ToolCall(ToolCall { decision, reason: Some("a \"reason\"".into()), row: None }),
            1 => What::Inspected(Inspected { bytes: random.next() >> 40, classes: [("pii/email".into(), 3)].into(), decision }),
            _ => What::Finding(finding(&mut random, decision)),
        };
        let context = Arc::new(Context { ids, flow, policy: None });
        chain.append(&mut lines, &Event { time: time(number), context, what });
    }
    (lines.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect(), chain.head())
}

fn finding(random: &mut Random, decision: Decision) -> FindingDecided {
    FindingDecided {
        class: "secret/api-key".into(),
        column: Some(4),
        confidence: Confidence::Certain,
        decision,
        end: 44,
        exception: None,
        fingerprint: format!("{:016x}{:016x}", random.next(), random.next()).parse().unwrap(),
        layers: Vec::new(),
        line: Some(1),
        row: Some("a-row".into()),
        rule: "github.pat-classic".into(),
        start: 4,
        verdict: Verdict::Valid,
    }
}

/// A change to a log.
#[derive(Clone, Copy, Debug)]
enum Change {
    Flip {
        line: usize,
        bit: usize,
    },
    Drop {
        line: usize,
    },
    Swap {
        first: usize,
        second: usize,
    },
    /// A copy of a line, or a foreign line, before another line.
    Insert {
        at: usize,
        copy_of: Option<usize>,
    },
    /// The end of a line is cut off.
    Cut {
        line: usize,
        keep: usize,
    },
    /// The end of the log is cut off, in this line.
    CutLog {
        line: usize,
        keep: usize,
    },
}

impl Change {
    fn random(random: &mut Random, lines: &[Vec<u8>]) -> Self {
        let line = random.below(lines.len());
        let len = lines[line].len();
        match random.below(7) {
            0 | 1 => Change::Flip { line, bit: random.below(len * 8) },
            2 => Change::Drop { line },
            3 => {
                // Of two different lines.
                let other = (line + 1 + random.below(lines.len() - 1)) % lines.len();
                Change::Swap { first: line.min(other), second: line.max(other) }
            }
            4 => Change::Insert { at: line, copy_of: (random.below(4) > 0).then(|| random.below(lines.len())) },
            5 => Change::Cut { line, keep: random.below(len) },
            _ => Change::CutLog { line, keep: random.below(len) },
        }
    }

    /// The first line that differs, from 0. It is where the fault must be found.
    fn place(self) -> usize {
        match self {
            Change::Flip { line, .. } | Change::Drop { line } | Change::Cut { line, .. } | Change::CutLog { line, .. } => line,
            Change::Swap { first, .. } => first,
            // A copy before its own original is the same as one behind it.
            Change::Insert { at, copy_of } => at + usize::from(copy_of == Some(at)),
        }
    }

    /// The changed log from its first changed line on, in lines as a reader sees them.
    fn apply(self, lines: &[Vec<u8>], from: usize) -> Vec<Vec<u8>> {
        let mut lines = lines[from..].to_vec();
        match self {
            Change::Flip { line, bit } => lines[line - from][bit / 8] ^= 1 << (bit % 8),
            Change::Drop { line } => drop(lines.remove(line - from)),
            Change::Swap { first, second } => lines.swap(first - from, second - from),
            Change::Insert { at, copy_of: None } => lines.insert(at - from, b"{\"event\":\"forged\"}\n".to_vec()),
            Change::Insert { .. } => unreachable!("copies need the whole log"),
            Change::Cut { line, keep } => lines[line - from].truncate(keep),
            Change::CutLog { line, keep } => {
                lines.truncate(line - from + 1);
                lines[line - from].truncate(keep);
            }
        }
        lines.concat().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
    }

    fn applied(self, lines: &[Vec<u8>], from: usize) -> Vec<Vec<u8>> {
        if let Change::Insert { at, copy_of: Some(copied) } = self {
            let mut changed = lines[from..].to_vec();
            changed.insert(at - from, lines[copied].clone());
            return changed;
        }
        self.apply(lines, from)
    }
}

/// Verifies until a fault is found, and a little on, as what follows tells what happened.
fn verify(mut verifier: Verifier, lines: &[Vec<u8>]) -> Verified {
    let mut more = 3;
    for line in lines {
        verifier.line(line);
        if verifier.found_fault() {
            more -= 1;
            if more == 0 {
                break;
            }
        }
    }
    verifier.finish()
}

#[test]
fn every_change_is_found_at_its_place() {
    let (lines, head) = log();
    assert_eq!(lines.len(), EVENTS);
    let fresh = || Verifier::new(Some(head), None);
    // What is before the change was verified often enough.
    let mut states = Vec::new();
    let mut verifier = fresh();
    for (number, line) in lines.iter().enumerate() {
        if number % STEP == 0 {
            states.push(verifier.clone());
        }
        verifier.line(line);
    }
    assert!(verifier.finish().is_intact());
    let mut random = Random::new(trials("TAMIS_AUDIT_SEED", 7) as u64);
    let count = trials("TAMIS_AUDIT_TRIALS", 3000);
    for number in 0..count {
        let change = Change::random(&mut random, &lines);
        let from = change.place().min(lines.len() - 1) / STEP * STEP;
        let result = verify(states[from / STEP].clone(), &change.applied(&lines, from));
        let fault = result.faults.first().unwrap_or_else(|| panic!("trial {number}: not found: {change:?}"));
        assert_eq!(fault.place.line, change.place() as u64 + 1, "trial {number}: {change:?}: {}", fault.kind);
        if number % 500 == 0 {
            let whole = verify(fresh(), &change.applied(&lines, 0));
            assert_eq!(whole.faults.first(), Some(fault), "trial {number}: {change:?}");
        }
    }
    println!("{count} random changes of a log of {EVENTS} events: verify named the place of each");
}
