//! `tamis redact --mode tokenize`, `tamis restore`, `tamis keygen`

use std::fs;
use std::io::Write;

use crate::support::{Run, Tap, assert_hidden, folder, github_token, json_lines, run, start};

/// A folder with a key file, and its path.
fn keys() -> (tempfile::TempDir, String) {
    let key = run(["keygen", "token", "--id", "k1"], "");
    let folder = folder(&[("keys", &key.out)]);
    let path = folder.path().join("keys").display().to_string();
    (folder, path)
}

fn tokenize(keys: &str, session: &str, input: &str) -> Run {
    run(["--mode", "tokenize", "--key-file", keys, "--session", session], input)
}

fn restore(keys: &str, session: &str, input: &[u8]) -> Run {
    run(["restore", "--everywhere", "--check", "--key-file", keys, "--session", session], input)
}

#[test]
fn what_was_tokenized_is_restored() {
    let (_folder, keys) = keys();
    let token = github_token(1);
    let inner = serde_json::json!({ "cmd": format!("curl -H \"token: {token}\"") }).to_string();
    let document = format!("{}\n", serde_json::json!({ "role": "tool", "text": format!("\n{token}\n"), "arguments": inner }));
    let sent = tokenize(&keys, "s1", &document);
    assert_eq!((sent.code, sent.err.as_str()), (0, ""));
    assert_hidden(&sent.out, &token);
    assert_eq!(sent.text().matches("[TOKEN:github.pat-classic:k1:").count(), 2, "{}", sent.text());
    let back = restore(&keys, "s1", &sent.out);
    assert_eq!((back.code, back.text(), back.err.as_str()), (0, document.as_str(), ""));
    assert_eq!(tokenize(&keys, "s1", &document).out, sent.out, "the same value keeps its token");
    assert_eq!(run(["redact", "--check"], &sent.out).code, 0, "a token is no finding");
}

#[test]
fn a_token_of_another_session_tenant_or_key_stays() {
    let (_folder, path) = keys();
    let (_other_folder, other) = keys();
    let token = github_token(2);
    let sent = tokenize(&path, "s1", &format!("a {token} b\n"));
    for run in [
        restore(&path, "s2", &sent.out),
        restore(&other, "s1", &sent.out),
        run(["restore", "--everywhere", "--check", "--key-file", &path], &sent.out),
        run(["restore", "--everywhere", "--check", "--key-file", &path, "--session", "s1", "--tenant", "acme"], &sent.out),
    ] {
        assert_eq!((run.code, &run.out), (1, &sent.out));
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.err, @"tamis: 1 token left in place: it was not made here: changed, or of another session or tenant");
        }
    }
    let forged = sent.text().replace("github.pat-classic", "github.pat-fine");
    assert_eq!(restore(&path, "s1", forged.as_bytes()).text(), forged);
}

#[test]
fn keys_are_rotated() {
    let (folder, path) = keys();
    let old = fs::read_to_string(&path).unwrap();
    let token = github_token(3);
    let sent = tokenize(&path, "s1", &token);
    let new = run(["keygen", "token", "--id", "k2"], "");
    fs::write(&path, format!("# newest first\n{}{old}", new.text())).unwrap();
    assert_eq!(restore(&path, "s1", &sent.out).text(), token);
    assert!(tokenize(&path, "s1", &token).text().starts_with("[TOKEN:github.pat-classic:k2:"));
    let retired = folder.path().join("new");
    fs::write(&retired, &new.out).unwrap();
    let run = restore(&retired.display().to_string(), "s1", &sent.out);
    assert_eq!((run.code, &run.out), (1, &sent.out));
    assert_eq!(run.err, "tamis: 1 token left in place: its key is not in the key file\n");
}

#[test]
fn a_line_is_out_before_more_comes() {
    let (_folder, keys) = keys();
    let token = github_token(4);
    let sent = tokenize(&keys, "s1", &token);
    let mut child = start(["restore", "--everywhere", "--key-file", &keys, "--session", "s1"]);
    let mut stdin = child.stdin.take().unwrap();
    let out = Tap::on(child.stdout.take().unwrap());
    write!(stdin, "line {} and {}", sent.text(), &sent.text()[..50]).unwrap();
    out.expect(&format!("line {token} and "));
    stdin.write_all(&sent.out[50..]).unwrap();
    out.expect(&token);
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_mistake_is_one_line_and_tells_nothing_of_a_key() {
    let digits = "a7".repeat(63);
    let folder = folder(&[("short", format!("k1 {digits}").as_bytes()), ("binary", b"\xff")]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (keys, says) in [
        ("short", "line 1: a token key has 128 hexadecimal digits, not 126"),
        ("binary", "they are not UTF-8 text"),
        ("none", "no such file or directory: check the name"),
    ] {
        let run = restore(&path(keys), "s1", b"text");
        assert_eq!((run.code, run.text(), run.err.lines().count()), (2, "", 1));
        assert!(run.err.trim_end().ends_with(says) && !run.err.contains("a7a7"), "{}", run.err);
    }
    let run = run(["restore", "--everywhere"], "text");
    insta::assert_snapshot!(run.err, @"tamis: no token keys: tokens need a key: give --key-file FILE, set TAMIS_TOKEN_KEYS or name tokens.key_file in the policy; `tamis keygen token` makes one");
}

#[test]
fn each_restore_is_on_record_and_tells_no_value() {
    let (folder, keys) = keys();
    let token = github_token(5);
    let sent = tokenize(&keys, "s1", &format!("{token} [TOKEN:a.b:k9:AAAA]"));
    let log = folder.path().join("audit.jsonl");
    let run = run(["restore", "--everywhere", "--key-file", &keys, "--session", "s1", "--audit", &log.display().to_string()], &sent.out);
    assert_eq!((run.code, run.text()), (0, format!("{token} [TOKEN:a.b:k9:AAAA]").as_str()));
    let log = fs::read(&log).unwrap();
    assert_hidden(&log, &token);
    let events: Vec<serde_json::Value> = json_lines(std::str::from_utf8(&log).unwrap());
    let restored = events.iter().find(|event| event.to_string().contains("\"restored\"")).unwrap().to_string();
    assert!(restored.contains("session s1") && restored.contains("\"k1\""), "{restored}");
    assert!(events.iter().any(|event| event.to_string().contains("its key is not in the key file")));
}
