//! `tamis baseline`

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;

use tamis::FingerprintKey;

use super::file::{Baseline, Entry, entries};
use super::import::Known;
use crate::args::{BaselineArgs, BaselineCommand, ScanArgs};
use crate::failure::{Exit, Failure, complain};
use crate::harmless::without_secrets;
use crate::judge::read;
use crate::report::{End, Found, Reporter, Reports};
use crate::scan;
use crate::setup::fingerprint_key;

/// Runs the command.
pub(crate) fn run(args: &BaselineArgs) -> Result<Exit, Failure> {
    match &args.command {
        BaselineCommand::Write { file, entry, scan } => {
            if file.file.exists() {
                let remedy = "`tamis baseline update` brings it up to date";
                return Err(Failure::new("nothing was written", format_args!("{} exists", file.file.display()), remedy));
            }
            let key = fingerprint_key(scan.detect.fingerprint_key.as_deref())?;
            let mut baseline = Baseline::empty(&file.file);
            let added = add(&mut baseline, collect(scan, None)?.0, &reason(&entry.reason)?, entry.until.as_deref());
            baseline.save(&key)?;
            complain(format_args!("{} written to {}", entries(added), file.file.display()));
            Ok(Exit::Clean)
        }
        BaselineCommand::Update { file, entry, scan } => {
            let (mut baseline, key) = open(&file.file, scan)?;
            let added = add(&mut baseline, collect(scan, None)?.0, &reason(&entry.reason)?, entry.until.as_deref());
            let removed = baseline.prune();
            finish(&baseline, &key, &file.file, added, removed)
        }
        BaselineCommand::Prune { file, scan } => {
            let (mut baseline, key) = open(&file.file, scan)?;
            for entry in collect(scan, None)?.0 {
                baseline.find(entry.fingerprint);
            }
            let removed = baseline.prune();
            finish(&baseline, &key, &file.file, 0, removed)
        }
        BaselineCommand::Import { from, file, entry, scan } => import(from, &file.file, &entry.reason, entry.until.as_deref(), scan),
    }
}

fn import(from: &Path, path: &Path, why: &str, until: Option<&str>, scan: &ScanArgs) -> Result<Exit, Failure> {
    let (name, text) = read(from, "cannot read the baseline")?;
    let key = fingerprint_key(scan.detect.fingerprint_key.as_deref())?;
    let mut baseline = if path.exists() { Baseline::load(path, &key)? } else { Baseline::empty(path) };
    let known = Known::parse(&text, &key).map_err(|why| Failure::new("cannot import", &name, why))?;
    let (found, known) = collect(scan, Some(known))?;
    let added = add(&mut baseline, found, &reason(why)?, until);
    baseline.save(&key)?;
    let known = known.unwrap_or_default();
    let (all, unmet) = known.counts();
    complain(format_args!("{} of a {} read; {} added to {}", entries(all), known.kind, entries(added), path.display()));
    if unmet > 0 {
        complain(format_args!("{} left out: nothing is found there, so nothing has to be let pass", entries(unmet)));
    }
    Ok(Exit::Clean)
}

fn open(path: &Path, scan: &ScanArgs) -> Result<(Baseline, FingerprintKey), Failure> {
    let key = fingerprint_key(scan.detect.fingerprint_key.as_deref())?;
    Ok((Baseline::load(path, &key)?, key))
}

fn finish(baseline: &Baseline, key: &FingerprintKey, path: &Path, added: usize, removed: usize) -> Result<Exit, Failure> {
    baseline.save(key)?;
    complain(format_args!("{}: {} added, {} removed, {} in all", path.display(), added, removed, entries(baseline.len())));
    Ok(Exit::Clean)
}

/// Adds what was found. How many entries are new.
fn add(baseline: &mut Baseline, found: Vec<Entry>, reason: &str, until: Option<&str>) -> usize {
    let entries = found.into_iter().map(|entry| Entry { reason: reason.to_owned(), until: until.map(str::to_owned), ..entry });
    entries.filter(|entry| baseline.add(entry.clone())).count()
}

/// A reason stands in a file that others read.
fn reason(text: &str) -> Result<String, Failure> {
    match without_secrets(text) == text {
        true => Ok(text.to_owned()),
        false => Err(Failure::new("nothing was written", "there is a secret in the reason", "leave it out")),
    }
}

/// Scans, and gives what counts; of what another scanner knows, only that.
fn collect(scan: &ScanArgs, known: Option<Known>) -> Result<(Vec<Entry>, Option<Known>), Failure> {
    let collected = Rc::new(RefCell::new((Vec::new(), known)));
    let exit = scan::search(scan, Reports::only(Box::new(Collector(Rc::clone(&collected)))))?;
    if exit == Exit::Error {
        return Err(Failure::new(
            "nothing was written",
            "not everything could be read",
            "see above; an entry that is missing would be lost",
        ));
    }
    Ok(collected.take())
}

/// A report to ourselves.
struct Collector(Rc<RefCell<(Vec<Entry>, Option<Known>)>>);

impl Reporter for Collector {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        let (entries, known) = &mut *self.0.borrow_mut();
        if found.suppression.is_none() && known.as_mut().is_none_or(|known| known.covers(found)) {
            let path = found.place.path.map(|path| path.strip_prefix("./").unwrap_or(path).to_owned());
            let fingerprint = found.decided.located.fingerprint;
            entries.push(Entry { fingerprint, rule: found.rule.id.clone(), path, reason: String::new(), until: None });
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut dyn Write, _: &End) -> io::Result<Option<String>> {
        Ok(None)
    }
}
