//! SARIF 2.1.0, for code scanning and everything else that reads it.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use tamis::audit::{Control, control};
use tamis::{Part, Rule};

use super::bounded::{Bounded, Limit};
use super::gitlab::Ids;
use super::{End, Found, Reporter, Severity, advice};
use crate::context::MASK;
use crate::failure::plural;
use crate::ignores::Suppression;
use crate::percent::encoded;

/// What GitHub's code scanning takes as one run. An entry is less than 2 kB and lines are cut short, so that many of
/// them stay below its 10 MB of compressed text too.
const LIMIT: Limit = Limit { entries: 25_000, bytes: 100_000_000 };
/// What it shows of them.
const SHOWN: usize = 5_000;
/// Tags that it reads of a rule.
const TAGS: usize = 10;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Where the files come from, if their surroundings say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Provenance {
    pub(super) repository: Option<String>,
    pub(super) revision: Option<String>,
    pub(super) branch: Option<String>,
}

/// Writes one run at the end.
pub(super) struct Sarif {
    results: Bounded,
    /// Rules that found something, and their places in the list.
    rules: Vec<Value>,
    places: HashMap<String, usize>,
    controls: Vec<&'static Control>,
    ids: Ids,
    provenance: Provenance,
}

impl Sarif {
    pub(super) fn new(provenance: Provenance) -> Self {
        let (rules, places, controls) = (Vec::new(), HashMap::new(), Vec::new());
        Sarif { results: Bounded::new(LIMIT), rules, places, controls, ids: Ids::default(), provenance }
    }

    /// The rule's place in the list of rules.
    fn rule(&mut self, rule: &Rule) -> usize {
        if let Some(place) = self.places.get(&rule.id) {
            return *place;
        }
        let tags = advice::tags(rule);
        let controls: Vec<&'static Control> = tags.iter().filter_map(|tag| control(tag)).collect();
        for control in &controls {
            if !self.controls.contains(control) {
                self.controls.push(control);
            }
        }
        self.rules.push(descriptor(rule, &tags, &controls));
        self.places.insert(rule.id.clone(), self.rules.len() - 1);
        self.rules.len() - 1
    }

    fn run(&self, end: &End) -> Value {
        let version = env!("CARGO_PKG_VERSION");
        let mut frameworks: Vec<&str> = self.controls.iter().map(|control| control.framework).collect();
        frameworks.sort_unstable();
        frameworks.dedup();
        let taxonomies: Vec<Value> = frameworks
            .iter()
            .map(|framework| {
                let taxa = self.controls.iter().filter(|control| control.framework == *framework);
                let taxa: Vec<Value> = taxa
                    .map(|control| json!({ "id": taxon(control), "name": control.title, "shortDescription": { "text": control.title } }))
                    .collect();
                json!({ "name": framework, "shortDescription": { "text": framework }, "taxa": taxa })
            })
            .collect();
        let supported: Vec<Value> = frameworks.iter().map(|name| json!({ "name": name })).collect();
        let mut run = json!({
            "tool": { "driver": {
                "name": "Tamis", "version": version, "semanticVersion": version, "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": self.rules, "supportedTaxonomies": supported,
            } },
            "invocations": [{
                "executionSuccessful": end.complete, "startTimeUtc": end.started, "endTimeUtc": end.ended,
                "toolExecutionNotifications": [{ "level": if end.complete { "note" } else { "error" }, "message": { "text": end.summary } }],
            }],
            "taxonomies": taxonomies,
            "columnKind": "unicodeCodePoints",
            "redactionTokens": [MASK],
            "automationDetails": { "id": "tamis/" },
        });
        if let Some(repository) = &self.provenance.repository {
            let mut from = json!({ "repositoryUri": repository });
            for (key, value) in [("revisionId", &self.provenance.revision), ("branch", &self.provenance.branch)] {
                if let Some(value) = value {
                    from[key] = json!(value);
                }
            }
            run["versionControlProvenance"] = json!([from]);
        }
        run
    }
}

impl Reporter for Sarif {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        let index = self.rule(found.rule);
        let (_, number) = self.ids.numbered(found);
        let severity = found.severity();
        // What does not count is the first to go where not all fit.
        let gravity = if found.suppression.is_some() { Severity::Low } else { severity };
        self.results.push(gravity, result(found, severity, index, number).to_string());
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>> {
        let all = self.results.count();
        let (results, left_out) = self.results.fit();
        let run = self.run(end).to_string();
        // The results go first: all else of the run is small.
        let rest = run.strip_prefix('{').unwrap_or(&run);
        write!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"results\":[")?;
        write!(out, "{}", results.join(",\n"))?;
        writeln!(out, "],{rest}]}}")?;
        let count = plural(all as u64, "finding");
        Ok(match (left_out, all) {
            (1.., _) => Some(format!(
                "the report leaves out {left_out} of {count}: code scanning takes 25,000 of a run and shows the gravest 5,000"
            )),
            (0, count) if count > SHOWN => Some(format!("code scanning shows the gravest 5,000 of {count} findings only")),
            _ => None,
        })
    }
}

/// The id of an entry in its own taxonomy: `798` of CWE.
fn taxon(control: &Control) -> &'static str {
    control.id.strip_prefix("CWE-").unwrap_or(control.id)
}

fn descriptor(rule: &Rule, tags: &[&str], controls: &[&Control]) -> Value {
    let severity = Severity::of(rule, rule.confidence);
    let help = match &rule.revoke {
        Some(url) => format!("{}. Rotate it at {url}", capital(advice::fix(rule))),
        None => format!("{}.", capital(advice::fix(rule))),
    };
    let labels = ["security", &rule.class].into_iter().map(str::to_owned);
    // The form of tag that GitHub makes a link of.
    let labels =
        labels.chain(tags.iter().map(|tag| tag.strip_prefix("CWE-").map_or((*tag).to_owned(), |id| format!("external/cwe/cwe-{id}"))));
    let relationships: Vec<Value> = controls
        .iter()
        .map(|control| json!({ "target": { "id": taxon(control), "toolComponent": { "name": control.framework } }, "kinds": ["relevant"] }))
        .collect();
    let precision = match rule.confidence {
        tamis::Confidence::Low => "low",
        tamis::Confidence::Medium => "medium",
        tamis::Confidence::High => "high",
        tamis::Confidence::Certain => "very-high",
    };
    let mut descriptor = json!({
        "id": rule.id, "name": rule.id, "shortDescription": { "text": rule.title }, "fullDescription": { "text": rule.title },
        "help": { "text": help, "markdown": help },
        "defaultConfiguration": { "level": severity.sarif_level() },
        "properties": {
            "tags": labels.take(TAGS).collect::<Vec<_>>(), "security-severity": severity.score(), "precision": precision, "problem.severity": severity.code_scanning(),
        },
        "relationships": relationships,
    });
    if let Some(url) = rule.reference.as_ref().or(rule.revoke.as_ref()) {
        descriptor["helpUri"] = json!(url);
    }
    descriptor
}

fn result(found: &Found<'_>, severity: Severity, index: usize, number: u32) -> Value {
    let (located, fingerprint) = (found.located(), found.fingerprint().to_string());
    let (column, end_column) = found.columns();
    let mut message = format!("{}: {}.", found.rule.title, advice::reason(found));
    if found.place.commit.is_some() {
        message += &format!(" {}.", super::human::history(found.place));
    }
    let span = located.finding.span;
    let mut result = json!({
        "ruleId": found.rule.id, "ruleIndex": index, "level": severity.sarif_level(), "rank": severity.rank(),
        "message": { "text": message },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&found.path()) },
            "region": {
                "startLine": located.start.line, "startColumn": column, "endLine": located.end.line, "endColumn": end_column,
                "byteOffset": span.start, "byteLength": span.end - span.start, "snippet": { "text": MASK },
            },
            "contextRegion": { "startLine": located.start.line, "endLine": located.end.line, "snippet": { "text": found.excerpt.with(MASK) } },
        } }],
        "partialFingerprints": {
            // The name that GitHub matches alerts by; of its own accord it would hash the line, which moves with what stands beside the secret.
            "primaryLocationLineHash": format!("{}:{number}", &fingerprint[..16]),
            "tamisSecret/v1": fingerprint,
        },
        "properties": { "class": found.rule.class, "confidence": located.finding.confidence, "verdict": located.finding.verdict },
    });
    if !found.parts.is_empty() {
        result["relatedLocations"] = found.parts.iter().enumerate().map(|(id, part)| related(found, id, part)).collect();
    }
    if let Some(commit) = found.place.commit {
        result["properties"]["commit"] = json!(commit.id);
        result["properties"]["author"] = json!(commit.author);
    }
    if let Some(origin) = found.place.origin {
        result["properties"]["origin"] = json!(origin);
    }
    if let Some(suppression) = found.suppression {
        result["suppressions"] = json!([suppressed(suppression)]);
    }
    if found.by_policy {
        result["properties"]["decision"] = json!(found.decided.ruling.decision.as_str());
        result["properties"]["row"] = json!(&*found.decided.ruling.row);
    }
    result
}

/// Where another part of the credential stands.
fn related(found: &Found<'_>, id: usize, part: &Part<'_>) -> Value {
    json!({
        "id": id,
        "message": { "text": format!("the same credential: {}", part.rule) },
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&found.path()) },
            "region": {
                "startLine": part.at.line, "endLine": part.at.end_line,
                "byteOffset": part.at.start, "byteLength": part.at.end - part.at.start, "snippet": { "text": MASK },
            },
        },
    })
}

fn suppressed(suppression: &Suppression) -> Value {
    json!({
        "kind": if suppression.is_in_source() { "inSource" } else { "external" },
        "status": "accepted",
        "justification": suppression.why(),
    })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    format!("{}{}", if path.starts_with('/') { "file://" } else { "" }, encoded(&path))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("a b/c:d#é.txt"), "a%20b/c%3Ad%23%C3%A9.txt");
        assert_eq!(uri("/etc/x"), "file:///etc/x");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
