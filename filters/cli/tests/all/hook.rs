//! Hooks of agents: what each host sends, and what it takes for an answer.
//!
//! The cases stand in `tests/hooks/`, one file a host. `{TOKEN}` stands for a token with a right checksum. An answer that is
//! a string is compared as text, any other one as JSON.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, assert_hidden, folder, github_token, json_lines, private_key, run};

const POLICY: &str = r#"
[session]
max_blocks = 1

[[profile]]
name = "strict"

[[profile.boundary]]
id = "no-keys"
class = "secret"
decision = "block"

[[profile]]
name = "readers"

[[profile.tool]]
id = "reads"
tool = "Read"
decision = "allow"

[[profile]]
name = "fixtures"

[[profile.boundary]]
id = "made-up"
path = "tests/**"
decision = "allow"
"#;

fn place() -> TempDir {
    folder(&[("tamis.toml", POLICY.as_bytes())])
}

/// Answers a hook under the policy, with state and log in this folder.
fn answer(place: &Path, args: &[&str], payload: &str) -> Run {
    let path = |name: &str| place.join(name).display().to_string();
    let (state, log) = (path("state"), path("audit.jsonl"));
    run(["hook"].iter().chain(args).copied().chain(["--state", &state, "--audit", &log]), payload)
}

fn host(name: &str, cases: &str) {
    let token = github_token(1);
    let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
    for case in &cases {
        let label = format!("{name}: {}", case["case"].as_str().unwrap());
        // Each case has a session of its own.
        let place = place();
        let policy = place.path().join("tamis.toml").display().to_string();
        let mut args = vec![name];
        args.extend(case["args"].as_array().into_iter().flatten().map(|arg| arg.as_str().unwrap()));
        if !args.contains(&"--policy") {
            args.extend(["--policy", &policy]);
        }
        let payload = case["in"].as_str().map_or_else(|| case["in"].to_string(), str::to_owned).replace("{TOKEN}", &token);
        let run = answer(place.path(), &args, &payload);
        assert_hidden(&run.out, &token);
        assert_hidden(run.err.as_bytes(), &token);
        assert_eq!(
            (i64::from(run.code), run.err.as_str()),
            (case["code"].as_i64().unwrap(), case["err"].as_str().unwrap_or("")),
            "{label}"
        );
        match &case["out"] {
            Value::Null => assert_eq!(run.text(), "", "{label}"),
            Value::String(text) => assert_eq!(run.text().trim_end(), text, "{label}"),
            json => {
                assert_eq!(run.text().lines().count(), 1, "{label}");
                let answer: Value = serde_json::from_str(run.text()).unwrap();
                assert_eq!(&answer, json, "{label}");
            }
        }
    }
}

#[test]
fn claude_code() {
    host("claude-code", include_str!("../hooks/claude-code.json"));
}

#[test]
fn codex() {
    host("codex", include_str!("../hooks/codex.json"));
}

#[test]
fn gemini() {
    host("gemini", include_str!("../hooks/gemini.json"));
}

#[test]
fn cursor() {
    host("cursor", include_str!("../hooks/cursor.json"));
}

#[test]
fn copilot() {
    host("copilot", include_str!("../hooks/copilot.json"));
}

fn prompt(session: &str, text: &str) -> String {
    serde_json::json!({ "session_id": session, "hook_event_name": "UserPromptSubmit", "prompt": text }).to_string()
}

#[test]
fn a_session_in_quarantine_is_refused_by_every_hook() {
    let place = place();
    let policy = place.path().join("tamis.toml").display().to_string();
    let under = |payload: &str| answer(place.path(), &["claude-code", "--policy", &policy, "--label", "strict"], payload);
    for number in 1..=2 {
        assert!(under(&prompt("s-q", &github_token(number))).text().contains("\"block\""));
    }
    let run = under(&prompt("s-q", "harmless"));
    insta::assert_snapshot!(run.text(), @r#"{"decision":"block","reason":"tamis: session refused: s-q: it is in quarantine: 2 blocked, and 1 may be","hookSpecificOutput":{"hookEventName":"UserPromptSubmit","suppressOriginalPrompt":true}}"#);
    assert_eq!(under(&prompt("other", "harmless")).text(), "");
}

#[test]
fn what_a_hook_decides_is_on_record_with_its_ids() {
    let place = place();
    let payload = serde_json::json!({
        "session_id": "s-1", "prompt_id": "p-1", "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": "toolu_1",
        "tool_input": { "command": format!("echo {}", github_token(1)) },
    });
    let policy = place.path().join("tamis.toml").display().to_string();
    assert_eq!(answer(place.path(), &["claude-code", "--policy", &policy], &payload.to_string()).code, 0);
    let log = std::fs::read_to_string(place.path().join("audit.jsonl")).unwrap();
    assert_hidden(log.as_bytes(), &github_token(1));
    let found = json_lines(&log).into_iter().find(|event| event["event"]["finding"].is_object()).unwrap();
    let names = ["source", "session", "turn", "tool_call", "tool", "surface", "direction", "agent_name"];
    let told: Vec<&str> = names.iter().map(|name| found[name].as_str().unwrap_or_default()).collect();
    assert_eq!(told, ["claude-code", "s-1", "p-1", "toolu_1", "Bash", "tool-input", "outbound", "claude-code"]);
}

#[test]
fn what_cannot_be_recorded_does_not_pass() {
    let place = place();
    let log = place.path().join("no/such/folder/audit.jsonl").display().to_string();
    let run = run(["hook", "claude-code", "--audit", &log], prompt("s-1", "harmless"));
    assert_eq!(run.code, 0);
    assert!(run.text().starts_with(r#"{"decision":"block","reason":"tamis: cannot open the audit log"#), "{}", run.text());
}

#[test]
fn a_private_key_over_many_lines_goes() {
    let key = private_key(12);
    let payload = serde_json::json!({
        "session_id": "s-1", "hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_response": { "stdout": format!("{key}\nready\n") },
    });
    let place = place();
    let run = answer(place.path(), &["claude-code"], &payload.to_string());
    assert_hidden(&run.out, &key);
    let answer: Value = serde_json::from_str(run.text()).unwrap();
    let output = &answer["hookSpecificOutput"]["updatedToolOutput"]["stdout"];
    assert!(output.as_str().is_some_and(|text| text.starts_with("[REDACTED:") && text.ends_with("]\nready\n")), "{output}");
}
