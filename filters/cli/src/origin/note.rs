//! Notes of the Git AI standard (`refs/notes/ai`): which lines of a commit which session wrote.

use std::collections::BTreeMap;

use serde::Deserialize;
use tamis::{Author, Confidence, Origin};

/// One commit's note.
#[derive(Debug, Default)]
pub(crate) struct Note {
    /// By path, who wrote which lines: keys of sessions, or of people.
    files: BTreeMap<String, Vec<(String, Lines)>>,
    head: Head,
}

/// Ranges of lines, both ends included.
type Lines = Vec<(u64, u64)>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    sessions: BTreeMap<String, Session>,
    /// Older notes call sessions so.
    prompts: BTreeMap<String, Session>,
    humans: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Session {
    agent_id: AgentId,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AgentId {
    tool: Option<String>,
    model: Option<String>,
}

impl Note {
    /// Reads a note. None where it is not of this standard.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (lines, head) = text.split_once("---\n").filter(|(lines, _)| lines.is_empty() || lines.ends_with('\n'))?;
        let head: Head = serde_json::from_str(head).ok()?;
        let mut note = Note { files: BTreeMap::new(), head };
        let mut file: Option<&mut Vec<(String, Lines)>> = None;
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            match (line.strip_prefix("  "), &mut file) {
                (Some(entry), Some(file)) => file.extend(attestation(entry)),
                (Some(_), None) => return None,
                (None, _) => file = Some(note.files.entry(line.trim_matches('"').to_owned()).or_default()),
            }
        }
        Some(note)
    }

    /// What it says about the commit as a whole.
    pub(crate) fn of_commit(&self) -> Option<Origin> {
        let session = self.head.sessions.values().chain(self.head.prompts.values()).next()?;
        Some(agent(&session.agent_id, Confidence::High, "git note"))
    }

    /// What it says about a line. A file that it names has lines of agents only where it says so.
    pub(crate) fn of_line(&self, path: &str, line: u64) -> Option<Origin> {
        let entries = self.files.get(path)?;
        let covers = |lines: &Lines| lines.iter().any(|(from, to)| (*from..=*to).contains(&line));
        let Some((key, _)) = entries.iter().find(|(_, lines)| covers(lines)) else {
            return Some(human(Confidence::Medium, "git note: no session claims the line"));
        };
        let session = key.split("::").next().unwrap_or_default();
        match self.head.sessions.get(session).or_else(|| self.head.prompts.get(session)) {
            Some(session) => Some(agent(&session.agent_id, Confidence::High, "git note: line of a session")),
            None if self.head.humans.contains_key(session) => Some(human(Confidence::High, "git note: line of a person")),
            None => Some(agent(&AgentId::default(), Confidence::Medium, "git note: line of a session that it does not describe")),
        }
    }
}

/// `KEY 1-4,9`
fn attestation(entry: &str) -> Option<(String, Lines)> {
    let (key, ranges) = entry.trim().rsplit_once(' ')?;
    let range = |text: &str| {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        Some((from.parse().ok()?, to.parse().ok()?))
    };
    Some((key.to_owned(), ranges.split(',').filter_map(range).collect()))
}

fn agent(id: &AgentId, confidence: Confidence, evidence: &str) -> Origin {
    let AgentId { tool, model } = id.clone();
    Origin { by: Author::Agent, agent: tool, model, confidence, evidence: vec![evidence.to_owned()] }
}

fn human(confidence: Confidence, evidence: &str) -> Origin {
    Origin { by: Author::Human, agent: None, model: None, confidence, evidence: vec![evidence.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "src/a b.rs\n  s_0123456789abcd::t_0123456789abcd 1-4,9\n  h_1 5\nsrc/c.rs\n  0123456789abcdef 1\n---\n\
        {\"schema_version\":\"authorship/3.0.0\",\"sessions\":{\"s_0123456789abcd\":{\"agent_id\":{\"tool\":\"claude\",\"id\":\"x\",\"model\":\"opus-5\"}}},\
        \"prompts\":{\"0123456789abcdef\":{\"agent_id\":{\"tool\":\"cursor\"}}},\"humans\":{\"h_1\":{\"author\":\"A\"}}}";

    #[test]
    fn lines_have_authors() {
        let note = Note::read(NOTE).unwrap();
        let told = |path, line| {
            note.of_line(path, line)
                .map(|origin| format!("{} {}", origin.by.as_str(), origin.agent.unwrap_or_default()).trim_end().to_owned())
        };
        let cases = [
            ("src/a b.rs", 4, Some("agent claude")),
            ("src/a b.rs", 9, Some("agent claude")),
            ("src/a b.rs", 5, Some("human")),
            ("src/a b.rs", 6, Some("human")),
            ("src/c.rs", 1, Some("agent cursor")),
            ("other", 1, None),
        ];
        for (path, line, expected) in cases {
            assert_eq!(told(path, line).as_deref(), expected, "{path} {line}");
        }
        assert_eq!(note.of_commit().unwrap().model.as_deref(), Some("opus-5"));
    }

    #[test]
    fn other_notes_are_none() {
        for text in ["", "Acked-by: me\n", "---\nnot json", "  s_1 1\n---\n{}"] {
            assert!(Note::read(text).is_none(), "{text}");
        }
    }
}
