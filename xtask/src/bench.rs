//! `bench`: whole processes against each other, on one core, in one run. `benches/METHODOLOGY.md` says how and why.

pub(crate) mod corpora;
mod criterion;
pub(crate) mod measure;
pub(crate) mod peers;
pub(crate) mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::shell::{self, cargo};
use corpora::{Corpora, Corpus};
use measure::{Cores, Measured, Run};
use peers::Tool;
use report::Report;

/// Bytes of the endless stream, at scale 1.
const STREAM: u64 = 2_000_000_000;
/// Runs on empty input.
const STARTS: usize = 25;

/// Arguments of `bench`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder whose bin/ or Python packages hold other scanners; PATH is searched too
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// Folder to take source text from, instead of the libraries found on this machine
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Size of the texts; results are recorded at 1 only
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    scale: f64,
    /// Rounds that count
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// Leave out `cargo bench`
    #[arg(long)]
    processes_only: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    shell::run(&mut cargo(&["build", "--release", "--package", "tamis-cli"]))?;
    if !args.processes_only {
        shell::run(&mut cargo(&["bench", "--package", "tamis-benches"]))?;
    }
    let folder = shell::target().join("bench");
    let corpora = Corpora::ready(&folder, args.data.as_deref(), args.scale)?;
    let tools = peers::found(&shell::target().join("release/tamis"), args.peers.as_deref());
    let mut report = Report::new(&tools, args.scale, args.runs);
    let mut wrong = Vec::new();
    for corpus in &corpora.all {
        let results = compare(&tools, corpus, &folder, args.runs)?;
        wrong.extend(missed(corpus, &results));
        report.corpus(corpus, &results);
    }
    report.starts(&starts(&tools, &folder)?);
    report.stream(&stream(&tools[0], &folder, args.scale)?);
    if !args.processes_only {
        report.engine(&criterion::results(&shell::target().join("criterion"))?);
    }
    println!("\n{}", report.text());
    if args.scale == 1.0 {
        report.record(&shell::root().join("benches/record"))?;
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// What one tool did with one corpus.
struct Outcome<'a> {
    tool: &'a Tool,
    measured: Measured,
    /// All that it reported; nothing for a tool that does not look for secrets.
    findings: Option<usize>,
    /// Planted secrets that it reported; nothing for a tool that does not look for secrets.
    found: Option<usize>,
}

/// Runs all tools on a corpus, taking turns; the first round is not counted.
fn compare<'a>(tools: &'a [Tool], corpus: &Corpus, folder: &Path, runs: usize) -> Result<Vec<Outcome<'a>>, String> {
    let report = |tool: &Tool| folder.join(format!("report-{}.json", tool.name));
    // Tamis prints its findings; what others print is progress.
    let output = |tool: &Tool| if tool.is_tamis() { report(tool) } else { folder.join("printed") };
    let mut all: Vec<Vec<Run>> = tools.iter().map(|_| Vec::new()).collect();
    for round in 0..=runs {
        for (tool, done) in tools.iter().zip(&mut all) {
            println!("{} {} ({round}/{runs})", corpus.name, tool.name);
            // A tool that fails must not be judged by its last report.
            let _ = fs::remove_file(report(tool));
            let run =
                measure::run(&tool.scan(&corpus.path, &report(tool), folder), Path::new("/dev/null"), &output(tool), Cores::One, true)?;
            if round > 0 {
                done.push(run);
            }
        }
    }
    let outcome = |(tool, runs): (&'a Tool, Vec<Run>)| {
        let read = tool.finds_secrets().then(|| corpus.read(tool, &report(tool))).transpose()?;
        let (findings, found) = (read.map(|read| read.findings), read.map(|read| read.planted));
        Ok(Outcome { tool, measured: Measured::of(&runs), findings, found })
    };
    tools.iter().zip(all).map(outcome).collect()
}

/// Planted secrets that Tamis did not report: then its figures mean nothing.
fn missed(corpus: &Corpus, results: &[Outcome<'_>]) -> Option<String> {
    let found = results.iter().find(|result| result.tool.is_tamis())?.found?;
    let planted = corpus.planted.len();
    (found != planted).then(|| format!("tamis found {found} of {planted} planted secrets in {}", corpus.name))
}

/// Start-up: an empty input.
fn starts<'a>(tools: &'a [Tool], folder: &Path) -> Result<Vec<Outcome<'a>>, String> {
    let empty = folder.join("empty.txt");
    File::create(&empty).map_err(|error| format!("{}: {error}", empty.display()))?;
    let start = |tool: &'a Tool| {
        let (command, printed) = (tool.start(&empty, &folder.join("report-start.json"), folder), folder.join("printed"));
        // The time of itself, then the memory, as the program that tells it adds a millisecond.
        let runs: Result<Vec<Run>, String> = (0..STARTS).map(|_| measure::run(&command, &empty, &printed, Cores::One, false)).collect();
        let mut measured = Measured::of(&runs?);
        measured.peak = measure::run(&command, &empty, &printed, Cores::One, true)?.peak;
        Ok(Outcome { tool, measured, findings: None, found: None })
    };
    tools.iter().map(start).collect()
}

/// Peak memory of `tamis` on streams of two sizes, which must not differ.
fn stream(tamis: &Tool, folder: &Path, scale: f64) -> Result<Vec<(u64, Run)>, String> {
    let sizes = [STREAM / 100, STREAM].map(|size| (size as f64 * scale) as u64);
    let source = folder.join("transcript.jsonl");
    let text = fs::read(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    sizes.iter().map(|size| Ok((*size, measure::feed(&tamis.redact(), &text, *size)?))).collect()
}
