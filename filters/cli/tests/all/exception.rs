//! `tamis exception`, and what exceptions do

use std::fs;

use crate::support::{assert_hidden, folder, github_token, json_lines, run_in};

const ADD: [&str; 10] =
    ["exception", "add", "--rule", "github.pat-classic", "--reason", "used-in-tests", "--requested-by", "ana", "--approved-by", "bo"];

fn add<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ADD.iter().chain(more).copied().collect()
}

#[test]
fn an_exception_is_added_used_listed_and_ended() {
    let token = github_token(30);
    let folder = folder(&[("tamis.toml", b"exceptions.max_days = 30\n"), ("src/a", token.as_bytes()), ("b", token.as_bytes())]);
    let tamis = |args: &[&str]| run_in(folder.path(), args);
    let added = tamis(&add(&["--path", "src/**", "--id", "E-1", "--ticket", "T-1", "--expires", "30d"]));
    assert_eq!((added.code, added.text()), (0, "E-1\n"), "{}", added.err);

    let scan = tamis(&["scan", "--policy", "tamis.toml", "src"]);
    assert_eq!((scan.code, scan.text()), (0, ""));
    assert!(scan.err.ends_with("; 1 let pass by exceptions\n"), "{}", scan.err);
    assert_eq!(tamis(&["scan", "--policy", "tamis.toml", "b"]).code, 1);
    assert_eq!(tamis(&["--policy", "tamis.toml", "src/a"]).text(), token);

    let list = tamis(&["exception", "list", "--format", "jsonl"]);
    let listed = &list.lines()[0];
    assert_eq!((list.code, &listed["state"], &listed["scope"]), (0, &"active".into(), &"rule github.pat-classic; path src/**".into()));

    let ended = tamis(&["exception", "expire", "E-1"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(tamis(&["exception", "list"]).code, 1);
    let scan = tamis(&["scan", "--policy", "tamis.toml", "src"]);
    assert_eq!((scan.code, scan.text().is_empty()), (2, false));
    assert!(
        scan.err.contains("exception E-1 expired at ") && scan.err.contains(": tamis.exceptions.toml:1:1: it is ignored"),
        "{}",
        scan.err
    );
    // A stream goes on: what is ignored is told, and what was excepted is replaced again.
    let redact = tamis(&["--policy", "tamis.toml", "src/a"]);
    assert_eq!((redact.code, redact.text()), (0, "[REDACTED:github.pat-classic]"));
    assert!(redact.err.contains("exception E-1 expired at "), "{}", redact.err);
}

#[test]
fn nothing_is_written_that_would_not_be_in_force() {
    let folder = folder(&[("tamis.toml", b"exceptions = { max_days = 7, self_approval = false, ticket_required = true }\n")]);
    let file = folder.path().join("tamis.exceptions.toml");
    for (more, said) in [
        (&["--expires", "8d", "--ticket", "T"][..], "it lasts longer than the 7 days that the policy allows"),
        (&["--expires", "7d"], "the policy asks for a ticket"),
        (&["--expires", "2020-01-01", "--ticket", "T"], "it expires before it is created"),
        (&["--expires", "soon", "--ticket", "T"], "\"soon\" is no date"),
        (&["--expires", "7d", "--ticket", "T", "--id", "a b"], "\"a b\" is no id"),
        (&["--expires", "7d", "--ticket", "T", "--fingerprint", "12"], "\"12\" is no fingerprint"),
    ] {
        let run = run_in(folder.path(), add(more));
        assert_eq!((run.code, run.text(), run.err.lines().count()), (2, "", 1), "{}", run.err);
        assert!(run.err.contains(said), "{}", run.err);
        assert!(!file.exists());
    }
    assert_eq!(run_in(folder.path(), add(&["--ticket", "T", "--expires", "7d", "--id", "E"])).code, 0);
    let before = fs::read_to_string(&file).unwrap();
    let run = run_in(folder.path(), add(&["--ticket", "T", "--expires", "7d", "--id", "E"]));
    assert_eq!(run.code, 2);
    assert!(run.err.contains("tamis.exceptions.toml:2:6: exception E: this id is taken"), "{}", run.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let run = run_in(folder.path(), ["exception", "expire", "F"]);
    assert_eq!((run.code, run.err.as_str()), (2, "tamis: no such exception: F in tamis.exceptions.toml: see `tamis exception list`\n"));
}

#[test]
fn a_mistake_in_the_flags_is_told_without_a_place_in_the_file() {
    let folder = folder(&[("tamis.exceptions.toml", b"# ours\n")]);
    let run = run_in(folder.path(), add(&["--fingerprint", "12"]));
    assert_eq!(
        (run.code, run.err.as_str()),
        (
            2,
            "tamis: nothing was written: \"12\" is no fingerprint: it has 32 hexadecimal digits, the first 12 of which are enough, \
             as `tamis scan` shows them: give other flags\n"
        )
    );
}

#[test]
fn an_exception_is_for_something_and_tells_no_secret() {
    let folder = folder(&[]);
    let file = folder.path().join("tamis.exceptions.toml");
    let people = ["exception", "add", "--reason", "approved-flow", "--requested-by", "ana@example.com", "--approved-by", "bo"];
    let run = run_in(folder.path(), people);
    assert_eq!(
        (run.code, run.err.as_str()),
        (2, "tamis: nothing was written: it would be for nothing: give --fingerprint, --rule, --path or --host\n")
    );
    let token = github_token(33);
    for flag in ["--note", "--ticket", "--path"] {
        let run = run_in(folder.path(), add(&[flag, &format!("was {token}")]));
        assert_eq!((run.code, file.exists()), (2, false), "{}", run.err);
        assert!(run.err.contains("was [REDACTED:github.pat-classic]: leave the secret out"), "{}", run.err);
    }
    assert_eq!(run_in(folder.path(), people.iter().chain(&["--path", "demo/**"])).code, 0);
}

#[test]
fn a_broad_exception_is_warned_about() {
    let folder = folder(&[]);
    let args = ["exception", "add", "--path", "demo/**", "--reason", "approved-flow", "--requested-by", "ana", "--approved-by", "bo"];
    let run = run_in(folder.path(), args);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("its scope names no fingerprint and no rule"), "{}", run.err);
}

#[test]
fn exceptions_can_stand_elsewhere() {
    let token = github_token(31);
    let folder = folder(&[("p.toml", b""), ("a", token.as_bytes())]);
    assert_eq!(run_in(folder.path(), add(&["--file", "all/e.json"])).code, 2);
    fs::create_dir(folder.path().join("all")).unwrap();
    assert_eq!(run_in(folder.path(), add(&["--file", "all/e.json"])).code, 0);
    let scan = |more: &[&str]| run_in(folder.path(), ["scan", "--policy", "p.toml", "a"].iter().chain(more)).code;
    assert_eq!((scan(&[]), scan(&["--exceptions", "all/e.json"])), (1, 0));
    let run = run_in(folder.path(), ["scan", "--exceptions", "all/e.json", "a"]);
    assert_eq!(run.code, 2);
}

#[test]
fn every_use_is_on_record() {
    let token = github_token(32);
    let folder = folder(&[("tamis.toml", b""), ("src/a", format!("{token} {token}\n").as_bytes())]);
    let tamis = |args: &[&str]| run_in(folder.path(), args);
    assert_eq!(tamis(&add(&["--id", "E-1"])).code, 0);
    let kinds = |log: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.path().join(log)).unwrap();
        assert_hidden(text.as_bytes(), &token);
        let events = json_lines(&text);
        assert!(events[1..].iter().all(|event| event["policy"].as_str().is_some_and(|digest| digest.len() == 64)), "{text}");
        events.iter().map(|event| event["event"].as_object().unwrap().keys().next().unwrap().clone()).collect()
    };
    assert_eq!(tamis(&["--policy", "tamis.toml", "--audit", "r.jsonl", "src/a"]).code, 0);
    let used = ["log-opened", "policy-loaded", "finding", "exception-used", "finding", "exception-used", "inspected"];
    assert_eq!(kinds("r.jsonl"), used);
    assert_eq!(tamis(&["scan", "--policy", "tamis.toml", "--audit", "s.jsonl", "src/a"]).code, 0);
    assert_eq!(kinds("s.jsonl"), used);
    assert_eq!(tamis(&["exception", "expire", "E-1"]).code, 0);
    assert_eq!(tamis(&["--policy", "tamis.toml", "--audit", "t.jsonl", "src/a"]).code, 0);
    assert_eq!(kinds("t.jsonl"), used.map(|kind| if kind == "exception-used" { "exception-refused" } else { kind }));
}
