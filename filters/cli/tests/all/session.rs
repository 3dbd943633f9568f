//! `tamis session`

use std::fs;
use std::path::Path;

use crate::support::{Run, assert_hidden, folder, github_token, run, tamis};

/// Runs `tamis session` with the state in this folder.
fn session(state: &Path, args: &[&str]) -> Run {
    let state = state.display().to_string();
    run(["session"].iter().chain(args).copied().chain(["--state", &state]), "")
}

/// Text without what the time is.
fn timeless(text: &str) -> String {
    let mut words = text.split_inclusive([' ', '\n']);
    let time = |word: &str| word.len() > 19 && word.as_bytes()[4] == b'-' && word.as_bytes()[10] == b'T';
    words.by_ref().map(|word| if time(word) { format!("TIME{}", &word[20..]) } else { word.to_owned() }).collect()
}

#[test]
fn a_session_is_stopped_and_released() {
    let state = folder(&[]);
    let run = session(state.path(), &["list"]);
    assert_eq!((run.code, run.text()), (0, ""));
    let run = session(state.path(), &["quarantine", "s-1", "--by", "dana", "--reason", "sends keys about"]);
    assert_eq!((run.code, run.text()), (0, ""));
    insta::assert_snapshot!(run.err, @"tamis: session s-1 is in quarantine; it was never seen before: check the id");
    insta::assert_snapshot!(timeless(session(state.path(), &["list"]).text()), @r"
    s-1  in quarantine since TIME by dana: sends keys about
        last seen TIME
    ");
    let again = session(state.path(), &["quarantine", "s-1", "--by", "dana", "--reason", "x"]);
    assert_eq!((again.code, again.err.as_str()), (2, "tamis: nothing to do: s-1: the session is in quarantine already\n"));
    let run = session(state.path(), &["release", "s-1", "--by", "lee", "--reason", "keys are rotated"]);
    assert_eq!((run.code, run.err.as_str()), (0, "tamis: session s-1 is released\n"));
    insta::assert_snapshot!(timeless(session(state.path(), &["show", "s-1"]).text()), @r"
    session s-1
      standing  open
      seen      from TIME to TIME
      counted   nothing
      stopped   TIME by dana: sends keys about
      released  TIME by lee: keys are rotated
    ");
    assert_eq!(session(state.path(), &["list", "--quarantined"]).text(), "");
    let lines = session(state.path(), &["list", "--format", "jsonl"]).lines();
    assert_eq!((lines.len(), lines[0]["id"].as_str(), lines[0]["acts"].as_array().unwrap().len()), (1, Some("s-1"), 2));
}

#[test]
fn mistakes_are_one_line() {
    let state = folder(&[]);
    let release = session(state.path(), &["release", "s-1", "--by", "lee", "--reason", "x"]);
    assert_eq!((release.code, release.err.as_str()), (2, "tamis: no such session: s-1: see `tamis session list`\n"));
    let reasonless = session(state.path(), &["quarantine", "s-1", "--by", "lee"]);
    assert_eq!((reasonless.code, reasonless.err.lines().count()), (2, 1));
    session(state.path(), &["quarantine", "s-1", "--by", "lee", "--reason", "x"]);
    let file = fs::read_dir(state.path().join("sessions")).unwrap().flatten().map(|entry| entry.path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "json")).unwrap();
    fs::write(&file, "{\n  \"id\": \"s-1\",").unwrap();
    let broken = session(state.path(), &["list"]);
    assert_eq!((broken.code, broken.text()), (2, ""));
    assert!(broken.err.contains(".json:2:14: it was not written by this program"), "{}", broken.err);
}

#[test]
fn what_is_killed_while_it_writes_leaves_a_whole_state() {
    let state = folder(&[]);
    let path = state.path().display().to_string();
    session(state.path(), &["quarantine", "s", "--by", "lee", "--reason", "x"]);
    for i in 0..60u64 {
        let act = if i % 2 == 0 { "release" } else { "quarantine" };
        let mut child = tamis(["session", act, "s", "--by", "lee", "--reason", "x", "--state", &path]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(i * 97 % 6000));
        let _ = child.kill();
        child.wait().unwrap();
        let list = session(state.path(), &["list"]);
        assert_eq!((list.code, list.err.as_str()), (0, ""));
    }
}

#[test]
fn stopping_and_releasing_is_on_record_and_tells_no_secret() {
    let state = folder(&[]);
    let (log, token) = (state.path().join("audit.jsonl").display().to_string(), github_token(1));
    let reason = format!("it sent {token} out");
    session(state.path(), &["quarantine", "s", "--by", "lee", "--reason", &reason, "--audit", &log]);
    session(state.path(), &["release", "s", "--by", "dana", "--reason", "rotated", "--audit", &log]);
    let log = fs::read_to_string(log).unwrap();
    assert_hidden(log.as_bytes(), &token);
    assert_hidden(session(state.path(), &["show", "s"]).text().as_bytes(), &token);
    for wanted in ["\"session-quarantined\"", "it sent [REDACTED:github.pat-classic] out", "\"session-released\"", "\"dana\""] {
        assert!(log.contains(wanted), "{wanted} {log}");
    }
    // What cannot be recorded is not done.
    let run = session(state.path(), &["quarantine", "s", "--by", "lee", "--reason", "x", "--audit", "/nowhere/at/all"]);
    assert_eq!(run.code, 4, "{}", run.err);
    assert_eq!(session(state.path(), &["list", "--quarantined"]).text(), "");
}

#[test]
fn an_id_that_is_a_secret_is_known_by_its_hash() {
    let state = folder(&[]);
    let token = github_token(9);
    session(state.path(), &["quarantine", &token, "--by", "lee", "--reason", "x"]);
    let list = session(state.path(), &["list"]);
    assert!(list.text().starts_with("sha256-"), "{}", list.text());
    assert_hidden(list.text().as_bytes(), &token);
    assert_eq!(session(state.path(), &["release", &token, "--by", "lee", "--reason", "x"]).code, 0);
}
