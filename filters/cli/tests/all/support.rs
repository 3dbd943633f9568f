//! Runs the binary, and makes secrets at run time: none stands in a file.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

/// The binary, with nothing of the surroundings that would change what it prints.
pub(crate) fn tamis<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tamis"));
    command
        .args(args)
        .env_remove("NO_COLOR")
        .env_remove("GITHUB_STEP_SUMMARY")
        .env_remove("CI_COMMIT_SHA")
        .env_remove("TAMIS_TOKEN_KEYS")
        .env_remove("TAMIS_GRANT")
        .env_remove("TAMIS_KNOWN_KEY")
        .env("TAMIS_STATE", state())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Where runs of a test keep the state of sessions unless they say so. It starts empty.
fn state() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("state");
        let _ = fs::remove_dir_all(&folder);
        folder
    });
    folder.join(std::thread::current().name().unwrap_or("main").replace("::", "-"))
}

/// What a run came to.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    /// Standard output as JSON lines.
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        json_lines(self.text())
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        Run { code: output.status.code().unwrap_or(-1), out: output.stdout, err }
    }
}

pub(crate) fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// Runs it with this input.
pub(crate) fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>, input: impl AsRef<[u8]>) -> Run {
    let mut child = tamis(args).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_owned();
    let writer = std::thread::spawn(move || {
        // It may end before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output.into()
}

/// Runs it in a folder.
pub(crate) fn run_in<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Run {
    tamis(args).current_dir(folder).output().unwrap().into()
}

/// Starts it with open pipes.
pub(crate) fn start<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Child {
    tamis(args).stdin(Stdio::piped()).spawn().unwrap()
}

/// What comes out of a pipe, as it comes. Waiting for it ends.
pub(crate) struct Tap(Receiver<u8>);

impl Tap {
    pub(crate) fn on(mut source: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let mut byte = [0];
            while source.read(&mut byte).is_ok_and(|len| len == 1) && sender.send(byte[0]).is_ok() {}
        });
        Tap(receiver)
    }

    /// These bytes come next, and soon.
    pub(crate) fn expect(&self, wanted: &str) {
        let mut got = Vec::new();
        while got.len() < wanted.len() {
            match self.0.recv_timeout(Duration::from_secs(10)) {
                Ok(byte) => got.push(byte),
                Err(_) => break,
            }
        }
        assert_eq!(String::from_utf8_lossy(&got), wanted);
    }
}

/// A GitHub token with a right checksum; each number gives another one.
pub(crate) fn github_token(number: u64) -> String {
    let alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |n: u64| alphabet[(n % 62) as usize] as char;
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    let body: String = (0..30)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            digit(state >> 20)
        })
        .collect();
    let sum = u64::from(crc32(body.as_bytes()));
    let check: String = (0..6).rev().map(|place| digit(sum / 62u64.pow(place))).collect();
    format!("ghp_{body}{check}")
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0u32, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())))
}

/// A payment card number with a right check digit, which no documentation shows.
pub(crate) fn card_number() -> String {
    let digits = "471623895507314";
    let doubled = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: u32 = digits.bytes().map(|b| u32::from(b - b'0')).enumerate().map(|(i, d)| if i % 2 == 0 { doubled(d) } else { d }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A private key block of this many lines: random, but shaped like one.
pub(crate) fn private_key(lines: usize) -> String {
    let line = |i: usize| format!("{}{}", &github_token(i as u64 + 1000)[4..36], &github_token(i as u64 + 2000)[4..36]);
    let body: Vec<String> = (0..lines).map(line).collect();
    let label = "PRIVATE KEY";
    format!("-----BEGIN {label}-----\nMIIE{}\n-----END {label}-----", &body.join("\n")[4..])
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// No piece of a secret that is long enough to be of use may appear.
pub(crate) fn assert_hidden(text: &[u8], secret: &str) {
    for piece in secret.as_bytes().windows(12) {
        let leaked = text.windows(12).any(|window| window == piece);
        assert!(!leaked, "a secret was printed");
    }
}

/// How many trials are wanted: as many as the variable says, or a few.
pub(crate) fn trials(variable: &str, few: usize) -> usize {
    std::env::var(variable).map_or(few, |count| count.parse().unwrap_or_else(|_| panic!("{variable} is no number: {count}")))
}

/// Random numbers that are the same each time.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end
    }
}
