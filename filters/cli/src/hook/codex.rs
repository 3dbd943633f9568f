//! Codex.
//!
//! An answer with a field that Codex does not expect is no answer, and lets everything pass: only what is documented for an
//! event is sent. A rewritten input needs an `allow`, which alone is invalid. What a `block` after a tool says is what the
//! model gets to see instead of the output, in every version.

use std::borrow::Cow;

use serde_json::value::RawValue;
use tamis::session::Source;

use super::host::{Event, Host, Json, Moment, Place, Reply, Ruling, Shape, Subject};

pub(crate) static CODEX: Host = Host {
    source: Source::Codex,
    event: Some("hook_event_name"),
    session: "session_id",
    tool: "tool_name",
    input: "tool_input",
    events: &[
        Event { name: "UserPromptSubmit", subject: Subject::Prompt, member: "prompt", rewritable: false, installed: true },
        Event { name: "PreToolUse", subject: Subject::Call, member: "tool_input", rewritable: true, installed: true },
        Event { name: "PostToolUse", subject: Subject::Output, member: "tool_response", rewritable: true, installed: true },
    ],
    answer,
    place: Place {
        variable: Some("CODEX_HOME"),
        folder: ".codex",
        user: "hooks.json",
        project: ".codex/hooks.json",
        shape: Shape::Groups { timeout: 30, extra: &[] },
        hint: Some("Codex runs them once you trust them: open /hooks there"),
    },
};

fn answer(moment: &Moment<'_>, ruling: &Ruling<'_>) -> Reply {
    let name = ("hookEventName", Json::Text(moment.event.name));
    match (moment.event.name, ruling) {
        (_, Ruling::Pass) => Reply::SILENT,
        ("PreToolUse", Ruling::Changed { to, .. }) => Reply::say(Json::Object(&[(
            "hookSpecificOutput",
            Json::Object(&[name, ("permissionDecision", Json::Text("allow")), ("updatedInput", Json::Raw(to))]),
        )])),
        ("PreToolUse", Ruling::Refused { reason, .. }) => Reply::say(Json::Object(&[(
            "hookSpecificOutput",
            Json::Object(&[name, ("permissionDecision", Json::Text("deny")), ("permissionDecisionReason", Json::Text(reason))]),
        )])),
        ("PostToolUse", Ruling::Changed { to, .. }) => block(&text(to)),
        (_, Ruling::Changed { rules, .. }) => block(&moment.note(rules)),
        (_, Ruling::Refused { reason, .. }) => block(reason),
    }
}

fn block(reason: &str) -> Reply {
    Reply::say(Json::Object(&[("decision", Json::Text("block")), ("reason", Json::Text(reason))]))
}

/// What a string says, or the text of anything else.
pub(super) fn text(value: &RawValue) -> Cow<'_, str> {
    serde_json::from_str::<String>(value.get()).map_or(Cow::Borrowed(value.get()), Cow::Owned)
}
