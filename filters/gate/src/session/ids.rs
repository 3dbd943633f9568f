//! The ids that tie what flows to a session.

use serde::{Deserialize, Serialize};

use super::id::Id;

/// Who sent what flows, as far as it says so. All of it is set by clients: it tells what belongs together, and never who
/// may do what.
///
/// ```
/// use tamis::session::{Id, Ids};
/// let mut known = Ids { session: Id::new("s-1"), turn: Id::new("t-1"), ..Ids::default() };
/// known.merge(&Ids { turn: Id::new("t-2"), ..Ids::default() });
/// assert_eq!((known.session, known.turn), (Id::new("s-1"), Id::new("t-2")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ids {
    /// Whose way of naming this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// The session: one conversation, from its first prompt on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Id>,
    /// The turn: one prompt and all that it set off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Id>,
    /// The agent, where a session has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Id>,
    /// The agent that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_agent: Option<Id>,
    /// The tool call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call: Option<Id>,
    /// The trace, 32 hexadecimal digits, as W3C traceparent says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<Id>,
    /// The span of the sender, 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Id>,
}

impl Ids {
    /// Takes over what `newer` knows.
    pub fn merge(&mut self, newer: &Ids) {
        fn take<T: Clone>(old: &mut Option<T>, new: &Option<T>) {
            if new.is_some() {
                old.clone_from(new);
            }
        }
        take(&mut self.source, &newer.source);
        take(&mut self.session, &newer.session);
        take(&mut self.turn, &newer.turn);
        take(&mut self.agent, &newer.agent);
        take(&mut self.parent_agent, &newer.parent_agent);
        take(&mut self.tool_call, &newer.tool_call);
        take(&mut self.trace, &newer.trace);
        take(&mut self.span, &newer.span);
    }
}

/// Whose way of naming sessions it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Claude Code: hooks, transcripts, headers and requests.
    ClaudeCode,
    /// Codex: hooks, rollouts, headers and requests.
    Codex,
    /// Gemini CLI: hooks.
    Gemini,
    /// Cursor: hooks.
    Cursor,
    /// GitHub Copilot: hooks.
    Copilot,
    /// The Model Context Protocol, with sessions or without.
    Mcp,
    /// W3C traceparent alone.
    Trace,
}

impl Source {
    /// All sources.
    pub const ALL: [Source; 7] =
        [Source::ClaudeCode, Source::Codex, Source::Gemini, Source::Cursor, Source::Copilot, Source::Mcp, Source::Trace];

    /// The word used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Source::ClaudeCode => "claude-code",
            Source::Codex => "codex",
            Source::Gemini => "gemini",
            Source::Cursor => "cursor",
            Source::Copilot => "copilot",
            Source::Mcp => "mcp",
            Source::Trace => "trace",
        }
    }
}
