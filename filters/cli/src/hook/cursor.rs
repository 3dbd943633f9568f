//! Cursor.
//!
//! Answers are flat, and where an entry is marked `failClosed` each call needs one. What a built-in tool gave back cannot be
//! changed or held back: the agent is told. A file is therefore refused before it is read.

use serde_json::value::RawValue;
use tamis::session::Source;

use super::codex::text;
use super::host::{Event, Extra, Host, Json, Moment, Place, Reply, Ruling, Shape, Subject};

pub(crate) static CURSOR: Host = Host {
    source: Source::Cursor,
    event: Some("hook_event_name"),
    session: "conversation_id",
    tool: "tool_name",
    input: "tool_input",
    events: &[
        Event { name: "beforeSubmitPrompt", subject: Subject::Prompt, member: "prompt", rewritable: false, installed: true },
        Event { name: "preToolUse", subject: Subject::Call, member: "tool_input", rewritable: true, installed: true },
        Event { name: "postToolUse", subject: Subject::Output, member: "tool_output", rewritable: true, installed: true },
        Event { name: "beforeReadFile", subject: Subject::Output, member: "content", rewritable: false, installed: true },
        // These happen besides the ones above, for the same call.
        Event { name: "beforeShellExecution", subject: Subject::Call, member: "command", rewritable: false, installed: false },
        Event { name: "beforeMCPExecution", subject: Subject::Call, member: "tool_input", rewritable: false, installed: false },
    ],
    answer,
    place: Place {
        variable: None,
        folder: ".cursor",
        user: "hooks.json",
        project: ".cursor/hooks.json",
        shape: Shape::List { extra: &[("timeout", Extra::Number(30)), ("failClosed", Extra::Flag(true))] },
        hint: None,
    },
};

fn answer(moment: &Moment<'_>, ruling: &Ruling<'_>) -> Reply {
    let permission = |word| ("permission", Json::Text(word));
    match (moment.event.name, ruling) {
        ("beforeSubmitPrompt", Ruling::Pass) => Reply::say(Json::Object(&[("continue", Json::Flag(true))])),
        ("postToolUse", Ruling::Pass) => Reply::say(Json::Object(&[])),
        (_, Ruling::Pass) => Reply::say(Json::Object(&[permission("allow")])),
        ("preToolUse", Ruling::Changed { to, .. }) => Reply::say(Json::Object(&[permission("allow"), ("updated_input", Json::Raw(to))])),
        ("postToolUse", Ruling::Changed { to, rules }) => {
            let told = "which cannot be changed: do not repeat it, and have it rotated";
            after(moment, to, &format!("tamis found {rules} in the tool's output, {told}"))
        }
        ("postToolUse", Ruling::Refused { reason, withheld }) => after(moment, withheld, reason),
        (_, Ruling::Changed { rules, .. }) => refuse(moment, &moment.note(rules)),
        (_, Ruling::Refused { reason, .. }) => refuse(moment, reason),
    }
}

fn refuse(moment: &Moment<'_>, reason: &str) -> Reply {
    let message = ("user_message", Json::Text(reason));
    match moment.event.subject {
        Subject::Prompt => Reply::say(Json::Object(&[("continue", Json::Flag(false)), message])),
        _ => Reply::say(Json::Object(&[("permission", Json::Text("deny")), message, ("agent_message", Json::Text(reason))])),
    }
}

/// Only outputs of MCP tools can be replaced; they come as JSON in a string.
fn after(moment: &Moment<'_>, to: &RawValue, note: &str) -> Reply {
    if !moment.tool.starts_with("MCP:") {
        return Reply::say(Json::Object(&[("additional_context", Json::Text(note))]));
    }
    let inner = text(to);
    let output = serde_json::from_str::<&RawValue>(&inner).unwrap_or(to);
    Reply::say(Json::Object(&[("updated_mcp_tool_output", Json::Raw(output))]))
}
