//! `--known`, and sets of hashes.

use std::path::Path;
use std::process::Stdio;

use crate::support::{Run, assert_hidden, folder, run, run_in, tamis};

/// Looks like nothing that a rule finds.
const SECRET: &str = "blue harbour / q9Zx \"7\"";
const KEY: &str = "a key of the tests";

/// Redacts a text in a folder, with these variables.
fn redact(folder: &Path, args: &[&str], variables: &[(&str, &str)], text: &str) -> Run {
    use std::io::Write as _;
    let mut command = tamis(["redact"].iter().chain(args));
    let mut child = command.current_dir(folder).envs(variables.iter().copied()).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn values_of_the_environment_are_found_in_all_forms() {
    let text = format!(
        "plain {SECRET};\njson {};\nurl blue%20harbour%20%2F%20q9Zx%20%227%22;\nhex {};\n",
        serde_json::to_string(SECRET).unwrap(),
        SECRET.bytes().map(|byte| format!("{byte:02x}")).collect::<String>(),
    );
    let here = folder(&[]);
    let variables = [("APP_PASSWORD", SECRET), ("APP_NAME", "harbour-app-17"), ("KEY_FILE", "/etc/keys/blue-7")];
    let run = redact(here.path(), &["--known", "env"], &variables, &format!("{text}harbour-app-17 /etc/keys/blue-7\n"));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let label = "[REDACTED:known.app-password]";
    assert_eq!(run.text(), format!("plain {label};\njson \"{label}\";\nurl {label};\nhex {label};\nharbour-app-17 /etc/keys/blue-7\n"));
    let without = redact(here.path(), &[], &variables, &text);
    assert_eq!(without.text(), text);
}

#[test]
fn files_of_values_are_read_by_their_kind() {
    let files: [(&str, String); 6] = [
        (".env", format!("# settings\nexport DB_PASSWORD='{SECRET}'\nDB_HOST=blue-harbour-host-1\n")),
        ("list.txt", format!("# own\n\n{SECRET}\n")),
        ("vault.json", serde_json::json!({ "items": [{ "name": "Db (old)", "login": { "password": SECRET } }] }).to_string()),
        ("vault.jsonl", serde_json::json!({ "key": "DB_PASSWORD", "value": SECRET }).to_string()),
        ("vault.csv", format!("name,url,password\nDb,https://db,\"{}\"\n", SECRET.replace('"', "\"\""))),
        ("odd.csv", format!("site,word\nDb,\"{}\"\n", SECRET.replace('"', "\"\""))),
    ];
    let here = folder(&files.each_ref().map(|(name, text)| (*name, text.as_bytes())));
    let cases: [(&[&str], &str); 7] = [
        (&["dotenv"], "db-password"),
        (&[".env"], "db-password"),
        (&["list.txt"], "value"),
        (&["vault.json"], "db-old"),
        (&["vault.jsonl"], "db-password"),
        (&["vault.csv"], "db"),
        (&["odd.csv", "--known-field", "word"], "word"),
    ];
    for (args, name) in cases {
        let args: Vec<&str> = ["--known"].iter().chain(args).copied().collect();
        let run = redact(here.path(), &args, &[], &format!("x={SECRET}; blue-harbour-host-1\n"));
        assert_eq!(run.text(), format!("x=[REDACTED:known.{name}]; blue-harbour-host-1\n"), "{args:?}: {}", run.err);
    }
}

#[test]
fn a_set_finds_values_without_them() {
    let here = folder(&[("list.txt", SECRET.as_bytes()), ("known.key", KEY.as_bytes()), ("other.key", b"another key, as long")]);
    let (env, set) = (format!("APP_SECRET={SECRET}x\n"), here.path().join("known.set"));
    std::fs::write(here.path().join("app.env"), env).unwrap();
    let built = run_in(here.path(), ["known", "build", "--known-key", "known.key", "list.txt", "app.env", "-o", "known.set"]);
    assert_eq!((built.code, built.text()), (0, ""), "{}", built.err);
    assert!(built.err.starts_with("tamis: 2 values in known.set, "), "{}", built.err);
    assert_hidden(&std::fs::read(&set).unwrap(), SECRET);
    std::fs::remove_file(here.path().join("list.txt")).unwrap();
    let find = |args: &[&str], variables: &[(&str, &str)]| {
        let args: Vec<&str> = ["--known", "known.set"].iter().chain(args).copied().collect();
        redact(here.path(), &args, variables, &format!("<{SECRET}> <{SECRET}x>\n"))
    };
    let labels = "<[REDACTED:known.value]> <[REDACTED:known.app-secret]>\n";
    assert_eq!(find(&["--known-key", "known.key"], &[]).text(), labels);
    assert_eq!(find(&[], &[("TAMIS_KNOWN_KEY", KEY)]).text(), labels);
    assert_eq!(find(&["--known", "env"], &[("TAMIS_KNOWN_KEY", KEY), ("OTHER_TOKEN", "q8Yw-unrelated-1")]).text(), labels);
    let no_key = find(&[], &[]);
    assert_eq!((no_key.code, no_key.text()), (2, ""));
    assert!(no_key.err.starts_with("tamis: no key of known values: known.set: give --known-key FILE"), "{}", no_key.err);
    let other = find(&["--known-key", "other.key"], &[]);
    assert_eq!(other.err, "tamis: cannot use the set: known.set: it was made with another key\n");
}

#[test]
fn names_can_be_left_out() {
    let here = folder(&[("app.env", format!("APP_SECRET='{SECRET}'\n").as_bytes()), ("known.key", KEY.as_bytes())]);
    let args = ["known", "build", "--no-names", "--known-key", "known.key", "app.env", "-o", "known.set"];
    assert_eq!(run_in(here.path(), args).code, 0);
    let run = redact(here.path(), &["--known", "known.set", "--known-key", "known.key"], &[], SECRET);
    assert_eq!(run.text(), "[REDACTED:known.value]");
}

#[test]
fn what_cannot_be_looked_for_is_said() {
    let here = folder(&[
        ("list.txt", b"password\nshort\nq9Zx7Lw2Vt5K\n"),
        ("bad.env", b"A=1\nno pair\n"),
        ("bad.json", b"{\n  \"a\": oops }"),
        ("bad.csv", b"site,word\na,b\n"),
        ("known.key", KEY.as_bytes()),
        ("broken.set", b"tamis-known 2\n\x01\x02"),
    ]);
    let said = |source: &str| redact(here.path(), &["--known", source, "--known-key", "known.key"], &[], "").err;
    insta::assert_snapshot!(said("list.txt"), @r"
    tamis: list.txt:1: refused: it is a word, or so simple that its hash can be guessed
    tamis: list.txt:2: refused: it has fewer than 8 bytes
    ");
    insta::assert_snapshot!(said("bad.env"), @"tamis: bad known values: bad.env:2: it is not NAME=value");
    insta::assert_snapshot!(said("bad.json"), @"tamis: bad known values: bad.json:2: column 8: it is not JSON");
    insta::assert_snapshot!(said("bad.csv"), @"tamis: bad known values: bad.csv:1: no column speaks of secrets: name them with --known-field");
    insta::assert_snapshot!(said("broken.set"), @"tamis: cannot use the set: broken.set: it is not a set of known values of this version");
    insta::assert_snapshot!(said("dotenv"), @"tamis: no known values: dotenv: there is no .env file in the current folder");
    insta::assert_snapshot!(said("gone"), @"tamis: cannot read known values: gone: no such file or directory: check the name");
}

#[test]
fn no_report_shows_a_known_value() {
    let here = folder(&[("list.txt", SECRET.as_bytes()), ("log.txt", format!("a {SECRET} b\n").as_bytes())]);
    for format in ["human", "jsonl", "sarif", "gitlab", "junit", "html"] {
        let scanned = run_in(here.path(), ["scan", "--known", "list.txt", "--format", format, "log.txt"]);
        assert_eq!(scanned.code, 1, "{format}: {}", scanned.err);
        assert!(scanned.text().contains("known.value"), "{format}");
        assert_hidden(&scanned.out, SECRET);
        assert_hidden(scanned.err.as_bytes(), SECRET);
    }
    let bare = run_in(here.path(), ["scan", "--known", "list.txt", "--class", "secret/known", "--format", "jsonl", "log.txt"]);
    assert_eq!((bare.lines()[0]["start"].as_u64(), bare.lines()[0]["confidence"].as_str()), (Some(2), Some("certain")));
}

#[test]
fn hooks_and_commands_know_them_too() {
    let here = folder(&[("list.txt", SECRET.as_bytes())]);
    let list = here.path().join("list.txt").display().to_string();
    let payload = serde_json::json!({ "hook_event_name": "UserPromptSubmit", "prompt": format!("use {SECRET}") }).to_string();
    let hook = run(["hook", "claude-code", "--known", &list], payload);
    assert!(format!("{}{}", hook.text(), hook.err).contains("known.value"), "{} {}", hook.text(), hook.err);
    assert_hidden(&hook.out, SECRET);
    if cfg!(unix) {
        let exec = run(["exec", "--known", &list, "--", "cat", &list], "");
        assert_eq!(exec.text(), "[REDACTED:known.value]", "{}", exec.err);
    }
}
