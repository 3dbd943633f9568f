//! What a host's hooks send, and what they take for an answer.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use tamis::session::Source;
use tamis::{Direction, Surface};

/// A program with an agent in it that runs hooks.
pub(crate) struct Host {
    /// Whose hooks these are.
    pub(super) source: Source,
    /// Member of the payload that names the event; without one, `--event` does.
    pub(super) event: Option<&'static str>,
    /// Member that names the session.
    pub(super) session: &'static str,
    /// Member that names the tool.
    pub(super) tool: &'static str,
    /// Member that holds the arguments of the tool.
    pub(super) input: &'static str,
    /// The events that are understood.
    pub(super) events: &'static [Event],
    /// What the host documents as the answer.
    pub(super) answer: fn(&Moment<'_>, &Ruling<'_>) -> Reply,
    /// Where its hooks are configured.
    pub(super) place: Place,
}

/// One event of a host.
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) subject: Subject,
    /// Member that holds what is inspected.
    pub(super) member: &'static str,
    /// Whether the host takes another text instead.
    pub(super) rewritable: bool,
    /// Whether an installation asks for it.
    pub(super) installed: bool,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// What the user says.
    Prompt,
    /// Arguments of a tool that is about to be called.
    Call,
    /// What a tool gave back.
    Output,
    /// What the model is asked.
    Request,
    /// What the model answered.
    Response,
}

impl Subject {
    /// Where the text stands, and which way it goes.
    pub(super) fn surface(self) -> (Surface, Direction) {
        match self {
            Subject::Prompt | Subject::Request => (Surface::Message, Direction::Outbound),
            Subject::Call => (Surface::ToolInput, Direction::Outbound),
            Subject::Output => (Surface::ToolOutput, Direction::Inbound),
            Subject::Response => (Surface::Response, Direction::Inbound),
        }
    }

    /// The text, for people.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Subject::Prompt => "the prompt",
            Subject::Call => "the tool's input",
            Subject::Output => "the tool's output",
            Subject::Request => "the request to the model",
            Subject::Response => "the model's response",
        }
    }
}

/// An event that happens.
pub(super) struct Moment<'a> {
    pub(super) event: &'a Event,
    /// The tool, where there is one.
    pub(super) tool: &'a str,
}

impl Moment<'_> {
    /// Says what was taken out.
    pub(super) fn note(&self, rules: &str) -> String {
        format!("tamis took {rules} out of {}", self.event.subject.noun())
    }
}

/// What was decided about it.
pub(super) enum Ruling<'a> {
    /// It may pass as it is.
    Pass,
    /// It may pass like this, without what these rules found.
    Changed { to: &'a RawValue, rules: &'a str },
    /// It may not pass. What stands in its place, where something has to, is of the same shape.
    Refused { reason: &'a str, withheld: &'a RawValue },
}

/// What a hook prints, and how it ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) out: Option<String>,
    pub(super) err: Option<String>,
    pub(super) code: u8,
}

impl Reply {
    /// Nothing to say.
    pub(super) const SILENT: Reply = Reply { out: None, err: None, code: 0 };

    /// This object, and success.
    pub(super) fn say(answer: Json<'_>) -> Reply {
        let text = serde_json::to_string(&answer).unwrap_or_default();
        Reply { out: Some(text), ..Reply::SILENT }
    }

    /// What every host takes for a refusal, whatever the event.
    pub(super) fn refuse(reason: &str) -> Reply {
        Reply { out: None, err: Some(reason.to_owned()), code: 2 }
    }
}

/// JSON in the order it is written down in, with texts of others in it as they are.
pub(super) enum Json<'a> {
    Flag(bool),
    Text(&'a str),
    Raw(&'a RawValue),
    Object(&'a [(&'a str, Json<'a>)]),
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Flag(flag) => serializer.serialize_bool(*flag),
            Json::Text(text) => serializer.serialize_str(text),
            Json::Raw(raw) => raw.serialize(serializer),
            Json::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

/// Where a host's hooks are configured, and how.
pub(super) struct Place {
    /// Environment variable that names the host's own folder.
    pub(super) variable: Option<&'static str>,
    /// Its folder in the home folder.
    pub(super) folder: &'static str,
    /// The file in that folder.
    pub(super) user: &'static str,
    /// The file in a project.
    pub(super) project: &'static str,
    /// How an entry looks.
    pub(super) shape: Shape,
    /// What else the user has to do before the hooks run.
    pub(super) hint: Option<&'static str>,
}

/// How a hook is written down.
pub(super) enum Shape {
    /// In groups with a matcher, each with a list of commands; the number is a timeout, in the host's unit.
    Groups { timeout: usize, extra: &'static [(&'static str, &'static str)] },
    /// In a list, with members besides the command.
    List { extra: &'static [(&'static str, Extra)] },
}

/// The value of a member that every entry has.
#[derive(Clone, Copy)]
pub(super) enum Extra {
    Flag(bool),
    Text(&'static str),
    Number(usize),
}
