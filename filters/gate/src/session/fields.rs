//! Which strings of a document name sessions, and what each of them is.

use super::walk::{Node, ROOT};
use crate::token::unescape;

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident: $($first:literal $(. $key:literal)*),+;)*) => {
        /// A string that says something about who sends a document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field {
            $($(#[$doc])* $field),*
        }

        /// All fields, each with the path it stands at.
        const PATHS: &[(&[&str], Field)] = &[$($((&[$first $(, $key)*], Field::$field)),+),*];
        const COUNT: usize = [$(Field::$field),*].len();
    };
}

fields! {
    /// Session, in hooks and streams of Claude Code, Codex and Gemini CLI.
    Session: "session_id", "client_metadata"."session_id";
    /// Session, in hooks of Copilot and transcripts of Claude Code.
    SessionCamel: "sessionId";
    /// Session, in hooks of Cursor.
    Conversation: "conversation_id";
    /// Turn, in hooks of Cursor.
    Generation: "generation_id";
    CursorVersion: "cursor_version";
    Turn: "turn_id", "client_metadata"."turn_id", "payload"."turn_id";
    Prompt: "prompt_id", "promptId";
    Agent: "agent_id", "agentId";
    Thread: "thread_id", "client_metadata"."thread_id";
    ParentThread: "client_metadata"."x-codex-parent-thread-id";
    ToolUse: "tool_use_id", "toolCallId", "message"."content"."tool_use_id";
    ToolUseStart: "message"."content"."id";
    Tool: "tool_name", "toolName", "message"."content"."name";
    Event: "hook_event_name", "hookEventName";
    /// Gemini CLI says when, Claude Code does not.
    Timestamp: "timestamp";
    /// A message of a transcript.
    Uuid: "uuid";
    Type: "type";
    Role: "message"."role", "messages"."role", "payload"."role", "input"."role";
    ContentType: "message"."content"."type", "messages"."content"."type", "input"."type";
    ResultType: "toolResult"."resultType";
    PayloadType: "payload"."type";
    PayloadId: "payload"."id";
    PayloadCall: "payload"."call_id";
    PayloadName: "payload"."name";
    ItemId: "item"."id";
    Model: "model", "payload"."model", "llm_request"."model";
    /// In requests of Claude Code: text, or JSON in a string, that names the session.
    User: "metadata"."user_id";
    /// In requests of Codex: the conversation.
    CacheKey: "prompt_cache_key";
    /// JSON in a string.
    TurnMetadata: "client_metadata"."x-codex-turn-metadata", "params"."_meta"."x-codex-turn-metadata";
    JsonRpc: "jsonrpc";
    RpcId: "id";
    Method: "method";
    RpcTool: "params"."name";
    RpcResult: "result"."content"."type", "result"."resultType";
    TraceParent: "params"."_meta"."traceparent", "traceparent";
    RpcToolUse: "params"."_meta"."claudecode/toolUseId";
}

/// A power of two, with room for all keys to stand apart.
const SLOTS: usize = 256;
/// Room for all nodes.
const NODES: usize = 96;

/// Where a key is looked for first. Every key of a document is looked up, and hardly any leads to a field.
const fn slot(object: Node, key: &[u8]) -> usize {
    let (len, first, last) = (key.len(), key[0] as usize, key[key.len() - 1] as usize);
    (len * 29 + first * 5 + last * 17 + key[len / 2] as usize * 3 + object as usize * 7) % SLOTS
}

/// The keys of all paths.
struct Tree {
    /// How each node is reached, and the field there. The first is the root.
    nodes: [(Node, &'static str, Option<Field>); NODES],
    len: usize,
    /// Nodes that others are below, a bit each.
    leading: u128,
    /// Nodes by their slots. One whose slot is taken stands in the next; the root stands for none.
    slots: [Node; SLOTS],
}

const _: () = assert!(NODES <= 128, "a bit for each node");

impl Tree {
    /// With the node that this key leads to, which is given too.
    const fn with(mut self, object: Node, key: &'static str) -> (Self, Node) {
        if let Some(node) = self.find(object, key.as_bytes()) {
            return (self, node);
        }
        let node = self.len as Node;
        self.nodes[self.len] = (object, key, None);
        self.len += 1;
        self.leading |= 1 << object;
        let mut slot = slot(object, key.as_bytes());
        while self.slots[slot] != ROOT {
            slot = (slot + 1) % SLOTS;
        }
        self.slots[slot] = node;
        (self, node)
    }

    const fn find(&self, object: Node, key: &[u8]) -> Option<Node> {
        if key.is_empty() {
            return None;
        }
        let mut slot = slot(object, key);
        while self.slots[slot] != ROOT {
            let (parent, known, _) = self.nodes[self.slots[slot] as usize];
            if parent == object && is_same(known.as_bytes(), key) {
                return Some(self.slots[slot]);
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

static TREE: Tree = {
    let mut tree = Tree { nodes: [(ROOT, "", None); NODES], len: 1, leading: 0, slots: [ROOT; SLOTS] };
    let mut number = 0;
    while number < PATHS.len() {
        let (path, field) = PATHS[number];
        let (mut node, mut depth) = (ROOT, 0);
        while depth < path.len() {
            (tree, node) = tree.with(node, path[depth]);
            depth += 1;
        }
        tree.nodes[node as usize].2 = Some(field);
        number += 1;
    }
    tree
};

impl Field {
    /// All fields, each with the path it stands at.
    #[cfg(test)]
    pub(super) fn paths() -> &'static [(&'static [&'static str], Field)] {
        PATHS
    }

    /// Where a key of an object leads, if a field stands there or below.
    #[inline]
    pub(super) fn below(object: Node, key: &[u8]) -> Option<Node> {
        TREE.find(object, key)
    }

    /// Whether a field stands below.
    #[inline]
    pub(super) fn any_below(node: Node) -> bool {
        TREE.leading >> node & 1 != 0
    }

    /// The field that stands here.
    #[inline]
    pub(super) fn at(node: Node) -> Option<Field> {
        TREE.nodes[usize::from(node)].2
    }
}

/// What a document has said so far.
#[derive(Clone)]
pub(super) struct Fields {
    /// Those that are not known keep their memory for the next document.
    values: [String; COUNT],
    /// Which of them are known, a bit each.
    known: u64,
}

const _: () = assert!(COUNT <= 64, "a bit for each field");

/// Fields that only have to be there: what they say does not count.
const PRESENT: u64 = 1 << Field::Timestamp as u64 | 1 << Field::Uuid as u64 | 1 << Field::JsonRpc as u64 | 1 << Field::CursorVersion as u64;

impl Default for Fields {
    fn default() -> Self {
        Fields { values: [const { String::new() }; COUNT], known: 0 }
    }
}

impl Fields {
    pub(super) fn get(&self, field: Field) -> Option<&str> {
        debug_assert!(PRESENT & 1 << field as u64 == 0, "what it says is not kept");
        self.has(field).then(|| self.values[field as usize].as_str())
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.known & 1 << field as u32 != 0
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.known == 0
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.known = 0;
    }

    /// Notes down the value of the field with this number: the content of a string with its escapes, or a number.
    pub(super) fn note(&mut self, field: u8, raw: &[u8]) {
        if PRESENT & 1 << field != 0 {
            self.known |= 1 << field;
            return;
        }
        let Some(value) = self.values.get_mut(usize::from(field)) else { return };
        value.clear();
        let plain = core::str::from_utf8(raw).ok().filter(|text| !text.as_bytes().contains(&b'\\'));
        let known = match plain {
            Some(text) => {
                value.push_str(text);
                true
            }
            None => match unescape(raw, 1).map(String::from_utf8) {
                Some(Ok(text)) => {
                    *value = text;
                    true
                }
                _ => false,
            },
        };
        self.known = self.known & !(1 << field) | u64::from(known) << field;
        if field == Field::Role as u8 {
            // Another message: what its content is comes after.
            self.known &= !(1 << Field::ContentType as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(path: &[&str]) -> Option<Node> {
        path.iter().try_fold(ROOT, |node, key| Field::below(node, key.as_bytes()))
    }

    #[test]
    fn every_path_leads_to_its_field() {
        for (path, field) in PATHS {
            assert_eq!(follow(path).and_then(Field::at), Some(*field), "{path:?}");
            let key = path[path.len() - 1];
            for other in ["", &key[1..], &key[..key.len() - 1], &format!("{key}s")] {
                let near = [&path[..path.len() - 1], &[other]].concat();
                assert_eq!(follow(&near).is_some(), PATHS.iter().any(|(path, _)| path.starts_with(&near)), "{near:?}");
            }
        }
        assert_eq!(Field::at(ROOT), None);
    }

    #[test]
    fn fields_stand_below_the_beginnings_of_their_paths_only() {
        for (path, _) in PATHS {
            for len in 0..=path.len() {
                let node = follow(&path[..len]).expect("it leads to a field");
                let below = PATHS.iter().any(|(other, _)| other.len() > len && other.starts_with(&path[..len]));
                assert_eq!(Field::any_below(node), below, "{path:?} up to {len}");
            }
        }
    }
}
