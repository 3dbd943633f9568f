//! `tamis rules`, and rules of one's own.

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
