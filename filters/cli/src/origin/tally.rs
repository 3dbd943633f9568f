//! How many commits and findings came from whom.

use std::collections::BTreeMap;

use tamis::{Author, Origin};

use crate::failure::{one_line, plural};
use crate::harmless::without_secrets;

/// Sums by origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<Key, Counts>);

/// Agents first, by name and model, and what has no mark last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Agent(Option<String>, Option<String>),
    Human,
    Unmarked,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    commits: u64,
    findings: u64,
}

impl Tally {
    /// Counts a commit.
    pub(crate) fn commit(&mut self, origin: Option<&Origin>) {
        self.counts(origin).commits += 1;
    }

    /// Counts a finding.
    pub(crate) fn finding(&mut self, origin: Option<&Origin>) {
        self.counts(origin).findings += 1;
    }

    /// Adds another thread's sums.
    pub(crate) fn merge(&mut self, other: Tally) {
        for (key, counts) in other.0 {
            let sum = self.0.entry(key).or_default();
            sum.commits += counts.commits;
            sum.findings += counts.findings;
        }
    }

    /// One line each, if there is more to tell than that nothing has a mark.
    pub(crate) fn lines(&self) -> Vec<String> {
        if self.0.keys().all(|key| *key == Key::Unmarked) {
            return Vec::new();
        }
        self.0
            .iter()
            .map(|(key, counts)| format!("{key}: {}, {}", plural(counts.commits, "commit"), plural(counts.findings, "finding")))
            .collect()
    }

    fn counts(&mut self, origin: Option<&Origin>) -> &mut Counts {
        let key = match origin {
            None => Key::Unmarked,
            Some(Origin { by: Author::Human, .. }) => Key::Human,
            Some(Origin { agent, model, .. }) => Key::Agent(agent.clone(), model.clone()),
        };
        self.0.entry(key).or_default()
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Key::Agent(agent, model) => {
                write!(f, "by {}", shown(agent.as_deref().unwrap_or("an agent")))?;
                model.as_ref().map_or(Ok(()), |model| write!(f, " ({})", shown(model)))
            }
            Key::Human => f.write_str("by people, as notes and traces say"),
            Key::Unmarked => f.write_str("without a mark"),
        }
    }
}

/// Text from a commit, which can be anything.
fn shown(text: &str) -> String {
    one_line(&without_secrets(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamis::Confidence;

    #[test]
    fn sums_are_told_by_agent_and_model() {
        let origin = |by, agent: &str, model: Option<&str>| {
            let agent = (!agent.is_empty()).then(|| agent.to_owned());
            Origin { by, agent, model: model.map(str::to_owned), confidence: Confidence::High, evidence: Vec::new() }
        };
        let mut tally = Tally::default();
        tally.commit(None);
        assert_eq!(tally.lines(), Vec::<String>::new());
        tally.commit(Some(&origin(Author::Agent, "Cursor", None)));
        tally.commit(Some(&origin(Author::Agent, "Cursor", Some("m"))));
        let mut other = Tally::default();
        other.finding(Some(&origin(Author::Agent, "Cursor", Some("m"))));
        other.finding(Some(&origin(Author::Human, "", None)));
        tally.merge(other);
        assert_eq!(
            tally.lines(),
            [
                "by Cursor: 1 commit, 0 findings",
                "by Cursor (m): 1 commit, 1 finding",
                "by people, as notes and traces say: 0 commits, 1 finding",
                "without a mark: 1 commit, 0 findings",
            ]
        );
    }
}
