//! From what a document says to the ids that it means: each program has words of its own for them.

use serde::Deserialize;

use super::fields::{Field, Fields};
use super::id::Id;
use super::ids::{Ids, Source};
use super::observer::Sighting;
use super::trace;
use crate::flow::Surface;
use crate::name::Name;

/// What a document means.
pub(super) fn read(fields: &Fields) -> Sighting {
    let mut sighting = match source(fields) {
        Some(Source::Mcp) => mcp(fields),
        Some(source) => Sighting { surface: surface(fields), ..of(source, fields) },
        None => Sighting { surface: surface(fields), ..Sighting::default() },
    };
    sighting.model = fields.get(Field::Model).map(Name::new);
    let ids = &mut sighting.ids;
    if let Some((trace, span)) = fields.get(Field::TraceParent).and_then(trace::parent) {
        ids.trace = Some(trace);
        ids.span = Some(span);
        ids.source = ids.source.or(Some(Source::Trace));
    }
    if let Some(turn) = fields.get(Field::TurnMetadata).and_then(turn_metadata) {
        let known = core::mem::replace(ids, turn);
        ids.merge(&known);
    }
    sighting
}

/// Whether a document names nobody, as most do.
pub(super) fn is_silent(fields: &Fields) -> bool {
    source(fields).is_none() && !fields.has(Field::TraceParent)
}

/// Whose document it is.
fn source(fields: &Fields) -> Option<Source> {
    let has = |field| fields.has(field);
    let event = fields.get(Field::Event).unwrap_or_default();
    if has(Field::JsonRpc) {
        Some(Source::Mcp)
    } else if has(Field::CursorVersion) || has(Field::Conversation) && has(Field::Generation) {
        Some(Source::Cursor)
    } else if has(Field::SessionCamel) {
        let transcript = has(Field::Uuid) || has(Field::Role) || has(Field::Type);
        Some(if transcript { Source::ClaudeCode } else { Source::Copilot })
    } else if has(Field::Session) && !event.is_empty() {
        let gemini = event.starts_with("Before") || event.starts_with("After") || has(Field::Timestamp);
        let codex = has(Field::Turn);
        Some(if gemini && !codex {
            Source::Gemini
        } else if codex {
            Source::Codex
        } else {
            Source::ClaudeCode
        })
    } else if has(Field::Thread) || has(Field::Turn) || has(Field::TurnMetadata) || has(Field::PayloadType) || is_rollout(fields) {
        Some(Source::Codex)
    } else if fields.get(Field::User).is_some_and(|user| user_session(user).is_some()) || has(Field::Session) {
        Some(Source::ClaudeCode)
    } else if fields.get(Field::CacheKey).is_some_and(is_uuid) {
        Some(Source::Codex)
    } else {
        None
    }
}

fn is_rollout(fields: &Fields) -> bool {
    let kind = fields.get(Field::Type).unwrap_or_default();
    matches!(kind, "session_meta" | "turn_context" | "response_item") || kind.starts_with("item.") && fields.has(Field::ItemId)
}

fn of(source: Source, fields: &Fields) -> Sighting {
    let text = |field| fields.get(field);
    let id = |field| text(field).and_then(Id::new);
    let mut ids =
        Ids { source: Some(source), turn: id(Field::Turn), agent: id(Field::Agent), tool_call: id(Field::ToolUse), ..Ids::default() };
    let mut tool = text(Field::Tool);
    match source {
        Source::ClaudeCode => {
            let session = || text(Field::User).and_then(user_session);
            ids.session = id(Field::Session).or_else(|| id(Field::SessionCamel)).or_else(session);
            ids.turn = id(Field::Prompt);
            if text(Field::ContentType) == Some("tool_use") {
                ids.tool_call = id(Field::ToolUseStart);
            }
        }
        Source::Codex => {
            ids.session = id(Field::Session).or_else(|| text(Field::CacheKey).filter(|key| is_uuid(key)).and_then(Id::new));
            match ids.session {
                // A thread of its own inside a session is an agent of it.
                Some(_) => ids.agent = id(Field::Thread).filter(|thread| Some(thread) != ids.session.as_ref()),
                None => ids.session = id(Field::Thread),
            }
            if text(Field::Type) == Some("session_meta") {
                ids.session = id(Field::PayloadId);
            }
            ids.parent_agent = id(Field::ParentThread);
            ids.tool_call = ids.tool_call.or_else(|| id(Field::PayloadCall)).or_else(|| id(Field::ItemId));
            tool = tool.or(text(Field::PayloadName));
        }
        Source::Cursor => {
            ids.session = id(Field::Conversation);
            ids.turn = id(Field::Generation);
        }
        Source::Copilot => ids.session = id(Field::SessionCamel),
        Source::Gemini | Source::Mcp | Source::Trace => ids.session = id(Field::Session),
    }
    Sighting { ids, tool: tool.map(Name::new), ..Sighting::default() }
}

/// The id of a call ties its request to its result; a client that says which call of its own it serves says more.
fn mcp(fields: &Fields) -> Sighting {
    let id = |field| fields.get(field).and_then(Id::new);
    let surface = match fields.get(Field::Method) {
        Some("tools/call") => Some(Surface::ToolInput),
        Some("sampling/createMessage" | "elicitation/create") => Some(Surface::Message),
        Some(method) if method.starts_with("notifications/message") => Some(Surface::Log),
        Some(_) => None,
        None => fields.has(Field::RpcResult).then_some(Surface::ToolOutput),
    };
    let ids = Ids { source: Some(Source::Mcp), tool_call: id(Field::RpcToolUse).or_else(|| id(Field::RpcId)), ..Ids::default() };
    Sighting { ids, surface, tool: fields.get(Field::RpcTool).map(Name::new), model: None }
}

fn surface(fields: &Fields) -> Option<Surface> {
    use Surface::{Log, Message, Reasoning, Response, SystemPrompt, ToolInput, ToolOutput};
    if let Some(event) = fields.get(Field::Event) {
        return Some(match event {
            "PreToolUse" | "BeforeTool" | "preToolUse" | "beforeShellExecution" | "beforeMCPExecution" | "afterFileEdit" => ToolInput,
            "AfterModel" | "afterAgentResponse" | "MessageDisplay" => Response,
            "afterAgentThought" => Reasoning,
            "UserPromptSubmit" | "BeforeAgent" | "BeforeModel" | "beforeSubmitPrompt" | "userPromptSubmitted" => Message,
            event if event.starts_with("PostTool") || event.starts_with("postTool") => ToolOutput,
            "AfterTool" | "afterShellExecution" | "afterMCPExecution" | "beforeReadFile" => ToolOutput,
            _ => Log,
        });
    }
    if fields.has(Field::SessionCamel) && fields.has(Field::Tool) && !fields.has(Field::Role) {
        return Some(if fields.has(Field::ResultType) { ToolOutput } else { ToolInput });
    }
    let kind = fields.get(Field::ContentType).or(fields.get(Field::PayloadType)).unwrap_or_default();
    match (kind, fields.get(Field::Role)) {
        ("tool_result" | "function_call_output" | "custom_tool_call_output", _) | (_, Some("tool")) => Some(ToolOutput),
        ("tool_use" | "function_call" | "custom_tool_call" | "mcp_call", _) => Some(ToolInput),
        ("thinking" | "reasoning", _) => Some(Reasoning),
        (_, Some("system" | "developer")) => Some(SystemPrompt),
        (_, Some("user")) => Some(Message),
        (_, Some("assistant")) => Some(Response),
        _ => None,
    }
}

/// The session that Claude Code names in `metadata.user_id`: JSON, or `user_…_account_…_session_…`.
pub(super) fn user_session(user: &str) -> Option<Id> {
    #[derive(Deserialize)]
    struct User {
        session_id: String,
    }
    match serde_json::from_str::<User>(user) {
        Ok(user) => Id::new(&user.session_id),
        Err(_) => Id::new(user.rsplit_once("_session_")?.1),
    }
}

/// What Codex says of a turn, JSON in a header or a string.
pub(super) fn turn_metadata(text: &str) -> Option<Ids> {
    #[derive(Deserialize)]
    struct Turn {
        session_id: Option<String>,
        thread_id: Option<String>,
        turn_id: Option<String>,
        parent_thread_id: Option<String>,
    }
    let turn: Turn = serde_json::from_str(text).ok()?;
    let id = |text: Option<String>| text.as_deref().and_then(Id::new);
    let (session, thread) = (id(turn.session_id), id(turn.thread_id));
    Some(Ids {
        source: Some(Source::Codex),
        agent: thread.clone().filter(|thread| session.as_ref().is_some_and(|session| session != thread)),
        session: session.or(thread),
        turn: id(turn.turn_id),
        parent_agent: id(turn.parent_thread_id),
        ..Ids::default()
    })
}

fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(|part| (part.len(), part.bytes().all(|b| b.is_ascii_hexdigit())));
    lengths.eq([8, 4, 4, 4, 12].map(|length| (length, true)))
}
