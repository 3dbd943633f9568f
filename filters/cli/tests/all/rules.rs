//! `tamis rules`, and rules of one's own.

use std::ffi::OsStr;

use crate::support::{folder, run, run_in};

const ACME: &str = r#"
[provider]
id = "acme"
name = "Acme"

[[rule]]
id = "deploy-key"
title = "Acme deploy key"
class = "secret/api-key"
confidence = "high"
pattern = 'acmedk_[a-z0-9]{24}'
revoke = "https://acme.example/keys"
examples = ['key = "${secret}"']
near_misses = ['acmedk_${re:[a-z0-9]{12}}']
"#;

fn acme_key() -> String {
    ["acmedk_", "8fk2m9qwx7zt", "4rp1vn6c5yh3"].concat()
}

#[test]
fn all_rules_are_listed() {
    let human = run(["rules", "list"], "");
    let jsonl = run(["rules", "list", "--format", "jsonl"], "");
    assert_eq!((human.code, jsonl.code), (0, 0));
    let ids: Vec<String> = jsonl.lines().iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.len() >= 120 && ids.is_sorted());
    assert!(human.text().lines().map(|line| line.split_whitespace().next().unwrap()).eq(&ids));
}

#[test]
fn a_rule_is_shown() {
    let folder = folder(&[("acme.toml", ACME.as_bytes())]);
    let run = run_in(folder.path(), ["rules", "show", "acme.deploy-key", "--rules", "acme.toml", "--no-builtin-rules"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    insta::assert_snapshot!(run.text(), @r#"
    acme.deploy-key: Acme deploy key
      class       secret/api-key
      confidence  high
      lane        run
      pattern     acmedk_[a-z0-9]{24}
      rotate at   https://acme.example/keys
      finds       key = "${secret}"
      leaves      acmedk_${re:[a-z0-9]{12}}
    "#);
}

#[test]
fn an_unknown_rule_is_not_shown() {
    let run = run(["rules", "show", "gihub.pat-classic"], "");
    assert_eq!((run.code, run.err.as_str()), (2, "tamis: no such rule: gihub.pat-classic: is it github.pat-classic?\n"));
}

#[test]
fn own_rules_work_beside_the_built_in_ones_and_alone() {
    let folder =
        folder(&[("acme.toml", ACME.as_bytes()), ("text", format!("{}\n{}\n", acme_key(), crate::support::github_token(40)).as_bytes())]);
    let rules =
        |args: &[&str]| run_in(folder.path(), args).lines().iter().map(|l| l["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(rules(&["scan", "text", "--format", "jsonl", "--rules", "acme.toml"]), ["acme.deploy-key", "github.pat-classic"]);
    assert_eq!(rules(&["scan", "text", "--format", "jsonl", "--rules", "acme.toml", "--no-builtin-rules"]), ["acme.deploy-key"]);
    assert_eq!(rules(&["scan", "text", "--format", "jsonl"]), ["github.pat-classic"]);
}

#[test]
fn a_bad_rule_file_is_one_line_and_nothing_runs() {
    let twice = format!("{ACME}{}", &ACME[ACME.find("[[rule]]").unwrap()..]);
    let cases = [
        ("unknown", ACME.replace("title", "titel"), "8:1: unknown field `titel`"),
        ("pattern", ACME.replace("[a-z0-9]{24}", "[a-z0-9"), "6:1: rule acme.deploy-key: bad pattern"),
        ("lane", ACME.replace("acmedk_[a-z0-9]{24}", "[a-z ]{9}"), "6:1: rule acme.deploy-key: no lane finds it"),
        ("validator", ACME.replace("revoke = ", "validator = "), "6:1: rule acme.deploy-key: there is no validator"),
        ("proof", ACME.replace("['key = \"${secret}\"']", "[]"), "6:1: rule deploy-key: it has no examples"),
        ("twice", twice, "15:1: rule acme.deploy-key: the id is taken"),
        (
            "builtin",
            ACME.replace("\"acme\"", "\"github\"").replace("deploy-key", "pat-classic"),
            "6:1: rule github.pat-classic: the id is taken",
        ),
        ("empty", String::new(), "1:1: missing field `provider`"),
    ];
    for (name, text, expected) in cases {
        let folder = folder(&[("bad.toml", text.as_bytes())]);
        let run = run_in(folder.path(), ["scan", "--rules", "bad.toml"]);
        assert_eq!((run.code, run.text()), (2, ""), "{name}");
        assert!(run.err.starts_with(&format!("tamis: bad rule file: bad.toml:{expected}")), "{name}: {}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{name}: {}", run.err);
    }
    let missing = run(["--rules", "/nowhere/x.toml"], "");
    assert_eq!(
        (missing.code, missing.err.as_str()),
        (2, "tamis: cannot read the rule file: /nowhere/x.toml: no such file or directory: check the name\n")
    );
}

#[test]
fn rules_are_tested_by_their_own_proof() {
    let folder = folder(&[("good.toml", ACME.as_bytes()), ("bad.toml", ACME.replace("{12}}", "{24}}").as_bytes())]);
    let good = run_in(folder.path(), ["rules", "test", "good.toml"]);
    assert_eq!((good.code, good.text(), good.err.as_str()), (0, "", "tamis: 1 rule tested, all good\n"));
    let bad = run_in(folder.path(), ["rules", "test", "bad.toml"]);
    assert_eq!((bad.code, bad.err.as_str()), (1, "tamis: 1 rule tested, 1 failed\n"));
    assert!(bad.text().starts_with("acme.deploy-key: near miss \"acmedk_${re:[a-z0-9]{24}}\": wrong in "), "{}", bad.text());
}

#[test]
fn what_counted_is_told_without_the_secret() {
    let token = crate::support::github_token(1);
    let password = "kQ7-x2Lp9Zw!";
    let text = format!("GITHUB_TOKEN={token}\ndb:\n  password: \"{password}\"\n# like ghp_{}\n", "x".repeat(36));
    let run = run(["rules", "explain"], &text);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    crate::support::assert_hidden(&run.out, &token);
    assert!(!run.text().contains(password), "{}", run.text());
    insta::assert_snapshot!(without_numbers(run.text()), @r##"
    1:14  github.pat-classic  certain
      value        40 bytes
      found by     run
      rule says    high
      validator    github-crc32: valid
      randomness   … bits a character
    3:14  generic.password  medium
      value        12 bytes
      found by     word, then value
      name         password
      syntax       name = value, in "
      rule says    medium
      randomness   … bits a character
      score        … more likely a secret
         …  rule, and what its form alone says
         …  how random it looks
         …  length
         …  kinds of characters
         …  tie to the name, and quotes
         …  dictionary words in the value
         …  most readable stretch
         …  noun in the name
         …  words of tests and examples in the line
         …  byte after the value
         …  digits at the end
    4:8  github.pat-classic  low
      value        40 bytes
      found by     run
      rule says    high
      validator    github-crc32: invalid
      randomness   … bits a character
      placeholder  it is a placeholder
    "##);
    let lines = crate::support::run(["rules", "explain", "--format", "jsonl"], &text).lines();
    assert_eq!((lines[0]["rule"].as_str(), lines[0]["verdict"].as_str()), (Some("github.pat-classic"), Some("valid")));
    let (score, counted) = (lines[1]["score"].as_f64().unwrap(), lines[1]["counted"].as_array().unwrap());
    let sum: f64 = counted.iter().map(|one| one["weight"].as_f64().unwrap()).sum();
    assert!((score - sum).abs() < 0.01 && counted.len() > 5, "{}", lines[1]);
    assert_eq!(crate::support::run(["rules", "explain"], "nothing\n").code, 0);
}

/// Weights change when the scorer is trained anew.
fn without_numbers(text: &str) -> String {
    let word = |word: &str| if word.starts_with(['+', '-']) && word.contains('.') { "…".to_owned() } else { word.to_owned() };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

const FOREIGN: &str = r#"
[extend]
useDefault = true

[allowlist]
paths = ["^fixtures/"]
stopwords = ["donotuse"]

[[rules]]
id = "deploy-key"
description = "Acme deploy key"
regex = '''\b(acmedk_[a-z0-9]{24})(?:['"\s;]|$)'''
entropy = 3.0
keywords = ["acmedk_"]
"#;

#[test]
fn rules_of_gitleaks_run() {
    let line = format!("key = \"{}\"\n", acme_key());
    let folder = folder(&[
        ("gitleaks.toml", FOREIGN.as_bytes()),
        ("a.txt", line.as_bytes()),
        ("b.txt", b"key = \"acmedk_aaaaaaaaaaaaaaaaaaaaaaaa\"\nkey = \"acmedk_donotuse7zt4rp1vn6c5yh3\"\n"),
        ("fixtures/c.txt", line.as_bytes()),
    ]);
    let scanned = run_in(folder.path(), ["scan", "--rules", "gitleaks.toml", "--format", "jsonl", "."]);
    let found: Vec<String> =
        scanned.lines().iter().map(|f| format!("{} {}", f["path"].as_str().unwrap(), f["rule"].as_str().unwrap())).collect();
    assert_eq!((scanned.code, found), (1, vec!["./a.txt gitleaks.deploy-key".to_owned()]), "{}", scanned.err);
    assert!(!scanned.text().contains(&acme_key()));
    let rules = folder.path().join("gitleaks.toml");
    let piped = run([OsStr::new("redact"), OsStr::new("--rules"), rules.as_os_str()], &line);
    assert_eq!(piped.text(), "key = \"[REDACTED:gitleaks.deploy-key]\"\n");
    let alone = run_in(folder.path(), ["scan", "--rules", "gitleaks.toml", "--no-builtin-rules", "."]);
    assert_eq!((alone.code, alone.text()), (2, ""));
    assert!(alone.err.contains("it extends the default rules"), "{}", alone.err);
}

#[test]
fn what_a_foreign_file_says_in_vain_is_listed() {
    let bad = FOREIGN.replace("entropy = 3.0", "entropi = 3.0");
    let folder = folder(&[("good.toml", FOREIGN.as_bytes()), ("bad.toml", bad.as_bytes())]);
    let run = run_in(folder.path(), ["rules", "check", "good.toml"]);
    assert_eq!((run.code, run.text(), run.err.as_str()), (0, "", "tamis: 1 of 1 rules can be used as they are (100.0 %)\n"));
    let run = run_in(folder.path(), ["rules", "check", "good.toml", "bad.toml"]);
    assert_eq!((run.code, run.err.as_str()), (1, "tamis: 1 of 2 rules can be used as they are (50.0 %)\n"));
    assert_eq!(run.text(), "bad.toml:13:1: rule deploy-key: entropi: this field is not known\n     1  entropi: this field is not known\n");
    let run = run_in(folder.path(), ["scan", "--rules", "bad.toml", "."]);
    assert_eq!(run.code, 2);
    assert!(run.err.starts_with("tamis: bad rule file: bad.toml:13:1: rule deploy-key: entropi: this field is not known"), "{}", run.err);
}

#[test]
fn examples_of_a_foreign_file_are_tried() {
    let rules = "rules:\n  - name: Acme\n    id: acme.1\n    pattern: '\\b(acmedk_[a-z0-9]{24})\\b'\n    examples: ['key = acmedk_8fk2m9qwx7zt4rp1vn6c5yh3', none]\n";
    let folder = folder(&[("acme.yml", rules.as_bytes())]);
    let run = run_in(folder.path(), ["rules", "test", "acme.yml"]);
    assert_eq!((run.code, run.text()), (1, "acme.1: nothing is found in an example of 4 bytes\n"), "{}", run.err);
}
