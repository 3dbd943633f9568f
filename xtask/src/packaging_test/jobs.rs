//! The steps of the GitHub action and the script of the GitLab template, run as their runners run them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Ground, Outcome, contains, expect, planted, read, write};
use crate::shell;

/// What GitHub takes as an upload, compressed.
const UPLOAD: u64 = 10 * 1024 * 1024;

/// `action.yml`: on a pull request, on a push, on a new branch.
pub(super) fn github(ground: &Ground) -> Result<(), String> {
    let here = ground.repository("action")?;
    let base = commit(ground, &here, "clean.py", "x = 1\n")?;
    let clean = Job::run(ground, &here, &base, "changes")?;
    expect("the action, without a key", &clean.outcome, 0)?;
    commit(ground, &here, "config.py", &planted())?;
    for (scope, base) in [
        ("changes", base.as_str()),
        ("changes", ""),
        ("changes", "0000000000000000000000000000000000000000"),
        ("files", ""),
        ("history", ""),
    ] {
        let job = Job::run(ground, &here, base, scope)?;
        expect(&format!("the action, scope {scope} from {base:?}"), &job.outcome, 1)?;
        contains("annotations", &job.log, "::error file=config.py,line=1,endLine=1,col=10")?;
        contains("the job summary", &job.summary, "config.py:1:10")?;
        let results = job.sarif["runs"][0]["results"].as_array().map_or(0, Vec::len);
        if results != 1 {
            return Err(format!("the SARIF report holds {results} results instead of 1"));
        }
    }
    let bad = Job::run(ground, &here, "", "all")?;
    expect("the action, with a scope that is none", &bad.outcome, 2)?;
    // A new branch brings only what the default branch does not have, and so does one whose former head is gone.
    ground.must(&here, "git update-ref refs/remotes/origin/main HEAD", 0)?;
    commit(ground, &here, "more.py", "y = 2\n")?;
    for base in ["", "0123456789012345678901234567890123456789"] {
        let branch = Job::run(ground, &here, base, "changes")?;
        expect(&format!("the action, on a branch from {base:?}"), &branch.outcome, 0)?;
    }
    upload_fits(ground)?;
    println!("GitHub: annotations, job summary, SARIF report and exit code are right in every scope");
    Ok(())
}

/// A run of all steps of the action.
struct Job {
    log: String,
    summary: String,
    sarif: Value,
    outcome: Outcome,
}

impl Job {
    fn run(ground: &Ground, here: &Path, base: &str, scope: &str) -> Result<Self, String> {
        let action = yaml(ground, &shell::root().join("action.yml"))?;
        let files = ground.empty("action-files")?;
        let file = |name: &str| files.join(name).display().to_string();
        let mut inputs: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in action["inputs"].as_object().into_iter().flatten() {
            inputs.insert(name.clone(), input["default"].as_str().unwrap_or_default().to_owned());
        }
        inputs.insert("scope".into(), scope.into());
        inputs.insert("sarif".into(), file("tamis.sarif"));
        inputs.insert("html".into(), file("tamis.html"));
        let mut outputs = BTreeMap::new();
        let (mut log, mut outcome) = (String::new(), Outcome { code: -1, text: String::new() });
        for step in action["runs"]["steps"].as_array().into_iter().flatten() {
            let Some(script) = step["run"].as_str() else { continue };
            let mut variables = vec![
                ("GITHUB_ACTION_PATH", shell::root().display().to_string()),
                ("GITHUB_OUTPUT", file("output")),
                ("GITHUB_PATH", file("path")),
                ("GITHUB_STEP_SUMMARY", file("summary")),
                ("RUNNER_TEMP", file("")),
            ];
            for (name, value) in step["env"].as_object().into_iter().flatten() {
                variables.push((name, resolved(value.as_str().unwrap_or_default(), &inputs, &outputs, base)?));
            }
            outcome = ground.shell(here, &["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"], script, &variables)?;
            log += &outcome.text;
            for line in fs::read_to_string(files.join("output")).unwrap_or_default().lines() {
                let (name, value) = line.split_once('=').unwrap_or((line, ""));
                outputs.insert(name.to_owned(), value.to_owned());
            }
            if outcome.code != 0 {
                break;
            }
        }
        let summary = fs::read_to_string(files.join("summary")).unwrap_or_default();
        let sarif = fs::read_to_string(files.join("tamis.sarif")).unwrap_or_default();
        Ok(Job { log, summary, sarif: serde_json::from_str(&sarif).unwrap_or_default(), outcome })
    }
}

/// An expression of the action's, as far as it uses them.
fn resolved(text: &str, inputs: &BTreeMap<String, String>, outputs: &BTreeMap<String, String>, base: &str) -> Result<String, String> {
    let Some(expression) = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim) else {
        return Ok(text.to_owned());
    };
    let value = match expression {
        "github.event.pull_request.base.sha || github.event.before" => Some(base.to_owned()),
        "github.event.repository.default_branch" => Some("main".to_owned()),
        _ => match expression.split_once("inputs.") {
            Some(("", name)) => inputs.get(name).cloned(),
            _ => expression.strip_prefix("steps.scan.outputs.").map(|name| outputs.get(name).cloned().unwrap_or_default()),
        },
    };
    value.ok_or_else(|| format!("action.yml: {expression} is not known here"))
}

/// As many findings as a report may hold are no more than GitHub takes.
fn upload_fits(ground: &Ground) -> Result<(), String> {
    let here = ground.empty("upload")?;
    // Names of values are as random as a report can get; so are the lines around them here.
    let script = "import random, string\nfor i in range(25000):\n    r = ''.join(random.choices(string.ascii_lowercase + ' ', k=120))\n    \
                  p = ''.join(random.choices(string.ascii_letters + string.digits, k=24))\n    print(r, \"password = '\" + p + \"'\", r)\n";
    write(&here.join("make.py"), script)?;
    let made = "python3 make.py > many && tamis scan --format sarif many > many.sarif; test $? -eq 1 && gzip --keep many.sarif";
    ground.must(&here, made, 0)?;
    let size = fs::metadata(here.join("many.sarif.gz")).map_err(|error| error.to_string())?.len();
    println!("GitHub: a report of 25,000 findings has {} MiB, compressed", size >> 20);
    if size > UPLOAD { Err(format!("a full report has {size} bytes, and GitHub takes {UPLOAD}")) } else { Ok(()) }
}

/// `packaging/gitlab`: in a merge request, in a push, of all files.
pub(super) fn gitlab(ground: &Ground) -> Result<(), String> {
    let here = ground.repository("template")?;
    let template = yaml(ground, &shell::root().join("packaging").join("gitlab").join("tamis.gitlab-ci.yml"))?;
    let base = commit(ground, &here, "clean.py", "x = 1\n")?;
    let job = |variables: &[(&str, &str)]| -> Result<Outcome, String> {
        let mut all: Vec<(&str, String)> = Vec::new();
        for (name, value) in template["variables"].as_object().into_iter().flatten() {
            all.push((name, value.as_str().unwrap_or_default().to_owned()));
        }
        all.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let lines = ["before_script", "script"].into_iter().flat_map(|part| template["tamis"][part].as_array().into_iter().flatten());
        let script: Vec<&str> = lines.filter_map(Value::as_str).collect();
        ground.shell(&here, &["sh", "-ec"], &script.join("\n"), &all)
    };
    expect("the template, without a key", &job(&[("CI_COMMIT_BEFORE_SHA", base.as_str())])?, 0)?;
    let head = commit(ground, &here, "config.py", &planted())?;
    let new = "0".repeat(40);
    for variables in [
        [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()), ("TAMIS_SCOPE", "changes")],
        [("CI_COMMIT_BEFORE_SHA", base.as_str()), ("TAMIS_SCOPE", "changes")],
        [("CI_COMMIT_BEFORE_SHA", new.as_str()), ("TAMIS_SCOPE", "changes")],
        [("CI_COMMIT_SHA", head.as_str()), ("TAMIS_SCOPE", "files")],
        [("CI_COMMIT_SHA", head.as_str()), ("TAMIS_SCOPE", "history")],
    ] {
        expect(&format!("the template with {variables:?}"), &job(&variables)?, 1)?;
        let report: Value =
            serde_json::from_str(&read(&here.join("gl-secret-detection-report.json"))?).map_err(|error| error.to_string())?;
        if report["vulnerabilities"][0]["location"]["commit"]["sha"] != head {
            return Err(format!("the template with {variables:?}: no commit in {report}"));
        }
        contains("the code quality report", &read(&here.join("gl-code-quality-report.json"))?, "\"path\":\"config.py\"")?;
        contains("the JUnit report", &read(&here.join("tamis.xml"))?, "failures=\"1\"")?;
    }
    expect("the template, with a scope that is none", &job(&[("TAMIS_SCOPE", "all")])?, 2)?;
    println!("GitLab: secret detection, code quality and JUnit reports and the exit code are right in every scope");
    Ok(())
}

/// Commits a file. Gives the commit's id.
fn commit(ground: &Ground, here: &Path, name: &str, text: &str) -> Result<String, String> {
    write(&here.join(name), text)?;
    let id = ground.must(here, &format!("git add {name} && git commit --quiet --message Change && git rev-parse HEAD"), 0)?;
    Ok(id.trim().to_owned())
}

/// A YAML file as JSON.
fn yaml(ground: &Ground, path: &Path) -> Result<Value, String> {
    let script =
        format!("python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' '{}'", path.display());
    let text = ground.must(&ground.folder, &script, 0)?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}
