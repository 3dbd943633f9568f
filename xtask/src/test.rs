//! `test`: everything a change must pass, in one command.

use std::time::{Duration, Instant};

use crate::shell::{self, cargo};
use crate::{demo, envoy, tidy, wasm};

/// One thing that is tried.
struct Stage {
    name: &'static str,
    run: fn() -> Result<(), String>,
}

const STAGES: &[Stage] = &[
    Stage { name: "tools", run: tools },
    Stage { name: "format", run: || shell::run(&mut cargo(&["fmt", "--all", "--check"])) },
    Stage { name: "tidy", run: tidy::run },
    Stage { name: "lint", run: lint },
    Stage { name: "build", run: || shell::run(&mut cargo(&["build", "--workspace", "--all-targets"])) },
    Stage { name: "test", run: || shell::run(&mut cargo(&["test", "--workspace", "--no-fail-fast"])) },
    Stage { name: "demo", run: demo::run },
    Stage { name: "docs", run: docs },
    Stage { name: "wasm", run: wasm::check },
    Stage { name: "envoy", run: envoy::check },
];

/// Runs all stages, also after one that failed, and sums up.
pub(crate) fn run() -> Result<(), String> {
    let mut results = Vec::new();
    for stage in STAGES {
        println!("\n== {}", stage.name);
        let start = Instant::now();
        let result = (stage.run)();
        if let Err(why) = &result {
            println!("failed: {why}");
        }
        results.push((stage.name, start.elapsed(), result.is_ok()));
    }
    summary(&results)
}

fn summary(results: &[(&str, Duration, bool)]) -> Result<(), String> {
    println!("\n== summary");
    for (name, time, passed) in results {
        println!("{name:<8} {:>7.1} s  {}", time.as_secs_f64(), if *passed { "passed" } else { "FAILED" });
    }
    let failed: Vec<&str> = results.iter().filter(|(_, _, passed)| !passed).map(|(name, ..)| *name).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

/// Installs the parts of the toolchain that are missing.
fn tools() -> Result<(), String> {
    for (command, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if shell::output(&mut cargo(&[command, "--version"])).is_some() {
            continue;
        }
        if shell::find("rustup").is_none() {
            return Err(format!("`cargo {command}` is missing: install {component} with the toolchain's package manager"));
        }
        shell::run(&mut shell::command("rustup", &["component", "add", component]))?;
    }
    let versions = shell::output(&mut cargo(&["clippy", "--version"])).unwrap_or_default();
    println!("{}", versions.trim());
    Ok(())
}

fn lint() -> Result<(), String> {
    shell::run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    // Without its compiler, as the gateway uses it.
    shell::run(&mut cargo(&[
        "clippy",
        "--package",
        "tamis-engine",
        "--package",
        "tamis-rules",
        "--no-default-features",
        "--",
        "-D",
        "warnings",
    ]))
}

fn docs() -> Result<(), String> {
    shell::run(cargo(&["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings"))
}
