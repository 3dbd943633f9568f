//! pre-commit, and the hooks of git itself.

use std::fs;
use std::path::Path;

use super::{Ground, contains, planted, write};
use crate::shell;

/// `pre-commit` runs the definitions in `.pre-commit-hooks.yaml`.
pub(super) fn pre_commit(ground: &Ground) -> Result<(), String> {
    // pre-commit clones what it runs, and this tree may have changes that are not committed.
    let source = ground.repository("pre-commit-source")?;
    copy(&shell::root().join(".pre-commit-hooks.yaml"), &source.join(".pre-commit-hooks.yaml"))?;
    ground.must(&source, "git add . && git commit --quiet --message Hooks", 0)?;
    let revision = ground.must(&source, "git rev-parse HEAD", 0)?;
    for hook in ["tamis", "tamis-staged"] {
        let here = ground.repository("pre-commit")?;
        let config = format!("repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: {hook}\n", source.display(), revision.trim());
        write(&here.join(".pre-commit-config.yaml"), &config)?;
        ground.must(&here, "git config --unset core.hooksPath && pre-commit install", 0)?;
        write(&here.join("clean.py"), "x = 1\n")?;
        ground.must(&here, "git add . && git commit --message Clean", 0)?;
        write(&here.join("config.py"), &planted())?;
        let refused = ground.must(&here, "git add . && git commit --message Planted", 1)?;
        contains("pre-commit", &refused, "config.py:1:10: certain: GitHub personal access token (classic)")?;
        // What is in history already is found by a look at all files, not by one at what is staged.
        ground.must(&here, "git commit --quiet --no-verify --message Planted", 0)?;
        let all = ground.must(&here, "pre-commit run --all-files", i32::from(hook == "tamis"))?;
        if hook == "tamis" {
            contains("pre-commit run --all-files", &all, "config.py:1:10")?;
        }
        println!("pre-commit: {hook} refuses a planted key and passes without one");
    }
    Ok(())
}

/// The scripts in `packaging/git`.
pub(super) fn git(ground: &Ground) -> Result<(), String> {
    let scripts = shell::root().join("packaging").join("git");
    let here = ground.repository("hooks")?;
    let server = ground.empty("hooks-server")?;
    ground.must(&server, "git init --quiet --bare --initial-branch main .", 0)?;
    let remote = format!("git remote add origin {} && git push --quiet origin main && git fetch --quiet", server.display());
    ground.must(&here, &remote, 0)?;

    copy(&scripts.join("pre-commit"), &here.join(".hooks/pre-commit"))?;
    write(&here.join("config.py"), &planted())?;
    let refused = ground.must(&here, "git add config.py && git commit --quiet --message Planted", 1)?;
    contains("pre-commit", &refused, "config.py:1:10")?;
    write(&here.join("clean.py"), "x = 1\n")?;
    ground.must(&here, "git reset --quiet && git add clean.py && git commit --quiet --message Clean", 0)?;
    println!("git: pre-commit refuses a planted key and passes without one");

    copy(&scripts.join("pre-push"), &here.join(".hooks/pre-push"))?;
    ground.must(&here, "git push --quiet origin main", 0)?;
    // The head is clean, a commit before it is not.
    let planted = "git add config.py && git commit --quiet --no-verify --message Planted && git rm --quiet config.py && git commit --quiet --message Fixed";
    ground.must(&here, planted, 0)?;
    for branch in ["main", "main:refs/heads/topic"] {
        let refused = ground.must(&here, &format!("git push --quiet origin {branch}"), 1)?;
        contains("pre-push", &refused, "config.py:1:10")?;
        contains("pre-push", &refused, "nothing was pushed")?;
    }
    println!("git: pre-push refuses a commit with a planted key, on a branch that exists and on a new one");

    copy(&scripts.join("pre-receive"), &server.join("hooks/pre-receive"))?;
    for branch in ["main", "main:refs/heads/topic"] {
        let refused = ground.must(&here, &format!("git push --quiet --no-verify origin {branch}"), 1)?;
        contains("pre-receive", &refused, "config.py:1:10")?;
        contains("pre-receive", &refused, "pre-receive hook declined")?;
    }
    ground.must(&here, "git reset --quiet --hard HEAD~2 && git commit --quiet --allow-empty --message Clean", 0)?;
    ground.must(&here, "git push --quiet --no-verify origin main main:refs/heads/topic", 0)?;
    ground.must(&here, "git push --quiet --no-verify origin :refs/heads/topic", 0)?;
    println!("git: pre-receive refuses what is pushed past the other hooks, and takes the rest");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("{}: {error}", from.display()))
}
