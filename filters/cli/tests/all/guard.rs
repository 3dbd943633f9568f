//! Sessions that are held against rules, grants and quarantines while something flows.

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Run, Tap, assert_hidden, folder, github_token, json_lines, run, start};

const POLICY: &str = r#"
[session]
max_blocks = 1
max_findings = { secret = 2 }

[[tool]]
id = "reads"
tool = "Read"
decision = "allow"

[[boundary]]
id = "watched"
class = "secret"
tool = "Watch"
decision = "observe"

[[profile]]
name = "strict"
labels = ["strict"]
session.id_required = true
session.grant_required = true
"#;

fn place() -> TempDir {
    folder(&[("tamis.toml", POLICY.as_bytes()), ("secret", b"correct horse battery staple, twice")])
}

/// Runs a command under the policy, with state and log in this folder.
fn under(place: &Path, args: &[&str], input: &str) -> Run {
    let path = |name: &str| place.join(name).display().to_string();
    let (policy, state, log) = (path("tamis.toml"), path("state"), path("audit.jsonl"));
    run(args.iter().copied().chain(["--policy", &policy, "--state", &state, "--audit", &log]), input)
}

fn session(place: &Path, args: &[&str]) -> Run {
    let state = place.join("state").display().to_string();
    run(["session"].iter().chain(args).copied().chain(["--state", &state]), "")
}

/// The names of the events on record.
fn events(place: &Path) -> Vec<String> {
    let log = fs::read_to_string(place.join("audit.jsonl")).unwrap();
    let name = |event: &serde_json::Value| event["event"].as_object().unwrap().keys().next().unwrap().clone();
    json_lines(&log).iter().map(name).filter(|name| !matches!(name.as_str(), "policy-loaded" | "log-opened" | "inspected")).collect()
}

#[test]
fn a_session_with_too_many_findings_is_stopped_in_the_stream() {
    let place = place();
    let lines: String = (1..=4).map(|i| format!("key {i}: {}\n", github_token(i))).collect();
    let run = under(place.path(), &["redact", "--session", "s"], &lines);
    assert_eq!((run.code, run.err.as_str()), (3, "tamis: session stopped: s: it is in quarantine: 3 findings of secret, and 2 may be\n"));
    assert_eq!(run.text(), "key 1: [REDACTED:github.pat-classic]\nkey 2: [REDACTED:github.pat-classic]\nkey 3: ");
    let again = under(place.path(), &["redact", "--session", "s"], "harmless\n");
    assert_eq!((again.code, again.text()), (3, ""));
    insta::assert_snapshot!(again.err, @"tamis: session refused: s: it is in quarantine: 3 findings of secret, and 2 may be");
    assert_eq!(under(place.path(), &["redact", "--session", "other"], "harmless\n").code, 0);
    assert_eq!(session(place.path(), &["release", "s", "--by", "lee", "--reason", "looked at"]).code, 0);
    assert_eq!(under(place.path(), &["redact", "--session", "s"], "harmless\n").text(), "harmless\n");
    let expected =
        ["session-started", "finding", "finding", "finding", "finding", "session-quarantined", "session-refused", "session-started"];
    assert_eq!(events(place.path()), expected);
}

#[test]
fn a_stream_ends_when_somebody_stops_its_session() {
    let place = place();
    let state = place.path().join("state").display().to_string();
    let mut child = start(["redact", "--session", "s", "--state", &state]);
    let mut stdin = child.stdin.take().unwrap();
    let out = Tap::on(child.stdout.take().unwrap());
    writeln!(stdin, "one").unwrap();
    out.expect("one\n");
    assert_eq!(session(place.path(), &["quarantine", "s", "--by", "lee", "--reason", "looks odd"]).code, 0);
    writeln!(stdin, "two").unwrap();
    drop(stdin);
    let output: Run = child.wait_with_output().unwrap().into();
    assert_eq!((output.code, output.err.as_str()), (3, "tamis: session stopped: s: it is in quarantine: looks odd\n"));
    out.expect("");
}

#[test]
fn refused_tools_lead_to_quarantine() {
    let place = place();
    let call = |tool: &str, arguments: &str| under(place.path(), &["call", tool, "--session", "s"], arguments);
    let read = call("Read", r#"{"file": "a"}"#);
    assert_eq!((read.code, read.text()), (0, r#"{"file": "a"}"#));
    let refused = call("Bash", r#"{"command": "ls"}"#);
    assert_eq!((refused.code, refused.text()), (3, ""));
    insta::assert_snapshot!(refused.err, @"tamis: tool refused: Bash: row tools.default does not allow the call");
    assert_eq!(call("Bash", "{}").code, 3);
    let read = call("Read", r#"{"file": "a"}"#);
    assert_eq!((read.code, read.text()), (3, ""));
    assert_eq!(events(place.path()), ["session-started", "tool-call", "tool-call", "tool-call", "session-quarantined", "session-refused"]);
}

#[test]
fn the_arguments_of_a_call_are_decided_as_a_whole() {
    let place = place();
    let (token, call) = (github_token(1), |arguments: &str| under(place.path(), &["call", "Read", "--session", "s"], arguments));
    let read = call(&format!(r#"{{"file": "{token}"}}"#));
    assert_eq!((read.code, read.text()), (0, r#"{"file": "[REDACTED:github.pat-classic]"}"#));
    let mistakes = [
        ("[1]", "-: "),
        ("{\"a\":\n1,}", "-:2:3: "),
        ("", "-:1:0: "),
        // What the policy reads must be what the tool reads, however the name is written.
        (r#"{"a": 1, "a": 2}"#, "-:1:12: "),
        (r#"{"a": {"b": 1, "\u0062": 2}}"#, "-:1:23: "),
    ];
    for (arguments, place) in mistakes {
        let run = call(arguments);
        assert_eq!(
            (run.code, run.text(), run.err.as_str()),
            (2, "", format!("tamis: bad arguments: {place}a tool's arguments are a JSON object that names nothing twice\n").as_str())
        );
    }
    assert_hidden(&fs::read(place.path().join("audit.jsonl")).unwrap(), &token);
}

#[test]
fn what_left_is_listed_for_rotation() {
    let place = place();
    let token = github_token(1);
    let run = under(place.path(), &["redact", "--session", "s", "--tool", "Watch", "--host", "api.example.com"], &format!("{token}\n"));
    assert_eq!((run.code, run.text()), (0, format!("{token}\n").as_str()));
    let show = session(place.path(), &["show", "s"]);
    let rotate = show.text().lines().find(|line| line.contains("rotate")).unwrap();
    assert!(rotate.contains("github.pat-classic") && rotate.contains("left to api.example.com 1 time"), "{rotate}");
    assert_hidden(show.text().as_bytes(), &token);
}

#[test]
fn without_id_or_grant_nothing_passes_where_they_are_required() {
    let place = place();
    let path = |name: &str| place.path().join(name).display().to_string();
    let issue = |args: &[&str]| {
        let key = path("secret");
        let issued = run(["grant", "issue", "--key", &key, "--agent", "bot"].iter().chain(args), "");
        fs::write(place.path().join("grant"), issued.out).unwrap();
    };
    let (key, grant) = (path("secret"), path("grant"));
    let redact = |args: &[&str]| under(place.path(), &[&["redact", "--label", "strict"], args].concat(), "text\n");
    let shown = |session: &str| redact(&["--session", session, "--grant", &grant, "--grant-key", &key, "--tool", "Read"]);
    assert_eq!(redact(&[]).err, "tamis: session refused: no session: it has no session id\n");
    assert_eq!(redact(&["--session", "s"]).err, "tamis: session refused: s: it has no grant\n");
    issue(&["--expires", "8h", "--tool", "Bash"]);
    assert_eq!(shown("s").err, "tamis: session refused: s: its grant is refused: the grant is not for the tool Read\n");
    issue(&["--expires", "2s", "--tool", "Read"]);
    assert_eq!((shown("s").code, shown("s").text()), (0, "text\n"));
    assert_eq!(shown("t").err, "tamis: session refused: t: its grant is refused: another session has used it\n");
    assert_eq!(redact(&["--session", "s"]).err, "tamis: session refused: s: it shows no grant\n");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(redact(&["--session", "s"]).err, "tamis: session refused: s: it is in quarantine: its grant has run out\n");
    let told = events(place.path());
    assert_eq!(told.iter().filter(|name| *name == "grant-accepted").count(), 1);
    assert_eq!(told.iter().filter(|name| *name == "grant-refused").count(), 2);
    assert_eq!(told.last().unwrap(), "session-refused");
}

#[test]
fn restoring_is_refused_in_quarantine() {
    let place = place();
    let (state, keys) = (place.path().join("state").display().to_string(), place.path().join("keys").display().to_string());
    fs::write(&keys, run(["keygen", "token"], "").out).unwrap();
    let sent = run(["--mode", "tokenize", "--key-file", &keys, "--session", "s", "--state", &state], github_token(1));
    let restore = || run(["restore", "--everywhere", "--key-file", &keys, "--session", "s", "--state", &state], &sent.out);
    assert_eq!(restore().text(), github_token(1));
    session(place.path(), &["quarantine", "s", "--by", "lee", "--reason", "x"]);
    assert_eq!((restore().code, restore().text()), (3, ""));
}

#[test]
fn findings_carry_the_ids_that_their_documents_name() {
    let place = place();
    let token = github_token(1);
    let hook = format!(
        "{{\"session_id\":\"from-hook\",\"hook_event_name\":\"PostToolUse\",\"tool_name\":\"Read\",\"tool_use_id\":\"toolu_1\",\"tool_response\":\"{token}\"}}\n"
    );
    under(place.path(), &["redact"], &hook);
    under(place.path(), &["redact"], &hook.replace("from-hook", &github_token(2)));
    let log = fs::read_to_string(place.path().join("audit.jsonl")).unwrap();
    let findings: Vec<_> = json_lines(&log).into_iter().filter(|event| !event["event"]["finding"].is_null()).collect();
    let found = findings[0].to_string();
    for wanted in ["from-hook", "toolu_1", "\"Read\"", "tool-output", "claude-code"] {
        assert!(found.contains(wanted), "{wanted} {found}");
    }
    assert_hidden(log.as_bytes(), &github_token(2));
}
