//! Who wrote what is found: `--authored-by`, policies by origin, sums.

use std::fs;

use crate::repository::{Repository, places};
use crate::support::{github_token, run, run_in};

/// A repository with a commit of an agent, one of a person and one without a mark, with a secret each.
fn mixed() -> Repository {
    let repository = Repository::new();
    for (name, number, message) in
        [("agent", 31, "Add\n\nCo-Authored-By: Claude Opus 5 <noreply@anthropic.com>\n"), ("plain", 32, "Add"), ("noted", 33, "Add")]
    {
        repository.add(name, &format!("one\n{}\n{}\n", github_token(number), github_token(number + 100)));
        repository.commit(message);
    }
    let note = "noted\n  s_0123456789abcd::t_1 2\n---\n{\"schema_version\":\"authorship/3.0.0\",\"sessions\":{\"s_0123456789abcd\":{\"agent_id\":{\"tool\":\"codex\",\"id\":\"1\",\"model\":\"gpt-5\"}}}}";
    repository.command("notes").args(["--ref", "ai", "add", "--message", note, "HEAD"]).status().unwrap();
    repository
}

#[test]
fn every_commit_is_an_agents_or_a_persons() {
    let repository = mixed();
    let by = |who: &str| places(&repository.scan(&format!("--git --authored-by {who}")));
    assert_eq!(by("agent"), ["agent:2:1", "agent:3:1", "noted:2:1"]);
    assert_eq!(by("human"), ["noted:3:1", "plain:2:1", "plain:3:1"]);
    let mut both = [by("agent"), by("human")].concat();
    both.sort();
    assert_eq!(both, by("any"));
    assert_eq!(both, places(&repository.scan("--git")));
}

#[test]
fn marks_are_told_with_their_confidence() {
    let run = mixed().scan("--git");
    let origin = |path: &str, line: u64| {
        run.lines().into_iter().find(|found| found["path"] == path && found["line"] == line).unwrap()["origin"].clone()
    };
    assert_eq!(
        origin("agent", 2),
        serde_json::json!({"by": "agent", "agent": "Claude Code", "model": "Claude Opus 5", "confidence": "high", "evidence": ["trailer co-authored-by"]})
    );
    assert_eq!(
        origin("noted", 2),
        serde_json::json!({"by": "agent", "agent": "codex", "model": "gpt-5", "confidence": "high", "evidence": ["git note: line of a session"]})
    );
    assert_eq!(origin("noted", 3)["by"], "human");
    assert_eq!(origin("plain", 2), serde_json::Value::Null);
}

#[test]
fn sums_are_told_by_agent_and_model() {
    insta::assert_snapshot!(mixed().told("--git").err, @r"
    tamis: by Claude Code (Claude Opus 5): 1 commit, 2 findings
    tamis: by codex (gpt-5): 1 commit, 1 finding
    tamis: by people, as notes and traces say: 0 commits, 1 finding
    tamis: without a mark: 1 commit, 2 findings
    tamis: 6 findings (6 certain) in 3 files; searched 3 commits, 3 files, 325 bytes
    ");
}

#[test]
fn traces_tell_of_lines() {
    let repository = Repository::new();
    repository.add("a", &format!("{}\n{}\n", github_token(41), github_token(42)));
    let id = repository.commit("Add");
    let trace = format!(
        "{{\"version\":\"0.1.0\",\"id\":\"1\",\"vcs\":{{\"type\":\"git\",\"revision\":\"{id}\"}},\"tool\":{{\"name\":\"cursor\"}},\"files\":[{{\"path\":\"a\",\"conversations\":[{{\"contributor\":{{\"type\":\"ai\",\"model_id\":\"m\"}},\"ranges\":[{{\"start_line\":1,\"end_line\":1}}]}}]}}]}}\n"
    );
    repository.add(".agent-trace/traces.jsonl", &trace);
    repository.commit("Trace");
    let run = repository.scan("--git");
    let agents: Vec<_> = run.lines().iter().map(|found| found["origin"]["evidence"][0].clone()).collect();
    assert_eq!(agents, ["agent trace: ai", "agent trace: ai"]);
    assert_eq!(places(&repository.scan("--git --authored-by agent")).len(), 2);
}

#[test]
fn policies_can_tell_origins_apart() {
    let repository = mixed();
    let policy = "[[boundary]]\nid = 'all'\nclass = 'secret'\ndecision = 'observe'\n\n\
        [[profile]]\nname = 'agents'\nlabels = ['origin=agent']\n\n[[profile.boundary]]\nid = 'no-agents'\nclass = 'secret'\nagent = 'Claude Code'\ndecision = 'block'\n\n\
        [[profile]]\nname = 'gone'\nlabels = ['in-head=no']\n\n[[profile.boundary]]\nid = 'rotate'\nclass = 'secret'\ndecision = 'redact'\n";
    fs::write(repository.file("tamis.toml"), policy).unwrap();
    let rows = |run: &crate::support::Run| {
        let mut rows: Vec<String> =
            run.lines().iter().map(|found| format!("{} {}", found["path"].as_str().unwrap(), found["row"].as_str().unwrap())).collect();
        rows.sort();
        rows.dedup();
        rows
    };
    let run = repository.scan("--git --class secret --policy tamis.toml");
    assert_eq!((run.code, rows(&run)), (3, vec!["agent no-agents".to_owned(), "noted all".to_owned(), "plain all".to_owned()]));
    let agents = run.lines().into_iter().find(|found| found["path"] == "agent").unwrap().to_string();
    let explained = run_in(repository.path(), ["policy", "explain", "--policy", "tamis.toml", "--surface", "commit", "--finding", &agents]);
    assert!(explained.text().contains("no-agents"), "{}{}", explained.text(), explained.err);
    repository.git("rm --quiet plain");
    repository.commit("Remove");
    let run = repository.scan("--git HEAD~2..HEAD --class secret --policy tamis.toml");
    assert_eq!((run.code, rows(&run)), (0, vec!["noted all".to_owned()]));
    let run = repository.scan("--git HEAD~3..HEAD --class secret --policy tamis.toml");
    assert_eq!((run.code, rows(&run)), (1, vec!["noted all".to_owned(), "plain rotate".to_owned()]));
}

#[test]
fn diffs_tell_it_too() {
    let repository = mixed();
    let log = repository.bytes("log --patch --reverse");
    let agents = run(["scan", "--diff", "-", "--format", "jsonl", "--authored-by", "agent"], &log);
    assert_eq!(places(&agents), ["agent:2:1", "agent:3:1"]);
    let whole = run(["scan", "--diff", "-", "--format", "jsonl"], &log);
    assert_eq!(places(&whole), places(&repository.scan("--git")));
}

#[test]
fn names_of_people_and_models_are_shown_without_secrets() {
    let (repository, token) = (Repository::new(), github_token(43));
    repository.add("a", &format!("{token}\n"));
    let message = format!("Add\n\nCo-authored-by: Claude {token} <noreply@anthropic.com>\nAssisted-by: x:{token}\n");
    repository.commit_as(&format!("{token} <{token}@example.org>"), &message);
    let log = repository.bytes("log --patch");
    let runs =
        [repository.scan("--git"), repository.told("--git"), repository.told("--git --pass-removed"), run(["scan", "--diff", "-"], &log)];
    for run in runs {
        assert_eq!(run.code, 1);
        crate::support::assert_hidden(&run.out, &token);
        crate::support::assert_hidden(run.err.as_bytes(), &token);
    }
}
