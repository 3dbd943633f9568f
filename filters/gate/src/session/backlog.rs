//! What came and has not been read: of many short documents only a few have to be.
//!
//! A line that starts with a brace starts a document, whatever stood before it, so lines can be read apart from each other.
//! One that names its session makes all that was said before it void, but for calls that wait for their answers; and a line
//! without a tool's name makes no call. Where lines do not name it, as in the rollouts of Codex, they are read as they come.

use memchr::memmem;

use super::documents::{Calls, Documents};
use super::walk::{Reader, Walker};

/// Most bytes that may wait.
const MOST: usize = 256 * 1024;
/// Bytes that come together and are more than such a part of them do not wait, as copying them costs more than reading their
/// last documents.
const COPIED: usize = 8;
/// So small a part of what waits is searched for a document that names its session: where most do not, nothing is gained.
const TRIED: usize = 16;

/// Bytes that were not read yet, from a line's start on.
#[derive(Clone)]
pub(super) struct Backlog {
    text: Vec<u8>,
    most: usize,
    /// The last lines did not name their session, so that waiting is expected to save nothing.
    at_once: bool,
}

impl Default for Backlog {
    fn default() -> Self {
        Backlog { text: Vec::new(), most: MOST, at_once: false }
    }
}

impl Backlog {
    #[cfg(test)]
    pub(super) fn with_most(most: usize) -> Self {
        Backlog { most, ..Backlog::default() }
    }

    /// Takes bytes, and reads on where that cannot wait or is soon done.
    pub(super) fn push(&mut self, mut bytes: &[u8], walker: &mut Walker, documents: &mut Documents) {
        let first = if self.at_once { None } else { first_line(bytes, 0) };
        if first.is_none() || self.text.len() + bytes.len() > self.most {
            self.read(walker, documents);
        }
        if self.at_once {
            walker.push(bytes, documents);
            self.at_once = !documents.take_named();
            return;
        }
        if self.text.is_empty() {
            // Where no document starts there is nothing to pass over.
            let (open, lines) = bytes.split_at(first.unwrap_or(bytes.len()));
            walker.push(open, documents);
            bytes = lines;
        }
        if self.text.is_empty() && bytes.len() > self.most / COPIED {
            return self.catch_up(bytes, walker, documents);
        }
        self.text.extend_from_slice(bytes);
    }

    /// Reads everything that has come.
    pub(super) fn read(&mut self, walker: &mut Walker, documents: &mut Documents) {
        let mut text = core::mem::take(&mut self.text);
        self.catch_up(&text, walker, documents);
        text.clear();
        self.text = text;
    }

    /// Reads a text that starts with a line which starts a document.
    fn catch_up(&mut self, text: &[u8], walker: &mut Walker, documents: &mut Documents) {
        let mut rest = text;
        let over = &text[..last_line(text)];
        if let Some((named, from, to)) = last_named(over) {
            // The document before this text is over, too.
            documents.begin();
            documents.skip(calls(&text[..from]), named);
            rest = &text[to..];
        } else {
            self.at_once |= !over.is_empty();
        }
        walker.push(rest, documents);
        documents.take_named();
    }
}

/// Where the first line from here on that starts a document does.
fn first_line(text: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &text[from..]).map(|at| from + at + 1).find(|start| text.get(*start) == Some(&b'{'))
}

/// Where the last line that starts a document does, in a text that starts with one.
fn last_line(text: &[u8]) -> usize {
    memchr::memrchr_iter(b'\n', text).map(|at| at + 1).find(|start| text.get(*start) == Some(&b'{')).unwrap_or_default()
}

/// The last line that names its session, and where it starts and ends, unless it is too far from the end.
fn last_named(text: &[u8]) -> Option<(Documents, usize, usize)> {
    let mut end = text.len();
    while end > text.len() - text.len() / TRIED || end == text.len() && end > 0 {
        let from = last_line(&text[..end]);
        let mut read = alone(&text[from..end]);
        if read.take_named() {
            return Some((read, from, end));
        }
        end = from;
    }
    None
}

/// What lines say that are over.
fn alone(lines: &[u8]) -> Documents {
    let mut documents = Documents::default();
    Walker::default().push(lines, &mut documents);
    documents.begin();
    documents
}

/// The calls of lines that are over, as far as they still count.
fn calls(text: &[u8]) -> Calls {
    let mut calls = Calls::default();
    let names: Vec<usize> = memmem::find_iter(text, NAME).filter(|at| is_tool_name(&text[..at + NAME.len()])).collect();
    let mut end = text.len();
    for at in names.into_iter().rev() {
        if at < end && !calls.is_full() {
            let from = last_line(&text[..at]);
            let to = first_line(&text[..end], at).unwrap_or(end);
            calls.prepend(alone(&text[from..to]).into_calls());
            end = from;
        }
    }
    calls
}

/// How the keys of tools end.
const NAME: &[u8] = b"ame\"";

/// Whether the key of a tool may end here.
fn is_tool_name(text: &[u8]) -> bool {
    [&b"\"name\""[..], b"tool_name\"", b"toolName\""].iter().any(|key| text.ends_with(key))
}

#[cfg(test)]
mod tests {
    use super::super::fields::Field;
    use super::*;

    #[test]
    fn the_key_of_each_tool_is_looked_for() {
        for (path, field) in Field::paths() {
            let key = path[path.len() - 1];
            let looked_for = key.len() >= NAME.len() - 1 && is_tool_name(format!("\"{key}\"").as_bytes());
            assert_eq!(looked_for, matches!(field, Field::Tool | Field::PayloadName | Field::RpcTool), "{path:?}");
        }
    }
}
