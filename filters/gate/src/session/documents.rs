//! The document that flows by, and what those before it said.

use std::collections::VecDeque;

use super::dialect;
use super::fields::{Field, Fields};
use super::id::Id;
use super::ids::Ids;
use super::observer::Sighting;
use super::walk::{Node, Reader};
use crate::flow::Surface;
use crate::name::Name;

/// So many calls may wait for their answers at once, and their tools are still known.
pub(super) const CALLS: usize = 16;

/// What documents say of their sender, from the first to the one that flows by.
#[derive(Clone, Default)]
pub(super) struct Documents {
    fields: Fields,
    before: Ids,
    /// One of those before named its session, and nobody has asked yet.
    named: bool,
    /// The last calls: an answer names its call, and seldom the tool.
    calls: Calls,
}

/// A few calls and their tools, the newest last.
#[derive(Clone, Default)]
pub(super) struct Calls(VecDeque<(Id, Name)>);

impl Documents {
    /// What is known at this place.
    pub(super) fn sighting(&self) -> Sighting {
        let here = dialect::read(&self.fields);
        let mut ids = self.before.clone();
        follow(&mut ids, &here.ids);
        let tool = here.tool.clone().or_else(|| self.tool_of(&here));
        Sighting { ids, tool, ..here }
    }

    /// Whether one of those that are over named its session, since this was asked last.
    pub(super) fn take_named(&mut self) -> bool {
        core::mem::take(&mut self.named)
    }

    /// The calls of those that are over.
    pub(super) fn into_calls(self) -> Calls {
        self.calls
    }

    /// After these, which are over, came others with these calls, and then some of which one named its session: nothing else
    /// of what was said before is left.
    pub(super) fn skip(&mut self, calls: Calls, last: Documents) {
        self.calls.append(calls);
        self.calls.append(last.calls);
        self.before = last.before;
    }

    /// The tool that answers here.
    fn tool_of(&self, here: &Sighting) -> Option<Name> {
        let call = here.ids.tool_call.as_ref().filter(|_| here.surface == Some(Surface::ToolOutput))?;
        self.calls.0.iter().rev().find(|(id, _)| id == call).map(|(_, tool)| tool.clone())
    }
}

impl Calls {
    /// Whether older ones do not count any more.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() == CALLS
    }

    fn add(&mut self, call: (Id, Name)) {
        if self.is_full() {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    /// These came later.
    fn append(&mut self, later: Calls) {
        later.0.into_iter().for_each(|call| self.add(call));
    }

    /// These came earlier.
    pub(super) fn prepend(&mut self, earlier: Calls) {
        let room = CALLS - self.0.len();
        earlier.0.into_iter().rev().take(room).for_each(|call| self.0.push_front(call));
    }
}

impl Reader for Documents {
    fn below(&mut self, object: Node, key: &[u8]) -> Option<Node> {
        Field::below(object, key)
    }

    fn wants(&mut self, node: Node) -> Option<u8> {
        Field::at(node).map(|field| field as u8)
    }

    fn leads(&mut self, node: Node) -> bool {
        Field::any_below(node)
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
        self.named |= ids.session.is_some();
        if let (Some(call), Some(tool)) = (ids.tool_call, tool) {
            self.calls.add((call, tool));
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
