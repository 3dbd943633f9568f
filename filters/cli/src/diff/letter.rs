//! What stands around diffs: the heads and messages of commits, as `git log -p` and mailed patches have them.

use std::sync::Arc;

use gix::bstr::ByteSlice as _;
use tamis::{Commit, Origin, Timestamp};

use crate::harmless::without_secrets;
use crate::origin::{self, Signed};

/// Longer messages than this are searched, but marks are looked for in the first part only.
const KEPT: usize = 64 * 1024;

/// A commit on its way.
#[derive(Debug, Default)]
pub(super) struct Letter {
    commit: Option<Commit>,
    in_head: bool,
    mailed: bool,
    message: String,
    /// Once its diffs begin.
    told: Option<(Arc<Commit>, Option<Arc<Origin>>)>,
}

/// What a line outside of diffs is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A commit starts.
    Commit,
    /// It names people and dates.
    Head,
    /// The mail's text is encoded in a way that is not read.
    Encoded,
    /// Text.
    Text,
}

impl Letter {
    /// Reads a line outside of diffs.
    pub(super) fn line(&mut self, line: &[u8]) -> Line {
        let text = line.to_str_lossy();
        let text = text.trim_end_matches(['\r', '\n']);
        if let Some((id, mailed)) = start(text) {
            let commit = Commit { id: id.to_owned(), author: String::new(), email: String::new(), date: None };
            *self = Letter { commit: Some(commit), in_head: true, mailed, ..Letter::default() };
            return Line::Commit;
        }
        if self.in_head {
            if text.is_empty() {
                self.in_head = false;
            }
            return self.head(text);
        }
        if self.commit.is_some() && self.told.is_none() && self.message.len() < KEPT {
            // `git log` moves messages to the right.
            self.message.push_str(if self.mailed { text } else { text.strip_prefix("    ").unwrap_or(text) });
            self.message.push('\n');
        }
        Line::Text
    }

    fn head(&mut self, text: &str) -> Line {
        let Some((key, value)) = text.split_once(':') else { return Line::Head };
        let value = value.trim();
        let Some(commit) = &mut self.commit else { return Line::Head };
        match key.to_ascii_lowercase().as_str() {
            "author" | "from" => {
                let (name, email) = value.split_once('<').unwrap_or((value, ""));
                commit.author = name.trim().trim_matches('"').to_owned();
                commit.email = email.trim_end_matches('>').to_owned();
            }
            "date" | "authordate" => commit.date = date(value),
            "subject" => {
                // Numbers of a series are not the author's.
                let subject = value.strip_prefix("[PATCH").and_then(|rest| rest.split_once("] ")).map_or(value, |(_, subject)| subject);
                self.message = format!("{subject}\n\n");
                return Line::Text;
            }
            "content-transfer-encoding" if ["base64", "quoted-printable"].contains(&value.to_ascii_lowercase().as_str()) => {
                return Line::Encoded;
            }
            _ => {}
        }
        Line::Head
    }

    /// The commit that diffs belong to, and who wrote it.
    pub(super) fn told(&mut self) -> Option<&(Arc<Commit>, Option<Arc<Origin>>)> {
        let commit = self.commit.as_ref()?;
        if self.told.is_none() {
            // Below this line mails have statistics.
            let message = self.message.split("\n---\n").next().unwrap_or_default();
            let origin = origin::of_commit(&Signed { people: [(&commit.author, &commit.email), ("", "")], message });
            let clean = |text: &str| without_secrets(text).into_owned();
            let commit = Commit { author: clean(&commit.author), email: clean(&commit.email), ..commit.clone() };
            self.told = Some((Arc::new(commit), origin.map(|origin| Arc::new(origin::shown(origin)))));
        }
        self.told.as_ref()
    }
}

/// The id in the first line of a commit, and whether it is a mail's: `commit ID`, `From ID Mon Sep 17 00:00:00 2001`.
fn start(text: &str) -> Option<(&str, bool)> {
    let (rest, mailed) = match text.strip_prefix("commit ") {
        Some(rest) => (rest, false),
        None => (text.strip_prefix("From ")?, true),
    };
    let id = rest.split(' ').next()?;
    let is_id = [40, 64].contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit());
    (is_id && (!mailed || rest.len() > id.len())).then_some((id, mailed))
}

fn date(text: &str) -> Option<Timestamp> {
    let time = gix::date::parse(text, None).ok()?;
    Timestamp::from_second(time.seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    fn read(text: &str) -> String {
        let mut letter = Letter::default();
        for line in text.lines() {
            letter.line(line.as_bytes());
        }
        let Some((commit, origin)) = letter.told() else { return "none".to_owned() };
        let agent = origin.as_ref().and_then(|origin| origin.agent.clone()).unwrap_or_default();
        let date = commit.date.map(|date| date.to_string()).unwrap_or_default();
        format!("{}|{}|{}|{date}|{agent}", &commit.id[..4], commit.author, commit.email)
    }

    #[test]
    fn logs_and_mails_tell_of_commits() {
        let trailer = "Co-authored-by: Codex <noreply@openai.com>";
        let log =
            format!("commit {ID} (HEAD)\nAuthor: A B <a@b.c>\nDate:   Thu Jan 1 01:00:10 1970 +0100\n\n    Title\n    \n    {trailer}\n");
        assert_eq!(read(&log), "0123|A B|a@b.c|1970-01-01T00:00:10Z|OpenAI Codex");
        let mail = format!(
            "From {ID} Mon Sep 17 00:00:00 2001\nFrom: \"A B\" <a@b.c>\nDate: Thu, 1 Jan 1970 00:00:10 +0000\nSubject: [PATCH 1/2] Title\n\n{trailer}\n---\n x | 1 +\n"
        );
        assert_eq!(read(&mail), "0123|A B|a@b.c|1970-01-01T00:00:10Z|OpenAI Codex");
        assert_eq!(read("commit to it\nFrom here\n"), "none");
        assert_eq!(read(&format!("From {ID}")), "none");
    }
}
