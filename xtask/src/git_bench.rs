//! `git-bench`: whole histories, ranges and staged files, Tamis and others in one run. `benches/METHODOLOGY.md` says how and why.

mod history;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::bench::corpora::listed;
use crate::bench::measure::{self, Cores, Line, Measured, Run};
use crate::bench::peers::locate;
use crate::bench::report::{mebibytes, processor, today};
use crate::shell::{self, cargo};
use history::History;

/// Arguments of `git-bench`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder whose bin/ or Python packages hold other scanners; PATH is searched too
    #[arg(long, value_name = "DIR")]
    peers: Option<PathBuf>,
    /// A repository to use instead of a made one; results are not recorded
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// Commits of the made repository; results are recorded at the default only
    #[arg(long, value_name = "N", default_value_t = COMMITS)]
    commits: usize,
    /// Rounds that count
    #[arg(long, value_name = "N", default_value_t = 3)]
    runs: usize,
    /// Measure the build that is there instead of making one
    #[arg(long)]
    built: bool,
}

const COMMITS: usize = 10_000;
/// The first measurement, in which every planted secret must be found.
const WHOLE: &str = "Whole history";
/// What is staged for the last measurement.
const STAGED: usize = 10;

/// A scanner, and how it is called. `@` stands for the repository, `%` for its report, `~` for a folder to keep things in.
struct Tool {
    name: &'static str,
    program: &'static str,
    history: &'static [&'static str],
    range: Option<&'static [&'static str]>,
    staged: Option<&'static [&'static str]>,
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "tamis",
        program: "tamis",
        history: &["scan", "--format", "jsonl", "--git", "--all", "@"],
        range: Some(&["scan", "--format", "jsonl", "--git", "HEAD~20..HEAD", "@"]),
        staged: Some(&["scan", "--format", "jsonl", "--staged", "@"]),
    },
    Tool {
        name: "kingfisher",
        program: "kingfisher",
        history: &[
            "scan",
            "--no-validate",
            "--no-update-check",
            "--git-history",
            "full",
            "--no-dedup",
            "--rule-cache-dir",
            "~",
            "--format",
            "jsonl",
            "--output",
            "%",
            "@",
        ],
        range: None,
        staged: Some(&[
            "scan",
            "--no-validate",
            "--no-update-check",
            "--staged",
            "--no-dedup",
            "--rule-cache-dir",
            "~",
            "--format",
            "jsonl",
            "--output",
            "%",
            "@",
        ]),
    },
    Tool {
        name: "betterleaks",
        program: "betterleaks",
        history: &["git", "--no-banner", "--no-color", "--log-level", "error", "--output", "%", "@"],
        range: Some(&["git", "--no-banner", "--no-color", "--log-level", "error", "--log-opts", "HEAD~20..HEAD", "--output", "%", "@"]),
        staged: Some(&["git", "--no-banner", "--no-color", "--log-level", "error", "--staged", "--output", "%", "@"]),
    },
    Tool {
        name: "gitleaks",
        program: "gitleaks",
        history: &["git", "--no-banner", "--no-color", "--log-level", "error", "--report-format", "json", "--report-path", "%", "@"],
        range: Some(&[
            "git",
            "--no-banner",
            "--no-color",
            "--log-level",
            "error",
            "--log-opts",
            "HEAD~20..HEAD",
            "--report-format",
            "json",
            "--report-path",
            "%",
            "@",
        ]),
        staged: Some(&[
            "git",
            "--no-banner",
            "--no-color",
            "--log-level",
            "error",
            "--staged",
            "--report-format",
            "json",
            "--report-path",
            "%",
            "@",
        ]),
    },
];

/// What a tool is started with for a job, if it can do it.
type Arguments = fn(&Tool) -> Option<&'static [&'static str]>;

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    if !args.built {
        shell::run(&mut cargo(&["build", "--release", "--package", "tamis-cli"]))?;
    }
    let folder = shell::target().join("git-bench");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let history = match &args.repository {
        Some(path) => History::existing(path)?,
        None => History::ready(&folder, args.commits)?,
    };
    let tools = found(args.peers.as_deref());
    let mut text = format!("# {}, git, {}\n\n{}\n", today(), processor(), history.described());
    let jobs: [(&str, Arguments); 3] =
        [(WHOLE, |tool| Some(tool.history)), ("The last 20 commits", |tool| tool.range), ("10 staged files", |tool| tool.staged)];
    for (name, words) in jobs {
        let staged = name.contains("staged");
        if staged && args.repository.is_some() {
            continue;
        }
        if staged {
            history.stage(STAGED)?;
        }
        let _ = write!(text, "\n## {name}\n\n{}", table(&tools, words, name, &history, &folder, args.runs)?);
    }
    println!("\n{text}");
    if args.repository.is_none() && args.commits == COMMITS {
        let path = shell::root().join(format!("benches/record/{}-git.md", today()));
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// The tools that are here, with their programs.
fn found(peers: Option<&Path>) -> Vec<(&'static Tool, PathBuf)> {
    let path = |tool: &Tool| match tool.name {
        "tamis" => Some(shell::target().join("release/tamis")),
        _ => locate(tool.program, peers),
    };
    TOOLS
        .iter()
        .filter_map(|tool| {
            path(tool).map(|path| (tool, path)).or_else(|| {
                println!("not here: {}", tool.name);
                None
            })
        })
        .collect()
}

/// Runs all tools, taking turns; the first round is not counted.
fn table(
    tools: &[(&'static Tool, PathBuf)],
    words: Arguments,
    name: &str,
    history: &History,
    folder: &Path,
    runs: usize,
) -> Result<String, String> {
    let jobs: Vec<_> = tools.iter().filter_map(|(tool, program)| words(tool).map(|words| (*tool, program, words))).collect();
    let report = |tool: &Tool| folder.join(format!("report-{}.json", tool.name));
    let mut all: Vec<Vec<Run>> = jobs.iter().map(|_| Vec::new()).collect();
    for round in 0..=runs {
        for ((tool, program, words), done) in jobs.iter().zip(&mut all) {
            println!("{} ({round}/{runs})", tool.name);
            let line: Line = std::iter::once(program.as_os_str().to_owned())
                .chain(words.iter().map(|word| match *word {
                    "@" => history.path().into(),
                    "%" => report(tool).into(),
                    "~" => folder.join("cache").into(),
                    word => OsString::from(word),
                }))
                .collect();
            let output = if tool.name == "tamis" { report(tool) } else { folder.join("printed") };
            // A tool that fails must not be judged by its last report.
            let _ = fs::remove_file(report(tool));
            let run = measure::run(&line, Path::new("/dev/null"), &output, Cores::All, true)?;
            if round > 0 {
                done.push(run);
            }
        }
    }
    let reports = jobs.iter().map(|(tool, ..)| Reported::read(&report(tool))).collect::<Result<Vec<_>, _>>()?;
    if let (Some(planted), Some(found)) = (history.planted.filter(|_| name == WHOLE), reports.first())
        && found.secrets < planted
    {
        return Err(format!("tamis found {} of {planted} planted secrets", found.secrets));
    }
    if let Some(((tool, ..), _)) = jobs.iter().zip(&reports).find(|(_, reported)| name == WHOLE && reported.findings == 0) {
        return Err(format!("{} reported nothing", tool.name));
    }
    let mut table = "| tool | wall s (range) | time, Tamis = 1 | peak MiB | findings | of different secrets | command line |\n|---|---|---|---|---|---|---|\n".to_owned();
    let measured: Vec<Measured> = all.iter().map(|runs| Measured::of(runs)).collect();
    let own = measured.first().map_or(std::time::Duration::ZERO, |tamis| tamis.median);
    for (((tool, _, words), measured), reported) in jobs.iter().zip(&measured).zip(&reports) {
        let seconds = |time: std::time::Duration| time.as_secs_f64();
        let words: Vec<&str> = words
            .iter()
            .map(|word| match *word {
                "@" => "REPOSITORY",
                "%" => "REPORT",
                "~" => "CACHE",
                word => word,
            })
            .collect();
        let _ = writeln!(
            table,
            "| {} | {:.3} ({:.3}–{:.3}) | {:.1} | {} | {} | {} | `{} {}` |",
            tool.name,
            seconds(measured.median),
            seconds(measured.least),
            seconds(measured.most),
            seconds(measured.median) / seconds(own),
            mebibytes(measured.peak),
            reported.findings,
            reported.secrets,
            tool.program,
            words.join(" ")
        );
    }
    Ok(table)
}

/// What a tool reported: findings, and how many different secrets these are about.
struct Reported {
    findings: usize,
    secrets: usize,
}

impl Reported {
    fn read(report: &Path) -> Result<Self, String> {
        let text = match fs::read_to_string(report) {
            Ok(text) => text,
            // Some write nothing where they find nothing.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Reported { findings: 0, secrets: 0 }),
            Err(error) => return Err(format!("{}: {error}", report.display())),
        };
        let findings = listed(&text).map_err(|error| format!("{}: {error}", report.display()))?;
        let secrets: BTreeSet<&str> = findings.iter().filter_map(secret).collect();
        Ok(Reported { findings: findings.len(), secrets: secrets.len() })
    }
}

/// The secret of a finding, or what stands for it.
fn secret(finding: &Value) -> Option<&str> {
    ["/fingerprint", "/Secret", "/match/value", "/finding/snippet"].iter().find_map(|key| finding.pointer(key)?.as_str())
}
