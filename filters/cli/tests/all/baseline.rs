//! `tamis baseline`, `scan --baseline`, and comments that allow findings.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Run, assert_hidden, folder, github_token, run_in};

/// Two files with one token each.
fn two() -> (TempDir, String, String) {
    let (old, other) = (github_token(80), github_token(81));
    let folder = folder(&[("a.py", format!("T = '{old}'\n").as_bytes()), ("d/b c.py", format!("\nU = '{other}'\n").as_bytes())]);
    (folder, old, other)
}

fn scan(folder: &Path, args: &[&str]) -> Run {
    run_in(folder, ["scan", "--format", "jsonl"].iter().chain(args))
}

fn baseline(folder: &Path, args: &[&str]) -> Run {
    run_in(folder, ["baseline"].iter().chain(args))
}

#[test]
fn what_was_there_before_does_not_count() {
    let (folder, old, other) = two();
    let here = folder.path();
    let run = baseline(here, &["write", "--reason", "known", "--until", "2999-12-31"]);
    assert_eq!((run.code, run.err.as_str()), (0, "tamis: 2 entries written to tamis.baseline\n"));
    let text = fs::read_to_string(here.join("tamis.baseline")).unwrap();
    for secret in [&old, &other] {
        assert_hidden(text.as_bytes(), secret);
    }
    assert!(text.contains("\"path\":\"d/b c.py\",\"reason\":\"known\",\"until\":\"2999-12-31\"}"), "{text}");
    assert!(!text.contains("\"line"), "places move, secrets do not");
    assert_eq!(scan(here, &["--baseline", "tamis.baseline"]).code, 0);
    // It moves, and its file gets another name; a new one is found.
    let new = github_token(82);
    fs::remove_file(here.join("a.py")).unwrap();
    fs::write(here.join("moved"), format!("\n\n\n  {old}\n{new}\n")).unwrap();
    let run = scan(here, &["--baseline", "tamis.baseline"]);
    assert_eq!((run.code, run.lines().len(), &run.lines()[0]["line"]), (1, 1, &json!(5)));
    assert_eq!(run.err, "", "nothing is stale");
    let run = baseline(here, &["write"]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (2, "tamis: nothing was written: tamis.baseline exists: `tamis baseline update` brings it up to date\n")
    );
}

#[test]
fn stale_entries_are_told_and_removed() {
    let (folder, ..) = two();
    let here = folder.path();
    baseline(here, &["write", "--reason", "known"]);
    fs::write(here.join("a.py"), format!("T = '{}'\n", github_token(83))).unwrap();
    let run = scan(here, &["--baseline", "tamis.baseline"]);
    assert!(
        run.err.starts_with("tamis: baseline tamis.baseline: 1 entry for what is not there any more (") && run.err.contains("in a.py)"),
        "{}",
        run.err
    );
    assert_eq!(scan(here, &["--baseline", "tamis.baseline", "a.py"]).err, "", "a part tells nothing of the rest");
    let before = fs::read_to_string(here.join("tamis.baseline")).unwrap();
    let run = baseline(here, &["prune"]);
    assert_eq!((run.code, run.err.as_str()), (0, "tamis: tamis.baseline: 0 added, 1 removed, 1 entry in all\n"));
    let pruned = fs::read_to_string(here.join("tamis.baseline")).unwrap();
    assert!(pruned.lines().all(|line| before.contains(line)), "lines that stay do not change");
    let run = baseline(here, &["update"]);
    assert_eq!((run.code, run.err.as_str()), (0, "tamis: tamis.baseline: 1 added, 0 removed, 2 entries in all\n"));
    assert_eq!(scan(here, &["--baseline", "tamis.baseline"]).code, 0);
}

#[test]
fn nothing_is_removed_after_an_incomplete_scan() {
    let (folder, ..) = two();
    baseline(folder.path(), &["write"]);
    let before = fs::read(folder.path().join("tamis.baseline")).unwrap();
    let run = baseline(folder.path(), &["update", "a.py", "missing"]);
    assert_eq!(run.code, 2);
    assert!(run.err.ends_with("an entry that is missing would be lost\n"), "{}", run.err);
    assert_eq!(fs::read(folder.path().join("tamis.baseline")).unwrap(), before);
}

#[test]
fn an_entry_ends_with_its_last_day() {
    let (folder, ..) = two();
    baseline(folder.path(), &["write", "--until", "2020-02-29", "a.py"]);
    let run = scan(folder.path(), &["--baseline", "tamis.baseline", "a.py"]);
    assert_eq!((run.code, run.lines().len()), (1, 1));
    assert!(run.err.starts_with("tamis: baseline entry expired on 2020-02-29: "), "{}", run.err);
}

#[test]
fn fingerprints_of_another_key_are_refused() {
    let (folder, ..) = two();
    fs::write(folder.path().join("key"), "0123456789abcdef").unwrap();
    baseline(folder.path(), &["write"]);
    let run = scan(folder.path(), &["--baseline", "tamis.baseline", "--fingerprint-key", "key"]);
    assert_eq!((run.code, run.text()), (2, ""));
    assert!(run.err.starts_with("tamis: bad baseline: tamis.baseline:1: its fingerprints are of another key"), "{}", run.err);
}

#[test]
fn a_reason_tells_no_secret() {
    let (folder, old, _) = two();
    let run = baseline(folder.path(), &["write", "--reason", &format!("it is {old}")]);
    assert_eq!(run.code, 2);
    assert_hidden(run.err.as_bytes(), &old);
    assert!(!folder.path().join("tamis.baseline").exists());
}

#[test]
fn files_of_other_scanners_are_taken_over() {
    let ignored = "# old\na.py:generic-api-key:1\nd/b c.py:aws:99\n".to_owned();
    let (_, old, _) = two();
    let report =
        |secret: &str, line: u64| json!([{ "RuleID": "x", "File": "a.py", "StartLine": line, "Commit": "", "Secret": secret }]).to_string();
    let detect =
        json!({ "version": "1.5.0", "results": { "a.py": [{ "type": "x", "hashed_secret": "0", "line_number": 1 }] } }).to_string();
    let kingfisher =
        "version: 2\nrepositories:\n- id: local:///x\n  findings:\n  - path: a.py\n    fingerprint: '1'\n    line: 1\n".to_owned();
    for (text, says) in [
        (
            ignored,
            "2 entries of a .gitleaksignore read; 1 entry added to tamis.baseline\ntamis: 1 entry left out: nothing is found there, so nothing has to be let pass",
        ),
        (report("REDACTED", 1), "1 entry of a gitleaks report read; 1 entry added to tamis.baseline"),
        (report(&old, 7), "1 entry of a gitleaks report read; 1 entry added to tamis.baseline"),
        (detect, "1 entry of a detect-secrets baseline read; 1 entry added to tamis.baseline"),
        (kingfisher, "1 entry of a kingfisher baseline read; 1 entry added to tamis.baseline"),
    ] {
        let (folder, old, _) = two();
        let here = folder.path();
        let outside = tempfile::tempdir().unwrap();
        let from = outside.path().join("from");
        fs::write(&from, &text).unwrap();
        let run = baseline(here, &["import", from.to_str().unwrap(), "--reason", "taken over"]);
        assert_eq!((run.code, run.err.trim_end()), (0, format!("tamis: {says}").as_str()), "{text}");
        assert_hidden(&fs::read(here.join("tamis.baseline")).unwrap(), &old);
        let run = scan(here, &["--baseline", "tamis.baseline"]);
        assert_eq!((run.code, run.lines().len(), &run.lines()[0]["path"]), (1, 1, &json!("d/b c.py")), "{text}");
    }
}

#[test]
fn each_entry_that_something_is_found_for_is_counted() {
    // The same value twice, and an id and its secret, which are one finding of ours.
    let (token, id) = (github_token(97), format!("AKIA{}", &github_token(98)[4..20].to_uppercase().replace(['0', '1', '8', '9'], "Q")));
    let secret: String = github_token(99)[4..].chars().chain(github_token(100)[4..8].chars()).collect();
    let text = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\na = '{token}'\nb = '{token}'\n");
    let place = folder(&[("a.ini", text.as_bytes())]);
    let leak =
        |rule: &str, line: u64, value: &str| json!({ "RuleID": rule, "File": "a.ini", "StartLine": line, "Commit": "", "Secret": value });
    let leaks = [leak("aws-access-token", 1, &id), leak("generic-api-key", 2, &secret), leak("x", 3, &token), leak("x", 4, &token)];
    for redacted in [false, true] {
        let mut report = json!(leaks);
        if redacted {
            report.as_array_mut().unwrap().iter_mut().for_each(|leak| leak["Secret"] = json!("REDACTED"));
        }
        let outside = folder(&[("from", report.to_string().as_bytes())]);
        let run = baseline(place.path(), &["import", outside.path().join("from").to_str().unwrap()]);
        assert_eq!(run.err, "tamis: 4 entries of a gitleaks report read; 2 entries added to tamis.baseline\n");
        assert_eq!(scan(place.path(), &["--baseline", "tamis.baseline"]).code, 0);
        fs::remove_file(place.path().join("tamis.baseline")).unwrap();
    }
}

#[test]
fn comments_allow_findings_on_their_line() {
    let t: Vec<String> = (84..96).map(github_token).collect();
    let text = format!(
        "a = '{}' # tamis:allow github.pat-classic a sample\n\
         b = '{}' # gitleaks:allow\n\
         c = '{}' # pragma: allowlist secret\n\
         d = '{}' // trufflehog:ignore\n\
         e = '{}' /* kingfisher:ignore */\n\
         # tamis:allow github.* samples below until=2999-12-31\n\
         f = '{}'\n\
         # pragma: allowlist nextline secret\n\
         g = '{}'\n\
         h = '{}' # tamis:allow aws.access-key-id another rule\n\
         i = '{}' # tamis:allow github.pat-classic over until=2020-01-01\n\
         j = '{}' # tamis:allow github.pat-classic\n\
         k = '{}' # tamis:allow github.pat-classic why until=soon\n\
         l = '{}'\n",
        t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11]
    );
    let folder = folder(&[("a.py", text.as_bytes())]);
    let run = scan(folder.path(), &["a.py"]);
    let lines: Vec<u64> = run.lines().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [10, 11, 12, 13, 14]);
    insta::assert_snapshot!(run.err, @r"
    tamis: tamis:allow has expired: a.py:11
    tamis: tamis:allow is not honoured: a.py:12: it gives no reason: write `tamis:allow RULE reason until=DATE`
    tamis: tamis:allow is not honoured: a.py:13: its date is none: write until=2026-12-31
    ");
    assert_eq!(scan(folder.path(), &["a.py", "--no-allow-comments"]).lines().len(), 12);
    let run = run_in(folder.path(), ["scan", "a.py"]);
    assert!(
        run.err.contains("5 findings (5 certain) in 1 file; searched 1 file, ") && run.err.contains("; 7 known or allowed"),
        "{}",
        run.err
    );
}

#[test]
fn bad_baselines_are_told_before_anything_is_searched() {
    let (folder, ..) = two();
    fs::write(folder.path().join("bad"), "[]").unwrap();
    for (args, says) in [
        (["scan", "--baseline", "bad"], "tamis: bad baseline: bad:1: it does not start as one"),
        (["scan", "--baseline", "missing"], "tamis: cannot read the baseline: missing: no such file"),
        (["baseline", "update", "--file=bad"], "tamis: bad baseline: bad:1: it does not start as one"),
        (["baseline", "import", "missing"], "tamis: cannot read the baseline: missing: no such file"),
        (["baseline", "import", "a.py"], "tamis: cannot import: a.py: line 1: expected"),
    ] {
        let run = run_in(folder.path(), args);
        assert_eq!((run.code, run.text()), (2, ""));
        assert!(run.err.starts_with(says), "{}", run.err);
    }
}
