//! `audit-speed`: what it costs to record an event, and to filter with the log on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tamis_benches::{Kind, Text};

use crate::shell::{self, cargo};

/// Most microseconds that an event may cost, with many of them stored at once.
const MOST_MICROS: f64 = 20.0;
/// Least share of its speed that the filter keeps with the log on.
const LEAST_SHARE: f64 = 0.8;

/// How much is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// MB of text with a secret every 32 kB, of agent transcripts, and of short lines with many ids
    #[arg(long, default_value_t = 256)]
    size: usize,
    /// Findings in the text that is full of them
    #[arg(long, default_value_t = 200_000)]
    events: usize,
    /// Runs of each kind; the median counts
    #[arg(long, default_value_t = 11)]
    runs: usize,
}

/// Measures and prints, and fails where it costs too much.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    shell::run(&mut cargo(&["build", "--release", "--package", "tamis-cli"]))?;
    let tamis = shell::target().join("release").join("tamis");
    let folder = shell::target().join("audit-speed");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;

    let mut least = f64::INFINITY;
    let bytes = args.size * 1_000_000;
    let texts: [(&str, &dyn Fn() -> Vec<u8>); 3] = [
        ("plain text", &|| text(bytes, 32_000).into_bytes()),
        ("agent transcripts, read for ids", &|| transcripts(bytes)),
        ("short lines with many ids", &|| short_lines(bytes)),
    ];
    for (kind, text) in texts {
        let sparse = folder.join("sparse.txt");
        write(&sparse, &text())?;
        let (without, with) = compare(&tamis, &sparse, &folder, args.runs)?;
        let speed = |time: Duration| args.size as f64 / time.as_secs_f64();
        let share = without.as_secs_f64() / with.as_secs_f64();
        println!("filter, {kind}: {:.0} MB/s without the log, {:.0} MB/s with it: {:.0} %", speed(without), speed(with), share * 100.0);
        least = least.min(share);
    }

    let dense = folder.join("dense.txt");
    write(&dense, text(args.events * 100, 100).as_bytes())?;
    let (without, with) = compare(&tamis, &dense, &folder, args.runs)?;
    let recorded = fs::read(folder.join("audit.jsonl")).map_err(|error| error.to_string())?.iter().filter(|b| **b == b'\n').count();
    let micros = with.saturating_sub(without).as_secs_f64() * 1e6 / recorded as f64;
    println!("an event, {recorded} of them: {micros:.1} µs, from {without:.2?} without the log to {with:.2?} with it");
    fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    match (least < LEAST_SHARE, micros > MOST_MICROS) {
        (false, false) => Ok(()),
        _ => Err(format!("the goal is at least {:.0} % and at most {MOST_MICROS} µs", LEAST_SHARE * 100.0)),
    }
}

/// The median time without and with the log, run by turns so that a busy machine slows both.
fn compare(tamis: &Path, input: &Path, folder: &Path, runs: usize) -> Result<(Duration, Duration), String> {
    let log = folder.join("audit.jsonl");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        without.push(time(tamis, input, None)?);
        for file in [log.clone(), folder.join("audit.jsonl.head")] {
            let _ = fs::remove_file(file);
        }
        with.push(time(tamis, input, Some(&log))?);
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok((median(without), median(with)))
}

fn time(tamis: &Path, input: &Path, log: Option<&PathBuf>) -> Result<Duration, String> {
    let mut command = shell::command(tamis, &["redact"]);
    if let Some(log) = log {
        command.arg("--audit").arg(log).args(["--audit-rotate", "4096"]);
    }
    let input = File::open(input).map_err(|error| format!("{}: {error}", input.display()))?;
    let start = Instant::now();
    let status = command.stdin(input).stdout(Stdio::null()).status().map_err(|error| error.to_string())?;
    if status.success() { Ok(start.elapsed()) } else { Err(format!("tamis: {status}")) }
}

fn write(path: &Path, text: &[u8]) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The transcripts of the benches, with a secret every hundred kB, over and over: what is made takes longer than what is
/// measured.
fn transcripts(size: usize) -> Vec<u8> {
    const MADE: usize = 8_000_000;
    let made = Text::new(Kind::Transcript, MADE, true, 7).bytes;
    made.repeat(size.div_ceil(made.len()))
}

/// Lines as Claude Code writes them where little is said: most of each is keys and ids.
fn short_lines(size: usize) -> Vec<u8> {
    let mut text = String::with_capacity(size + 2000);
    for turn in 0.. {
        if text.len() >= size {
            break;
        }
        let head = |kind: &str| {
            format!(
                r#"{{"parentUuid":"msg_{turn:06}","isSidechain":false,"userType":"external","cwd":"/work","sessionId":"session-{}","version":"2.1.0","gitBranch":"main","type":"{kind}","uuid":"{kind}_{turn:06}","timestamp":"2026-05-28T20:26:40Z","#,
                turn / 500
            )
        };
        let usage = r#""usage":{"input_tokens":25,"cache_creation_input_tokens":0,"cache_read_input_tokens":900,"output_tokens":120,"service_tier":"standard"}"#;
        for line in [
            format!(
                r#"{}"message":{{"role":"user","content":[{{"type":"text","text":"Please run the tests once more."}}]}}}}"#,
                head("user")
            ),
            format!(
                r#"{}"message":{{"id":"m_{turn:06}","type":"message","role":"assistant","model":"claude-opus","content":[{{"type":"tool_use","id":"toolu_{turn:06}","name":"Bash","input":{{"command":"cargo test","description":"Run the tests"}}}}],"stop_reason":"tool_use","stop_sequence":null,{usage}}}}}"#,
                head("assistant")
            ),
            format!(
                r#"{}"message":{{"role":"user","content":[{{"tool_use_id":"toolu_{turn:06}","type":"tool_result","content":"test result: ok. 12 passed; 0 failed"}}]}}}}"#,
                head("user")
            ),
            format!(
                r#"{}"message":{{"id":"n_{turn:06}","type":"message","role":"assistant","model":"claude-opus","content":[{{"type":"text","text":"All twelve pass."}}],"stop_reason":"end_turn","stop_sequence":null,{usage}}}}}"#,
                head("assistant")
            ),
        ] {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// Lines as agents print them, with a token of its own about every so many bytes.
fn text(size: usize, every: usize) -> String {
    const LINES: [&str; 3] = [
        "    let verifier = Verifier::new(head, key).partial();\n",
        "2026-05-28T20:26:40Z INFO request finished status=200 path=/v1/items took=12ms\n",
        "The next step is to read the configuration and to restart the worker.\n",
    ];
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let (mut text, mut state, mut next) = (String::with_capacity(size + 200), 7u64, every);
    while text.len() < size {
        if text.len() >= next {
            text.push_str("token: glpat-");
            for _ in 0..20 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text.push(ALPHABET[(state >> 33) as usize % ALPHABET.len()] as char);
            }
            text.push('\n');
            next = text.len() + every - 34;
        } else {
            // Where findings are dense there is no room for long lines.
            text.push_str(if every < 1000 { LINES[2] } else { LINES[text.len() % LINES.len()] });
        }
    }
    text
}
