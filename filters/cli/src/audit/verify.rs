//! `tamis audit verify`: whether a log is whole, and where it is not.

use std::fs;
use std::path::Path;

use serde_json::json;
use tamis::VerifyingKey;
use tamis::audit::{Fault, Hash, HeadFile, Verified, Verifier};

use super::files::Files;
use super::print;
use super::store::head_path;
use crate::args::{Listing, LogArgs};
use crate::failure::{Exit, Failure, one_line, plural};

/// What the head file says.
enum Head {
    Read(Box<HeadFile>),
    Missing,
    Damaged,
    /// It is not wanted.
    Ignored,
}

/// Runs the command.
pub(super) fn run(log: &LogArgs, key: Option<&Path>, noted: Option<Hash>, part: bool, format: Listing) -> Result<Exit, Failure> {
    let files = Files::open(log)?;
    let key = key.map(read_key).transpose()?;
    let head = read_head(&log.file, part)?;
    let known = match &head {
        Head::Read(file) => Some(file.head),
        _ => None,
    };
    let mut verifier = Verifier::new(known, key.clone()).noted(noted);
    if part {
        verifier = verifier.partial();
    }
    let mut current = 0;
    files.lines(|number, line| {
        if number != current {
            verifier.next_file();
            current = number;
        }
        verifier.line(line);
        Ok(())
    })?;
    let mut result = verifier.finish();
    let mut remarks = Vec::new();
    match &head {
        Head::Read(file) => {
            if key.is_some() && file.signed.is_none() {
                remarks.push("its .head file is not signed: the last one to write did so without --audit-key");
            } else if key.as_ref().is_some_and(|key| !file.is_signed_by(key)) {
                remarks.push("its .head file is not signed by this key");
            } else if key.is_some() {
                result.signed = result.signed.max(Some(file.head.next));
            }
        }
        Head::Missing => remarks.push("its .head file is missing: whether the end was cut off cannot be told (--part accepts that)"),
        Head::Damaged => remarks.push("its .head file was changed: whether the end was cut off cannot be told"),
        Head::Ignored => {}
    }
    match format {
        Listing::Human => print(&human(&files, &result, &remarks, key.is_some()))?,
        Listing::Jsonl => print(&lines(&files, &result, &remarks))?,
    }
    Ok(if result.is_intact() && remarks.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn read_key(path: &Path) -> Result<VerifyingKey, Failure> {
    let pem = fs::read_to_string(path).map_err(|error| Failure::file("cannot read the key", path, &error))?;
    VerifyingKey::from_pem(&pem).map_err(|bad| Failure::new("bad key", path.display(), bad))
}

fn read_head(log: &Path, part: bool) -> Result<Head, Failure> {
    let path = head_path(log);
    match fs::read(&path) {
        Ok(bytes) => Ok(HeadFile::parse(&bytes).map_or(Head::Damaged, |file| Head::Read(Box::new(file)))),
        Err(_) if part => Ok(Head::Ignored),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Head::Missing),
        Err(error) => Err(Failure::file("cannot read the head", &path, &error)),
    }
}

fn human(files: &Files, result: &Verified, remarks: &[&str], has_key: bool) -> String {
    let mut text = String::new();
    let name = |fault: &Fault| one_line(&files.paths[fault.place.file.min(files.paths.len() - 1)].display().to_string());
    for fault in &result.faults {
        text += &format!("{}:{}: {}\n", name(fault), fault.place.line, fault.kind);
    }
    if result.more > 0 {
        text += &format!("and {}\n", plural(result.more, "fault"));
    }
    let log = one_line(&files.paths.last().map(|path| path.display().to_string()).unwrap_or_default());
    for remark in remarks {
        text += &format!("{log}: {remark}\n");
    }
    let events = plural(result.lines, "event");
    let in_files = if files.paths.len() > 1 { format!(" in {}", plural(files.paths.len() as u64, "file")) } else { String::new() };
    text += &match result.faults.len() as u64 + result.more + remarks.len() as u64 {
        0 => format!("intact: {events}{in_files}"),
        count => format!("not intact: {} in {events}{in_files}", plural(count, "fault")),
    };
    if let Some(end) = result.end {
        text += &format!("; the last is {} with hash {}", end.next - 1, end.hash);
    }
    match (result.signed, result.checkpoints) {
        (Some(signed), _) => text += &format!("; signed up to event {}", signed.saturating_sub(1)),
        (None, 1..) if !has_key => text += &format!("; {} not checked: give --key", plural(result.checkpoints, "signature")),
        _ => {}
    }
    if result.ahead > 0 {
        text += &format!("; {} beyond the head, which a writer that died did not announce", plural(result.ahead, "event"));
    }
    text.push('\n');
    text
}

fn lines(files: &Files, result: &Verified, remarks: &[&str]) -> String {
    let faults = result.faults.iter().map(|fault| {
        let path = files.paths[fault.place.file.min(files.paths.len() - 1)].display().to_string();
        json!({ "path": path, "line": fault.place.line, "offset": fault.place.offset, "fault": fault.kind.to_string() })
    });
    let remarks = remarks.iter().map(|remark| json!({ "fault": remark }));
    let end = result.end.map(|end| json!({ "seq": end.next - 1, "hash": end.hash }));
    let summary = json!({
        "intact": result.is_intact() && remarks.len() == 0,
        "log": result.log, "events": result.lines, "end": end, "signed": result.signed, "ahead": result.ahead,
    });
    faults.chain(remarks).chain([summary]).map(|line| format!("{line}\n")).collect()
}
