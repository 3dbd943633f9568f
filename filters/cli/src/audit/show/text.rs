//! A session for people, on a terminal.

use tamis::audit::{Call, Moment, Record, Timeline, Turn, What, past, sentence};
use tamis::{Decision, Surface};

use super::{clock, lasting, second};
use crate::audit::report::revoke;
use crate::failure::plural;

/// The whole session.
pub(super) fn page(timeline: &Timeline) -> String {
    let mut text = head(timeline);
    for turn in &timeline.turns {
        text += &turn_text(turn);
    }
    text + &foot(timeline)
}

fn head(timeline: &Timeline) -> String {
    let mut text = format!("session {}", timeline.session);
    let joined = |set: &std::collections::BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if !timeline.clients.is_empty() {
        text += &format!(" in {}", joined(&timeline.clients));
    }
    if !timeline.users.is_empty() {
        text += &format!(" by {}", joined(&timeline.users));
    }
    if timeline.quarantined {
        text += ": IN QUARANTINE";
    }
    if let (Some(start), Some(end)) = (timeline.start, timeline.end) {
        text += &format!("\n  from {} to {} UTC, {}", second(start), second(end), lasting(start, end));
    }
    text += &format!("\n  {}", counts(timeline));
    for (agent, parent) in &timeline.agents {
        text += &format!("\n  agent {agent}");
        if let Some(parent) = parent {
            text += &format!(", started by {parent}");
        }
    }
    for policy in &timeline.policies {
        text += &format!("\n  policy {}", policy.short());
    }
    text.push('\n');
    text
}

/// What it came to, in one line.
pub(super) fn counts(timeline: &Timeline) -> String {
    let calls = timeline.turns.iter().flat_map(|turn| &turn.moments).filter(|moment| matches!(moment, Moment::Call(_))).count();
    let mut parts = vec![plural(turns(timeline), "turn"), plural(calls as u64, "tool call")];
    if timeline.refused_calls > 0 {
        parts.push(format!("{} refused", timeline.refused_calls));
    }
    let found: u64 = timeline.decisions.values().sum();
    parts.push(plural(found, "finding"));
    parts.extend(timeline.decisions.iter().map(|(decision, count)| format!("{count} {}", past(*decision))));
    parts.join(", ")
}

/// How many turns there were; what stands outside of them is none.
pub(super) fn turns(timeline: &Timeline) -> u64 {
    timeline.turns.iter().filter(|turn| turn.id.is_some()).count() as u64
}

fn turn_text(turn: &Turn) -> String {
    let name = turn.id.as_ref().map_or("outside of turns".to_owned(), |id| format!("turn {id}"));
    let mut text = format!("\n{}  {name}, {}\n", second(turn.start), lasting(turn.start, turn.end));
    for moment in &turn.moments {
        match moment {
            Moment::Event(record) => text += &event("  ", record),
            Moment::Call(call) => text += &call_text(call),
        }
    }
    text
}

fn call_text(call: &Call) -> String {
    let tool = call.tool.as_deref().unwrap_or("a tool");
    let mut text = format!("  {}  {tool}", clock(call.start));
    if let Some(id) = &call.id {
        text += &format!(" {id}");
    }
    if let Some(agent) = &call.agent {
        text += &format!(" called by {agent}");
    }
    if let Some(decided) = &call.decided {
        let verb = if decided.decision == Decision::Block { "REFUSED" } else { "allowed" };
        let row = decided.row.as_ref().map_or("the default".to_owned(), |row| format!("row {row}"));
        let reason = decided.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        text += &format!(", {verb} by {row}{reason}");
    }
    text.push('\n');
    call.input.iter().for_each(|record| text += &event("    → ", record));
    call.output.iter().for_each(|record| text += &event("    ← ", record));
    call.more.iter().for_each(|record| text += &event("      ", record));
    text
}

fn event(indent: &str, record: &Record) -> String {
    let flow = &record.event.context.flow;
    let place = match flow.surface {
        Some(Surface::ToolInput | Surface::ToolOutput) | None => String::new(),
        Some(surface) => format!("{}: ", surface.as_str()),
    };
    let to = flow.destination.host.as_ref().filter(|_| matches!(record.event.what, What::Finding(_) | What::Inspected(_)));
    let to = to.map_or(String::new(), |host| format!(", to {host}"));
    let path = flow.path.as_ref().map_or(String::new(), |path| format!(", in {path}"));
    format!("{indent}{}  {place}{}{to}{path}\n", clock(record.event.time), sentence(&record.event))
}

fn foot(timeline: &Timeline) -> String {
    let exposures = &timeline.exposures;
    let mut text = String::from("\nWhat left\n");
    for (fingerprint, exposure) in &exposures.left {
        let to: Vec<&str> = exposure.to.iter().map(String::as_str).collect();
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        let act = if exposure.is_to_rotate() { ": rotate it" } else { "" };
        let place = revoke(&exposure.rule).filter(|_| exposure.is_to_rotate()).map_or(String::new(), |url| format!(" at {url}"));
        let times = plural(exposure.count, "time");
        text += &format!("  {} {} ({}) {times}{to}{act}{place}\n", fingerprint.short(), exposure.rule, exposure.class);
    }
    if exposures.left.is_empty() {
        text += "  nothing that was found\n";
    }
    text += "\nWhat was stopped\n";
    for (fingerprint, exposure) in &exposures.stopped {
        text += &format!("  {} {} ({}) {}\n", fingerprint.short(), exposure.rule, exposure.class, plural(exposure.count, "time"));
    }
    if exposures.stopped.is_empty() {
        text += "  nothing\n";
    }
    text
}
