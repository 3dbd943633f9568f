//! `--audit`: what happened is on record before it has consequences.

use std::fs;
use std::io::Write as _;

use crate::support::{Tap, assert_hidden, folder, github_token, json_lines, run, run_in, start};

#[test]
fn a_run_records_what_it_decides_and_no_byte_of_it() {
    let (folder, token) = (folder(&[]), github_token(11));
    let log = folder.path().join("audit.jsonl");
    let args = ["--audit", log.to_str().unwrap(), "--session", "recorded"];
    let done = run(args, format!("a {token}\nb {token}\n"));
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let text = fs::read(&log).unwrap();
    assert_hidden(&text, &token);
    let records = json_lines(std::str::from_utf8(&text).unwrap());
    let kinds: Vec<&String> = records.iter().map(|record| record["event"].as_object().unwrap().keys().next().unwrap()).collect();
    assert_eq!(kinds, ["log-opened", "session-started", "finding", "finding", "inspected"]);
    assert_eq!(records[2]["event"]["finding"]["decision"], "redact");
    assert_eq!(records[2]["event"]["finding"]["fingerprint"], records[3]["event"]["finding"]["fingerprint"]);
    assert!(records[1..].iter().all(|record| record["session"] == "recorded"));
    let mut before = serde_json::Value::String("0".repeat(64));
    for (number, record) in records.iter().enumerate() {
        assert_eq!((&record["seq"], &record["prev"]), (&number.into(), &before));
        before = record["hash"].clone();
    }
}

#[test]
fn what_has_nothing_to_be_recorded_keeps_its_place() {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl");
    let mut child = start(["--audit", log.to_str().unwrap()]);
    let (mut stdin, out) = (child.stdin.take().unwrap(), Tap::on(child.stdout.take().unwrap()));
    let secret = |number: u64| (format!("{number} {}\n", github_token(number)), format!("{number} [REDACTED:github.pat-classic]\n"));
    let clean = |number: usize| "no secret here\n".repeat(1 + number % 7 * 300);
    // Line by line, and as fast as it goes.
    for number in 0..6 {
        let (line, without) = secret(number);
        for (line, expected) in [(line, without), (clean(0), clean(0))] {
            stdin.write_all(line.as_bytes()).unwrap();
            out.expect(&expected);
        }
    }
    let lines = (0..60).map(|number| (secret(number), clean(number as usize)));
    let (text, expected): (String, String) = lines.map(|((line, without), clean)| (line + &clean, without + &clean)).unzip();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    out.expect(&expected);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&log).unwrap().matches("\"finding\"").count(), 66);
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

/// A log of one new session with as many findings, and its folder.
fn logged(session: &str, count: u64) -> (tempfile::TempDir, String) {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl").to_str().unwrap().to_owned();
    let text: String = (0..count).map(|number| format!("token={}\n", github_token(number))).collect();
    assert_eq!(run(["--audit", &log, "--session", session, "--tool", "Bash", "--surface", "tool-output"], text).code, 0);
    (folder, log)
}

#[test]
fn verify_says_where_a_log_was_changed() {
    let (_folder, log) = logged("changed", 5);
    let verify = |args: &[&str]| run(["audit", "verify", &log].iter().chain(args), "");
    let text = fs::read_to_string(&log).unwrap();
    let done = verify(&[]);
    assert!(done.code == 0 && done.text().starts_with("intact: 8 events; the last is 7 with hash "), "{}", done.text());

    fs::write(&log, text.replacen("github.pat-classic", "github.pat-classid", 1)).unwrap();
    let done = verify(&[]);
    let first = done.text().lines().next().unwrap().to_owned();
    assert_eq!((done.code, first), (1, format!("{log}:3: event 2 was changed: it does not match its hash")));
    assert_eq!(verify(&["--format", "jsonl"]).lines().last().unwrap()["intact"], false);

    let lines: Vec<&str> = text.lines().collect();
    fs::write(&log, format!("{}\n", lines[..5].join("\n"))).unwrap();
    let done = verify(&[]);
    assert!(
        done.code == 1 && done.text().contains(":6: the end was cut off: events 5 to 7 were stored and are missing"),
        "{}",
        done.text()
    );

    fs::write(&log, &text).unwrap();
    fs::remove_file(format!("{log}.head")).unwrap();
    let done = verify(&[]);
    assert!(done.code == 1 && done.text().contains("its .head file is missing"), "{}", done.text());
    assert_eq!(verify(&["--part"]).code, 0);
    let done = run(["--audit", &log], "x\n");
    assert_eq!((done.code, done.text()), (4, ""), "a log without a head is not written on");
}

#[test]
fn a_log_that_was_put_back_shows_by_what_was_noted_down() {
    let (_folder, log) = logged("back", 2);
    let head = format!("{log}.head");
    let before = [&log, &head].map(|file| (file.clone(), fs::read(file).unwrap()));
    assert_eq!(run(["--audit", &log], "x\n").code, 0);
    let text = fs::read_to_string(&log).unwrap();
    let hash = json_lines(&text).last().unwrap()["hash"].as_str().unwrap().to_owned();
    let verify = || run(["audit", "verify", &log, "--noted", &hash], "");
    assert_eq!(verify().code, 0);
    for (file, bytes) in &before {
        fs::write(file, bytes).unwrap();
    }
    assert_eq!(run(["audit", "verify", &log], "").code, 0);
    let (done, lines) = (verify(), before[0].1.iter().filter(|byte| **byte == b'\n').count());
    let first = format!("{log}:{}: no event has the hash {hash} any more: the end was cut off, or the log was written anew", lines + 1);
    assert_eq!((done.code, done.text().lines().next()), (1, Some(first.as_str())));
    let done = run(["audit", "verify", &log, "--noted", "5b21"], "");
    assert!(done.code == 2 && done.err.contains("expected 64 hexadecimal digits"), "{}", done.err);
}

#[test]
fn signatures_show_a_log_that_was_written_anew() {
    let (folder, log) = logged("anew", 2);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let pem = |label: &str, body: &[&str]| format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", body.concat());
    let private = pem("PRIVATE KEY", &["MC4CAQAwBQYDK2VwBCIEIAABAgME", "BQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"]);
    let seed: [u8; 32] = std::array::from_fn(|i| i as u8);
    let public = tamis::SigningKey::from_seed(&seed).public().to_pem();
    fs::write(path("audit.key"), &private).unwrap();
    fs::write(path("audit.pub"), &public).unwrap();

    let done = run(["audit", "verify", &log, "--key", &path("audit.pub")], "");
    assert!(done.code == 1 && done.text().contains("nothing in this log was signed by this key"), "{}", done.text());
    let signed = path("signed.jsonl");
    assert_eq!(run(["--audit", &signed, "--audit-key", &path("audit.key")], "x\n").code, 0);
    let done = run(["audit", "verify", &signed, "--key", &path("audit.pub")], "");
    assert!(done.code == 0 && done.text().ends_with("; signed up to event 2\n"), "{}", done.text());
    assert_eq!(run(["--audit", &signed], "x\n").code, 0);
    let done = run(["audit", "verify", &signed, "--key", &path("audit.pub")], "");
    assert!(done.code == 1 && done.text().contains("is not signed: the last one to write did so without --audit-key"), "{}", done.text());
    assert!(fs::read_to_string(&signed).unwrap().contains("\"checkpoint\""));

    let done = run(["--audit", &path("x.jsonl"), "--audit-key", &path("audit.pub")], "");
    assert_eq!(done.code, 2);
    assert!(done.err.contains("expected an Ed25519 private key in PEM"), "{}", done.err);
}

#[test]
fn a_torn_tail_is_cut_off_and_told() {
    let (_folder, log) = logged("torn", 3);
    let whole = fs::read(&log).unwrap();
    fs::write(&log, [&whole[..], b"{\"event\":{\"fin"].concat()).unwrap();
    let done = run(["audit", "verify", &log], "");
    assert!(done.code == 1 && done.text().contains(":7: the file ends inside a record, after 14 bytes of it"), "{}", done.text());
    assert_eq!(run(["--audit", &log], "x\n").code, 0);
    assert_eq!(run(["audit", "verify", &log], "").code, 0);
    let records = json_lines(&fs::read_to_string(&log).unwrap());
    assert_eq!((&records[6]["event"]["log-repaired"]["cut"], &records[6]["event"]["log-repaired"]["kept"]), (&14.into(), &0.into()));

    // Whole events that nobody was told of stay.
    let head = fs::read(format!("{log}.head")).unwrap();
    assert_eq!(run(["--audit", &log], "y\n").code, 0);
    fs::write(format!("{log}.head"), head).unwrap();
    assert_eq!(run(["--audit", &log], "z\n").code, 0);
    let done = run(["audit", "verify", &log], "");
    assert_eq!(done.code, 0, "{}", done.text());
    assert!(fs::read_to_string(&log).unwrap().contains("\"log-repaired\":{\"cut\":0,\"kept\":1}"));

    // What was acknowledged cannot be taken away behind the writer's back.
    fs::write(&log, &whole).unwrap();
    assert_eq!(run(["--audit", &log], "x\n").code, 4);
}

#[test]
fn a_full_log_goes_on_in_a_new_file() {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl").to_str().unwrap().to_owned();
    let text: String = (0..3000).map(|number| format!("token={}\n", github_token(number))).collect();
    for _ in 0..3 {
        assert_eq!(run(["--audit", &log, "--audit-rotate", "1", "--session", "s-1"], &text).code, 0);
    }
    let done = run(["audit", "verify", &log], "");
    let files = done.text().split(" in ").nth(1).map(|rest| rest.split(' ').next().unwrap().parse::<u32>().unwrap()).unwrap();
    assert!(done.code == 0 && files >= 3, "{}", done.text());
    let done = run(["audit", "export", &log, "--format", "csv", "--session", "s-1"], "");
    assert_eq!(done.text().matches(",finding,s-1,").count(), 9000);
    let mut older: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    older.sort();
    fs::remove_file(&older[1]).unwrap();
    let done = run(["audit", "verify", &log], "");
    assert!(done.code == 1 && done.text().contains(" are missing before this line"), "{}", done.text());
}

#[test]
fn many_writers_share_a_log() {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl").to_str().unwrap().to_owned();
    std::thread::scope(|scope| {
        for writer in 0..6 {
            let log = &log;
            scope.spawn(move || {
                for round in 0..4 {
                    let text = format!("token={}\n", github_token(writer * 10 + round));
                    assert_eq!(run(["--audit", log, "--session", &format!("writer-{writer}"), "--audit-deadline", "30000"], text).code, 0);
                }
            });
        }
    });
    let done = run(["audit", "verify", &log], "");
    assert!(done.code == 0 && done.text().starts_with("intact: 55 events"), "{}", done.text());
}

#[test]
fn a_value_that_appeared_is_found_again() {
    let (_folder, log) = logged("value", 3);
    let asked = |value: &str| run(["audit", "fingerprint", &log], value);
    let done = asked(&format!("{}\n", github_token(2)));
    assert!(done.code == 1 && done.text().starts_with("yes: in 1 event\n"), "{}", done.text());
    assert!(done.text().ends_with("  event 4  redacted as github.pat-classic  session value  in tool-output\n"), "{}", done.text());
    assert_hidden(done.text().as_bytes(), &github_token(2));
    let done = asked(&github_token(77));
    assert_eq!((done.code, done.text()), (0, "no: this value is in no event\n"));
    assert_eq!(asked("").code, 2);
}

#[test]
fn nothing_that_reads_a_log_shows_a_secret() {
    let (folder, log) = logged("secret", 2);
    let parquet = folder.path().join("x.parquet").to_str().unwrap().to_owned();
    let mut texts = vec![fs::read(&log).unwrap()];
    for args in [
        &["verify"][..],
        &["show"],
        &["show", "--format", "json"],
        &["show", "--session", "secret"],
        &["show", "--session", "secret", "--format", "json"],
        &["show", "--session", "secret", "--format", "html"],
        &["export", "--format", "ocsf"],
        &["export", "--format", "otlp"],
        &["export", "--format", "csv"],
        &["export", "--format", "jsonl"],
        &["report"],
        &["report", "--format", "json"],
        &["report", "--format", "html"],
        &["import", "--to", "postgres"],
        &["import", "--to", "parquet", "--output", &parquet],
    ] {
        let done = run(["audit", args[0], &log].iter().chain(&args[1..]), "");
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{args:?}");
        texts.push(done.out);
    }
    texts.push(fs::read(&parquet).unwrap());
    assert!(texts.last().unwrap().starts_with(b"PAR1"));
    for token in [github_token(0), github_token(1)] {
        texts.iter().for_each(|text| assert_hidden(text, &token));
    }
}

#[test]
fn a_time_is_an_instant_or_a_day() {
    let (_folder, log) = logged("when", 1);
    let report = |flag: &str, time: &str| run(["audit", "report", log.as_str(), flag, time], "");
    let all = report("--since", "2026-01-01T00:00:00Z");
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    assert_eq!(report("--since", "2026-01-01").text(), all.text());
    assert!(report("--until", "2026-01-01").text().starts_with("0 events "));
    let bad = report("--since", "yesterday");
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("expected a time such as 2026-05-28T20:00:00Z, or a day such as 2026-05-28"), "{}", bad.err);
}

#[test]
fn a_page_needs_nothing_but_itself_and_no_name_is_markup() {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl").to_str().unwrap().to_owned();
    let args = ["--audit", &log, "--session", "s-1", "--tool", "<script>alert(1)</script>", "--agent", "\"><img src=x>"];
    assert_eq!(run(args, format!("{}\n", github_token(1))).code, 0);
    let page = run(["audit", "show", &log, "--session", "s-1", "--format", "html"], "");
    let page = page.text();
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("&quot;&gt;&lt;img src=x&gt;"));
    for outside in ["<script", "<img", "<link", "src=\"", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn what_is_asked_for_and_not_there_is_one_line() {
    let (folder, log) = logged("asked", 1);
    fs::write(folder.path().join("prose"), "Once upon a time\n").unwrap();
    for (args, code, line) in [
        (&["audit", "show", &log, "--session", "nobody"][..], 2, "tamis: no event of this session: nobody: "),
        (&["audit", "show", &log, "--format", "html"], 2, "tamis: no page of all sessions: --format html: "),
        (&["audit", "report", "prose"], 2, "tamis: no audit log: prose: line 1: "),
        (&["audit", "show", "prose"], 2, "tamis: no audit log: prose: line 1: "),
        (&["audit", "export", "--format", "csv", "prose"], 2, "tamis: no audit log: prose: line 1: "),
        (&["audit", "verify", "missing.jsonl"], 2, "tamis: cannot read the audit log: missing.jsonl: no such file"),
        (&["audit", "verify", "."], 2, "tamis: cannot read the audit log: .: "),
        (&["--audit", "ftp://x"], 2, "tamis: bad command line: "),
    ] {
        let done = run_in(folder.path(), args);
        assert_eq!(done.code, code, "{}", done.err);
        assert!(done.err.starts_with(line) && done.err.lines().count() == 1, "{}", done.err);
    }
}

#[test]
fn the_sessions_of_a_log_are_listed() {
    let folder = folder(&[]);
    let log = folder.path().join("audit.jsonl").to_str().unwrap().to_owned();
    for (session, text) in [("first-one", github_token(1)), ("second", "nothing\n".to_owned())] {
        assert_eq!(run(["--audit", &log, "--session", session], text).code, 0);
    }
    let list = run(["audit", "show", &log], "");
    let lines: Vec<&str> = list.text().lines().collect();
    assert_eq!((list.code, lines.len()), (0, 3), "{}", list.text());
    assert!(lines[0].starts_with("first-one  20") && lines[0].ends_with("3 events, 1 finding"), "{}", lines[0]);
    assert!(lines[1].starts_with("second     20") && lines[1].ends_with("2 events, 0 findings"), "{}", lines[1]);
    assert!(lines[2].starts_with("and "), "{}", lines[2]);
    let rows: serde_json::Value = serde_json::from_str(run(["audit", "show", &log, "--format", "json"], "").text()).unwrap();
    assert_eq!(rows[0]["session"], "first-one");
}
