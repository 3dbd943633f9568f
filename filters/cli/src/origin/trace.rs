//! Agent Trace records: which lines of which files came out of which conversation.

use std::collections::BTreeMap;

use serde::Deserialize;
use tamis::{Author, Confidence, Origin};

/// Where a repository keeps them.
pub(crate) const FOLDER: &[u8] = b".agent-trace";

/// Records by the commit that they are about.
#[derive(Debug, Default)]
pub(crate) struct Traces(BTreeMap<String, Vec<Record>>);

#[derive(Debug, Deserialize)]
struct Record {
    vcs: Option<Vcs>,
    tool: Option<Tool>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct Vcs {
    revision: String,
}

#[derive(Debug, Deserialize)]
struct Tool {
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct File {
    path: String,
    #[serde(default)]
    conversations: Vec<Conversation>,
}

#[derive(Debug, Deserialize)]
struct Conversation {
    contributor: Option<Contributor>,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Debug, Deserialize)]
struct Contributor {
    r#type: String,
    model_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Range {
    start_line: u64,
    end_line: u64,
    contributor: Option<Contributor>,
}

impl Traces {
    /// Adds the records of a file: one JSON document, or one a line. What is none is left out.
    pub(crate) fn add(&mut self, text: &str) {
        let records = match serde_json::from_str::<Record>(text) {
            Ok(record) => vec![record],
            Err(_) => text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect(),
        };
        for record in records {
            if let Some(vcs) = &record.vcs {
                self.0.entry(vcs.revision.to_ascii_lowercase()).or_default().push(record);
            }
        }
    }

    /// What they say about a commit as a whole.
    pub(crate) fn of_commit(&self, id: &str) -> Option<Origin> {
        let records = self.0.get(id)?;
        let all = records.iter().flat_map(|record| record.files.iter().flat_map(move |file| all_in(record, file)));
        // That a person wrote some lines says nothing about the rest.
        all.filter_map(|(record, contributor, _)| origin(record, contributor)).find(|origin| origin.by == Author::Agent)
    }

    /// What they say about a line of a commit.
    pub(crate) fn of_line(&self, id: &str, path: &str, line: u64) -> Option<Origin> {
        let files = self.0.get(id)?.iter().flat_map(|record| record.files.iter().map(move |file| (record, file)));
        let mut all = files.filter(|(_, file)| file.path == path).flat_map(|(record, file)| all_in(record, file));
        all.find_map(|(record, contributor, range)| {
            (range.start_line..=range.end_line).contains(&line).then(|| origin(record, contributor)).flatten()
        })
    }
}

/// All ranges of a file, with who wrote them.
fn all_in<'r>(record: &'r Record, file: &'r File) -> impl Iterator<Item = (&'r Record, &'r Contributor, &'r Range)> {
    file.conversations.iter().flat_map(move |conversation| {
        let of = |range: &'r Range| range.contributor.as_ref().or(conversation.contributor.as_ref());
        conversation.ranges.iter().filter_map(move |range| of(range).map(|contributor| (record, contributor, range)))
    })
}

fn origin(record: &Record, contributor: &Contributor) -> Option<Origin> {
    let (by, confidence) = match contributor.r#type.as_str() {
        "ai" => (Author::Agent, Confidence::High),
        "mixed" => (Author::Agent, Confidence::Medium),
        "human" => (Author::Human, Confidence::High),
        _ => return None,
    };
    let is_agent = by == Author::Agent;
    Some(Origin {
        by,
        agent: record.tool.as_ref().and_then(|tool| tool.name.clone()).filter(|_| is_agent),
        model: contributor.model_id.clone().filter(|_| is_agent),
        confidence,
        evidence: vec![format!("agent trace: {}", contributor.r#type)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_tell_of_lines() {
        let record = r#"{"version":"0.1.0","id":"1","timestamp":"2026-01-01T00:00:00Z","vcs":{"type":"git","revision":"ABC"},
            "tool":{"name":"cursor","version":"1"},"files":[{"path":"a.rs","conversations":[
                {"contributor":{"type":"ai","model_id":"anthropic/opus"},"ranges":[{"start_line":2,"end_line":4}]},
                {"contributor":{"type":"human"},"ranges":[{"start_line":5,"end_line":5}]},
                {"contributor":{"type":"unknown"},"ranges":[{"start_line":6,"end_line":6}]}]}]}"#;
        let one_a_line = record.replace('\n', "");
        for text in [record.to_owned(), format!("not one\n{one_a_line}\n")] {
            let mut traces = Traces::default();
            traces.add(&text);
            let by = |line| traces.of_line("abc", "a.rs", line).map(|origin| origin.by);
            assert_eq!([1, 2, 4, 5, 6].map(by), [None, Some(Author::Agent), Some(Author::Agent), Some(Author::Human), None]);
            let origin = traces.of_commit("abc").unwrap();
            assert_eq!((origin.agent.as_deref(), origin.model.as_deref()), (Some("cursor"), Some("anthropic/opus")));
            assert!(traces.of_commit("abd").is_none() && traces.of_line("abc", "b.rs", 2).is_none());
        }
    }
}
