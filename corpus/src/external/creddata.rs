//! Labelled places in real repositories, scored as `shared/data/score_creddata.py` does.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use tamis_engine::{Confidence, Finding, Scanner};

use super::{overlaps, rows, sure};

/// Tiers of true labels that are secrets.
pub(super) const SECRETS: [&str; 3] = ["generic-secret", "provider-secret", "key-material"];

#[derive(Deserialize)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) file: String,
    line_start: usize,
    line_end: usize,
    byte_start: Option<i64>,
    byte_end: Option<i64>,
    pub(super) label: String,
    pub(super) tier: Option<String>,
    #[serde(default)]
    category: Vec<String>,
}

/// How a scan does on the labels.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// By tier of the true labels, or by label: those hit, and all.
    pub rows: BTreeMap<String, (usize, usize)>,
    /// By rule: findings that are right, wrong, wrong on a placeholder, and those nobody labelled.
    pub rules: BTreeMap<String, [usize; 4]>,
    /// Places: rule or kind of label, file and line of what is wrong, and of what was missed.
    pub wrong: Vec<(String, String, usize)>,
    /// Kind, file and line of secrets that were missed.
    pub missed: Vec<(String, String, usize)>,
}

impl Score {
    /// Scans the labelled files below `folder/data`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn measure(folder: &Path, scanner: &Scanner, least: Confidence) -> Result<Score, String> {
        let mut by_file: BTreeMap<String, Vec<Label>> = BTreeMap::new();
        for label in rows::<Label>(&folder.join("labels.jsonl"))? {
            by_file.entry(label.file.clone()).or_default().push(label);
        }
        let mut score = Score::default();
        for (file, labels) in &by_file {
            let text = fs::read(folder.join(file)).map_err(|e| format!("cannot read {file}: {e}"))?;
            score.take(&text, file, labels, scanner, least);
        }
        Ok(score)
    }

    fn take(&mut self, text: &[u8], file: &str, labels: &[Label], scanner: &Scanner, least: Confidence) {
        let mut hit: HashMap<u64, bool> = HashMap::new();
        for finding in scanner.find(text).iter().filter(|f| sure(f, least)) {
            let line = line_of(text, finding);
            let over: Vec<&Label> = labels.iter().filter(|l| covers(l, finding, line)).collect();
            let has = |kind: &str| over.iter().any(|l| l.label == kind);
            let kind = if has("T") {
                0
            } else if has("F") {
                1
            } else if has("X") {
                2
            } else {
                3
            };
            hit.extend(over.iter().map(|l| (l.id, true)));
            let rule = &scanner.rule(finding.rule).id;
            self.rules.entry(rule.clone()).or_default()[kind] += 1;
            if matches!(kind, 1 | 2) {
                self.wrong.push((rule.clone(), file.to_owned(), line));
            }
        }
        for label in labels {
            let found = hit.contains_key(&label.id);
            let tier = label.tier.as_deref().unwrap_or_default();
            let key = if label.label == "T" { tier.to_owned() } else { format!("label {} (a hit is wrong)", label.label) };
            let row = self.rows.entry(key).or_default();
            row.0 += usize::from(found);
            row.1 += 1;
            if label.label == "T" && SECRETS.contains(&tier) && !found {
                self.missed.push((format!("{tier}: {}", label.category.join("+")), file.to_owned(), label.line_start));
            }
        }
    }

    /// Part of the secrets that were found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        let (hit, all) = SECRETS.iter().filter_map(|t| self.rows.get(*t)).fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        hit as f64 / all.max(1) as f64
    }

    /// Part of the reviewed findings that are right.
    #[must_use]
    pub fn precision(&self) -> f64 {
        let [right, wrong, placeholder, _] = self.findings();
        right as f64 / (right + wrong + placeholder).max(1) as f64
    }

    /// Harmonic mean of the two.
    #[must_use]
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        2.0 * p * r / (p + r).max(1e-9)
    }

    /// Findings that are right, wrong, wrong on a placeholder, and unlabelled.
    #[must_use]
    pub fn findings(&self) -> [usize; 4] {
        self.rules.values().fold([0; 4], |sum, row| [0, 1, 2, 3].map(|i| sum[i] + row[i]))
    }
}

pub(super) fn line_of(text: &[u8], finding: &Finding) -> usize {
    text[..finding.span.range().start].iter().filter(|b| **b == b'\n').count() + 1
}

pub(super) fn covers(label: &Label, finding: &Finding, line: usize) -> bool {
    match (label.byte_start, label.byte_end) {
        (Some(start @ 0..), Some(end)) => overlaps(finding, start as usize, end as usize),
        _ => (label.line_start..=label.line_end).contains(&line),
    }
}
