//! Claude Code.
//!
//! Fields that were not asked for are harmless here, but hooks run side by side and the last rewrite wins: what did not
//! change is not sent back. A prompt cannot be rewritten. A tool's output keeps the shape of the tool's own schema, else the
//! host drops the rewrite without a word.

use tamis::session::Source;

use super::host::{Event, Host, Json, Moment, Place, Reply, Ruling, Shape, Subject};

pub(crate) static CLAUDE_CODE: Host = Host {
    source: Source::ClaudeCode,
    event: Some("hook_event_name"),
    session: "session_id",
    tool: "tool_name",
    input: "tool_input",
    events: &[
        Event { name: "UserPromptSubmit", subject: Subject::Prompt, member: "prompt", rewritable: false, installed: true },
        Event { name: "PreToolUse", subject: Subject::Call, member: "tool_input", rewritable: true, installed: true },
        Event { name: "PostToolUse", subject: Subject::Output, member: "tool_response", rewritable: true, installed: true },
        Event { name: "PostToolUseFailure", subject: Subject::Output, member: "error", rewritable: false, installed: true },
    ],
    answer,
    place: Place {
        variable: Some("CLAUDE_CONFIG_DIR"),
        folder: ".claude",
        user: "settings.json",
        project: ".claude/settings.json",
        shape: Shape::Groups { timeout: 30, extra: &[("onFailure", "block")] },
        hint: None,
    },
};

fn answer(moment: &Moment<'_>, ruling: &Ruling<'_>) -> Reply {
    let name = ("hookEventName", Json::Text(moment.event.name));
    match (moment.event.name, ruling) {
        (_, Ruling::Pass) => Reply::SILENT,
        ("UserPromptSubmit", Ruling::Refused { reason, .. }) => Reply::say(Json::Object(&[
            ("decision", Json::Text("block")),
            ("reason", Json::Text(reason)),
            // The prompt is not printed again with the reason.
            ("hookSpecificOutput", Json::Object(&[name, ("suppressOriginalPrompt", Json::Flag(true))])),
        ])),
        // Without a decision the user is asked as ever.
        ("PreToolUse", Ruling::Changed { to, rules }) => Reply::say(Json::Object(&[(
            "hookSpecificOutput",
            Json::Object(&[name, ("updatedInput", Json::Raw(to)), ("additionalContext", Json::Text(&moment.note(rules)))]),
        )])),
        ("PreToolUse", Ruling::Refused { reason, .. }) => Reply::say(Json::Object(&[(
            "hookSpecificOutput",
            Json::Object(&[name, ("permissionDecision", Json::Text("deny")), ("permissionDecisionReason", Json::Text(reason))]),
        )])),
        ("PostToolUse", Ruling::Changed { to, rules }) => Reply::say(Json::Object(&[(
            "hookSpecificOutput",
            Json::Object(&[name, ("updatedToolOutput", Json::Raw(to)), ("additionalContext", Json::Text(&moment.note(rules)))]),
        )])),
        ("PostToolUse", Ruling::Refused { reason, withheld }) => Reply::say(Json::Object(&[
            ("decision", Json::Text("block")),
            ("reason", Json::Text(reason)),
            ("hookSpecificOutput", Json::Object(&[name, ("updatedToolOutput", Json::Raw(withheld))])),
        ])),
        // What a failed tool said cannot be taken back: the agent stops before it goes on with it.
        ("PostToolUseFailure", Ruling::Refused { reason, .. }) => {
            Reply::say(Json::Object(&[("continue", Json::Flag(false)), ("stopReason", Json::Text(reason))]))
        }
        (_, Ruling::Changed { rules, .. }) => Reply::refuse(&moment.note(rules)),
        (_, Ruling::Refused { reason, .. }) => Reply::refuse(reason),
    }
}
