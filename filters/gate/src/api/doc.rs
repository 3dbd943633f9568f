//! A document that is held as a whole: an event's data, a line, a response.

use core::ops::Range;
use std::borrow::Cow;

use super::kind::Api;
use super::lexer::{Lexer, Visitor};
use super::places::{Place, Tracker};
use super::text::decode;
use crate::flow::Surface;
use crate::name::Name;

/// Most values and objects that are noted down of one document. What comes after is text without a place.
const MOST: usize = 1 << 14;
/// Deepest values that have a path of their own.
const DEEPEST: usize = 12;

/// What is known of a document. Spans count from the start of the bytes that it was read from.
#[derive(Debug, Default)]
pub(super) struct Doc {
    pub(super) values: Vec<Value>,
    /// Objects and arrays with their paths, in the order of their ends.
    pub(super) objects: Vec<Object>,
    /// Whether it ended, and nothing was left out.
    pub(super) whole: bool,
}

/// A string, a number, or a word.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// Keys and indices, with `/` between them.
    pub(super) path: Box<str>,
    /// Its content, without quotes.
    pub(super) span: Range<usize>,
    pub(super) string: bool,
    pub(super) place: Place,
}

/// An object or an array.
#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) path: Box<str>,
    pub(super) span: Range<usize>,
    /// Where its text stands, if all that is inside is one text: the arguments of a tool.
    pub(super) text: Option<Place>,
}

impl Doc {
    /// Reads what stands in these spans of the bytes, one after the other.
    pub(super) fn read(api: Api, bytes: &[u8], spans: &[Range<usize>]) -> Doc {
        let mut reader = Reader {
            tracker: Tracker::new(api, usize::MAX),
            path: String::new(),
            levels: Vec::new(),
            texts: 0,
            doc: Doc::default(),
            ended: 0,
        };
        let mut lexer = Lexer::new(false);
        for span in spans {
            lexer.seek(span.start as u64);
            lexer.push(&bytes[span.clone()], &mut reader);
            lexer.seek(span.end as u64);
            lexer.push(b"\n", &mut reader);
        }
        let Reader { mut doc, ended, .. } = reader;
        doc.whole = lexer.depth() == 0
            && !lexer.in_string()
            && ended == 1
            && doc.values.len() + doc.objects.len() < MOST
            && lexer.too_deep().is_none();
        doc.name_tools(bytes);
        // A string over several lines of data is none.
        doc.values.retain(|value| !value.string || memchr::memchr2(b'\n', b'\r', &bytes[value.span.clone()]).is_none());
        doc
    }

    /// A tool's name may stand after its arguments.
    fn name_tools(&mut self, bytes: &[u8]) {
        let unnamed = |place: &Place| place.surface == Some(Surface::ToolInput) && place.tool.is_none();
        let parent = |path: &str| path.rsplit_once('/').map_or_else(|| "name".to_owned(), |(parent, _)| format!("{parent}/name"));
        for i in 0..self.objects.len() {
            if self.objects[i].text.as_ref().is_some_and(unnamed) {
                let tool = self.text(bytes, &parent(&self.objects[i].path)).map(|name| Name::new(&name));
                self.objects[i].text.iter_mut().for_each(|place| place.tool.clone_from(&tool));
            }
        }
        for i in 0..self.values.len() {
            if unnamed(&self.values[i].place) && self.values[i].string {
                self.values[i].place.tool = self.text(bytes, &parent(&self.values[i].path)).map(|name| Name::new(&name));
            }
        }
    }

    /// The value at this path.
    pub(super) fn value(&self, path: &str) -> Option<&Value> {
        self.values.iter().find(|value| &*value.path == path)
    }

    /// The text at this path: a string without its escapes, or a number as it stands.
    pub(super) fn text<'b>(&self, bytes: &'b [u8], path: &str) -> Option<Cow<'b, str>> {
        let value = self.value(path)?;
        match decode(&bytes[value.span.clone()]) {
            Cow::Borrowed(text) => core::str::from_utf8(text).ok().map(Cow::Borrowed),
            Cow::Owned(text) => String::from_utf8(text).ok().map(Cow::Owned),
        }
    }
}

struct Reader {
    tracker: Tracker,
    path: String,
    levels: Vec<Level>,
    /// Open objects and arrays inside of one text.
    texts: usize,
    doc: Doc,
    ended: usize,
}

struct Level {
    /// Length of the path of the object itself.
    path: usize,
    object: bool,
    index: usize,
    start: usize,
    text: Option<Place>,
}

impl Reader {
    /// Sets the path of what begins here.
    fn begin(&mut self) {
        let depth = self.levels.len();
        let Some(level) = self.levels.last_mut().filter(|level| !level.object) else { return };
        self.path.truncate(level.path);
        if depth <= DEEPEST {
            let slash = if self.path.is_empty() { "" } else { "/" };
            self.path += &format!("{slash}{}", level.index);
        }
        level.index += 1;
    }

    fn has_room(&self) -> bool {
        self.texts == 0 && self.doc.values.len() + self.doc.objects.len() < MOST
    }
}

impl Visitor for Reader {
    fn enter(&mut self, object: bool, at: u64) {
        self.begin();
        self.tracker.enter(object, at);
        let place = self.tracker.here();
        let text = self.texts == 0 && self.tracker.is_text() && place.surface.is_some();
        self.levels.push(Level { path: self.path.len(), object, index: 0, start: at as usize, text: text.then_some(place) });
        self.texts += usize::from(text || self.texts > 0);
    }

    fn leave(&mut self, end: u64) {
        self.tracker.leave(end);
        self.texts = self.texts.saturating_sub(1);
        let Some(level) = self.levels.pop() else { return };
        self.path.truncate(level.path);
        if self.has_room() && self.levels.len() <= DEEPEST {
            let span = level.start..end as usize;
            self.doc.objects.push(Object { path: self.path.as_str().into(), span, text: level.text });
        }
    }

    fn key(&mut self, raw: &[u8]) {
        self.tracker.key(raw);
        let depth = self.levels.len();
        let Some(level) = self.levels.last() else { return };
        self.path.truncate(level.path);
        if depth <= DEEPEST {
            if !self.path.is_empty() {
                self.path.push('/');
            }
            self.path += &String::from_utf8_lossy(&decode(raw));
        }
    }

    fn string(&mut self, at: u64) {
        self.begin();
        self.tracker.string(at);
        if self.has_room() {
            let (span, place) = (at as usize..at as usize, self.tracker.here());
            self.doc.values.push(Value { path: self.path.as_str().into(), span, string: true, place });
        }
    }

    fn value(&mut self, raw: &[u8], start: u64, end: u64, string: bool) {
        self.tracker.value(raw, start, end, string);
        if string {
            if let Some(value) = self.doc.values.last_mut().filter(|value| value.string && value.span.start == start as usize) {
                value.span.end = end as usize;
            }
            return;
        }
        self.begin();
        if self.has_room() {
            let (span, place) = (start as usize..end as usize, self.tracker.here());
            self.doc.values.push(Value { path: self.path.as_str().into(), span, string, place });
        }
    }

    fn end(&mut self) {
        self.ended += 1;
        self.path.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_paths_and_arguments_are_one_text() {
        let text = r#"{"type":"x","content":[{"type":"tool_use","name":"f","input":{"a":["b",{"c":1}]}},{"text":"h\u00e9"}],"n":[1,2]}"#;
        let doc = Doc::read(Api::Anthropic, text.as_bytes(), core::slice::from_ref(&(0..text.len())));
        let paths: Vec<String> = doc.values.iter().map(|v| format!("{}={}", v.path, &text[v.span.clone()])).collect();
        assert_eq!(paths.join(" "), r"type=x content/0/type=tool_use content/0/name=f content/1/text=h\u00e9 n/0=1 n/1=2");
        let objects: Vec<String> = doc.objects.iter().map(|o| format!("{}={}", o.path, o.span.len())).collect();
        assert_eq!(objects.join(" "), "content/0/input=19 content/0=58 content/1=18 content=79 n=5 =112");
        let input = doc.objects.iter().find(|object| &*object.path == "content/0/input").unwrap();
        assert_eq!(input.text.as_ref().unwrap().surface, Some(Surface::ToolInput));
        assert_eq!(&text[input.span.clone()], r#"{"a":["b",{"c":1}]}"#);
        assert_eq!(doc.text(text.as_bytes(), "content/1/text").unwrap(), "h\u{e9}");
        assert!(doc.whole);
    }

    #[test]
    fn a_document_in_pieces_has_the_spans_of_its_bytes() {
        let event = "data: {\"a\":\ndata: \"b\"}\n\n";
        let doc = Doc::read(Api::Chat, event.as_bytes(), &super::super::sse::data(event.as_bytes()));
        assert_eq!(&event[doc.value("a").unwrap().span.clone()], "b");
        assert!(doc.whole);
        for text in ["{\"a\":", "[DONE", "", "{}{}", "\"x"] {
            assert!(!Doc::read(Api::Chat, text.as_bytes(), core::slice::from_ref(&(0..text.len()))).whole, "{text}");
        }
    }
}
