//! Where a text of a model or tool API stands: whose surface it is, and which tool it is about.
//!
//! The APIs share most of their words, so one vocabulary serves them all. What is unknown keeps the surface of what stands
//! around it. `docs/apis.md` says the same for people.

use std::collections::VecDeque;

use super::kind::Api;
use super::lexer::{Lexer, Visitor};
use crate::flow::Surface;
use crate::gate::Touch;
use crate::name::Name;
use crate::token::unescape;

/// So many calls may wait for their answers at once, and their tools are still known.
const CALLS: usize = 64;

/// Where a text stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) surface: Option<Surface>,
    pub(super) touch: Touch,
    pub(super) tool: Option<Name>,
}

/// How what is inside is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Node {
    /// A request, a response, an event.
    Root,
    /// Parameters of a JSON-RPC message.
    Params,
    /// A message, an item, a block, a call.
    Message,
    /// All that is inside is one text.
    #[default]
    Text,
}

/// An open object, array or string, and what is known of it.
#[derive(Clone, Debug, Default)]
struct Level {
    node: Node,
    surface: Option<Surface>,
    touch: Touch,
    tool: Option<Name>,
    /// Id of the call that it is, or answers.
    call: Option<Name>,
    /// Its data is a cipher text.
    redacted: bool,
}

/// Follows a document and says where each of its bytes stands.
#[derive(Debug)]
pub(super) struct Places {
    lexer: Lexer,
    tracker: Tracker,
}

impl Places {
    pub(super) fn new(api: Api, lines: bool, depth: usize) -> Self {
        Places { lexer: Lexer::new(lines), tracker: Tracker::new(api, depth) }
    }

    /// The document goes on with these bytes.
    pub(super) fn see(&mut self, bytes: &[u8]) {
        self.lexer.push(bytes, &mut self.tracker);
    }

    /// Where the next byte stands.
    pub(super) fn here(&self) -> Place {
        self.tracker.here()
    }

    /// Where something is nested too deep to be told apart, if it is.
    pub(super) fn too_deep(&self) -> Option<u64> {
        self.tracker.too_deep.or(self.lexer.too_deep())
    }

    /// Bytes that were seen.
    pub(super) fn offset(&self) -> u64 {
        self.lexer.offset()
    }
}

/// What places are told from.
#[derive(Debug)]
pub(super) struct Tracker {
    api: Api,
    levels: Vec<Level>,
    deepest: usize,
    /// Open objects and arrays below the last level.
    below: usize,
    key: Vec<u8>,
    calls: VecDeque<(Name, Name)>,
    pub(super) too_deep: Option<u64>,
}

impl Tracker {
    pub(super) fn new(api: Api, deepest: usize) -> Self {
        let (levels, key) = (Vec::new(), Vec::new());
        Tracker { api, levels, deepest: deepest.max(1), below: 0, key, calls: VecDeque::new(), too_deep: None }
    }

    /// Whether all that is inside here is one text.
    pub(super) fn is_text(&self) -> bool {
        self.levels.last().is_some_and(|level| level.node == Node::Text)
    }

    /// Where the next byte stands.
    pub(super) fn here(&self) -> Place {
        let Some(top) = self.levels.last() else { return Place::default() };
        let about_tool = matches!(top.surface, Some(Surface::ToolInput | Surface::ToolOutput));
        let tool = about_tool.then(|| self.levels.iter().rev().find_map(|level| self.tool_of(level)));
        Place { surface: top.surface, touch: top.touch, tool: tool.flatten() }
    }

    fn tool_of(&self, level: &Level) -> Option<Name> {
        let answered = || level.call.as_ref().and_then(|call| self.calls.iter().rev().find(|(id, _)| id == call));
        level.tool.clone().or_else(|| answered().map(|(_, tool)| tool.clone()))
    }

    /// What begins here, inside the last level.
    fn child(&self) -> Level {
        let Some(top) = self.levels.last() else { return Level { node: Node::Root, ..Level::default() } };
        let same = |node| Level { node, surface: top.surface, touch: top.touch, redacted: top.redacted, ..Level::default() };
        let key = self.key.as_slice();
        if key.is_empty() {
            return same(top.node);
        }
        match top.node {
            Node::Root => root(self.api, key),
            Node::Params => params(key),
            Node::Message => message(self.api, key, top).unwrap_or_else(|| same(Node::Text)),
            Node::Text => same(Node::Text),
        }
    }

    fn push(&mut self, at: u64) {
        let within = self.levels.last().is_none_or(|level| level.node != Node::Text);
        if within && self.below == 0 && self.levels.len() < self.deepest {
            let child = self.child();
            self.levels.push(child);
        } else {
            if within && self.below == 0 {
                self.too_deep.get_or_insert(at);
            }
            self.below += 1;
        }
        self.key.clear();
    }

    fn pop(&mut self) {
        self.key.clear();
        if self.below > 0 {
            self.below -= 1;
            return;
        }
        let Some(level) = self.levels.pop() else { return };
        let tool = level.tool.clone();
        if let (Some(call), Some(tool), Some(Surface::ToolInput)) = (level.call, level.tool, level.surface) {
            if self.calls.len() == CALLS {
                self.calls.pop_front();
            }
            self.calls.push_back((call, tool));
        }
        // `{"id": "…", "function": {"name": "…"}}`: the call has the name of its function.
        if let (Some(outer), Some(tool), Some(Surface::ToolInput)) = (self.levels.last_mut(), tool, level.surface)
            && outer.node == Node::Message
            && outer.surface == Some(Surface::ToolInput)
        {
            outer.tool.get_or_insert(tool);
        }
    }

    /// A short value of the object that is open.
    fn note(&mut self, raw: &[u8]) {
        let Some(text) = unescape(raw, 1).and_then(|text| String::from_utf8(text).ok()) else { return };
        let Some(level) = self.levels.last_mut().filter(|level| level.node != Node::Text) else { return };
        match (level.node, self.key.as_slice()) {
            (Node::Message, b"role") => level.surface = of_role(&text).or(level.surface),
            (Node::Message, b"type") => {
                level.redacted = text == "redacted_thinking";
                level.surface = of_type(&text).or(level.surface);
            }
            (Node::Message, b"thought") if text == "true" => level.surface = Some(Surface::Reasoning),
            (Node::Message | Node::Params, b"name") => level.tool = Some(Name::new(&text)),
            (Node::Message, b"id") => level.call = level.call.take().or_else(|| Some(Name::new(&text))),
            (Node::Message, b"call_id" | b"tool_use_id" | b"tool_call_id" | b"toolUseId") => level.call = Some(Name::new(&text)),
            _ => {}
        }
    }
}

impl Visitor for Tracker {
    fn enter(&mut self, _: bool, at: u64) {
        self.push(at);
    }

    fn leave(&mut self, _: u64) {
        self.pop();
    }

    fn key(&mut self, raw: &[u8]) {
        self.key.clear();
        if self.below == 0 {
            match raw.contains(&b'\\').then(|| unescape(raw, 1)).flatten() {
                Some(plain) => self.key.extend_from_slice(&plain),
                None => self.key.extend_from_slice(if raw.is_empty() { b"?" } else { raw }),
            }
        }
    }

    fn string(&mut self, at: u64) {
        if self.below > 0 {
            self.below += 1;
            return;
        }
        let key = self.key.clone();
        self.push(at);
        self.key = key;
    }

    fn value(&mut self, raw: &[u8], _: u64, _: u64, string: bool) {
        if string {
            let key = core::mem::take(&mut self.key);
            self.pop();
            self.key = key;
        }
        if self.below == 0 && !raw.is_empty() {
            self.note(raw);
        }
        self.key.clear();
    }
}

fn level(node: Node, surface: Surface) -> Level {
    Level { node, surface: Some(surface), ..Level::default() }
}

fn root(api: Api, key: &[u8]) -> Level {
    use Surface::{Message, Reasoning, Response, SystemPrompt, ToolInput, ToolOutput};
    match (api, key) {
        (Api::Mcp, b"params") => Level { node: Node::Params, ..Level::default() },
        (Api::Mcp, b"result" | b"error") => level(Node::Text, ToolOutput),
        (Api::Mcp | Api::Unknown, _) => Level::default(),
        // Cohere's first version calls the user's text so; in messages, the role says whose it is.
        (Api::Cohere, b"message" | b"chat_history" | b"documents") => level(Node::Message, Message),
        (Api::Cohere, b"preamble") => level(Node::Text, SystemPrompt),
        (Api::Cohere, b"tool_results") => level(Node::Text, ToolOutput),
        (Api::Cohere, b"tool_calls" | b"tool_call_delta") => level(Node::Message, ToolInput),
        (Api::Cohere, b"text" | b"citations" | b"generations") => level(Node::Text, Response),
        (Api::Ollama, b"response") => level(Node::Text, Response),
        (Api::Ollama, b"thinking") => level(Node::Text, Reasoning),
        (Api::Bedrock, b"inputText") => level(Node::Text, Message),
        (Api::Bedrock, b"toolConfig") => level(Node::Text, SystemPrompt),
        (Api::Bedrock, b"outputText" | b"generation" | b"completion" | b"results" | b"outputs" | b"text") => level(Node::Text, Response),
        (Api::Bedrock, b"contentBlockDelta" | b"contentBlockStart") => Level { node: Node::Root, ..Level::default() },
        (Api::Bedrock, b"start") => level(Node::Message, Response),
        (_, b"system" | b"instructions" | b"systemInstruction" | b"system_instruction") => level(Node::Text, SystemPrompt),
        (_, b"tools" | b"functions") => level(Node::Text, SystemPrompt),
        (_, b"messages" | b"contents" | b"input") => level(Node::Message, Message),
        (_, b"prompt") => level(Node::Text, Message),
        (_, b"choices" | b"candidates" | b"output" | b"content") => level(Node::Message, Response),
        (_, b"message" | b"item" | b"part" | b"content_block" | b"delta") => level(Node::Message, Response),
        (_, b"logprobs") => level(Node::Text, Response),
        (_, b"response" | b"generateContentRequest") => Level { node: Node::Root, ..Level::default() },
        _ => Level::default(),
    }
}

fn params(key: &[u8]) -> Level {
    use Surface::{Log, Message, SystemPrompt, ToolInput};
    match key {
        b"arguments" => level(Node::Text, ToolInput),
        b"systemPrompt" => level(Node::Text, SystemPrompt),
        b"messages" => level(Node::Message, Message),
        b"inputResponses" | b"message" => level(Node::Text, Message),
        b"data" => level(Node::Text, Log),
        _ => Level::default(),
    }
}

fn message(api: Api, key: &[u8], top: &Level) -> Option<Level> {
    use Surface::{Reasoning, ToolInput, ToolOutput};
    let sealed = || Level { touch: Touch::Sealed, ..Level { surface: top.surface, ..Level::default() } };
    Some(match key {
        b"content" | b"parts" | b"message" | b"delta" | b"summary" => {
            Level { node: Node::Message, surface: top.surface, touch: top.touch, ..Level::default() }
        }
        b"thinking" if matches!(api, Api::Anthropic | Api::Bedrock) => Level { touch: Touch::Bound, ..level(Node::Text, Reasoning) },
        b"thinking" | b"reasoning" | b"reasoning_content" | b"reasoning_details" => level(Node::Text, Reasoning),
        b"tool_calls" | b"function_call" | b"functionCall" | b"partialArgs" | b"function" | b"custom" => level(Node::Message, ToolInput),
        b"functionResponse" | b"function_response" | b"toolResult" => level(Node::Message, ToolOutput),
        b"toolUse" => level(Node::Message, ToolInput),
        b"parameters" if api == Api::Cohere => level(Node::Text, ToolInput),
        b"tool_plan" => level(Node::Text, Reasoning),
        b"reasoningContent" | b"reasoningText" => Level { touch: Touch::Bound, ..level(Node::Message, Reasoning) },
        b"input" | b"arguments" | b"args" | b"partial_json" | b"action" | b"code" => level(Node::Text, ToolInput),
        b"output" | b"outputs" | b"result" | b"results" | b"response" => level(Node::Text, ToolOutput),
        b"signature" | b"encrypted_content" | b"redactedContent" | b"thoughtSignature" | b"thought_signature" => sealed(),
        b"data" if top.redacted => sealed(),
        _ => return None,
    })
}

fn of_role(role: &str) -> Option<Surface> {
    match role.to_ascii_lowercase().as_str() {
        "system" | "developer" => Some(Surface::SystemPrompt),
        "user" => Some(Surface::Message),
        "assistant" | "model" | "chatbot" => Some(Surface::Response),
        "tool" | "function" => Some(Surface::ToolOutput),
        _ => None,
    }
}

fn of_type(kind: &str) -> Option<Surface> {
    match kind {
        "thinking" | "reasoning" | "redacted_thinking" => Some(Surface::Reasoning),
        "tool_use" | "server_tool_use" | "mcp_tool_use" => Some(Surface::ToolInput),
        kind if kind.ends_with("_result") || kind.ends_with("_output") => {
            Some(Surface::ToolOutput).filter(|_| kind.contains("tool") || kind.contains("call"))
        }
        kind if kind.ends_with("_call") => Some(Surface::ToolInput),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each `@` of the text stands, the same at every cut.
    fn places(api: Api, text: &str) -> String {
        let told = |size: usize| {
            let (mut places, mut told) = (Places::new(api, false, 16), Vec::new());
            for chunk in text.as_bytes().chunks(size) {
                for piece in chunk.split_inclusive(|byte| *byte == b'@') {
                    let (text, mark) = piece.split_at(piece.len() - usize::from(piece.ends_with(b"@")));
                    places.see(text);
                    if !mark.is_empty() {
                        told.push(show(&places.here()));
                        places.see(mark);
                    }
                }
            }
            told.join(" ")
        };
        let whole = told(text.len());
        assert_eq!(told(1), whole, "byte by byte: {text}");
        whole
    }

    fn show(place: &Place) -> String {
        let surface = place.surface.map_or("-", Surface::as_str);
        let tool = place.tool.as_ref().map(|tool| format!("({tool})")).unwrap_or_default();
        let touch = match place.touch {
            Touch::Free => "",
            Touch::Bound => "!",
            Touch::Sealed => "!!",
        };
        format!("{surface}{tool}{touch}")
    }

    #[test]
    fn each_text_has_its_surface() {
        for (api, text, told) in [
            (
                Api::Chat,
                r#"{"model":"@","messages":[{"role":"system","content":"@"},{"role":"user","content":[{"type":"text","text":"@"}]},
                {"role":"assistant","content":"@","tool_calls":[{"id":"c1","type":"function","function":{"name":"Bash","arguments":"@"}}]},
                {"role":"tool","tool_call_id":"c1","content":"@"}],"tools":[{"function":{"description":"@"}}]}"#,
                "- system-prompt message response tool-input(Bash) tool-output(Bash) system-prompt",
            ),
            (
                Api::Chat,
                r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"@","reasoning_content":"@","tool_calls":[{"function":{"name":"f","arguments":"@"}}]}}],"usage":"@"}"#,
                "response reasoning tool-input(f) -",
            ),
            (
                Api::Responses,
                r#"{"instructions":"@","input":[{"role":"developer","content":[{"type":"input_text","text":"@"}]},{"role":"user","content":"@"},
                {"type":"function_call","call_id":"c","name":"f","arguments":"@"},{"type":"function_call_output","call_id":"c","output":"@"},
                {"type":"reasoning","summary":[{"type":"summary_text","text":"@"}],"encrypted_content":"@"}],"metadata":{"a":"@"}}"#,
                "system-prompt system-prompt message tool-input(f) tool-output(f) reasoning reasoning!! -",
            ),
            (
                Api::Responses,
                r#"{"output":[{"type":"reasoning","summary":[{"text":"@"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"@"}]},
                {"type":"mcp_call","name":"q","arguments":"@","output":"@"}]}"#,
                "reasoning response tool-input(q) tool-output(q)",
            ),
            (
                Api::Anthropic,
                r#"{"system":[{"type":"text","text":"@"}],"messages":[{"role":"user","content":"@"},{"role":"assistant","content":[
                {"type":"thinking","thinking":"@","signature":"@"},{"type":"redacted_thinking","data":"@"},
                {"type":"tool_use","id":"t","name":"Read","input":{"path":"@","role":"user","deep":[{"type":"thinking","x":"@"}]}}]},
                {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"@"}]},{"type":"text","text":"@"}]}]}"#,
                "system-prompt message reasoning! reasoning!! reasoning!! tool-input(Read) tool-input(Read) tool-output(Read) message",
            ),
            (
                Api::Gemini,
                r#"{"systemInstruction":{"parts":[{"text":"@"}]},"contents":[{"role":"user","parts":[{"text":"@"}]},{"role":"model","parts":[
                {"functionCall":{"name":"f","args":{"a":"@"}},"thoughtSignature":"@"},{"thought":true,"text":"@"}]},
                {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"b":"@"}}}]}]}"#,
                "system-prompt message tool-input(f) response!! reasoning tool-output(f)",
            ),
            (
                Api::Gemini,
                r#"[{"candidates":[{"content":{"parts":[{"text":"@"}],"role":"model"}}]},{"candidates":[{"content":{"parts":[{"text":"@"}]}}]}]"#,
                "response response",
            ),
            (
                Api::Mcp,
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"shell","arguments":{"cmd":"@"},"_meta":{"x":"@"}}}"#,
                "tool-input(shell) -",
            ),
            (Api::Mcp, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"@"}]}}"#, "tool-output"),
            (Api::Mcp, r#"[{"method":"notifications/message","params":{"data":"@"}},{"result":{"x":"@"}}]"#, "log tool-output"),
            (Api::Unknown, r#"{"messages":[{"role":"system","content":"@"}]}"#, "-"),
            // Escaped keys, keys that stand twice, text that is no JSON.
            (Api::Chat, r#"{"mess\u0061ges":[{"r\u006fle":"system","content":"@","content":"@"}]}"#, "system-prompt system-prompt"),
            (Api::Chat, "no JSON @", "-"),
        ] {
            assert_eq!(places(api, text), told, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_where_it_matters_only() {
        let open = r#"{"content":"#.repeat(40);
        let mut places = Places::new(Api::Chat, false, 16);
        places.see(format!(r#"{{"messages":[{open}"#).as_bytes());
        assert!(places.too_deep().is_some());
        let mut places = Places::new(Api::Anthropic, false, 16);
        places.see(format!(r#"{{"messages":[{{"content":[{{"type":"tool_use","input":{open}"@"#).as_bytes());
        assert_eq!(places.too_deep(), None);
        assert_eq!(show(&places.here()), "tool-input");
    }
}
