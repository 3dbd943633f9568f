//! A writer that is killed loses no event that it acknowledged.
//!
//! `TAMIS_AUDIT_KILLS` says how often it is killed; `cargo xtask audit-trials` does it ten thousand times.

#![cfg(unix)]

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use tamis::audit::{HeadFile, Verified, Verifier};

use crate::support::{Random, github_token, run, start, trials};

/// Kills after which a new log begins, so that reading it again stays quick.
const PER_LOG: usize = 25;

/// A log that grows: each line is verified once.
struct Reader {
    verifier: Verifier,
    offset: u64,
}

/// What a kill has left.
struct Left {
    findings: usize,
    torn: bool,
    result: Verified,
}

impl Reader {
    fn new() -> Self {
        Reader { verifier: Verifier::new(None, None), offset: 0 }
    }

    /// Reads what is new in the log, and counts the findings in it.
    fn read(&mut self, log: &Path) -> Left {
        let head = fs::read(log.with_extension("jsonl.head")).unwrap();
        // A writer that died before its first event has announced nothing.
        let head = (!head.is_empty()).then(|| HeadFile::parse(&head).expect("the head is whole").head);
        let mut file = fs::File::open(log).unwrap();
        file.seek(SeekFrom::Start(self.offset)).unwrap();
        let mut text = Vec::new();
        file.read_to_end(&mut text).unwrap();
        let (mut findings, mut torn) = (0, false);
        for line in text.split_inclusive(|b| *b == b'\n') {
            torn = !line.ends_with(b"\n");
            if !torn {
                self.verifier.line(line);
                self.offset += line.len() as u64;
                findings += usize::from(line.starts_with(b"{\"event\":{\"finding\":"));
            }
        }
        Left { findings, torn, result: self.verifier.clone().against(head).finish() }
    }
}

/// Filters until it is killed, and says how many findings had left: each of these was acknowledged.
fn run_and_kill(log: &Path, session: &str, input: &[u8], pause: Duration, after: Duration) -> usize {
    let mut child = start(["--audit", log.to_str().unwrap(), "--session", session]);
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let input = input.to_vec();
    let writer = thread::spawn(move || {
        while stdin.write_all(&input).is_ok() {
            thread::sleep(pause);
        }
    });
    let reader = thread::spawn(move || {
        let mut out = Vec::new();
        stdout.read_to_end(&mut out).map(|_| out)
    });
    thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    writer.join().unwrap();
    let out = reader.join().unwrap().unwrap();
    let label = b"[REDACTED:github.pat-classic]";
    out.windows(label.len()).filter(|window| window == label).count()
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let (kills, mut random) = (trials("TAMIS_AUDIT_KILLS", 25), Random::new(3));
    let (mut torn, mut ahead, mut acknowledged, mut repaired) = (0, 0, 0, 0);
    let (mut folder, mut reader) = (tempfile::tempdir().unwrap(), Reader::new());
    for kill in 0..kills {
        let log = folder.path().join("audit.jsonl");
        let session = format!("kill-{kill}");
        // A few findings at a time, or a flood: small commits, and large ones that may be torn.
        let input: String = (0..1 + random.below(40) as u64).map(|number| format!("token={}\n", github_token(number))).collect();
        let pause = Duration::from_micros([0, 500, 3000][random.below(3)]);
        let after = Duration::from_micros(random.below(60_000) as u64);
        let left = run_and_kill(&log, &session, input.as_bytes(), pause, after);
        acknowledged += left;
        if log.exists() && log.with_extension("jsonl.head").exists() {
            let found = reader.read(&log);
            assert!(found.findings >= left, "kill {kill}: {left} findings left, {} are on record", found.findings);
            assert!(found.result.is_intact(), "kill {kill}: {:?}", found.result.faults);
            torn += usize::from(found.torn);
            ahead += usize::from(found.result.ahead > 0);
        }
        if kill % PER_LOG == PER_LOG - 1 || kill + 1 == kills {
            // The next writer puts the log in order, and says so.
            let done = run(["--audit", log.to_str().unwrap()], "nothing\n");
            assert_eq!((done.code, done.err.as_str()), (0, ""), "kill {kill}");
            let whole = Reader::new().read(&log);
            assert!(whole.result.is_intact() && whole.result.ahead == 0 && !whole.torn, "kill {kill}: {:?}", whole.result.faults);
            let repair = memchr::memmem::Finder::new("{\"event\":{\"log-repaired\":");
            repaired += repair.find_iter(&fs::read(&log).unwrap()).count();
            (folder, reader) = (tempfile::tempdir().unwrap(), Reader::new());
        }
    }
    println!(
        "{kills} kills: {acknowledged} findings had left, each is on record; {torn} torn tails, \
         {ahead} tails beyond the head, {repaired} repairs on record; all logs verify"
    );
}
