//! Ids in HTTP headers.

use std::borrow::Cow;

use super::dialect;
use super::id::Id;
use super::ids::{Ids, Source};
use super::trace;

impl Ids {
    /// Reads the headers of a request: those of Claude Code, Codex and MCP, and W3C traceparent. Names in any case.
    ///
    /// ```
    /// use tamis::session::{Id, Ids, Source};
    /// let ids = Ids::from_headers([("X-Claude-Code-Session-Id", "5f2c"), ("x-claude-code-agent-id", "a-1")]);
    /// assert_eq!((ids.source, ids.session, ids.agent), (Some(Source::ClaudeCode), Id::new("5f2c"), Id::new("a-1")));
    /// ```
    #[must_use]
    pub fn from_headers<'h>(headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Self {
        let mut ids = Ids::default();
        let mut thread = None;
        for (name, value) in headers {
            let from = match lower(name).as_ref() {
                "x-claude-code-session-id" => set(&mut ids.session, Id::new(value), Source::ClaudeCode),
                "x-claude-code-agent-id" => set(&mut ids.agent, Id::new(value), Source::ClaudeCode),
                "x-claude-code-parent-agent-id" => set(&mut ids.parent_agent, Id::new(value), Source::ClaudeCode),
                "session_id" | "session-id" => set(&mut ids.session, Id::new(value), Source::Codex),
                "conversation_id" | "thread_id" | "thread-id" => set(&mut thread, Id::new(value), Source::Codex),
                "x-codex-parent-thread-id" => set(&mut ids.parent_agent, Id::new(value), Source::Codex),
                "x-codex-turn-metadata" => dialect::turn_metadata(value).map_or(ids.source, |turn| {
                    let known = core::mem::replace(&mut ids, turn);
                    ids.merge(&known);
                    ids.source
                }),
                "mcp-session-id" => set(&mut ids.session, Id::new(value), Source::Mcp),
                "traceparent" => trace::parent(value).map_or(ids.source, |(trace, span)| {
                    (ids.trace, ids.span) = (Some(trace), Some(span));
                    ids.source
                }),
                _ => ids.source,
            };
            ids.source = ids.source.or(from);
        }
        match &ids.session {
            // A thread of its own inside a session is an agent of it.
            Some(session) if thread.as_ref() != Some(session) => ids.agent = ids.agent.or(thread),
            Some(_) => {}
            None => ids.session = thread,
        }
        ids.source = ids.source.or(ids.trace.is_some().then_some(Source::Trace));
        ids
    }
}

/// Proxies write names in lower case.
fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

fn set(slot: &mut Option<Id>, id: Option<Id>, source: Source) -> Option<Source> {
    if id.is_some() {
        *slot = id;
    }
    slot.is_some().then_some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(headers: &[(&str, &str)]) -> String {
        let ids = Ids::from_headers(headers.iter().copied());
        serde_json::to_string(&ids).unwrap()
    }

    #[test]
    fn each_program_has_its_headers() {
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for (headers, ids) in [
            (
                &[("x-claude-code-session-id", "s"), ("x-claude-code-agent-id", "a"), ("x-claude-code-parent-agent-id", "p")][..],
                r#"{"source":"claude-code","session":"s","agent":"a","parent_agent":"p"}"#,
            ),
            (&[("session_id", "s"), ("conversation_id", "s")], r#"{"source":"codex","session":"s"}"#),
            (
                &[("Session-Id", "s"), ("Thread-Id", "t"), ("X-Codex-Parent-Thread-Id", "p")],
                r#"{"source":"codex","session":"s","agent":"t","parent_agent":"p"}"#,
            ),
            (&[("conversation_id", "c")], r#"{"source":"codex","session":"c"}"#),
            (
                &[("x-codex-turn-metadata", r#"{"session_id":"s","thread_id":"t","turn_id":"u","sandbox":"none"}"#)],
                r#"{"source":"codex","session":"s","turn":"u","agent":"t"}"#,
            ),
            (&[("x-codex-turn-metadata", "no JSON")], "{}"),
            (
                &[("Mcp-Session-Id", "m"), ("traceparent", trace)],
                r#"{"source":"mcp","session":"m","trace":"4bf92f3577b34da6a3ce929d0e0e4736","span":"00f067aa0ba902b7"}"#,
            ),
            (
                &[("Mcp-Method", "tools/call"), ("traceparent", trace)],
                r#"{"source":"trace","trace":"4bf92f3577b34da6a3ce929d0e0e4736","span":"00f067aa0ba902b7"}"#,
            ),
            (&[("mcp-session-id", " "), ("authorization", "Bearer x")], "{}"),
        ] {
            assert_eq!(told(headers), ids, "{headers:?}");
        }
    }
}
