//! Which strings of a document name sessions, and what each of them is.

use super::walk::{SEPARATOR, separator};
use crate::token::unescape;

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident: $($first:literal $(. $key:literal)*),+;)*) => {
        /// A string that says something about who sends a document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Field {
            $($(#[$doc])* $field),*
        }

        /// All fields, each with the path it stands at.
        const PATHS: &[(&str, Field)] = &[$($((concat!($first $(, separator!(), $key)*), Field::$field)),+),*];
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

/// A power of two, with room for all paths to stand apart.
const SLOTS: usize = 256;

/// Where a path is looked for first. Every string of a document is looked up, and hardly any is a field.
const fn slot(path: &[u8]) -> usize {
    let (len, first, last) = (path.len(), path[0] as usize, path[path.len() - 1] as usize);
    (len * 29 + first * 5 + last * 17 + path[len / 2] as usize * 3) % SLOTS
}

/// Paths by their slots: the number of a field, and how much of its path it is. One whose slot is taken stands in the next.
struct Table([Option<(u8, u8)>; SLOTS]);

impl Table {
    const fn with(mut self, number: usize, len: usize) -> Self {
        let path = PATHS[number].0.as_bytes().split_at(len).0;
        let mut slot = slot(path);
        while let Some((other, other_len)) = self.0[slot] {
            if is_same(path, PATHS[other as usize].0.as_bytes().split_at(other_len as usize).0) {
                return self;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.0[slot] = Some((number as u8, len as u8));
        self
    }

    /// The field whose path is this one, or starts as it.
    fn find(&self, path: &[u8]) -> Option<Field> {
        let mut slot = slot(path);
        while let Some((number, len)) = self.0[slot] {
            let (known, field) = PATHS[usize::from(number)];
            if &known.as_bytes()[..usize::from(len)] == path {
                return Some(field);
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

/// All paths.
static FIELDS: Table = {
    let (mut table, mut number) = (Table([None; SLOTS]), 0);
    while number < PATHS.len() {
        table = table.with(number, PATHS[number].0.len());
        number += 1;
    }
    table
};

/// The paths of all objects that hold fields.
static OBJECTS: Table = {
    let (mut table, mut number) = (Table([None; SLOTS]), 0);
    while number < PATHS.len() {
        let (path, mut len) = (PATHS[number].0.as_bytes(), 1);
        while len < path.len() {
            if path[len] == SEPARATOR {
                table = table.with(number, len);
            }
            len += 1;
        }
        number += 1;
    }
    table
};

impl Field {
    /// All fields, each with the path it stands at.
    #[cfg(test)]
    pub(super) fn paths() -> &'static [(&'static str, Field)] {
        PATHS
    }

    /// Whether a field stands below this path.
    pub(super) fn any_below(path: &[u8]) -> bool {
        path.is_empty() || OBJECTS.find(path).is_some()
    }

    /// The field at this path.
    pub(super) fn at(path: &[u8]) -> Option<Field> {
        if path.is_empty() { None } else { FIELDS.find(path) }
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

impl Default for Fields {
    fn default() -> Self {
        Fields { values: [const { String::new() }; COUNT], known: 0 }
    }
}

impl Fields {
    pub(super) fn get(&self, field: Field) -> Option<&str> {
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

    #[test]
    fn every_path_leads_to_its_field() {
        for (path, field) in PATHS {
            assert_eq!(Field::at(path.as_bytes()), Some(*field), "{path}");
            assert_eq!(Field::at(&path.as_bytes()[1..]).filter(|other| other == field), None, "{path}");
        }
        assert_eq!(Field::at(b""), None);
    }

    #[test]
    fn fields_stand_below_the_beginnings_of_their_paths_only() {
        for (path, _) in PATHS {
            let ends = path.match_indices(separator!()).map(|(at, _)| at).chain([0]);
            let above: Vec<usize> = ends.collect();
            for end in 0..=path.len() {
                let deeper = PATHS.iter().any(|(other, _)| other.starts_with(&format!("{}{}", &path[..end], separator!())));
                assert_eq!(Field::any_below(&path.as_bytes()[..end]), above.contains(&end) || deeper, "{path} up to {end}");
            }
        }
        assert!(!Field::any_below(&[b'x'; 100]));
    }
}
