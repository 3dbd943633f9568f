//! Commands behind the filter: pipes, terminals, signals, and MCP servers on their standard streams.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, Tap, assert_hidden, folder, github_token, json_lines, run, start, tamis};

const LABEL: &str = "[REDACTED:github.pat-classic]";

const POLICY: &str = r#"
[[tool]]
id = "reads"
tool = ["read", "echo"]
decision = "allow"

[[boundary]]
id = "no-keys-back"
class = "secret"
surface = "tool-output"
tool = "read"
decision = "block"
"#;

/// Runs a script of the shell behind the filter.
fn shell(args: &[&str], script: &str, input: &str) -> Run {
    run(["exec"].iter().chain(args).copied().chain(["--", "sh", "-c", script]), input)
}

#[test]
fn both_directions_and_errors_are_filtered() {
    let (to, from, error) = (github_token(1), github_token(2), github_token(3));
    let place = folder(&[]);
    let script = format!("cat > {}/got; echo out {from}; echo err {error} >&2; exit 7", place.path().display());
    let run = shell(&[], &script, &format!("in {to}\n"));
    assert_eq!((run.code, run.text(), run.err.as_str()), (7, format!("out {LABEL}\n").as_str(), format!("err {LABEL}\n").as_str()));
    assert_eq!(std::fs::read_to_string(place.path().join("got")).unwrap(), format!("in {LABEL}\n"));
}

#[test]
fn what_is_harmless_keeps_every_byte() {
    let bytes: Vec<u8> = (0..=255u8).cycle().take(300_000).collect();
    let run = run(["exec", "--", "cat"], &bytes);
    assert_eq!((run.code, run.out == bytes, run.err.as_str()), (0, true, ""));
}

#[test]
fn lines_leave_as_they_come() {
    let mut child = start(["exec", "--", "sh", "-c", "echo ready; read line; echo \"got $line\"; read line"]);
    let out = Tap::on(child.stdout.take().unwrap());
    out.expect("ready\n");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"one\n").unwrap();
    out.expect("got one\n");
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn signals_go_on_and_deaths_come_back() {
    use std::os::unix::process::ExitStatusExt;
    let mut child = start(["exec", "--", "sh", "-c", "trap 'echo got it; exit 9' USR1; echo ready; while :; do sleep 0.05; done"]);
    let out = Tap::on(child.stdout.take().unwrap());
    out.expect("ready\n");
    let kill = |signal: &str, id: u32| assert!(Command::new("kill").args([signal, &id.to_string()]).status().unwrap().success());
    kill("-USR1", child.id());
    out.expect("got it\n");
    assert_eq!(child.wait().unwrap().code(), Some(9));
    let mut child = start(["exec", "--", "sh", "-c", "echo ready; exec sleep 30"]);
    Tap::on(child.stdout.take().unwrap()).expect("ready\n");
    kill("-TERM", child.id());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn what_is_blocked_ends_the_command() {
    let place = place();
    let policy = place.path().join("strict.toml").display().to_string();
    let token = github_token(4);
    let run = shell(&["--policy", &policy], &format!("echo fine; echo {token}; sleep 20; echo never"), "");
    assert_eq!((run.code, run.text()), (3, "fine\n"));
    insta::assert_snapshot!(run.err, @"tamis: blocked by the policy: what the command prints: row no-keys does not let github.pat-classic pass");
}

#[test]
fn what_cannot_run_is_told() {
    let gone = run(["exec", "--", "/no/such/command"], "");
    assert_eq!((gone.code, gone.err.as_str()), (2, "tamis: cannot run: /no/such/command: no such command: check the name, and PATH\n"));
    assert_eq!(run(["exec"], "").code, 2);
    // Its own options stay its own, with or without `--`.
    for args in [&["exec", "sh", "-c", "echo $0; exit 4", "--mode"][..], &["exec", "--", "sh", "-c", "echo $0; exit 4", "--mode"]] {
        let run = run(args, "");
        assert_eq!((run.code, run.text()), (4, "--mode\n"), "{args:?}: {}", run.err);
    }
}

fn place() -> TempDir {
    folder(&[
        ("tamis.toml", POLICY.as_bytes()),
        ("strict.toml", b"[[boundary]]\nid = \"no-keys\"\nclass = \"secret\"\ndecision = \"block\"\n"),
    ])
}

/// A server that answers each call with what it got, and notes it down.
fn server(place: &Path) -> String {
    let got = place.join("got").display().to_string();
    format!(
        r#"while IFS= read -r line; do
            printf '%s\n' "$line" >> {got}
            id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
            text=$(printf '%s' "$line" | sed -n 's/.*"text":"\([^"]*\)".*/\1/p')
            [ -n "$id" ] && printf '{{"jsonrpc":"2.0","id":%s,"result":{{"content":[{{"type":"text","text":"%s"}}]}}}}\n' "$id" "$text"
        done; touch {got}"#
    )
}

fn call(id: u64, tool: &str, text: &str) -> Value {
    json!({ "id": id, "jsonrpc": "2.0", "method": "tools/call", "params": { "name": tool, "arguments": { "text": text } } })
}

/// What a client gets for these lines, and what the server got.
fn talk(place: &Path, args: &[&str], lines: &[String]) -> (Run, String) {
    let run = shell(args, &server(place), &lines.concat());
    let got = std::fs::read_to_string(place.join("got")).unwrap();
    (run, got)
}

#[test]
fn an_mcp_server_gets_and_gives_what_may_pass() {
    let place = place();
    let policy = place.path().join("tamis.toml").display().to_string();
    let token = github_token(5);
    let lines = [
        format!("{}\n", json!({ "id": 1, "jsonrpc": "2.0", "method": "initialize", "params": {} })),
        format!("{}\n", call(2, "echo", &format!("a {token}"))),
        format!("{}\n", call(3, "shell", "rm -rf /")),
        "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/call\",\"params\":{\"name\":\"read\",\"name\":\"shell\"}}\n".to_owned(),
        "no message\n".to_owned(),
    ];
    let log = place.path().join("audit.jsonl").display().to_string();
    let (run, got) = talk(place.path(), &["--policy", &policy, "--audit", &log], &lines);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_hidden(got.as_bytes(), &token);
    assert_eq!(got.lines().count(), 2, "{got}");
    assert!(got.starts_with(&lines[0]), "{got}");
    let mut answers = json_lines(run.text());
    answers.sort_by_key(|answer| answer["id"].as_u64());
    insta::assert_snapshot!(answers.iter().map(|answer| format!("{answer}\n")).collect::<String>(), @r#"
    {"error":{"code":-32700,"data":{"decision":"none","reason":"malformed_body"},"message":"Blocked by policy: the body cannot be read. Decision none."},"id":null,"jsonrpc":"2.0"}
    {"id":1,"jsonrpc":"2.0","result":{"content":[{"text":"","type":"text"}]}}
    {"id":2,"jsonrpc":"2.0","result":{"content":[{"text":"a [REDACTED:github.pat-classic]","type":"text"}]}}
    {"id":3,"jsonrpc":"2.0","result":{"content":[{"text":"Blocked by policy: the tool shell may not be called like this (row tools.default). Decision 3.","type":"text"}],"isError":true,"resultType":"complete"}}
    {"error":{"code":-32700,"data":{"decision":"4","reason":"malformed_body"},"message":"Blocked by policy: the body cannot be read. Decision 4."},"id":4,"jsonrpc":"2.0"}
    "#);
    let events = std::fs::read_to_string(log).unwrap();
    assert_hidden(events.as_bytes(), &token);
    let calls: Vec<Value> = json_lines(&events).into_iter().filter(|event| event["event"]["tool-call"].is_object()).collect();
    let told: Vec<_> = calls.iter().map(|event| (event["tool"].as_str(), event["event"]["tool-call"]["decision"].as_str())).collect();
    assert_eq!(told, [(Some("echo"), Some("allow")), (Some("shell"), Some("block"))]);
}

#[test]
fn what_a_tool_gives_back_is_decided_as_its_output() {
    let place = place();
    let policy = place.path().join("tamis.toml").display().to_string();
    let token = github_token(6);
    let script = |id| {
        format!(r#"read -r line; printf '{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":"%s"}}]}}}}\n' {token}"#)
    };
    let input = |tool| format!("{}\n", call(7, tool, "x"));
    let held = shell(&["--policy", &policy], &script(7), &input("read"));
    insta::assert_snapshot!(held.text(), @r#"{"error":{"code":-32001,"data":{"decision":"7","reason":"sensitive_data"},"message":"Blocked by policy: it holds secret/api-key (row no-keys-back). Decision 7."},"id":7,"jsonrpc":"2.0"}"#);
    let replaced = shell(&["--policy", &policy], &script(7), &input("echo"));
    assert_eq!(json_lines(replaced.text())[0]["result"]["content"][0]["text"], LABEL);
}

#[test]
fn batches_lose_only_what_is_refused() {
    let place = place();
    let policy = place.path().join("tamis.toml").display().to_string();
    let batch = format!("[{}, {}]\n", call(1, "echo", "hi"), call(2, "shell", "x"));
    let (run, got) = talk(place.path(), &["--policy", &policy], &[batch]);
    assert_eq!(got, format!("[{}]\n", call(1, "echo", "hi")));
    let refused: Vec<Value> = json_lines(run.text()).into_iter().filter(Value::is_array).collect();
    assert_eq!((refused.len(), &refused[0][0]["id"], &refused[0][0]["result"]["isError"]), (1, &json!(2), &json!(true)));
}

#[test]
fn a_terminal_stays_one() {
    let token = github_token(8);
    let (mut pty, pts) = pty_process::blocking::open().unwrap();
    pty.resize(pty_process::Size::new(33, 77)).unwrap();
    let script = format!(
        "test -t 0 && test -t 1 && test -t 2 && echo tty; stty size; printf 'name? '; read name; echo \"hello $name {token}\"; exit 5"
    );
    let std = tamis(["exec", "--", "sh", "-c", &script]);
    let mut command = pty_process::blocking::Command::new(std.get_program());
    for (name, value) in std.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        command = command.env(name, value);
    }
    let mut child = command.args(std.get_args()).spawn(pts).unwrap();
    let mut reader = pty_reader(&pty);
    let mut seen = reader.until("name? ");
    pty.write_all(format!("{} x\r", github_token(9)).as_bytes()).unwrap();
    seen.push_str(&reader.until("\u{0}"));
    assert_eq!(child.wait().unwrap().code(), Some(5), "{seen}");
    assert!(seen.starts_with("tty\r\n33 77\r\nname? "), "{seen:?}");
    assert!(seen.ends_with(&format!("hello {LABEL} x {LABEL}\r\n")), "{seen:?}");
}

struct Reader(std::sync::mpsc::Receiver<Vec<u8>>);

fn pty_reader(pty: &pty_process::blocking::Pty) -> Reader {
    use std::os::fd::AsFd;
    let mut source = std::fs::File::from(pty.as_fd().try_clone_to_owned().unwrap());
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(len @ 1..) = source.read(&mut buffer) {
            let _ = sender.send(buffer[..len].to_vec());
        }
    });
    Reader(receiver)
}

impl Reader {
    /// What comes until this does, or the end.
    fn until(&mut self, end: &str) -> String {
        let mut seen = Vec::new();
        while let Ok(bytes) = self.0.recv_timeout(Duration::from_secs(10)) {
            seen.extend(bytes);
            if String::from_utf8_lossy(&seen).ends_with(end) {
                break;
            }
        }
        String::from_utf8(seen).unwrap()
    }
}

#[test]
fn nobody_reading_is_no_error() {
    let mut child = tamis(["exec", "--", "sh", "-c", "yes | head -c 1000000"]).stdin(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    child.wait().unwrap();
    assert_eq!(err, "");
}
