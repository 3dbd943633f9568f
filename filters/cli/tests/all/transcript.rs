//! Transcripts and histories: what stands in them is found, told and taken out, and the session can still be resumed.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, assert_hidden, folder, github_token, json_lines, private_key, tamis};

/// A session of Claude Code with a token in each place where one can stand.
fn claude(token: &str) -> String {
    let key = private_key(3);
    let lines = [
        json!({"type": "user", "uuid": "u-1", "parentUuid": null, "sessionId": "s-1", "timestamp": "2026-01-01T00:00:00Z",
            "message": {"role": "user", "content": format!("my token is {token}")}}),
        json!({"type": "assistant", "uuid": "u-2", "parentUuid": "u-1", "message": {"id": "msg_1", "content": [
            {"type": "thinking", "thinking": format!("it says {token}"), "signature": "c2lnbmVk"},
            {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": format!("curl -H 'Authorization: Bearer {token}'\nls")}}]}}),
        json!({"type": "user", "uuid": "u-3", "message": {"content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": format!("a\n{key}\nb")}]}]},
            "toolUseResult": {"stdout": format!("TOKEN={token}"), "n": 1.50}}),
    ];
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A home folder with one session of each host and a history, last written to long ago.
fn home(token: &str) -> TempDir {
    let codex = format!(
        "{}\n{}\n",
        json!({"type": "response_item", "payload": {"type": "reasoning", "encrypted_content": token, "summary": []}}),
        json!({"type": "response_item", "payload": {"type": "function_call_output", "call_id": "call_1", "output": format!("x {token}")}}),
    );
    let gemini = serde_json::to_string_pretty(&json!({"sessionId": "s-3", "messages": [
        {"id": "m-1", "type": "user", "content": format!("use {token}")},
        {"id": "m-2", "type": "gemini", "toolCalls": [{"id": "t-1", "args": {"id": token}}]}]}))
    .unwrap();
    let history = format!("ls\nexport GITHUB_TOKEN={token}\n: 1700000000:0;curl -u x:{token} https://example.org\n");
    let home = folder(&[
        (".claude/projects/-p/s-1.jsonl", claude(token).as_bytes()),
        (".claude/settings.json", token.as_bytes()),
        (".codex/sessions/2026/01/01/rollout-1.jsonl", codex.as_bytes()),
        (".gemini/tmp/h/chats/session-1.json", gemini.as_bytes()),
        (".zsh_history", history.as_bytes()),
    ]);
    for path in FILES {
        age(&home.path().join(path));
    }
    home
}

const FILES: [&str; 4] =
    [".claude/projects/-p/s-1.jsonl", ".codex/sessions/2026/01/01/rollout-1.jsonl", ".gemini/tmp/h/chats/session-1.json", ".zsh_history"];

fn age(path: &Path) {
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
    File::options().write(true).open(path).unwrap().set_times(FileTimes::new().set_modified(long_ago)).unwrap();
}

fn transcript(home: &Path, args: &[&str]) -> Run {
    let mut command = tamis(["transcript"].iter().chain(args));
    command.env("HOME", home).env("TAMIS_STATE", home.join("state")).current_dir(home);
    for variable in ["CLAUDE_CONFIG_DIR", "CODEX_HOME", "HISTFILE"] {
        command.env_remove(variable);
    }
    command.output().unwrap().into()
}

#[test]
fn scan_finds_the_usual_places_and_says_what_to_rotate() {
    let token = github_token(1);
    let home = home(&token);
    let run = transcript(home.path(), &["scan", "--format", "jsonl"]);
    assert_hidden(&run.out, &token);
    assert_hidden(run.err.as_bytes(), &token);
    assert_eq!(run.code, 1, "{}", run.err);
    let (rotate, found): (Vec<Value>, Vec<Value>) = run.lines().into_iter().partition(|line| line["rotate"].is_string());
    for file in FILES {
        assert!(found.iter().any(|line| line["path"].as_str().unwrap().ends_with(file)), "{file}");
    }
    assert!(!run.text().contains("settings.json"));
    // What a session's shell started with is told, another script is not.
    for (file, told) in [(".claude/shell-snapshots/snapshot-bash-1.sh", true), (".claude/projects/-p/run.sh", false)] {
        fs::create_dir_all(home.path().join(file).parent().unwrap()).unwrap();
        fs::write(home.path().join(file), format!("export T='{token}'\n")).unwrap();
        let run = transcript(home.path(), &["scan", "--format", "jsonl"]);
        assert_eq!(run.text().contains(file), told, "{file}");
        fs::remove_file(home.path().join(file)).unwrap();
    }
    let github = rotate.iter().find(|line| line["rule"] == "github.pat-classic").unwrap();
    assert_eq!((&github["files"], github["url"].is_string()), (&json!(4), true), "{github}");
    assert_eq!(rotate.len(), 2, "{}", run.text());
}

#[test]
fn scrub_leaves_nothing_but_what_a_session_needs() {
    let token = github_token(2);
    let home = home(&token);
    let before: Vec<String> = FILES.iter().map(|file| fs::read_to_string(home.path().join(file)).unwrap()).collect();
    let run = transcript(home.path(), &["scrub"]);
    assert_hidden(&run.out, &token);
    assert_hidden(run.err.as_bytes(), &token);
    // Two stay: in signed thinking, and in something encrypted.
    let stays: Vec<&str> = run.err.lines().filter(|line| line.contains("it stays")).collect();
    assert_eq!((run.code, stays.len()), (1, 2), "{}", run.err);
    for (file, before) in FILES.iter().zip(&before) {
        let path = home.path().join(file);
        let after = fs::read_to_string(&path).unwrap();
        assert_eq!(after.lines().count(), before.lines().count(), "{file}");
        assert!(fs::metadata(&path).unwrap().modified().unwrap().elapsed().unwrap() > Duration::from_secs(86_400));
        let left = after.matches(&token).count();
        let kept = usize::from(file.ends_with("jsonl"));
        assert_eq!((left, after.contains("[REDACTED:github.pat-classic]")), (kept, true), "{file}: {after}");
        if !file.ends_with("history") {
            // Only strings have changed.
            let documents = |text: &str| if file.ends_with("jsonl") { json_lines(text) } else { vec![serde_json::from_str(text).unwrap()] };
            for (before, after) in documents(before).iter().zip(&documents(&after)) {
                assert_same_shape(before, after);
            }
        }
    }
    // As they were, elsewhere.
    let backups = fs::read_dir(home.path().join("state/backups")).unwrap().next().unwrap().unwrap().path();
    for (file, before) in FILES.iter().zip(&before) {
        let whole = fs::canonicalize(home.path()).unwrap().join(file);
        let kept = backups.join(whole.strip_prefix("/").unwrap_or(&whole));
        assert_eq!(&fs::read_to_string(kept).unwrap(), before, "{file}");
    }
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&backups).unwrap().permissions()) & 0o777, 0o700);
    // Nothing else to do.
    let again = transcript(home.path(), &["scrub"]);
    assert!(!again.err.contains("replaced"), "{}", again.err);
}

/// The same names, kinds and ids.
fn assert_same_shape(before: &Value, after: &Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
            before.iter().for_each(|(name, value)| assert_same_shape(value, &after[name]));
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len());
            before.iter().zip(after).for_each(|(before, after)| assert_same_shape(before, after));
        }
        (Value::String(before), Value::String(after)) => assert!(before == after || after.contains("[REDACTED:"), "{before} {after}"),
        _ => assert_eq!(before, after),
    }
}

#[test]
fn a_transcript_in_use_is_left_alone() {
    let token = github_token(3);
    let place = folder(&[("s.jsonl", claude(&token).as_bytes())]);
    let run = transcript(place.path(), &["scrub", "s.jsonl"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err.lines().next().unwrap(), @"tamis: cannot rewrite: s.jsonl: it was written to within the last minute, and its program may go on: end that, or give --active");
    assert!(fs::read_to_string(place.path().join("s.jsonl")).unwrap().contains(&token));
    let run = transcript(place.path(), &["scrub", "--active", "--no-backup", "--mode", "remove", "s.jsonl"]);
    assert_eq!(fs::read_to_string(place.path().join("s.jsonl")).unwrap().matches(&token).count(), 1, "{}", run.err);
    assert!(!place.path().join("state").exists());
}

#[test]
fn no_backup_is_written_over() {
    let (one, two) = (github_token(171), github_token(172));
    let place = folder(&[]);
    let path = place.path().join("s.jsonl");
    for token in [&one, &two] {
        fs::write(&path, format!("{}\n", json!({ "text": token }))).unwrap();
        age(&path);
        let run = transcript(place.path(), &["scrub", "--backup", "kept", "s.jsonl"]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let whole = fs::canonicalize(&path).unwrap();
    let kept = place.path().join("kept").join(whole.strip_prefix("/").unwrap());
    assert!(fs::read_to_string(&kept).unwrap().contains(&one));
    assert!(fs::read_to_string(kept.with_file_name("s.jsonl.1")).unwrap().contains(&two));
}

#[test]
fn odd_files_are_not_harmed() {
    let token = github_token(4);
    let torn = format!("{{\"uuid\":\"u\",\"text\":\"{token}\"}}\n{{\"text\":\"cut {token}\n\u{fffd}{token}\n");
    let mut bytes = torn.into_bytes();
    bytes.extend_from_slice(b"\xff\xfe\x00{\"a\":1}\r\n");
    let place = folder(&[("t.jsonl", &bytes), ("empty.jsonl", b""), ("none.jsonl", b"{\"a\": \"b\"}\n")]);
    ["t.jsonl", "empty.jsonl", "none.jsonl"].iter().for_each(|name| age(&place.path().join(name)));
    let run = transcript(place.path(), &["scrub", "."]);
    assert_eq!(run.code, 0, "{}", run.err);
    let after = fs::read(place.path().join("t.jsonl")).unwrap();
    assert_hidden(&after, &token);
    assert!(after.ends_with(b"\xff\xfe\x00{\"a\":1}\r\n"));
    assert_eq!(fs::read(place.path().join("none.jsonl")).unwrap(), b"{\"a\": \"b\"}\n");
    let run = transcript(place.path(), &["scan", "gone.jsonl"]);
    assert_eq!((run.code, run.err.lines().next()), (2, Some("tamis: cannot read: gone.jsonl: no such file or directory: check the name")));
}

#[test]
fn what_is_done_is_on_record_before() {
    let token = github_token(5);
    let place = folder(&[("h_history", format!("export T={token}\n").as_bytes())]);
    age(&place.path().join("h_history"));
    let log = place.path().join("audit.jsonl");
    let run = transcript(place.path(), &["scrub", "h_history", "--audit", log.to_str().unwrap(), "--session", "s-9"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = fs::read_to_string(log).unwrap();
    assert_hidden(text.as_bytes(), &token);
    let found = json_lines(&text).into_iter().find(|event| event["event"]["finding"].is_object()).unwrap();
    assert_eq!((&found["event"]["finding"]["decision"], &found["session"]), (&json!("redact"), &json!("s-9")));
    let run = transcript(place.path(), &["scrub", "h_history", "--audit", "/no/such/place/a.jsonl"]);
    assert_eq!(run.code, 4);
}
