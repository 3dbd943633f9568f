//! `tamis scan`

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{assert_hidden, folder, github_token, private_key, run, run_in, start};

#[test]
fn findings_read_like_a_compilers_warnings() {
    let token = github_token(20);
    let folder = folder(&[("src/config.py", format!("# config\nTOKEN = \"{token}\"\n").as_bytes()), ("README.md", b"nothing here\n")]);
    let run = run_in(folder.path(), ["scan"]);
    assert_eq!(run.code, 1);
    assert_hidden(&run.out, &token);
    insta::assert_snapshot!(unkeyed(run.text()), @r#"
    src/config.py:2:10: certain: GitHub personal access token (classic) [github.pat-classic]
       2 | TOKEN = "**********"
         |          ^^^^^^^^^^ its checksum or structure proves it
         = secret/api-key, fingerprint [12 digits]
         = to do: revoke it, and have the program read a new one from its environment or a secret store
         = rotate it at https://github.com/settings/tokens
    "#);
    insta::assert_snapshot!(run.err, @"tamis: 1 finding (1 certain) in 1 file; searched 2 files, 73 bytes");
}

/// Text without the digits of fingerprints, which differ from token to token.
fn unkeyed(text: &str) -> String {
    let (before, after) = text.split_once("fingerprint ").unwrap();
    let (digits, after) = after.split_at(12);
    assert!(digits.bytes().all(|b| b.is_ascii_hexdigit()), "{digits}");
    format!("{before}fingerprint [12 digits]{after}")
}

#[test]
fn clean_folders_are_clean() {
    let folder = folder(&[("a", b"a\n"), ("empty", b"")]);
    let run = run_in(folder.path(), ["scan", "."]);
    assert_eq!((run.code, run.text(), run.err.as_str()), (0, "", "tamis: nothing found; searched 2 files, 2 bytes\n"));
}

#[test]
fn json_lines_name_path_and_place() {
    let token = github_token(21);
    let folder = folder(&[("d/a.txt", format!("\n\n é{token}").as_bytes())]);
    let run = run_in(folder.path(), ["scan", "--format", "jsonl", "d"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    assert_hidden(&run.out, &token);
    let found = &run.lines()[0];
    let expected = serde_json::json!({
        "rule": "github.pat-classic", "class": "secret/api-key", "confidence": "certain", "verdict": "valid", "path": "d/a.txt",
        "start": 5, "end": 45, "line": 3, "column": 4, "end_line": 3, "end_column": 44, "layers": [], "fingerprint": found["fingerprint"],
    });
    assert_eq!(*found, expected);
    assert!(run.text().starts_with("{\"rule\":\"github.pat-classic\",\"class\":\"secret/api-key\",\"confidence\":\"certain\",\"verdict\":\"valid\",\"path\":\"d/a.txt\",\"start\":5,"));
}

#[test]
fn the_order_does_not_depend_on_threads() {
    let files: Vec<(String, Vec<u8>)> =
        (0..300).map(|i| (format!("d{}/f{i}", i % 7), format!("{}\n{}\n", github_token(i), github_token(i + 500)).into_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let folder = folder(&files);
    let one = run_in(folder.path(), ["scan", "--format", "jsonl", "--jobs", "1"]);
    assert_eq!(one.lines().len(), 600);
    for jobs in ["2", "8"] {
        let many = run_in(folder.path(), ["scan", "--format", "jsonl", "--jobs", jobs, "."]);
        assert_eq!(many.text().replace("\"./", "\""), one.text());
    }
}

#[test]
fn ignore_files_are_honoured_and_hidden_files_searched() {
    let token = github_token(22);
    let names = [".env", "ignored/a", ".git/config", "kept/.hidden/b", ".gitignore"];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, token.as_bytes())).collect();
    let folder = folder(&files);
    fs::write(folder.path().join(".gitignore"), "ignored\n").unwrap();
    let paths =
        |args: &[&str]| run_in(folder.path(), args).lines().iter().map(|l| l["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths(&["scan", "--format", "jsonl"]), [".env", "kept/.hidden/b"]);
    assert_eq!(paths(&["scan", "--format", "jsonl", "--no-ignore"]), [".env", "ignored/a", "kept/.hidden/b"]);
    assert_eq!(paths(&["scan", "--format", "jsonl", "ignored/a"]), ["ignored/a"], "what the user names is searched");
}

#[test]
fn binary_files_are_left_out_unless_asked_for() {
    let token = github_token(23);
    let mut bytes = b"\x7fELF\0\0".to_vec();
    bytes.extend_from_slice(token.as_bytes());
    let folder = folder(&[("program", &bytes), ("other", b"")]);
    let run = run_in(folder.path(), ["scan"]);
    assert_eq!((run.code, run.err.as_str()), (0, "tamis: nothing found; searched 1 file, 0 bytes; 1 binary skipped\n"));
    assert_eq!(run_in(folder.path(), ["scan", "--binary"]).code, 1);
    assert_eq!(run_in(folder.path(), ["scan", "--binary", "program"]).code, 1);
    assert_eq!(run_in(folder.path(), ["scan", "program"]).code, 0);
}

#[test]
fn large_files_flow_with_right_lines() {
    let token = github_token(24);
    let key = private_key(40);
    let filler = "a line of ordinary text, eighty bytes long or so, to fill more than one buffer\n".repeat(5000);
    let text = format!("{filler}x {token}\n{filler}{key}\n{filler}y {token}");
    let folder = folder(&[("large", text.as_bytes()), ("small", b"")]);
    let alone = run_in(folder.path(), ["scan", "--format", "jsonl", "large"]);
    let among = run_in(folder.path(), ["scan", "--format", "jsonl"]);
    let piped = run(["scan", "--format", "jsonl", "-"], &text);
    assert_eq!(alone.text(), among.text());
    assert_eq!(alone.text().replace("\"path\":\"large\",", ""), piped.text());
    let places: Vec<_> = alone.lines().iter().map(|l| [&l["line"], &l["column"], &l["end_line"]].map(|n| n.as_u64().unwrap())).collect();
    assert_eq!(places, [[5001, 3, 5001], [10_002, 1, 10_043], [15_044, 3, 15_044]]);
    let found = alone.lines();
    assert_eq!(found[0]["fingerprint"], found[2]["fingerprint"]);
    for (found, secret) in found.iter().zip([&token, &key, &token]) {
        let span = found["start"].as_u64().unwrap() as usize..found["end"].as_u64().unwrap() as usize;
        assert_eq!(&text[span], secret);
    }
}

#[test]
fn standard_input_has_no_path() {
    let token = github_token(25);
    let run = run(["scan", "-"], format!("{token}\n"));
    assert_eq!(run.code, 1);
    assert!(run.text().starts_with("<stdin>:1:1: certain: "), "{}", run.text());
    assert_eq!(run.err, "tamis: 1 finding (1 certain) in 1 file; searched 1 file, 41 bytes\n");
}

#[test]
fn an_incomplete_scan_says_so() {
    let token = github_token(26);
    let folder = folder(&[("a", token.as_bytes()), ("locked", b"x"), ("b\nc", token.as_bytes())]);
    let locked = folder.path().join("locked");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Root reads everything: then a missing path has to do.
    let missing = fs::read(&locked).is_ok();
    let run = run_in(folder.path(), ["scan", ".", if missing { "missing" } else { "locked" }]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.text().contains("./a:1:1:") && run.text().contains("./b\\nc:1:1:"), "{}", run.text());
    let complaint = if missing {
        "tamis: cannot read: missing: no such file or directory: check the name\n"
    } else {
        "tamis: cannot read: ./locked: permission denied"
    };
    assert!(run.err.starts_with(complaint), "{}", run.err);
    assert!(run.err.ends_with(" not readable\n"), "{}", run.err);
    assert_hidden(run.err.as_bytes(), &token);
}

#[test]
fn a_missing_path_is_told_once() {
    let folder = folder(&[]);
    let run = run_in(folder.path(), ["scan", "missing"]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.err, @r"
    tamis: cannot read: missing: no such file or directory: check the name
    tamis: nothing found; searched 0 files, 0 bytes; 1 not readable
    ");
}

#[test]
fn links_are_not_followed_twice() {
    let token = github_token(27);
    let folder = folder(&[("a", token.as_bytes())]);
    std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(".", folder.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("broken")).unwrap();
    let run = run_in(folder.path(), ["scan", "--format", "jsonl", ".", "./a", "."]);
    assert_eq!((run.code, run.lines().len()), (1, 1), "{}{}", run.text(), run.err);
    assert_eq!(run_in(folder.path(), ["scan", "link"]).code, 1);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child = start(["scan", "--format", "jsonl", "-"]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    for i in 0..2000 {
        use std::io::Write as _;
        if writeln!(stdin, "{}", github_token(i)).is_err() {
            break;
        }
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
}
