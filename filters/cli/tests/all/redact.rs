//! `tamis` and `tamis redact`

use std::fs;
use std::io::{Read, Write};

use crate::support::{Tap, assert_hidden, card_number, folder, github_token, json_lines, private_key, run, start, tamis};

const NONE: [&str; 0] = [];

#[test]
fn what_holds_no_secret_is_not_changed() {
    let every_byte: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for input in [&b""[..], b"\n", b"no line end", b"\xff\xfe\x00\x80\r\n\\", &every_byte] {
        // Binary data may look like low-value findings; certain ones it never holds.
        let run = run(["--min-confidence", "certain"], input);
        assert_eq!((run.code, run.out.as_slice(), run.err.as_str()), (0, input, ""));
    }
}

#[test]
fn a_token_after_an_escaped_line_end_leaves_valid_json() {
    let token = github_token(1);
    let line = serde_json::json!({ "role": "tool", "output": format!("$ cat .env\n{token}\n\"quoted\"\n"), "nested": format!("{{\"a\":\"\\n{token}\\n\"}}") });
    for mode in ["label", "mask", "hash", "remove"] {
        let run = run(["--mode", mode], format!("{line}\n{line}\n"));
        assert_eq!(run.code, 0);
        assert_hidden(&run.out, &token);
        for value in run.lines() {
            assert_eq!(value["role"], "tool", "{mode}");
            assert!(value["output"].as_str().unwrap().starts_with("$ cat .env\n"), "{mode}");
            assert!(value["output"].as_str().unwrap().ends_with("\n\"quoted\"\n"), "{mode}");
        }
    }
    let run = run(NONE, format!("{line}\n"));
    insta::assert_snapshot!(run.text(), @r#"{"nested":"{\"a\":\"\\n[REDACTED:github.pat-classic]\\n\"}","output":"$ cat .env\n[REDACTED:github.pat-classic]\n\"quoted\"\n","role":"tool"}"#);
}

#[test]
fn modes_say_more_or_less() {
    let token = github_token(2);
    let text = |mode: &str| run(["redact", "--mode", mode], format!("a {token} b")).text().to_owned();
    assert_eq!(text("label"), "a [REDACTED:github.pat-classic] b");
    assert_eq!(text("mask"), "a ghp_**** b");
    assert_eq!(text("remove"), "a  b");
    let hash = text("hash");
    let digits = hash.strip_prefix("a [HASH:github.pat-classic:").and_then(|rest| rest.strip_suffix("] b")).unwrap();
    assert!(digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_hexdigit()), "{hash}");
    assert_eq!(text("hash"), hash, "the same secret gives the same text");
}

#[test]
fn a_number_of_a_json_document_gets_quotes() {
    let card = card_number();
    let document = format!("{{\"card\": {card}, \"text\": \"card: {card}\"}}");
    let run = run(["--format", "json"], &document);
    assert_eq!(run.lines()[0]["card"], "[REDACTED:pii.payment-card]");
    assert_eq!(run.lines()[0]["text"], "card: [REDACTED:pii.payment-card]");
}

#[test]
fn a_line_is_out_before_more_comes() {
    let mut child = start(NONE);
    let mut stdin = child.stdin.take().unwrap();
    let out = Tap::on(child.stdout.take().unwrap());
    let token = github_token(3);
    for i in 0..3 {
        writeln!(stdin, "line {i} export TOKEN={token}").unwrap();
        out.expect(&format!("line {i} export TOKEN=[REDACTED:github.pat-classic]\n"));
    }
    // What ends in a space is out too, without a line end.
    stdin.write_all(b"Password: ").unwrap();
    out.expect("Password: ");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_for_the_program_before() {
    use std::os::unix::process::ExitStatusExt as _;
    for again in [false, true] {
        let mut child = start(NONE);
        let mut stdin = child.stdin.take().unwrap();
        let out = Tap::on(child.stdout.take().unwrap());
        let interrupt = || assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        writeln!(stdin, "hello").unwrap();
        out.expect("hello\n");
        interrupt();
        writeln!(stdin, "bye {}", github_token(3)).unwrap();
        out.expect("bye [REDACTED:github.pat-classic]\n");
        if again {
            interrupt();
            assert_eq!(child.wait().unwrap().signal(), Some(2));
        }
        drop(stdin);
        assert_eq!(child.wait().unwrap().success(), !again);
    }
}

#[test]
fn a_key_is_replaced_as_it_flows() {
    let key = private_key(24);
    let result = run(NONE, format!("before\n{key}\nafter\n"));
    assert_eq!(result.text(), "before\n[REDACTED:private-key.pem]\nafter\n");
    let escaped = serde_json::json!({ "key": format!("{key}\n"), "b": 1 }).to_string();
    let result = run(NONE, &escaped);
    assert_eq!(result.lines()[0]["b"], 1);
    assert!(result.lines()[0]["key"].as_str().unwrap().starts_with("[REDACTED:private-key.pem]"));
    assert_hidden(&result.out, &key);
}

#[test]
fn a_diff_keeps_its_lines() {
    let key = private_key(5);
    let added: String = key.lines().map(|line| format!("+{line}\n")).collect();
    let diff = format!("diff --git a/key b/key\n--- /dev/null\n+++ b/key\n@@ -0,0 +1,7 @@\n{added}");
    let result = run(NONE, &diff);
    assert_hidden(&result.out, &key);
    insta::assert_snapshot!(result.text(), @r"
    diff --git a/key b/key
    --- /dev/null
    +++ b/key
    @@ -0,0 +1,7 @@
    +[REDACTED:private-key.pem]
    +
    +
    +
    +
    +
    +
    ");
}

#[test]
fn findings_go_to_a_file() {
    let (first, second) = (github_token(4), github_token(5));
    let folder = folder(&[]);
    let path = folder.path().join("findings.jsonl");
    let run = run(["--findings", path.to_str().unwrap()], format!("one\n  {first}\n\"a\\n{second}\""));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let text = fs::read_to_string(path).unwrap();
    assert_hidden(text.as_bytes(), &first);
    assert_hidden(text.as_bytes(), &second);
    let keys =
        ["rule", "class", "confidence", "verdict", "start", "end", "line", "column", "end_line", "end_column", "layers", "fingerprint"];
    for line in text.lines() {
        let places: Vec<_> = keys.iter().map(|key| line.find(&format!("\"{key}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{line}");
    }
    let findings = json_lines(&text);
    let expected = serde_json::json!({
        "rule": "github.pat-classic", "class": "secret/api-key", "confidence": "certain", "verdict": "valid",
        "start": 6, "end": 46, "line": 2, "column": 3, "end_line": 2, "end_column": 43, "layers": [], "fingerprint": findings[0]["fingerprint"],
    });
    assert_eq!(findings[0], expected);
    assert_eq!(findings[0]["fingerprint"].as_str().unwrap().len(), 32);
    assert_eq!(findings[1]["layers"], serde_json::json!(["json-escape"]));
    assert_eq!((&findings[1]["line"], &findings[1]["column"]), (&3.into(), &5.into()));
}

#[test]
fn an_own_key_changes_fingerprints() {
    let token = github_token(6);
    let folder = folder(&[("key", b"an own key of some length\n"), ("crlf", b"an own key of some length\r\n"), ("short", b"hush\n")]);
    let text = |name: &str| {
        let key = folder.path().join(name);
        run(["--mode", "hash", "--fingerprint-key", key.to_str().unwrap()], &token)
    };
    assert_ne!(text("key").text(), run(["--mode", "hash"], &token).text());
    assert_eq!(text("key").text(), text("crlf").text());
    let short = text("short");
    assert_eq!(short.code, 2);
    assert!(short.err.ends_with("short: a fingerprint key has at least 16 bytes\n"), "{}", short.err);
    assert!(short.out.is_empty(), "nothing runs half-configured");
}

#[test]
fn check_tells_by_exit_code() {
    let token = github_token(7);
    let dirty = run(["--check"], &token);
    assert_eq!((dirty.code, dirty.text()), (1, "[REDACTED:github.pat-classic]"));
    assert_eq!(run(["--check"], "clean").code, 0);
    assert_eq!(run(NONE, &token).code, 0);
}

#[test]
fn confidence_and_class_choose() {
    let token = github_token(8);
    let card = card_number();
    let text = format!("{token} jane.roe@acme-corp.com card {card}\n");
    let run = |args: &[&str]| run(args, &text).text().to_owned();
    assert!(run(&["--class", "pii"]).starts_with(&token));
    assert_eq!(
        run(&["--class", "secret", "--min-confidence", "certain"]),
        format!("[REDACTED:github.pat-classic] jane.roe@acme-corp.com card {card}\n")
    );
    assert!(run(&["--class", "secret,pii/payment-card"]).ends_with(" [REDACTED:pii.payment-card]\n"));
}

#[test]
fn files_are_read_in_turn_and_what_cannot_be_read_is_told() {
    let token = github_token(9);
    let folder = folder(&[("a", format!("a {token}\n").as_bytes()), ("b", b"b\n")]);
    let run: crate::support::Run = tamis(["a", "missing", ".", "b"]).current_dir(folder.path()).output().unwrap().into();
    assert_eq!(run.code, 2);
    assert_eq!(run.text(), "a [REDACTED:github.pat-classic]\nb\n");
    insta::assert_snapshot!(run.err, @r"
    tamis: cannot read: missing: no such file or directory: check the name
    tamis: cannot read: .: is a directory: use `tamis scan` for folders
    ");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = start(NONE);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let line = [b'x'; 80];
    while stdin.write_all(&line).is_ok() {}
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""));
}

#[test]
fn memory_does_not_grow_with_the_stream() {
    let mut child = start(NONE);
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let drain = std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()).unwrap());
    let text = format!("{} = \"{}\"\n", "key", "no secret here, ").repeat(4096).into_bytes();
    let long = vec![b'a'; 1 << 20];
    let mut sent = 0;
    for block in [&text, &long].into_iter().cycle().take(60) {
        stdin.write_all(block).unwrap();
        sent += block.len() as u64;
    }
    let memory = fs::read_to_string(format!("/proc/{}/status", child.id())).ok();
    drop(stdin);
    assert_eq!(drain.join().unwrap(), sent);
    assert!(child.wait().unwrap().success());
    if let Some(line) = memory.as_deref().and_then(|m| m.lines().find(|line| line.starts_with("VmHWM"))) {
        let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kilobytes < 64 * 1024, "{line}");
    }
}

#[test]
fn mistakes_in_the_command_are_one_line() {
    for args in [
        &["--mode", "shred"][..],
        &["--nope"],
        &["--class", "secret/nope"],
        &["--no-builtin-rules"],
        &["scan", "--jobs", "0"],
        &["rules"],
        &["rules", "show", "nope"],
    ] {
        let run = run(args, "");
        assert_eq!((run.code, run.text()), (2, ""), "{args:?}");
        assert!(run.err.starts_with("tamis: ") && run.err.lines().count() == 1, "{args:?}: {}", run.err);
    }
    let run = run(["--mode", "shred"], "");
    insta::assert_snapshot!(run.err, @"tamis: bad command line: invalid value 'shred' for '--mode <MODE>' [possible values: label, mask, hash, remove, tokenize]: see `tamis --help`");
}
