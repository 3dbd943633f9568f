//! Findings in labelled repositories with what the learned scorer counts about them: what it is trained and tested on.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tamis_engine::{Confidence, Scanner};

use super::creddata::{Label, SECRETS, covers, line_of};
use super::rows;

/// What the labels say about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// A secret.
    Right,
    /// None, or a placeholder.
    Wrong,
    /// Nobody looked.
    Unreviewed,
}

/// A finding at any confidence.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What the labels say.
    pub truth: Truth,
    /// Its features, when the learned scorer decides about it.
    pub features: Option<Vec<u16>>,
    /// Whether it is reported at medium or more today.
    pub reported: bool,
    /// The secrets it hits: indices that are unique in a set.
    pub hits: Vec<usize>,
    /// The repository it stands in.
    pub repo: String,
}

/// All findings, and the secrets of each repository.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The findings.
    pub all: Vec<Candidate>,
    /// How many secrets a repository has.
    pub secrets: BTreeMap<String, usize>,
}

impl Candidates {
    /// Those of the labelled files below `folder/data`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn labelled(folder: &Path, scanner: &Scanner) -> Result<Self, String> {
        let mut by_file: BTreeMap<String, Vec<Label>> = BTreeMap::new();
        for label in rows::<Label>(&folder.join("labels.jsonl"))? {
            by_file.entry(label.file.clone()).or_default().push(label);
        }
        let mut candidates = Candidates::default();
        let mut next = 0;
        for (file, labels) in &by_file {
            let text = fs::read(folder.join(file)).map_err(|e| format!("cannot read {file}: {e}"))?;
            let repo = file.split('/').nth(1).unwrap_or_default().to_owned();
            let is_secret = |l: &Label| l.label == "T" && SECRETS.contains(&l.tier.as_deref().unwrap_or_default());
            for finding in scanner.find(&text) {
                let line = line_of(&text, &finding);
                let over = || labels.iter().enumerate().filter(|(_, l)| covers(l, &finding, line));
                let truth = if over().any(|(_, l)| l.label == "T") {
                    Truth::Right
                } else if over().next().is_some() {
                    Truth::Wrong
                } else {
                    Truth::Unreviewed
                };
                candidates.all.push(Candidate {
                    truth,
                    features: features(scanner, &text, &finding),
                    reported: finding.confidence >= Confidence::Medium,
                    hits: over().filter(|(_, l)| is_secret(l)).map(|(at, _)| next + at).collect(),
                    repo: repo.clone(),
                });
            }
            *candidates.secrets.entry(repo).or_default() += labels.iter().filter(|l| is_secret(l)).count();
            next += labels.len();
        }
        Ok(candidates)
    }
}

/// The features of a finding that the learned scorer decides about.
#[must_use]
pub fn features(scanner: &Scanner, text: &[u8], finding: &tamis_engine::Finding) -> Option<Vec<u16>> {
    Some(scanner.explain(text, finding)?.iter().map(|counted| counted.feature).collect())
}
