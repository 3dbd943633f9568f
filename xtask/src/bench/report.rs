//! The record of a run: tables with ratios, the machine, the command lines.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Outcome;
use super::corpora::Corpus;
use super::criterion::Benchmark;
use super::measure::Run;
use super::peers::Tool;
use crate::shell;

/// A record in Markdown while it grows.
pub(super) struct Report {
    date: String,
    processor: String,
    text: String,
}

impl Report {
    pub(super) fn new(tools: &[Tool], scale: f64, runs: usize) -> Self {
        let date = today();
        let processor = processor();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let rustc = shell::output(&mut shell::command("rustc", &["--version"])).unwrap_or_default();
        let commit = shell::output(&mut shell::command("git", &["rev-parse", "--short", "HEAD"])).unwrap_or_default();
        let mut text = format!("# {date}, {processor}\n\n");
        let _ = writeln!(
            text,
            "{cores} cores, of which one is used; {}; Tamis at {}; scale {scale}; median of {runs} rounds.\n\
             [How](../METHODOLOGY.md) and [whose bias](../BIAS.md).\n",
            rustc.trim(),
            commit.trim()
        );
        text.push_str("| tool | version | command line |\n|---|---|---|\n");
        for tool in tools {
            let _ = writeln!(text, "| {} | {} | `{}` |", tool.name, tool.version, tool.usage());
        }
        Report { date, processor, text }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// One text, all tools.
    pub(super) fn corpus(&mut self, corpus: &Corpus, results: &[Outcome<'_>]) {
        let files = if corpus.files == 1 { String::new() } else { format!(" in {} files", corpus.files) };
        let _ = writeln!(
            self.text,
            "\n## {}: {:.1} MB{files}, {} planted secrets\n\n\
             | tool | wall s (range) | MB/s | time, Tamis = 1 | peak MiB | findings | of them planted |\n|---|---|---|---|---|---|---|",
            corpus.name,
            corpus.bytes as f64 / 1e6,
            corpus.planted.len()
        );
        let tamis = results.iter().find(|result| result.tool.is_tamis()).map_or(Duration::ZERO, |result| result.measured.median);
        for result in results {
            let measured = &result.measured;
            let seconds = measured.median.as_secs_f64();
            let _ = writeln!(
                self.text,
                "| {} | {seconds:.3} ({:.3}–{:.3}) | {:.0} | {:.2} | {} | {} | {} |",
                result.tool.name,
                measured.least.as_secs_f64(),
                measured.most.as_secs_f64(),
                corpus.bytes as f64 / 1e6 / seconds,
                seconds / tamis.as_secs_f64(),
                mebibytes(measured.peak),
                number(result.findings),
                number(result.found)
            );
        }
    }

    /// Empty input.
    pub(super) fn starts(&mut self, results: &[Outcome<'_>]) {
        self.text.push_str("\n## Start-up on empty input\n\n| tool | wall ms (range) | peak MiB |\n|---|---|---|\n");
        for result in results {
            let [median, least, most] =
                [result.measured.median, result.measured.least, result.measured.most].map(|time| time.as_secs_f64() * 1e3);
            let peak = mebibytes(result.measured.peak);
            let _ = writeln!(self.text, "| {} | {median:.1} ({least:.1}–{most:.1}) | {peak} |", result.tool.name);
        }
    }

    /// A stream through `tamis`.
    pub(super) fn stream(&mut self, runs: &[(u64, Run)]) {
        self.text.push_str("\n## `tamis` from a pipe to nowhere\n\n| MB | wall s | MB/s | peak MiB |\n|---|---|---|---|\n");
        for (bytes, run) in runs {
            let (size, seconds) = (*bytes as f64 / 1e6, run.wall.as_secs_f64());
            let _ = writeln!(self.text, "| {size:.0} | {seconds:.3} | {:.0} | {} |", size / seconds, mebibytes(run.peak));
        }
    }

    /// `cargo bench`.
    pub(super) fn engine(&mut self, results: &[Benchmark]) {
        self.text.push_str("\n## The engine, all built-in rules\n\n| text | | GB/s | memchr is faster by | 64 KiB chunks are faster by |\n|---|---|---|---|---|\n");
        for result in results {
            let same = |function: &str| results.iter().find(|other| other.group == result.group && other.function == function);
            let ratio = |function: &str| {
                same(function).map_or_else(|| "–".to_owned(), |other| format!("{:.1}", result.nanoseconds / other.nanoseconds))
            };
            if let Some(speed) = result.speed() {
                let (limit, whole) = (ratio("memchr"), ratio("scan/65536"));
                let whole = if result.function == "memchr" { "–" } else { &whole };
                let _ = writeln!(self.text, "| {} | {} | {speed:.2} | {limit} | {whole} |", result.group, result.function);
            } else {
                let _ = writeln!(self.text, "| {} | {} | {:.2} ms | – | – |", result.group, result.function, result.nanoseconds / 1e6);
            }
        }
    }

    /// Keeps the record.
    pub(super) fn record(&self, folder: &Path) -> Result<(), String> {
        let name: String = self.processor.to_ascii_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
        let path = folder.join(format!("{}-{}.md", self.date, words.join("-")));
        let save = fs::create_dir_all(folder).and_then(|()| fs::write(&path, &self.text));
        save.map_err(|error| format!("{}: {error}", path.display()))?;
        println!("recorded in {}", path.display());
        Ok(())
    }
}

fn number(count: Option<usize>) -> String {
    count.map_or_else(|| "–".to_owned(), |count| count.to_string())
}

/// Memory in the unit of the tables.
pub(crate) fn mebibytes(kibibytes: Option<u64>) -> String {
    kibibytes.map_or_else(|| "–".to_owned(), |peak| format!("{:.1}", peak as f64 / 1024.0))
}

/// The day, as records are named.
pub(crate) fn today() -> String {
    shell::output(&mut shell::command("date", &["+%F"])).unwrap_or_default().trim().to_owned()
}

/// What the processor calls itself.
pub(crate) fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    line.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}
