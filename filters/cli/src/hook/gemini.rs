//! Gemini CLI.
//!
//! Standard output is this JSON and nothing else. The reason of a denied output is what the model gets instead of it. The
//! hooks around the model see text only, and what comes in pieces is inspected piece by piece: they are understood, but not
//! installed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tamis::session::Source;

use super::codex::text;
use super::host::{Event, Host, Json, Moment, Place, Reply, Ruling, Shape, Subject};

pub(crate) static GEMINI: Host = Host {
    source: Source::Gemini,
    event: Some("hook_event_name"),
    session: "session_id",
    tool: "tool_name",
    input: "tool_input",
    events: &[
        Event { name: "BeforeAgent", subject: Subject::Prompt, member: "prompt", rewritable: false, installed: true },
        Event { name: "BeforeTool", subject: Subject::Call, member: "tool_input", rewritable: true, installed: true },
        Event { name: "AfterTool", subject: Subject::Output, member: "tool_response", rewritable: true, installed: true },
        Event { name: "BeforeModel", subject: Subject::Request, member: "llm_request", rewritable: true, installed: false },
        Event { name: "AfterModel", subject: Subject::Response, member: "llm_response", rewritable: true, installed: false },
    ],
    answer,
    place: Place {
        variable: None,
        folder: ".gemini",
        user: "settings.json",
        project: ".gemini/settings.json",
        shape: Shape::Groups { timeout: 30_000, extra: &[("name", "tamis")] },
        hint: None,
    },
};

fn answer(moment: &Moment<'_>, ruling: &Ruling<'_>) -> Reply {
    let name = ("hookEventName", Json::Text(moment.event.name));
    match (moment.event.name, ruling) {
        (_, Ruling::Pass) => Reply::SILENT,
        ("BeforeTool", Ruling::Changed { to, .. }) => specific(&[name, ("tool_input", Json::Raw(to))]),
        ("BeforeModel", Ruling::Changed { to, .. }) => specific(&[name, ("llm_request", Json::Raw(to))]),
        ("AfterModel", Ruling::Changed { to, .. }) => specific(&[name, ("llm_response", Json::Raw(to))]),
        ("AfterTool", Ruling::Changed { to, .. }) => deny(&content(to)),
        (_, Ruling::Changed { rules, .. }) => deny(&moment.note(rules)),
        (_, Ruling::Refused { reason, .. }) => deny(reason),
    }
}

fn specific(members: &[(&str, Json<'_>)]) -> Reply {
    Reply::say(Json::Object(&[("hookSpecificOutput", Json::Object(members))]))
}

fn deny(reason: &str) -> Reply {
    Reply::say(Json::Object(&[("decision", Json::Text("deny")), ("reason", Json::Text(reason))]))
}

/// What the model would have got to see of an output.
fn content(response: &RawValue) -> Cow<'_, str> {
    let members: Option<BTreeMap<String, &RawValue>> = serde_json::from_str(response.get()).ok();
    members.and_then(|members| members.get("llmContent").copied()).map_or_else(|| text(response), text)
}
