//! `corpus`: how the built-in rules do on what others wrote, when it is there. Prints no secret: rows, rules and places.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use tamis_corpus::external::{Alarms, Peers, Pii, Score, Tally};
use tamis_engine::{Confidence, Scanner};

use crate::{scorer_cost, train_scorer};

/// Where the external data is, and where it comes from.
const FOLDER: &str = "target/external";
const UNPACK: &str = "../shared/data/unpack";

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Recall on the rule examples of other scanners.
    Recall(Recall),
    /// Recall and precision on the labelled repositories of CredData.
    Creddata(Creddata),
    /// Findings by rule and megabyte in trees that hold no secrets.
    Alarms(AlarmsArgs),
    /// Make the learned scorer's weights, and print how well they do on repositories they were not made from.
    Train(Train),
    /// What the learned scorer costs a candidate.
    Cost,
}

/// Arguments of `train`.
#[derive(clap::Args)]
pub(crate) struct Train {
    /// The folder that holds `dev`.
    #[arg(long)]
    external: Option<PathBuf>,
    /// Trees without secrets: what is found in them is a false alarm.
    #[arg(long)]
    clean: Vec<PathBuf>,
    /// Write the table here, as `engine/src/evidence/weights.bin`.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Arguments of `recall`.
#[derive(clap::Args)]
pub(crate) struct Recall {
    /// The folder that holds `dev`.
    #[arg(long)]
    external: Option<PathBuf>,
    /// Sensitive data instead of secrets.
    #[arg(long)]
    pii: bool,
    /// List the ids of the rows that went wrong.
    #[arg(long)]
    rows: bool,
}

/// Arguments of `creddata`.
#[derive(clap::Args)]
pub(crate) struct Creddata {
    /// The folder that holds `dev`.
    #[arg(long)]
    external: Option<PathBuf>,
    /// Leave out what is less sure.
    #[arg(long, default_value = "medium", value_parser = confidence)]
    min_confidence: Confidence,
    /// List the places that went wrong.
    #[arg(long)]
    rows: bool,
}

/// Arguments of `alarms`.
#[derive(clap::Args)]
pub(crate) struct AlarmsArgs {
    /// Trees to scan.
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
    /// Leave out what is less sure.
    #[arg(long, default_value = "medium", value_parser = confidence)]
    min_confidence: Confidence,
    /// List the places: path, and bytes in it.
    #[arg(long)]
    rows: bool,
}

fn confidence(name: &str) -> Result<Confidence, String> {
    Confidence::ALL.into_iter().find(|c| c.as_str() == name).ok_or_else(|| "not low, medium, high or certain".into())
}

/// Measures and prints.
pub(crate) fn run(command: &Command) -> Result<(), String> {
    let scanner = Scanner::new(tamis_rules::builtin());
    match command {
        Command::Recall(args) => {
            with_data(args.external.as_deref(), |dev| if args.pii { pii(dev, args, &scanner) } else { recall(dev, args, &scanner) })
        }
        Command::Creddata(args) => with_data(args.external.as_deref(), |dev| creddata(dev, args, &scanner)),
        Command::Train(args) => {
            let dev = unpacked(args.external.as_deref())?;
            train_scorer::run(dev.as_deref(), &args.clean, args.out.as_deref(), &scanner)
        }
        Command::Cost => scorer_cost::run(&scanner),
        Command::Alarms(args) => {
            alarms(args, &scanner);
            Ok(())
        }
    }
}

/// Runs on the data; without it there is nothing to measure, which is no error.
fn with_data(folder: Option<&Path>, measure: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), String> {
    if let Some(dev) = unpacked(folder)? {
        return measure(&dev);
    }
    println!("notice: no external data in {}, nothing measured", folder.unwrap_or(Path::new(FOLDER)).display());
    Ok(())
}

/// The folder of the data, which is unpacked if need be and can be.
fn unpacked(folder: Option<&Path>) -> Result<Option<PathBuf>, String> {
    let folder = folder.unwrap_or(Path::new(FOLDER));
    if folder == Path::new(FOLDER) && !folder.join("dev").is_dir() && Path::new(UNPACK).is_file() {
        let done = Process::new(UNPACK).arg(folder).status().map_err(|e| format!("cannot run {UNPACK}: {e}"))?;
        if !done.success() {
            return Err(format!("{UNPACK} failed"));
        }
    }
    Ok(Some(folder.join("dev")).filter(|dev| dev.is_dir()))
}

fn recall(dev: &Path, args: &Recall, scanner: &Scanner) -> Result<(), String> {
    let mut all = Peers::default();
    println!("{:16} {:>18} {:>18} {:>18} {:>18} {:>18}", "", "match, all", "in the pack", "not generic", "at medium", "nomatch, reported");
    let print = |name: &str, peers: &Peers| {
        let cells = [&peers.found, &peers.ours, &peers.named, &peers.sure, &peers.quiet].map(cell);
        println!("{name:16} {:>18} {:>18} {:>18} {:>18} {:>18}", cells[0], cells[1], cells[2], cells[3], cells[4]);
    };
    for (name, peers) in Peers::measure(&dev.join("peer_examples"), scanner)? {
        print(&name, &peers);
        all.found.add(&peers.found);
        all.ours.add(&peers.ours);
        all.named.add(&peers.named);
        all.sure.add(&peers.sure);
        all.quiet.add(&peers.quiet);
    }
    print("all", &all);
    list("missed, provider in the pack", &all.ours, args.rows);
    list("found at low only, provider in the pack", &all.sure, args.rows);
    list("nomatch rows reported", &all.quiet, args.rows);
    let others: usize = all.found.wrong.values().map(Vec::len).sum();
    println!("\nmissed, other providers: {others} rows of {} rules", all.found.wrong.len());
    if args.rows {
        list("missed, other providers", &all.found, true);
    }
    Ok(())
}

fn cell(tally: &Tally) -> String {
    format!("{}/{} {:5.1}%", tally.hit, tally.all, 100.0 * tally.part())
}

fn list(title: &str, tally: &Tally, ids: bool) {
    let rows: usize = tally.wrong.values().map(Vec::len).sum();
    println!("\n{title}: {rows} rows of {} rules", tally.wrong.len());
    for (rule, rows) in &tally.wrong {
        println!("  {:5} {rule}{}", rows.len(), if ids { format!("  {}", rows.join(" ")) } else { String::new() });
    }
}

fn pii(dev: &Path, args: &Recall, scanner: &Scanner) -> Result<(), String> {
    let kinds = Pii::measure(&dev.join("pii"), scanner)?;
    println!("{:32} {:>18} {:>18} {:>18}", "", "found", "at medium", "nomatch, reported");
    let mut others = Tally::default();
    for (kind, pii) in &kinds {
        if !pii.in_pack {
            others.add(&pii.found);
            continue;
        }
        println!("{kind:32} {:>18} {:>18} {:>18}", cell(&pii.found), cell(&pii.sure), cell(&pii.quiet));
        if args.rows {
            for (what, rows) in pii.found.wrong.iter().chain(&pii.quiet.wrong) {
                println!("    {what}: {}", rows.join(" "));
            }
        }
    }
    println!("{:32} {:>18}", "kinds not in the pack", cell(&others));
    Ok(())
}

fn creddata(dev: &Path, args: &Creddata, scanner: &Scanner) -> Result<(), String> {
    let score = Score::measure(&dev.join("creddata"), scanner, args.min_confidence)?;
    for (name, (hit, all)) in &score.rows {
        println!("{name:34} {hit:5}/{all:<5} {:.3}", *hit as f64 / (*all).max(1) as f64);
    }
    let [right, wrong, placeholder, unreviewed] = score.findings();
    println!("findings: {right} right, {wrong} wrong, {placeholder} wrong on a placeholder, {unreviewed} unreviewed");
    println!("recall {:.3} precision {:.3} f1 {:.3}", score.recall(), score.precision(), score.f1());
    println!("\n{:40} {:>6} {:>6} {:>6} {:>6}", "rule", "right", "wrong", "plch", "unrev");
    for (rule, [a, b, c, d]) in &score.rules {
        println!("{rule:40} {a:6} {b:6} {c:6} {d:6}");
    }
    if args.rows {
        for (what, places) in [("wrong", &score.wrong), ("missed", &score.missed)] {
            for (kind, file, line) in places {
                println!("{what} {kind} {file}:{line}");
            }
        }
    }
    Ok(())
}

fn alarms(args: &AlarmsArgs, scanner: &Scanner) {
    let mut alarms = Alarms::default();
    args.dirs.iter().for_each(|dir| alarms.add(dir, scanner, args.min_confidence));
    for ((rule, confidence), places) in &alarms.places {
        println!("{:6} {:8} {rule}", places.len(), confidence.as_str());
        if args.rows {
            for (path, span) in places {
                println!("    {} {rule} {}:{}-{}", confidence.as_str(), path.display(), span.start, span.end);
            }
        }
    }
    println!(
        "{} findings at {} or more in {} files, {:.1} MB: {:.3} a MB",
        alarms.count(),
        args.min_confidence.as_str(),
        alarms.files,
        alarms.bytes as f64 / 1e6,
        alarms.per_mb()
    );
}
