//! `tamis scan --report`: what other programs read has the shape that they ask for, and nobody reads a secret.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, assert_hidden, card_number, folder, github_token, private_key, run, run_in, tamis};

const FORMATS: [&str; 9] = ["human", "jsonl", "sarif", "github", "markdown", "gitlab", "gitlab-secrets", "junit", "html"];

/// A folder with findings of all sorts, in files whose names are trouble, and its secrets.
fn trouble() -> (TempDir, Vec<String>) {
    let secrets = vec![github_token(70), github_token(71), private_key(4), card_number(), github_token(72)];
    let two = format!("{{\"ключ\":\"{}\",\"b\":\"{}\"}}\r\n", secrets[0], secrets[1]);
    let key = format!("k = '''\n{}\n'''\n", secrets[2]);
    let card = format!("card number: {}\u{202e}\n", secrets[3]);
    let known = format!("t = '{}' # gitleaks:allow\n", secrets[4]);
    let files: [(&str, &[u8]); 4] = [
        ("a b,c:d%.json", two.as_bytes()),
        ("<img src=x>|`.pem", key.as_bytes()),
        ("é\n::error::x", card.as_bytes()),
        ("known", known.as_bytes()),
    ];
    (folder(&files), secrets)
}

/// Runs a scan that writes all formats, each into a file of its own.
fn all_formats(folder: &TempDir) -> (Run, TempDir) {
    let reports = folder_of_reports();
    let args = FORMATS.map(|format| format!("--report={format}={}", reports.path().join(format).display()));
    (run_in(folder.path(), ["scan"].into_iter().map(str::to_owned).chain(args)), reports)
}

fn folder_of_reports() -> TempDir {
    folder(&[])
}

fn text(reports: &TempDir, format: &str) -> String {
    fs::read_to_string(reports.path().join(format)).unwrap()
}

fn json(reports: &TempDir, format: &str) -> Value {
    serde_json::from_str(&text(reports, format)).unwrap()
}

/// Every way in which the document does not follow the schema.
fn faults(schema: &str, document: &Value) -> Vec<String> {
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    // As published, the pattern of languages is none to who takes regular expressions at their word.
    for of in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{of}/properties/language")) {
            language.as_object_mut().unwrap().remove("pattern");
        }
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn no_report_shows_a_secret() {
    let (folder, secrets) = trouble();
    let (run, reports) = all_formats(&folder);
    assert_eq!(run.code, 1, "{}", run.err);
    for format in FORMATS {
        let text = text(&reports, format);
        assert!(!text.is_empty(), "{format}");
        for secret in &secrets {
            assert_hidden(text.as_bytes(), secret);
        }
    }
    assert_eq!(run.text(), text(&reports, "human"), "people read it in any case");
}

#[test]
fn sarif_follows_its_schema() {
    let schema = include_str!("../schemas/sarif-2.1.0.json");
    let (folder, _) = trouble();
    let (_, reports) = all_formats(&folder);
    let sarif = json(&reports, "sarif");
    assert_eq!(faults(schema, &sarif), Vec::<String>::new());
    let run = &sarif["runs"][0];
    let tokens: Vec<&str> = run["redactionTokens"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 5);
    for result in results {
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        for relation in rule["relationships"].as_array().unwrap() {
            let taxonomies = run["taxonomies"].as_array().unwrap().iter();
            let taxa = taxonomies.filter(|taxonomy| taxonomy["name"] == relation["target"]["toolComponent"]["name"]);
            let ids = taxa.flat_map(|taxonomy| taxonomy["taxa"].as_array().unwrap()).map(|taxon| &taxon["id"]);
            assert!(ids.into_iter().any(|id| *id == relation["target"]["id"]), "{relation}");
        }
        let physical = &result["locations"][0]["physicalLocation"];
        let shown = physical["contextRegion"]["snippet"]["text"].as_str().unwrap();
        assert!(tokens.iter().any(|token| shown.contains(token)), "{shown}");
    }
    let known: Vec<&Value> = results.iter().filter(|result| result.get("suppressions").is_some()).collect();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0]["suppressions"][0]["kind"], "inSource");
    let second = results.iter().find(|result| result["locations"][0]["physicalLocation"]["region"]["byteOffset"] == 60).unwrap();
    let place = &second["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b%2Cc%3Ad%25.json");
    assert_eq!((&place["region"]["startColumn"], &place["region"]["endColumn"]), (&57.into(), &97.into()), "characters, not bytes");
    // The schema is no formality: a document that is wrong is found out.
    let mut broken = sarif.clone();
    broken["runs"][0]["results"][0]["level"] = "bad".into();
    assert_eq!(faults(schema, &broken).len(), 1);
}

#[test]
fn gitlab_gets_what_it_asks_for() {
    let (folder, _) = trouble();
    let (_, reports) = all_formats(&folder);
    let schema = include_str!("../schemas/gitlab-secret-detection-15.0.7.json");
    let secrets = json(&reports, "gitlab-secrets");
    assert_eq!(faults(schema, &secrets), Vec::<String>::new());
    assert_eq!(secrets["vulnerabilities"].as_array().unwrap().len(), 4);
    let quality = json(&reports, "gitlab");
    let issues = quality.as_array().unwrap();
    let prints: std::collections::BTreeSet<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((issues.len(), prints.len()), (4, 4));
    for issue in issues {
        let severity = issue["severity"].as_str().unwrap();
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
        assert!(issue["location"]["lines"]["begin"].is_u64() && issue["description"].is_string() && issue["check_name"].is_string());
    }
}

#[test]
fn github_gets_one_command_a_line() {
    let (folder, _) = trouble();
    let (_, reports) = all_formats(&folder);
    let text = text(&reports, "github");
    let places: Vec<&str> = text.lines().map(|line| line.split(",title=").next().unwrap()).collect();
    insta::assert_snapshot!(places.join("\n"), @r"
    ::error file=a b%2Cc%3Ad%25.json,line=1,endLine=1,col=10,endColumn=50
    ::error file=a b%2Cc%3Ad%25.json,line=1,endLine=1,col=57,endColumn=97
    ::error file=<img src=x>|`.pem,line=2,endLine=7
    ::warning file=é%0A%3A%3Aerror%3A%3Ax,line=1,endLine=1,col=14,endColumn=30
    ");
}

#[test]
fn the_job_summary_is_appended_and_kept_within_its_limit() {
    let (folder, secrets) = trouble();
    let summary = folder_of_reports().path().join("summary");
    fs::create_dir_all(summary.parent().unwrap()).unwrap();
    fs::write(&summary, "before\n").unwrap();
    let scan = |path: &str| -> Run {
        tamis(["scan", "--format", "github", path]).env("GITHUB_STEP_SUMMARY", &summary).current_dir(folder.path()).output().unwrap().into()
    };
    let run = scan(".");
    assert_eq!(run.code, 1, "{}", run.err);
    let text = fs::read_to_string(&summary).unwrap();
    assert!(text.starts_with("before\n## Tamis: 4 findings"), "{text}");
    assert_hidden(text.as_bytes(), &secrets[0]);
    assert!(text.contains("\\|\\`.pem") && !text.contains("<img"), "{text}");
    let many: String = (0..8000).map(|number| format!("{}\n", github_token(number))).collect();
    fs::write(folder.path().join("many"), many).unwrap();
    let run = scan("many");
    assert!(fs::metadata(&summary).unwrap().len() <= 1 << 20);
    assert!(run.err.contains("the summary leaves out"), "{}", run.err);
    assert_eq!(run.text().lines().count(), 11);
    assert!(run.text().contains("::notice title=Tamis::7990 of 8000 findings without an annotation"), "{}", run.text());
}

#[test]
fn code_scanning_takes_no_more_than_its_limit() {
    let many: String = (0..25_010).map(|number| format!("{}\n", github_token(number))).collect();
    let run = run(["scan", "--format", "sarif", "-"], many);
    let sarif: Value = serde_json::from_str(run.text()).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 25_000);
    assert!(run.err.starts_with("tamis: the report leaves out 10 of 25010 findings: code scanning takes 25,000"), "{}", run.err);
}

#[test]
fn junit_counts_its_cases() {
    let (folder, _) = trouble();
    let (_, reports) = all_formats(&folder);
    let text = text(&reports, "junit");
    assert!(text.contains("<testsuite name=\"tamis scan\" tests=\"6\" failures=\"4\" skipped=\"1\" errors=\"0\""), "{text}");
    assert_eq!((text.matches("<testcase ").count(), text.matches("</testcase>").count()), (6, 6));
    assert!(
        text.contains("name=\"private-key.pem at &lt;img src=x&gt;|`.pem:2:1\"") || text.contains("at &lt;img src=x&gt;|`.pem:2:1"),
        "{text}"
    );
}

#[test]
fn a_page_needs_nothing_and_believes_nothing() {
    let (folder, _) = trouble();
    let (_, reports) = all_formats(&folder);
    let text = text(&reports, "html");
    assert!(!text.contains("<img") && !text.contains("src=\"") && !text.contains("http-equiv=\"refresh"), "{text}");
    assert!(text.contains("default-src 'none'"));
    assert_eq!(text.matches("<tr data-severity").count(), 5);
    assert_eq!(text.matches(" hidden>").count(), 1, "what is suppressed is hidden at first");
}

#[test]
fn an_empty_report_is_one_too() {
    let folder = folder(&[("a", b"nothing\n")]);
    let (run, reports) = all_formats(&folder);
    assert_eq!((run.code, run.text()), (0, ""));
    assert_eq!(json(&reports, "sarif")["runs"][0]["results"], Value::Array(vec![]));
    assert_eq!(faults(include_str!("../schemas/sarif-2.1.0.json"), &json(&reports, "sarif")), Vec::<String>::new());
    assert_eq!(
        faults(include_str!("../schemas/gitlab-secret-detection-15.0.7.json"), &json(&reports, "gitlab-secrets")),
        Vec::<String>::new()
    );
    assert_eq!(text(&reports, "gitlab"), "[]\n");
    assert!(text(&reports, "junit").contains("tests=\"1\" failures=\"0\""));
    assert_eq!(text(&reports, "github"), "");
}

#[test]
fn an_incomplete_scan_is_no_success() {
    let folder = folder(&[("a", b"nothing\n")]);
    let run = run_in(folder.path(), ["scan", "--format", "sarif", "a", "missing"]);
    assert_eq!(run.code, 2);
    let sarif: Value = serde_json::from_str(run.text()).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
    let run = run_in(folder.path(), ["scan", "--format", "gitlab-secrets", "a", "missing"]);
    let report: Value = serde_json::from_str(run.text()).unwrap();
    assert_eq!(report["scan"]["status"], "failure");
    assert!(run_in(folder.path(), ["scan", "--format", "junit", "a", "missing"]).text().contains("<error message="));
}

#[test]
fn a_pipeline_names_its_repository_and_commit() {
    let (folder, _) = trouble();
    let id = "0a".repeat(20);
    let scan = |format: &str| -> Value {
        let mut command = tamis(["scan", "--format", format]);
        command.env("GITHUB_SERVER_URL", "https://github.com").env("GITHUB_REPOSITORY", "acme/shop").env("GITHUB_SHA", &id);
        command.env("CI_COMMIT_SHA", &id);
        let run: Run = command.current_dir(folder.path()).output().unwrap().into();
        serde_json::from_str(run.text()).unwrap()
    };
    let sarif = scan("sarif");
    assert_eq!(faults(include_str!("../schemas/sarif-2.1.0.json"), &sarif), Vec::<String>::new());
    let from = &sarif["runs"][0]["versionControlProvenance"][0];
    assert_eq!((&from["repositoryUri"], &from["revisionId"]), (&"https://github.com/acme/shop".into(), &id.as_str().into()));
    assert_eq!(scan("gitlab-secrets")["vulnerabilities"][0]["location"]["commit"]["sha"], id);
}

#[test]
fn mistakes_are_told_before_anything_is_searched() {
    let folder = folder(&[("a", b"nothing\n")]);
    let error = |args: &[&str]| {
        let run = run_in(folder.path(), ["scan"].iter().chain(args));
        assert_eq!((run.code, run.text()), (2, ""), "{args:?}");
        run.err
    };
    insta::assert_snapshot!(
        [
            error(&["--report", "xml=a"]),
            error(&["--report", "sarif="]),
            error(&["--report", "sarif=no/such/folder"]),
            error(&["--report", "sarif", "--format", "jsonl"]),
            error(&["--report", "sarif=x", "--report", "html=x"]),
        ]
        .concat(),
        @r"
    tamis: bad command line: invalid value 'xml=a' for '--report <FORMAT=FILE>': no such report: write one of human, jsonl, sarif, github, markdown, gitlab, gitlab-secrets, junit, html, `=` and a file: see `tamis --help`
    tamis: bad command line: invalid value 'sarif=' for '--report <FORMAT=FILE>': no file: write sarif=FILE, or sarif=- for standard output: see `tamis --help`
    tamis: cannot write the report: no/such/folder: no such file or directory: check the name
    tamis: two reports for one place: standard output: give each a file of its own: --report FORMAT=FILE
    tamis: two reports for one place: x: give each a file of its own: --report FORMAT=FILE
    "
    );
}
