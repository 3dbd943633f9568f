//! Who sends what flows, told by the documents themselves.

use std::collections::VecDeque;

use super::dialect;
use super::fields::{Field, Fields};
use super::id::Id;
use super::ids::Ids;
use super::walk::{Reader, Walker};
use crate::flow::{Direction, Flow, Surface};
use crate::name::Name;

/// So many calls may wait for their answers at once, and their tools are still known.
const CALLS: usize = 16;

/// Reads ids, tool, model and surface out of JSON as it flows: hook payloads, transcripts, requests and MCP messages of
/// the programs in [`Source`](super::Source), alone, one a line or in events. It holds nothing back and a few kilobytes
/// of state, and where chunks are cut changes nothing.
///
/// What a program says before its session's id is not yet known to belong to it. Where findings are told apart by session,
/// push what the engine delivers, in its order, so that a finding meets the ids of its own document.
///
/// All that it reads was written by clients, so ids that somebody gave by hand come first: [`merge`](Ids::merge) them
/// over these.
///
/// ```
/// use tamis::Surface;
/// use tamis::session::{Id, Observer, Source};
///
/// let mut observer = Observer::default();
/// observer.push(br#"{"session_id":"5f2c","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"toolu_1","tool_in"#);
/// let seen = observer.sighting();
/// assert_eq!((seen.ids.source, seen.ids.session), (Some(Source::ClaudeCode), Id::new("5f2c")));
/// assert_eq!((seen.tool.unwrap().as_str(), seen.surface), ("Bash", Some(Surface::ToolInput)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Observer {
    walker: Walker,
    documents: Documents,
}

/// What a stream says of itself at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// Who sends it.
    pub ids: Ids,
    /// Where the text stands.
    pub surface: Option<Surface>,
    /// The tool that is called, or that answered.
    pub tool: Option<Name>,
    /// The model that is asked.
    pub model: Option<Name>,
}

impl Sighting {
    /// Fills in what the flow does not say yet.
    pub fn complete(&self, flow: &mut Flow) {
        let text = |name: &Option<Name>| name.as_ref().map(|name| name.as_str().to_owned());
        flow.surface = flow.surface.or(self.surface);
        flow.direction = flow.direction.or(self.surface.and_then(direction));
        flow.tool = flow.tool.take().or_else(|| text(&self.tool));
        flow.destination.model = flow.destination.model.take().or_else(|| text(&self.model));
        flow.agent = flow.agent.take().or_else(|| self.ids.agent.as_ref().map(ToString::to_string));
    }
}

/// Which way a text of this surface goes, where that is sure.
fn direction(surface: Surface) -> Option<Direction> {
    match surface {
        Surface::SystemPrompt | Surface::Message | Surface::ToolInput => Some(Direction::Outbound),
        Surface::ToolOutput | Surface::Reasoning | Surface::Response => Some(Direction::Inbound),
        Surface::Log | Surface::Commit => None,
    }
}

impl Observer {
    /// Reads on.
    pub fn push(&mut self, bytes: &[u8]) {
        self.walker.push(bytes, &mut self.documents);
    }

    /// What is known at this place.
    #[must_use]
    pub fn sighting(&self) -> Sighting {
        let here = dialect::read(&self.documents.fields);
        let mut ids = self.documents.before.clone();
        follow(&mut ids, &here.ids);
        let tool = here.tool.clone().or_else(|| self.documents.tool_of(&here));
        Sighting { ids, tool, ..here }
    }
}

/// The document that flows by, and what those before it said.
#[derive(Clone, Debug, Default)]
struct Documents {
    fields: Fields,
    before: Ids,
    /// The last calls: an answer names its call, and seldom the tool.
    calls: VecDeque<(Id, Name)>,
}

impl Documents {
    /// The tool that answers here.
    fn tool_of(&self, here: &Sighting) -> Option<Name> {
        let call = here.ids.tool_call.as_ref().filter(|_| here.surface == Some(Surface::ToolOutput))?;
        self.calls.iter().rev().find(|(id, _)| id == call).map(|(_, tool)| tool.clone())
    }
}

impl Reader for Documents {
    fn wants(&mut self, path: &[u8]) -> Option<u8> {
        Field::at(path).map(|field| field as u8)
    }

    fn leads(&mut self, path: &[u8]) -> bool {
        Field::any_below(path)
    }

    fn value(&mut self, wanted: u8, raw: &[u8]) {
        self.fields.note(wanted, raw);
    }

    fn begin(&mut self) {
        if self.fields.is_empty() || dialect::is_silent(&self.fields) {
            self.fields.clear();
            self.before.tool_call = None;
            return;
        }
        let Sighting { ids, tool, .. } = dialect::read(&self.fields);
        follow(&mut self.before, &ids);
        if let (Some(call), Some(tool)) = (ids.tool_call, tool) {
            if self.calls.len() == CALLS {
                self.calls.pop_front();
            }
            self.calls.push_back((call, tool));
        }
        self.fields.clear();
    }
}

/// A document that names its session stands for itself; one that does not goes on with the session before it. A tool call
/// is one document's own.
fn follow(before: &mut Ids, here: &Ids) {
    if here.session.is_some() {
        before.clone_from(here);
    } else {
        before.tool_call = None;
        before.merge(here);
    }
}
