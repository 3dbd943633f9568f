//! Pages that need nothing but themselves: no script, no font, no picture from anywhere.

use std::collections::BTreeMap;
use std::fmt::Write;

use tamis::audit::{Call, Exposure, Moment, Record, Summary, Tally, Timeline, Turn, What, control, past, sentence};
use tamis::{Decision, Fingerprint};

use super::{clock, lanes, lasting, second, text};
use crate::audit::report::{revoke, title};
use crate::failure::plural;
use crate::html::escaped;

const STYLE: &str = include_str!("style.css");

fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// The page of a session.
pub(in crate::audit) fn session(timeline: &Timeline) -> String {
    let mut body = String::new();
    let joined = |set: &std::collections::BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let _ = write!(body, "<header><h1>Session <code>{}</code>", escaped(&timeline.session));
    if timeline.quarantined {
        body.push_str(" <span class=\"badge block\">in quarantine</span>");
    }
    body.push_str("</h1><p class=\"faint\">");
    let mut facts = Vec::new();
    if !timeline.users.is_empty() {
        facts.push(format!("asked by {}", joined(&timeline.users)));
    }
    if !timeline.clients.is_empty() {
        facts.push(format!("in {}", joined(&timeline.clients)));
    }
    if let (Some(start), Some(end)) = (timeline.start, timeline.end) {
        facts.push(format!("{} to {} UTC ({})", second(start), second(end), lasting(start, end)));
    }
    facts.extend(timeline.policies.iter().map(|policy| format!("policy {}", policy.short())));
    let _ = writeln!(body, "{}</p></header>", escaped(&facts.join(" · ")));
    body += &cards(timeline);
    let _ = writeln!(body, "<section><h2>Timeline</h2>{}{}</section>", lanes::picture(timeline), LEGEND);
    body.push_str("<section><h2>Turn by turn</h2>\n");
    timeline.turns.iter().for_each(|turn| body += &turn_block(turn));
    body.push_str("</section>\n");
    body += &exposures("What left", "nothing that was found", &timeline.exposures.left, true);
    body += &exposures("What was stopped", "nothing", &timeline.exposures.stopped, false);
    let _ = writeln!(
        body,
        "<footer>{}. Rebuilt from {} of the log alone.</footer>",
        escaped(&text::counts(timeline)),
        plural(timeline.events, "event")
    );
    page(&format!("Session {}", timeline.session), &body)
}

const LEGEND: &str = "<p class=\"legend\"><span class=\"dot block\"></span>blocked <span class=\"dot redact\"></span>redacted \
<span class=\"dot tokenize\"></span>tokenized <span class=\"dot observe\"></span>observed <span class=\"dot allow\"></span>allowed \
<span class=\"faint\">Bars are tool calls. Long pauses are drawn shorter.</span></p>";

fn cards(timeline: &Timeline) -> String {
    let calls = timeline.turns.iter().flat_map(|turn| &turn.moments).filter(|moment| matches!(moment, Moment::Call(_))).count() as u64;
    let count = |decisions: &[Decision]| decisions.iter().filter_map(|decision| timeline.decisions.get(decision)).sum::<u64>();
    let rotate = timeline.exposures.to_rotate().count() as u64;
    let one = |word: &str, count: u64| format!("{word}{}", if count == 1 { "" } else { "s" });
    let turns = text::turns(timeline);
    let cards = [
        (one("turn", turns), turns, ""),
        (one("tool call", calls), calls, ""),
        (one("call", timeline.refused_calls) + " refused", timeline.refused_calls, "block"),
        ("blocked".to_owned(), count(&[Decision::Block]), "block"),
        ("replaced".to_owned(), count(&[Decision::Redact, Decision::Tokenize]), "redact"),
        ("let through".to_owned(), count(&[Decision::Allow, Decision::Observe]), "observe"),
        ("to rotate".to_owned(), rotate, "block"),
    ];
    let mut html = String::from("<div class=\"cards\">");
    for (name, number, kind) in cards {
        let kind = if number == 0 { "" } else { kind };
        let _ = write!(html, "<div class=\"card {kind}\"><b>{number}</b>{name}</div>");
    }
    html + "</div>\n"
}

fn turn_block(turn: &Turn) -> String {
    let name = turn.id.as_ref().map_or("Outside of turns".to_owned(), |id| format!("Turn {id}"));
    let mut html = format!(
        "<details open class=\"turnbox\"><summary><b>{}</b> <span class=\"faint\">{} · {}</span></summary>\n<ol>\n",
        escaped(&name),
        second(turn.start),
        lasting(turn.start, turn.end)
    );
    for moment in &turn.moments {
        html += &match moment {
            Moment::Event(record) => row("", record),
            Moment::Call(call) => call_block(call),
        };
    }
    html + "</ol></details>\n"
}

fn call_block(call: &Call) -> String {
    let kind = call.decision().map_or("none", |decision| decision.as_str());
    let tool = escaped(call.tool.as_deref().unwrap_or("a tool"));
    let mut html = format!("<li class=\"step {kind}\"><time>{}</time><div><b>{tool}</b>", clock(call.start));
    if let Some(id) = &call.id {
        let _ = write!(html, " <code>{}</code>", escaped(&id.to_string()));
    }
    if let Some(agent) = &call.agent {
        let _ = write!(html, " <span class=\"faint\">called by {}</span>", escaped(agent));
    }
    if let Some(decided) = &call.decided {
        let refused = decided.decision == Decision::Block;
        let (word, kind) = if refused { ("refused", "block") } else { ("allowed", "allow") };
        let row = decided.row.as_ref().map_or("the default".to_owned(), |row| format!("row {row}"));
        let reason = decided.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        let _ = write!(
            html,
            " <span class=\"badge {kind}\">{word}</span> <span class=\"faint\">by {}</span>",
            escaped(&format!("{row}{reason}"))
        );
    }
    html.push_str("<ol>\n");
    call.input.iter().for_each(|record| html += &row("given", record));
    call.output.iter().for_each(|record| html += &row("came back", record));
    call.more.iter().for_each(|record| html += &row("", record));
    html + "</ol></div></li>\n"
}

fn row(place: &str, record: &Record) -> String {
    let flow = &record.event.context.flow;
    let kind = match &record.event.what {
        What::Finding(finding) => finding.decision.as_str(),
        What::SessionQuarantined(_) | What::SessionRefused(_) | What::GrantRefused(_) => "block",
        What::ExceptionUsed(_) | What::Restored(_) => "allow",
        _ => "none",
    };
    let place = match (place, flow.surface) {
        ("", Some(surface)) => surface.as_str().to_owned(),
        (place, _) => place.to_owned(),
    };
    let mut html = format!("<li class=\"step {kind}\"><time>{}</time><div>", clock(record.event.time));
    if !place.is_empty() {
        let _ = write!(html, "<span class=\"place\">{}</span> ", escaped(&place));
    }
    if let What::Finding(finding) = &record.event.what {
        let _ = write!(html, "<span class=\"badge {kind}\">{}</span> ", past(finding.decision));
    }
    let sentence = sentence(&record.event);
    // The badge says what was done.
    let done = match &record.event.what {
        What::Finding(finding) => format!("{} ", past(finding.decision)),
        _ => String::new(),
    };
    html += &escaped(sentence.strip_prefix(&done).unwrap_or(&sentence));
    for (word, value) in [("to", &flow.destination.host), ("in", &flow.path)] {
        if let Some(value) = value {
            let _ = write!(html, " <span class=\"faint\">{word} {}</span>", escaped(value));
        }
    }
    for tag in &record.tags {
        let title = control(tag).map_or(String::new(), |control| format!("{}: {}", control.framework, control.title));
        let _ = write!(html, " <span class=\"tag\" title=\"{}\">{}</span>", escaped(&title), escaped(tag));
    }
    html + "</div></li>\n"
}

fn exposures(heading: &str, none: &str, values: &BTreeMap<Fingerprint, Exposure>, left: bool) -> String {
    let mut html = format!("<section><h2>{heading}</h2>");
    if values.is_empty() {
        let _ = writeln!(html, "<p class=\"faint\">{none}</p></section>");
        return html;
    }
    html.push_str("<table><thead><tr><th>fingerprint<th>rule<th>class<th>times<th>to<th>last<th>what to do</thead><tbody>\n");
    for (fingerprint, exposure) in values {
        let to: Vec<&str> = exposure.to.iter().map(String::as_str).collect();
        let act = match (left && exposure.is_to_rotate(), revoke(&exposure.rule)) {
            (true, Some(url)) => format!("<a href=\"{0}\" rel=\"noreferrer\">rotate it</a>", escaped(&url)),
            (true, None) => "rotate it".to_owned(),
            (false, _) => String::new(),
        };
        let _ = writeln!(
            html,
            "<tr><td><code title=\"{fingerprint}\">{}</code><td>{}<td>{}<td>{}<td>{}<td>{}<td>{act}",
            fingerprint.short(),
            escaped(&exposure.rule),
            escaped(&exposure.class),
            exposure.count,
            escaped(&to.join(", ")),
            second(exposure.last)
        );
    }
    html + "</tbody></table></section>\n"
}

/// The page of a report.
pub(in crate::audit) fn report(summary: &Summary) -> String {
    let mut body = String::from("<header><h1>Audit report</h1><p class=\"faint\">");
    let _ = write!(body, "{} of {}", plural(summary.events, "event"), plural(summary.sessions, "session"));
    if let (Some(start), Some(end)) = (summary.start, summary.end) {
        let _ = write!(body, ", {} to {} UTC", second(start), second(end));
    }
    body.push_str("</p></header>\n");
    body += &exposures("What left", "nothing that was found", &summary.exposures.left, true);
    body += &exposures("What was stopped", "nothing", &summary.exposures.stopped, false);
    body += &tallies("By class", &summary.classes, |_| String::new());
    body += &tallies("By destination", &summary.destinations, |_| String::new());
    body += &tallies("By control", &summary.controls, title);
    page("Audit report", &body)
}

fn tallies(heading: &str, rows: &BTreeMap<String, Tally>, note: impl Fn(&str) -> String) -> String {
    let mut html =
        format!("<section><h2>{heading}</h2><table><thead><tr><th>{heading}<th>left<th>replaced<th>blocked<th>other<th></thead><tbody>\n");
    for (name, Tally { left, replaced, blocked, other }) in rows {
        let cells = format!("<td class=\"n\">{left}<td class=\"n\">{replaced}<td class=\"n\">{blocked}<td class=\"n\">{other}");
        let _ = writeln!(html, "<tr><td>{}{cells}<td class=\"faint\">{}", escaped(name), escaped(&note(name)));
    }
    html + "</tbody></table></section>\n"
}
