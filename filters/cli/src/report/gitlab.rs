//! For GitLab: a code quality report, and a secret detection report.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::json;
use sha2::{Digest, Sha256};
use tamis::Timestamp;

use super::bounded::{Bounded, Limit};
use super::{End, Found, Reporter, advice};
use crate::failure::plural;

/// What GitLab takes as a report's file unless its administrator says otherwise: 100 MB.
const LIMIT: Limit = Limit { entries: usize::MAX, bytes: 100_000_000 - 4096 };
/// The version of GitLab's schema that the secret detection report follows.
const SCHEMA: &str = "15.0.7";

/// The code quality widget of merge requests.
pub(super) struct CodeQuality {
    issues: Bounded,
    ids: Ids,
}

impl CodeQuality {
    pub(super) fn new() -> Self {
        CodeQuality { issues: Bounded::new(LIMIT), ids: Ids::default() }
    }
}

impl Reporter for CodeQuality {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            return Ok(());
        }
        let located = found.located();
        let issue = json!({
            "description": format!("{}: {}", found.rule.title, advice::reason(found)),
            "check_name": found.rule.id,
            "fingerprint": self.ids.of(found),
            "severity": found.severity().code_climate(),
            "location": { "path": found.path(), "lines": { "begin": located.start.line, "end": located.end.line } },
        });
        self.issues.push(found.severity(), issue.to_string());
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _: &End) -> io::Result<Option<String>> {
        let all = self.issues.count();
        let (issues, left_out) = self.issues.fit();
        writeln!(out, "[{}]", issues.join(",\n"))?;
        Ok(too_many(left_out, all))
    }
}

/// The security dashboard.
pub(super) struct SecretDetection {
    vulnerabilities: Bounded,
    ids: Ids,
    /// The commit that the files are of.
    commit: String,
}

impl SecretDetection {
    /// `commit` is the one that files are of, where it is known.
    pub(super) fn new(commit: Option<String>) -> Self {
        // GitLab's own analyzer writes this where there is no history.
        let commit = commit.filter(|id| !id.is_empty()).unwrap_or_else(|| "0000000".to_owned());
        SecretDetection { vulnerabilities: Bounded::new(LIMIT), ids: Ids::default(), commit }
    }
}

impl Reporter for SecretDetection {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            return Ok(());
        }
        let (rule, located) = (found.rule, found.located());
        let mut commit = json!({ "sha": self.commit });
        if let Some(of) = found.place.commit {
            commit = json!({ "sha": of.id, "author": of.author });
            if let Some(date) = of.date {
                commit["date"] = json!(date);
            }
        }
        let mut identifiers = vec![json!({ "type": "tamis_rule_id", "name": format!("Tamis rule {}", rule.id), "value": rule.id })];
        for number in advice::tags(rule).iter().filter_map(|tag| tag.strip_prefix("CWE-")) {
            let url = format!("https://cwe.mitre.org/data/definitions/{number}.html");
            identifiers.push(json!({ "type": "cwe", "name": format!("CWE-{number}"), "value": number, "url": url }));
        }
        let links: Vec<_> = [&rule.revoke, &rule.reference].into_iter().flatten().map(|url| json!({ "url": url })).collect();
        let id = self.ids.of(found);
        let vulnerability = json!({
            "id": format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..32]),
            "name": shortened(&rule.title, 255),
            "description": format!("{}: {}. Fingerprint {}.", rule.title, advice::reason(found), located.fingerprint),
            "severity": found.severity().gitlab(),
            "solution": advice::fix(rule),
            "identifiers": identifiers,
            "links": links,
            "location": { "file": found.path(), "commit": commit, "start_line": located.start.line, "end_line": located.end.line },
        });
        self.vulnerabilities.push(found.severity(), vulnerability.to_string());
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>> {
        let all = self.vulnerabilities.count();
        let (vulnerabilities, left_out) = self.vulnerabilities.fit();
        let time = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let tool = json!({
            "id": "tamis", "name": "Tamis", "version": env!("CARGO_PKG_VERSION"), "vendor": { "name": "Tamis" }, "url": env!("CARGO_PKG_REPOSITORY"),
        });
        let scan = json!({
            "analyzer": tool, "scanner": tool, "type": "secret_detection", "start_time": time(end.started), "end_time": time(end.ended),
            "status": if end.complete { "success" } else { "failure" },
            "messages": [{ "level": if end.complete { "info" } else { "warn" }, "value": end.summary }],
        });
        writeln!(out, "{{\"version\":\"{SCHEMA}\",\"scan\":{scan},\"vulnerabilities\":[{}]}}", vulnerabilities.join(",\n"))?;
        Ok(too_many(left_out, all))
    }
}

fn too_many(left_out: usize, all: usize) -> Option<String> {
    (left_out > 0).then(|| format!("the report leaves out {left_out} of {}: GitLab takes files of 100 MB", plural(all as u64, "finding")))
}

/// Names findings so that they keep their names when lines move: by rule, path and secret, and a number where these are
/// the same.
#[derive(Default)]
pub(super) struct Ids(HashMap<String, u32>);

impl Ids {
    fn of(&mut self, found: &Found<'_>) -> String {
        let (same, number) = self.numbered(found);
        let hash = Sha256::digest(format!("{same}\0{number}"));
        hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What findings have in common that are told apart by their number alone, and that number, from 1.
    pub(super) fn numbered(&mut self, found: &Found<'_>) -> (String, u32) {
        let same = format!("{}\0{}\0{}", found.rule.id, found.path(), found.fingerprint());
        let number = self.0.entry(same.clone()).or_default();
        *number += 1;
        (same, *number)
    }
}

/// At most so many characters.
fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
