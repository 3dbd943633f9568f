//! What other scanners were told to leave: `.gitleaksignore`, and the baselines of gitleaks, detect-secrets and kingfisher.
//!
//! They name places or, if nobody redacted them, values. Neither says which secret of ours is meant, so a scan has to find
//! it there again.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use serde::Deserialize;
use serde_json::Value;
use tamis::{Fingerprint, FingerprintKey};

use crate::report::Found;

/// Where a finding of another scanner stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    path: String,
    line: u64,
    /// The commit that it is about, if it is about one.
    commit: Option<String>,
}

/// What another scanner's file says, and which of it was found again.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What kind of file it was.
    pub(super) kind: &'static str,
    /// Each place once, and whether something of ours was found for it.
    entries: BTreeMap<Spot, bool>,
    /// By their fingerprints, the places of values.
    values: BTreeMap<Fingerprint, BTreeSet<Spot>>,
}

impl Known {
    /// Reads a file of any of the kinds.
    pub(super) fn parse(text: &str, key: &FingerprintKey) -> Result<Self, String> {
        match text.trim_start().chars().next() {
            Some('[') => gitleaks_report(text, key),
            Some('{') => detect_secrets(text),
            _ if text.lines().any(|line| line.starts_with("repositories:") || line.starts_with("ExactFindings:")) => kingfisher(text),
            _ => gitleaks_ignore(text),
        }
    }

    /// Whether the finding is one of these: at its place or by its value, as a whole or by a part of the credential.
    pub(super) fn covers(&mut self, found: &Found<'_>) -> bool {
        let located = &found.decided.located;
        let prints = iter::once(located.fingerprint).chain(found.parts.iter().map(|part| part.fingerprint));
        let mut met: Vec<Spot> = prints.filter_map(|print| self.values.get(&print)).flatten().cloned().collect();
        if let Some(path) = found.place.path.map(clean) {
            let commit = found.place.commit.map(|commit| commit.id.as_str());
            // Of text without history, an entry about a commit is an entry about its line.
            let same_commit = |spot: &Spot| match (&spot.commit, commit) {
                (Some(wanted), Some(is)) => is.starts_with(wanted.as_str()) || wanted.starts_with(is),
                _ => true,
            };
            let whole = (located.start.line, located.end.line);
            for (first, last) in iter::once(whole).chain(found.parts.iter().map(|part| (part.at.line, part.at.end_line))) {
                let spot = |line| Spot { path: path.to_owned(), line, commit: None };
                let there = self.entries.range(spot(first)..spot(last.saturating_add(1))).map(|(spot, _)| spot);
                met.extend(there.filter(|spot| same_commit(spot)).cloned());
            }
        }
        let covers = !met.is_empty();
        self.entries.extend(met.into_iter().map(|spot| (spot, true)));
        covers
    }

    /// How many entries there were, and how many of them nothing was found for.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.entries.len(), self.entries.values().filter(|met| !**met).count())
    }

    fn of(kind: &'static str) -> Self {
        Known { kind, ..Known::default() }
    }

    /// Adds an entry, and gives its place.
    fn spot(&mut self, path: &str, line: u64, commit: Option<&str>) -> Spot {
        let commit = commit.filter(|commit| !commit.is_empty()).map(str::to_owned);
        let spot = Spot { path: clean(path).to_owned(), line, commit };
        self.entries.entry(spot.clone()).or_default();
        spot
    }
}

/// A path as both sides may write it.
fn clean(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path).trim_end_matches('/')
}

/// Lines of `commit:path:rule:line` or `path:rule:line`.
fn gitleaks_ignore(text: &str) -> Result<Known, String> {
    let mut known = Known::of(".gitleaksignore");
    for (index, line) in text.lines().enumerate() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let bad = || format!("line {}: expected `path:rule:line` or `commit:path:rule:line`", index + 1);
        let mut parts = line.rsplitn(3, ':');
        let (number, _rule, whole) = (parts.next(), parts.next().ok_or_else(bad)?, parts.next().ok_or_else(bad)?);
        let number = number.and_then(|number| number.parse().ok()).ok_or_else(bad)?;
        let is_commit = |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (commit, path) = whole.split_once(':').filter(|(commit, _)| is_commit(commit)).unzip();
        known.spot(path.unwrap_or(whole), number, commit);
    }
    Ok(known)
}

/// A report of gitleaks, which is its baseline too.
fn gitleaks_report(text: &str, key: &FingerprintKey) -> Result<Known, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Leak {
        file: String,
        start_line: u64,
        #[serde(default)]
        commit: String,
        #[serde(default)]
        secret: String,
    }
    let leaks: Vec<Leak> = serde_json::from_str(text).map_err(|error| format!("no report of gitleaks: {error}"))?;
    let mut known = Known::of("gitleaks report");
    for leak in &leaks {
        let spot = known.spot(&leak.file, leak.start_line, Some(&leak.commit));
        // Redacted values are of no use, and short ones are no names of their own.
        let told = leak.secret.len() >= 8 && !leak.secret.contains("REDACTED") && !leak.secret.contains("...");
        for print in key.of_value(leak.secret.as_bytes()).into_iter().filter(|_| told) {
            known.values.entry(print).or_default().insert(spot.clone());
        }
    }
    Ok(known)
}

/// A baseline of detect-secrets.
fn detect_secrets(text: &str) -> Result<Known, String> {
    #[derive(Deserialize)]
    struct Baseline {
        results: BTreeMap<String, Vec<Secret>>,
    }
    #[derive(Deserialize)]
    struct Secret {
        line_number: u64,
        /// What an audit said: of `true` the answer is that it is one.
        #[serde(default)]
        is_secret: Option<bool>,
    }
    let baseline: Baseline = serde_json::from_str(text).map_err(|error| format!("no baseline of detect-secrets: {error}"))?;
    let mut known = Known::of("detect-secrets baseline");
    for (path, secrets) in &baseline.results {
        for secret in secrets.iter().filter(|secret| secret.is_secret != Some(true)) {
            known.spot(path, secret.line_number, None);
        }
    }
    Ok(known)
}

/// A baseline of kingfisher, in either of its forms. It is YAML that a program wrote: lists of `key: value`.
fn kingfisher(text: &str) -> Result<Known, String> {
    let mut known = Known::of("kingfisher baseline");
    let (mut path, mut line) = (None::<String>, None::<u64>);
    let mut flush = |path: &mut Option<String>, line: &mut Option<u64>| {
        if let (Some(path), Some(line)) = (path.take(), line.take()) {
            known.spot(&path, line, None);
        }
    };
    for (index, raw) in text.lines().enumerate() {
        let entry = raw.trim_start();
        let (starts, entry) = entry.strip_prefix("- ").map_or((false, entry), |rest| (true, rest));
        if starts {
            flush(&mut path, &mut line);
        }
        let Some((field, value)) = entry.split_once(':') else { continue };
        let value = value.trim();
        match field {
            "path" | "filepath" => path = Some(unquoted(value)),
            "line" | "linenum" => {
                line = Some(value.parse().map_err(|_| format!("line {}: {field} is no number", index + 1))?);
            }
            _ => {}
        }
    }
    flush(&mut path, &mut line);
    Ok(known)
}

/// A scalar of YAML.
fn unquoted(value: &str) -> String {
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return inner.replace("''", "'");
    }
    // In double quotes it is as JSON writes it.
    match serde_json::from_str(value) {
        Ok(Value::String(text)) => text,
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(text: &str) -> Vec<(String, u64, Option<String>)> {
        let known = Known::parse(text, &FingerprintKey::default()).unwrap();
        known.entries.into_keys().map(|spot| (spot.path, spot.line, spot.commit)).collect()
    }

    #[test]
    fn each_kind_is_told_by_its_text() {
        let plain = |path: &str, line| (path.to_owned(), line, None);
        assert_eq!(spots("# old\nsrc/a:b.py:generic-api-key:7\n\n"), [plain("src/a:b.py", 7)]);
        assert_eq!(spots("0a1b2c3d4e:x.env:aws:1 # test\n"), [("x.env".into(), 1, Some("0a1b2c3d4e".into()))]);
        assert_eq!(spots(r#"[{"RuleID":"r","File":"./a","StartLine":3,"Commit":"","Secret":"REDACTED"}]"#), [plain("a", 3)]);
        let detect = r#"{"version":"1.5.0","results":{"a b":[{"type":"x","line_number":2},{"line_number":4,"is_secret":true}]}}"#;
        assert_eq!(spots(detect), [plain("a b", 2)]);
        let old = "ExactFindings:\n  matches:\n  - filepath: a.rb/\n    fingerprint: 05\n    linenum: 52\n  - filepath: 'it''s'\n    linenum: 1\n";
        assert_eq!(spots(old), [plain("a.rb", 52), plain("it's", 1)]);
        let new = "version: 2\nrepositories:\n- id: local:///x\n  findings:\n  - path: \"a\\tb\"\n    fingerprint: '3'\n    line: 2\n- id: y\n  findings: []\n";
        assert_eq!(spots(new), [plain("a\tb", 2)]);
    }

    #[test]
    fn values_are_known_by_their_fingerprints() {
        let key = FingerprintKey::default();
        let known = Known::parse(r#"[{"File":"a","StartLine":3,"Secret":"correct horse"}]"#, &key).unwrap();
        assert!(known.values.contains_key(&key.value(b"correct horse")));
        assert_eq!(known.counts(), (1, 1));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, says) in [
            ("a:b", "line 1: expected"),
            ("x\n", "line 1: expected"),
            ("[1]", "no report of gitleaks"),
            ("{}", "no baseline of detect-secrets"),
            ("repositories:\n- path: a\n  line: x\n", "line 3: line is no number"),
        ] {
            let error = Known::parse(text, &FingerprintKey::default()).unwrap_err();
            assert!(error.starts_with(says), "{text}: {error}");
        }
    }
}
