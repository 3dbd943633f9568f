//! `hook-speed`: how long an agent waits for a hook, from the start of the process to its answer.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, iter};

use crate::shell::{self, cargo};

/// Most that the median of each case may take.
const MOST: Duration = Duration::from_millis(15);

/// How much is measured.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Runs of each case; the median counts
    #[arg(long, default_value_t = 100)]
    runs: usize,
    /// Measure this binary instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// A payload and the arguments of the hook.
struct Case {
    name: &'static str,
    payload: String,
    args: Vec<String>,
}

/// Measures and prints, and fails where it takes too long.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    let tamis = match &args.binary {
        Some(binary) => binary.clone(),
        None => {
            shell::run(&mut cargo(&["build", "--release", "--package", "tamis-cli"]))?;
            shell::target().join("release").join("tamis")
        }
    };
    let folder = shell::target().join("hook-speed");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut slow = false;
    for case in cases(&folder) {
        let mut times = (0..args.runs.max(1)).map(|_| time(&tamis, &case, &folder)).collect::<Result<Vec<_>, _>>()?;
        times.sort_unstable();
        let (median, most) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        println!("{:<42} {:>6.1} ms, 99 of 100 within {:>6.1} ms", case.name, millis(median), millis(most));
        slow |= median > MOST;
    }
    fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    if slow { Err(format!("the goal is at most {} ms", MOST.as_millis())) } else { Ok(()) }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn cases(folder: &Path) -> Vec<Case> {
    let policy = shell::root().join("docs/examples/tamis.toml").display().to_string();
    let log = folder.join("audit.jsonl").display().to_string();
    let prompt = |text: &str| format!(r#"{{"session_id":"s","hook_event_name":"UserPromptSubmit","prompt":"{text}"}}"#);
    let output = |text: &str| {
        format!(
            r#"{{"session_id":"s","hook_event_name":"PostToolUse","tool_name":"Read","tool_input":{{}},"tool_response":{{"stdout":"{text}"}}}}"#
        )
    };
    let key = ["ghp_", "x7Qm2VtR9pLk4WnZ8sYd", "3FbH6jCgTa2JF1fs"].concat();
    let long: String = iter::repeat_n("let total = rows.iter().map(|row| row.price).sum::<u64>();\\n", 17_000).collect();
    let under = |more: &[&str]| ["--policy", &policy].iter().chain(more).map(|arg| (*arg).to_owned()).collect::<Vec<_>>();
    vec![
        Case { name: "a prompt", payload: prompt("fix the tests"), args: Vec::new() },
        Case { name: "a prompt with a key in it", payload: prompt(&key), args: Vec::new() },
        Case { name: "an output of 1 MB", payload: output(&long), args: Vec::new() },
        Case { name: "a prompt, under a policy", payload: prompt("fix the tests"), args: under(&[]) },
        Case { name: "a prompt, under a policy, on record", payload: prompt(&key), args: under(&["--audit", &log]) },
    ]
}

/// From the start of the process to its end.
fn time(tamis: &Path, case: &Case, folder: &Path) -> Result<Duration, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", tamis.display());
    let mut command = Command::new(tamis);
    command.args(["hook", "claude-code", "--state"]).arg(folder.join("state")).args(&case.args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().map_err(failed)?;
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(case.payload.as_bytes()));
    let output = child.wait_with_output().map_err(failed)?;
    let time = start.elapsed();
    written.transpose().map_err(failed)?;
    match output.status.code() {
        Some(0) => Ok(time),
        _ => Err(format!("{}: {}", case.name, String::from_utf8_lossy(&output.stderr).trim())),
    }
}
