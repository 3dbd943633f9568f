//! `tamis hook`: what an agent's host asks before a prompt, a tool's input or a tool's output goes on.
//!
//! Hosts let everything pass where a hook fails. So what goes wrong here is answered as a refusal, in the host's own words.

mod claude_code;
mod codex;
mod copilot;
mod cursor;
mod gemini;
mod host;
mod install;
mod payload;
mod settings;

use std::path::Path;

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tamis::policy::Arguments;
use tamis::session::{Observer, Source};
use tamis::{Destination, Flow, Frame};

use crate::args::{AnswerArgs, HookArgs, HookCommand, SessionArgs};
use crate::failure::{Exit, Failure, complain};
use crate::fd;
use crate::inspect::{Inspector, Verdict};
use host::{Host, Moment, Reply, Ruling, Subject};
use payload::Payload;

/// Runs the command.
pub(crate) fn run(args: &HookArgs) -> Result<Exit, Failure> {
    match &args.command {
        HookCommand::Install(args) => install::install(args),
        HookCommand::Uninstall(args) => install::uninstall(args),
        answer => match answer.answer() {
            Some((source, args)) => Ok(answer_hook(host(source), args)),
            None => Ok(Exit::Clean),
        },
    }
}

/// The host with this way of naming sessions.
fn host(source: Source) -> &'static Host {
    match source {
        Source::Codex => &codex::CODEX,
        Source::Gemini => &gemini::GEMINI,
        Source::Cursor => &cursor::CURSOR,
        Source::Copilot => &copilot::COPILOT,
        Source::ClaudeCode | Source::Mcp | Source::Trace => &claude_code::CLAUDE_CODE,
    }
}

/// Answers one hook. Whatever happens, it ends with an answer.
fn answer_hook(host: &'static Host, args: &AnswerArgs) -> Exit {
    if !args.fail_open {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            complain(format_args!("a mistake in this program, at {place}: nothing passes"));
            std::process::exit(2);
        }));
    }
    let reply = Payload::read().map_or_else(|failure| failed(&failure, args, None), |payload| reply(host, args, &payload));
    match print(&reply) {
        Ok(()) if reply.code == 0 => Exit::Clean,
        _ => Exit::Error,
    }
}

fn print(reply: &Reply) -> Result<(), ()> {
    if let Some(err) = &reply.err {
        complain(err);
    }
    match &reply.out {
        None => Ok(()),
        Some(out) => fd::stdout().and_then(|mut stdout| fd::write(&mut stdout, format!("{out}\n").as_bytes())).map_err(|error| {
            complain(Failure::file("cannot write the answer", Path::new("standard output"), &error));
        }),
    }
}

/// The answer to a payload.
fn reply(host: &'static Host, args: &AnswerArgs, payload: &Payload) -> Reply {
    let named = host.event.and_then(|member| payload.text(member)).or_else(|| args.event.clone());
    let event = named.as_deref().and_then(|name| host.events.iter().find(|event| event.name == name));
    let Some(event) = event else {
        let place = named.as_deref().unwrap_or("it names none");
        return failed(&Failure::new("unknown event", place, "take it out of the hooks, or see `tamis hook --help`"), args, None);
    };
    let tool = payload.text(host.tool).unwrap_or_default();
    let moment = Moment { event, tool: &tool };
    match payload.raw(event.member) {
        None if matches!(event.subject, Subject::Output | Subject::Response) => (host.answer)(&moment, &Ruling::Pass),
        None => failed(&Failure::new("bad payload", event.name, format_args!("it has no {}", event.member)), args, None),
        Some(raw) => decide(host, args, payload, &moment, raw).unwrap_or_else(|failure| failed(&failure, args, Some((host, &moment, raw)))),
    }
}

/// The answer where something went wrong, or where nothing of a session may pass.
fn failed(failure: &Failure, args: &AnswerArgs, at: Option<(&Host, &Moment<'_>, &RawValue)>) -> Reply {
    if args.fail_open && !failure.is_block() {
        complain(failure);
        return at.map_or(Reply::SILENT, |(host, moment, _)| (host.answer)(moment, &Ruling::Pass));
    }
    let Some((host, moment, raw)) = at else { return Reply::refuse(&failure.to_string()) };
    refuse(host, moment, raw, &format!("tamis: {failure}"))
}

fn refuse(host: &Host, moment: &Moment<'_>, raw: &RawValue, reason: &str) -> Reply {
    match withheld(raw, reason) {
        Ok(withheld) => (host.answer)(moment, &Ruling::Refused { reason, withheld: &withheld }),
        Err(_) => Reply::refuse(reason),
    }
}

/// Inspects what the event is about.
fn decide(host: &Host, args: &AnswerArgs, payload: &Payload, moment: &Moment<'_>, raw: &RawValue) -> Result<Reply, Failure> {
    let subject = moment.event.subject;
    let mut observer = Observer::default();
    observer.push(payload.bytes());
    let seen = observer.sighting();
    let session = SessionArgs { session: args.means.session.session.clone().or_else(|| payload.text(host.session)) };
    let mut inspector = Inspector::new(&args.means, &session, flow(host, payload, moment), Frame::Json)?;
    inspector.sent_by(&seen.ids);
    // Some hosts send arguments as JSON in a string.
    let inner: Option<String> = (subject == Subject::Call).then(|| serde_json::from_str(raw.get()).ok()).flatten();
    let inner = inner.filter(|text| text.trim_start().starts_with('{'));
    let text = inner.as_deref().unwrap_or(raw.get());
    let inspected = inspect(&mut inspector, moment, text);
    inspector.close()?;
    let verdict = inspected?;
    let noun = subject.noun();
    if let Some(blocked) = verdict.blocked {
        return Ok(refuse(host, moment, raw, &format!("tamis: {noun} is held back: {}", blocked.why)));
    }
    if verdict.text == text.as_bytes() {
        return Ok((host.answer)(moment, &Ruling::Pass));
    }
    let rules = verdict.replaced.join(", ");
    if !moment.event.rewritable {
        return Ok(refuse(host, moment, raw, &format!("tamis: {noun} holds {rules}: {}", remedy(subject))));
    }
    let changed = String::from_utf8(verdict.text).ok().and_then(|text| RawValue::from_string(text).ok());
    let to = changed.ok_or_else(|| Failure::new("cannot rewrite", noun, "it would not be JSON any more"))?;
    Ok((host.answer)(moment, &Ruling::Changed { to: &to, rules: &rules }))
}

/// Decides a text, and first whether the tool may be called at all.
fn inspect(inspector: &mut Inspector, moment: &Moment<'_>, text: &str) -> Result<Verdict, Failure> {
    inspector.admit()?;
    let flow = inspector.flow(Flow::default());
    if moment.event.subject == Subject::Call {
        let Arguments(arguments) = serde_json::from_str(text).map_err(|error| {
            Failure::new("bad arguments", format_args!("column {}", error.column()), "a tool's arguments name nothing twice")
        })?;
        let arguments = if arguments.is_object() { arguments } else { json!({ moment.event.member: arguments }) };
        inspector.admit_call(&flow, &arguments)?;
    }
    inspector.text(&flow, text.as_bytes())
}

/// Where the text comes from and goes to.
fn flow(host: &Host, payload: &Payload, moment: &Moment<'_>) -> Flow {
    let (surface, direction) = moment.event.subject.surface();
    let kind = payload.text("agent_type").map(|kind| format!("/{kind}")).unwrap_or_default();
    Flow {
        surface: Some(surface),
        direction: Some(direction),
        destination: Destination { model: payload.text("model"), ..Destination::default() },
        tool: Some(moment.tool.to_owned()).filter(|tool| !tool.is_empty()),
        path: path(host, payload),
        agent: Some(format!("{}{kind}", host.source.as_str())),
        ..Flow::default()
    }
}

/// The file that a tool is about, from the folder that the agent works in.
fn path(host: &Host, payload: &Payload) -> Option<String> {
    let input: Option<Value> = payload.raw(host.input).and_then(|raw| serde_json::from_str(raw.get()).ok());
    let named = |input: &Value| {
        ["file_path", "path", "filePath", "notebook_path"].iter().find_map(|name| input.get(name)?.as_str().map(str::to_owned))
    };
    let path = input.as_ref().and_then(named).or_else(|| payload.text("file_path"))?;
    let folder = payload.text("cwd").unwrap_or_default();
    let inside = Path::new(&path).strip_prefix(&folder).ok().filter(|_| !folder.is_empty());
    Some(inside.map_or(path.clone(), |inside| inside.display().to_string()))
}

/// What to do where a text cannot be rewritten.
fn remedy(subject: Subject) -> &'static str {
    match subject {
        Subject::Prompt => "take it out, and send the rest again",
        Subject::Call => "let the tool read it from where it is kept",
        Subject::Output | Subject::Request | Subject::Response => "it cannot be replaced here; rotate it if it went on",
    }
}

/// A value of the same shape that says nothing.
fn withheld(raw: &RawValue, reason: &str) -> serde_json::Result<Box<RawValue>> {
    fn blank(value: &mut Value) {
        match value {
            Value::String(text) => "[withheld by tamis]".clone_into(text),
            Value::Array(items) => items.iter_mut().for_each(blank),
            Value::Object(members) => members.iter_mut().filter(|(name, value)| !is_kind(name, value)).for_each(|(_, value)| blank(value)),
            Value::Number(number) => *number = 0.into(),
            Value::Null | Value::Bool(_) => {}
        }
    }
    let mut value: Value = serde_json::from_str(raw.get()).unwrap_or(Value::String(String::new()));
    blank(&mut value);
    if let Value::String(text) = &mut value {
        *text = format!("[withheld by {reason}]");
    }
    to_raw_value(&value)
}

/// Whether a member says of what kind its object is: without it the host would not understand the shape.
fn is_kind(name: &str, value: &Value) -> bool {
    let is_word = |text: &str| text.len() <= 24 && text.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-' | b'/'));
    matches!(name, "type" | "resultType" | "role" | "mimeType" | "mime_type") && value.as_str().is_some_and(is_word)
}
