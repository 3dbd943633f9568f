//! `--audit`: what happened is on record before it has consequences.

use std::fs;

use crate::support::{assert_hidden, folder, github_token, json_lines, run, run_in};

#[test]
fn a_run_records_what_it_decides_and_no_byte_of_it() {
    let (folder, token) = (folder(&[]), github_token(11));
    let log = folder.path().join("audit.jsonl");
    let args = ["--audit", log.to_str().unwrap(), "--session", "s-1"];
    let done = run(args, format!("a {token}\nb {token}\n"));
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let text = fs::read(&log).unwrap();
    assert_hidden(&text, &token);
    let records = json_lines(std::str::from_utf8(&text).unwrap());
    let kinds: Vec<&String> = records.iter().map(|record| record["event"].as_object().unwrap().keys().next().unwrap()).collect();
    assert_eq!(kinds, ["log-opened", "session-started", "finding", "finding", "inspected"]);
    assert_eq!(records[2]["event"]["finding"]["decision"], "redact");
    assert_eq!(records[2]["event"]["finding"]["fingerprint"], records[3]["event"]["finding"]["fingerprint"]);
    assert!(records[1..].iter().all(|record| record["session"] == "s-1"));
    let mut before = serde_json::Value::String("0".repeat(64));
    for (number, record) in records.iter().enumerate() {
        assert_eq!((&record["seq"], &record["prev"]), (&number.into(), &before));
        before = record["hash"].clone();
    }
}

#[test]
fn names_that_hold_secrets_are_recorded_without_them() {
    let token = github_token(12);
    let folder = folder(&[(format!("of-{token}.txt").as_str(), token.as_bytes())]);
    let done = run_in(folder.path(), ["scan", "--audit", "a.jsonl", "--session", &token, &format!("of-{token}.txt")]);
    assert_eq!(done.code, 1);
    assert_hidden(&fs::read(folder.path().join("a.jsonl")).unwrap(), &token);
}

#[test]
fn nothing_passes_without_a_record() {
    let folder = folder(&[("log/x", b"")]);
    for sink in ["missing/a.jsonl", "log"] {
        let done = run_in(folder.path(), ["scan", "--audit", sink, "log"]);
        assert_eq!(done.code, 4, "{}", done.err);
        assert!(done.err.starts_with("tamis: cannot open the audit log: ") && done.err.lines().count() == 1, "{}", done.err);
    }
}
