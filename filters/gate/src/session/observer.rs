//! Who sends what flows, told by the documents themselves.

use core::fmt;

use super::backlog::Backlog;
use super::documents::Documents;
use super::ids::Ids;
use super::walk::Walker;
use crate::flow::{Direction, Flow, Surface};
use crate::name::Name;

/// Reads ids, tool, model and surface out of JSON as it flows: hook payloads, transcripts, requests and MCP messages of
/// the programs in [`Source`](super::Source), alone, one a line or in events. It holds nothing back; what it keeps is a few
/// kilobytes and, where lines are short, the last 256 KB of them, as most need not be read. Where chunks are cut changes
/// nothing.
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
#[derive(Clone, Default)]
pub struct Observer {
    walker: Walker,
    documents: Documents,
    backlog: Backlog,
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
        self.backlog.push(bytes, &mut self.walker, &mut self.documents);
    }

    /// What is known at this place.
    #[must_use]
    pub fn sighting(&mut self) -> Sighting {
        self.backlog.read(&mut self.walker, &mut self.documents);
        self.documents.sighting()
    }
}

/// Prints nothing of what it has read.
impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Documents of several programs, whole and damaged, and what may stand between them.
    fn piece() -> impl Strategy<Value = String> {
        let id = prop::sample::select(vec!["a", "b", "c", "\\u0061", "d\\n", "7"]);
        let line = prop::sample::select(vec![
            r#"{"type":"user","sessionId":"ID","uuid":"u","message":{"role":"user","content":"tool_name\" {"}}"#,
            r#"{"sessionId":"ID","uuid":"u","message":{"content":[{"type":"tool_use","id":"ID","name":"Bash","input":{"name":1}}]}}"#,
            r#"{"sessionId":"s","uuid":"u","message":{"content":[{"type":"tool_result","tool_use_id":"ID","content":"x"}]}}"#,
            r#"{"session_id":"ID","hook_event_name":"PreToolUse","tool_name":"Read","tool_use_id":"ID"}"#,
            r#"{"toolName":"query","sessionId":"ID","toolCallId":"ID","timestamp":1}"#,
            r#"{"jsonrpc":"2.0","id":"ID","method":"tools/call","params":{"name":"query-ID"}}"#,
            r#"{"jsonrpc":"2.0","id":"ID","result":{"content":[{"type":"text","text":"x"}]}}"#,
            r#"{"type":"response_item","payload":{"type":"function_call","name":"shell","call_id":"ID"}}"#,
            r#"{"type":"turn_context","payload":{"turn_id":"ID","model":"m"}}"#,
            r#"{"type":"session_meta","payload":{"id":"ID"}}"#,
            r#"{"type":"summary","summary":"\"name\":\n{"}"#,
            r#"{"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}"#,
            r#"{"x":{"sessionId":"ID"},"filename":"f"}"#,
            r#"data: {"model":"m"}"#,
            "{",
            "}",
            "\"",
            "\\",
            "",
        ]);
        let end = prop::sample::select(vec!["\n", "\n", "\n", "\n", "\r\n", "\n\n", " ", ""]);
        (line, id.clone(), id, end, any::<prop::sample::Index>(), 0..5u8).prop_map(|(line, id, other, end, cut, damage)| {
            let text = line.replacen("ID", id, 1).replace("ID", other);
            let cut = text.char_indices().nth(cut.index(text.len() + 1)).map_or(text.len(), |(at, _)| at);
            if damage == 0 { format!("{}{end}", &text[..cut]) } else { text + end }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_passed_over_would_have_changed_nothing(
            pieces in prop::collection::vec(piece(), 0..60),
            cuts in prop::collection::vec((1..300usize, any::<bool>()), 1..12),
            most in prop::sample::select(vec![0usize, 1, 90, 400, 1500, 64 * 1024]),
        ) {
            let text = pieces.concat();
            let (mut walker, mut documents) = (Walker::default(), Documents::default());
            let mut observer = Observer { backlog: Backlog::with_most(most), ..Observer::default() };
            let mut rest = text.as_bytes();
            for (len, looks) in cuts.into_iter().cycle() {
                let (chunk, after) = rest.split_at(len.min(rest.len()));
                rest = after;
                walker.push(chunk, &mut documents);
                observer.push(chunk);
                if looks || rest.is_empty() {
                    prop_assert_eq!(observer.sighting(), documents.sighting(), "{} bytes before the end", rest.len());
                }
                if rest.is_empty() {
                    break;
                }
            }
            // Answers to each call that may still be known.
            for id in ["a", "b", "c", "d\\n", "7"] {
                let answer = format!("\n{{\"session_id\":\"s\",\"hook_event_name\":\"PostToolUse\",\"tool_use_id\":\"{id}\"");
                walker.push(answer.as_bytes(), &mut documents);
                observer.push(answer.as_bytes());
                prop_assert_eq!(observer.sighting(), documents.sighting());
            }
        }
    }

    #[test]
    fn it_prints_nothing_of_what_it_reads() {
        let mut observer = Observer::default();
        observer.push(b"\n{\"sessionId\":\"s3cr3t\"}\n{\"sessionId\":\"s3cr3t\"}\n{\"x\":\"s3cr3t");
        let before = format!("{observer:?}");
        assert_eq!(observer.sighting().ids.session, super::super::Id::new("s3cr3t"));
        assert!(![before, format!("{observer:?}")].concat().contains("s3cr3t"));
    }
}
