//! GitHub Copilot: its command line, its coding agent and its SDK.
//!
//! Payloads do not name their event, so the configured command does. What a hook on a submitted prompt says is heard by the
//! SDK only; the prompt that was made ready for the model can be rewritten everywhere. After a tool no exit code stops
//! anything: what must not pass is replaced.

use tamis::session::Source;

use super::host::{Event, Extra, Host, Json, Moment, Place, Reply, Ruling, Shape, Subject};

pub(crate) static COPILOT: Host = Host {
    source: Source::Copilot,
    event: None,
    session: "sessionId",
    tool: "toolName",
    input: "toolArgs",
    events: &[
        Event { name: "userPromptSubmitted", subject: Subject::Prompt, member: "prompt", rewritable: true, installed: false },
        Event { name: "userPromptTransformed", subject: Subject::Prompt, member: "transformedPrompt", rewritable: true, installed: true },
        Event { name: "preToolUse", subject: Subject::Call, member: "toolArgs", rewritable: true, installed: true },
        Event { name: "postToolUse", subject: Subject::Output, member: "toolResult", rewritable: true, installed: true },
        Event { name: "subagentStop", subject: Subject::Response, member: "response", rewritable: true, installed: true },
    ],
    answer,
    place: Place {
        variable: Some("COPILOT_HOME"),
        folder: ".copilot",
        user: "hooks/tamis.json",
        project: ".github/hooks/tamis.json",
        shape: Shape::List { extra: &[("type", Extra::Text("command")), ("timeoutSec", Extra::Number(30))] },
        hint: None,
    },
};

fn answer(moment: &Moment<'_>, ruling: &Ruling<'_>) -> Reply {
    let member = match moment.event.name {
        "userPromptSubmitted" => "modifiedPrompt",
        "userPromptTransformed" => "modifiedTransformedPrompt",
        "preToolUse" => "modifiedArgs",
        "subagentStop" => "modifiedResponse",
        _ => "modifiedResult",
    };
    match (moment.event.name, ruling) {
        (_, Ruling::Pass) => Reply::SILENT,
        ("preToolUse", Ruling::Refused { reason, .. }) => {
            Reply::say(Json::Object(&[("permissionDecision", Json::Text("deny")), ("permissionDecisionReason", Json::Text(reason))]))
        }
        (_, Ruling::Changed { to: value, .. } | Ruling::Refused { withheld: value, .. }) => {
            Reply::say(Json::Object(&[(member, Json::Raw(value))]))
        }
    }
}
