//! Who wrote a commit, as far as it says: marks of agents in names, addresses, trailers, notes and traces.

mod marks;
mod note;
mod tally;
mod trace;
mod trailers;

use tamis::{Author, Confidence, Origin};

use crate::harmless::without_secrets;
use marks::Told;
pub(crate) use note::Note;
pub(crate) use tally::Tally;
pub(crate) use trace::{FOLDER as TRACES, Traces};

/// What a commit says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signed<'a> {
    /// Names and e-mail addresses of author and committer.
    pub(crate) people: [(&'a str, &'a str); 2],
    pub(crate) message: &'a str,
}

/// What the marks in a commit add up to. None of them proves that no agent was at work.
pub(crate) fn of_commit(commit: &Signed<'_>) -> Option<Origin> {
    let mut found = Found::default();
    for ((name, email), role) in commit.people.into_iter().zip(["author", "committer"]) {
        found.agent(marks::by_email(email), || None, Confidence::High, || format!("e-mail of the {role}"));
        found.agent(marks::by_name(name), || None, Confidence::High, || format!("name of the {role}"));
    }
    for (key, value) in trailers::trailers(commit.message) {
        trailer(key, &value, &mut found);
    }
    if commit.message.contains("Generated with [Claude Code]") {
        found.agent(Some("Claude Code"), || None, Confidence::Medium, || "footer".to_owned());
    }
    let subject = commit.message.lines().next().unwrap_or_default();
    if subject.starts_with("aider:") {
        found.agent(Some("aider"), || None, Confidence::Low, || "subject".to_owned());
    }
    if let Some(branch) = merged_branch(subject) {
        found.agent(marks::by_branch(branch), || None, Confidence::Low, || "name of the branch".to_owned());
    }
    found.origin()
}

/// The same, without secrets: what stands in trailers and notes is anybody's text.
pub(crate) fn shown(origin: Origin) -> Origin {
    let clean = |text: Option<String>| text.map(|text| without_secrets(&text).into_owned());
    Origin { agent: clean(origin.agent), model: clean(origin.model), ..origin }
}

fn trailer(key: &str, value: &str, found: &mut Found) {
    let evidence = || format!("trailer {}", key.to_ascii_lowercase());
    if key.eq_ignore_ascii_case("co-authored-by") {
        let (name, email) = value.split_once('<').unwrap_or((value, ""));
        let agent = marks::by_email(email.trim_end_matches('>')).or_else(|| marks::by_name(name));
        return found.agent(agent, || agent.and_then(|agent| marks::model(agent, name)), Confidence::High, evidence);
    }
    let Some((told, is_own)) = marks::by_trailer(key, value) else { return };
    let confidence = if is_own { Confidence::High } else { Confidence::Medium };
    match told {
        Told::Agent(agent) => found.agent(Some(agent), || None, confidence, evidence),
        Told::Named { agent, model } => found.add(Some(agent), model, confidence, evidence()),
        Told::Some => found.add(None, None, confidence, evidence()),
    }
}

/// The branch that a merge names.
fn merged_branch(subject: &str) -> Option<&str> {
    if let Some(rest) = subject.strip_prefix("Merge branch '") {
        return rest.split('\'').next();
    }
    // `Merge pull request NUMBER from OWNER/BRANCH`
    let (_, from) = subject.strip_prefix("Merge pull request ")?.split_once(" from ")?;
    from.split_once('/').map(|(_, branch)| branch)
}

/// Marks found so far. The surest one says which agent it was.
#[derive(Default)]
struct Found {
    best: Option<(Confidence, Option<String>, Option<String>)>,
    evidence: Vec<String>,
}

impl Found {
    fn agent(
        &mut self,
        agent: Option<&'static str>,
        model: impl FnOnce() -> Option<String>,
        confidence: Confidence,
        evidence: impl FnOnce() -> String,
    ) {
        if let Some(agent) = agent {
            self.add(Some(agent.to_owned()), model(), confidence, evidence());
        }
    }

    fn add(&mut self, agent: Option<String>, model: Option<String>, confidence: Confidence, evidence: String) {
        if !self.evidence.contains(&evidence) {
            self.evidence.push(evidence);
        }
        match &mut self.best {
            Some((best, ..)) if *best < confidence => self.best = Some((confidence, agent, model)),
            Some((_, known, known_model)) => {
                let is_same = known.is_none() || agent.is_none() || *known == agent;
                *known = known.take().or(agent);
                if is_same {
                    *known_model = known_model.take().or(model);
                }
            }
            None => self.best = Some((confidence, agent, model)),
        }
    }

    fn origin(self) -> Option<Origin> {
        let (confidence, agent, model) = self.best?;
        Some(Origin { by: Author::Agent, agent, model, confidence, evidence: self.evidence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(author: (&str, &str), message: &str) -> String {
        let commit = Signed { people: [author, ("Ann", "ann@example.org")], message };
        of_commit(&commit).map_or("-".to_owned(), |origin| {
            let words = [origin.agent.unwrap_or_default(), origin.model.unwrap_or_default(), origin.confidence.as_str().to_owned()];
            format!("{} [{}]", words.join("/"), origin.evidence.join(", "))
        })
    }

    #[test]
    fn each_mark_is_known() {
        let ann = ("Ann", "ann@example.org");
        let body = |last: &str| format!("Fix it\n\nBecause.\n\n{last}\n");
        let cases = [
            (ann, "Fix it\n".to_owned(), "-"),
            (ann, "Talk about Claude\n\nand cursor".to_owned(), "-"),
            (ann, body("CO-AUTHORED-BY: Claude Opus 5 <NoReply@Anthropic.com>"), "Claude Code/Claude Opus 5/high [trailer co-authored-by]"),
            (ann, body("Co-Authored-By: Claude <noreply@anthropic.com>"), "Claude Code//high [trailer co-authored-by]"),
            (ann, body("Claude-Session: https://claude.ai/code/session_1"), "Claude Code//high [trailer claude-session]"),
            (ann, body("Generated with [Claude Code](https://claude.com/claude-code)"), "Claude Code//medium [footer]"),
            (ann, body("Co-authored-by: Codex <noreply@openai.com>"), "OpenAI Codex//high [trailer co-authored-by]"),
            (ann, body("Co-authored-by: Cursor <cursoragent@cursor.com>"), "Cursor//high [trailer co-authored-by]"),
            (ann, body("Co-authored-by: aider (gpt-5) <aider@aider.chat>"), "aider/gpt-5/high [trailer co-authored-by]"),
            (ann, body("Co-authored-by: Bob <bob@example.org>"), "-"),
            (("Ann (aider)", "ann@example.org"), "Fix".to_owned(), "aider//high [name of the author]"),
            (
                ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com"),
                "Fix".to_owned(),
                "GitHub Copilot//high [e-mail of the author, name of the author]",
            ),
            (
                ("Devin AI", "158243242+devin-ai-integration[bot]@users.noreply.github.com"),
                "Fix".to_owned(),
                "Devin//high [e-mail of the author]",
            ),
            (
                ann,
                body("Replit-Commit-Author: Agent\nReplit-Commit-Session-Id: 1"),
                "Replit//medium [trailer replit-commit-author, trailer replit-commit-session-id]",
            ),
            (ann, body("Entire-Session: 1\nEntire-Agent: Gemini CLI"), "Gemini CLI//medium [trailer entire-session, trailer entire-agent]"),
            (ann, body("Assisted-by: Claude:claude-opus-5 sparse\nSigned-off-by: A"), "Claude/claude-opus-5/medium [trailer assisted-by]"),
            (ann, "aider: add it".to_owned(), "aider//low [subject]"),
            (ann, "Merge pull request #7 from acme/codex/fix-it".to_owned(), "OpenAI Codex//low [name of the branch]"),
            (ann, "Merge branch 'cursor/x' into main".to_owned(), "Cursor//low [name of the branch]"),
        ];
        for (author, message, expected) in cases {
            assert_eq!(origin(author, &message), expected, "{message}");
        }
    }

    #[test]
    fn the_surest_mark_names_the_agent() {
        let message = "aider: x\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n";
        assert_eq!(origin(("Ann", ""), message), "Cursor//high [trailer co-authored-by, subject]");
    }
}
