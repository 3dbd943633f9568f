//! Reads JSON as it passes, for the few strings that are wanted of it.
//!
//! It holds one path and one value, both bounded, whatever the document; nothing is parsed that nobody asked for. Documents
//! may stand one a line, in events, or alone over many lines. It never fails: text that is no JSON yields nothing, and the
//! next document that starts a line is read again.

use tamis_engine::string_end;

/// Objects and arrays deeper than this are passed over.
const DEEPEST: usize = 6;
/// Longest value, in bytes as they stand in the document.
const LONGEST_VALUE: usize = 2048;
/// A path of keys, as the reader numbers those that lead somewhere. The document itself stands at [`ROOT`]; arrays do not
/// show in a path.
pub(super) type Node = u8;
pub(super) const ROOT: Node = 0;

/// What a document says.
pub(super) trait Reader {
    /// Where this key of an object leads, unless nothing that is wanted stands there or below.
    fn below(&mut self, object: Node, key: &[u8]) -> Option<Node>;
    /// A number for the value that stands here, if it is wanted.
    fn wants(&mut self, node: Node) -> Option<u8>;
    /// Whether anything that is wanted stands below.
    fn leads(&mut self, node: Node) -> bool;
    /// The value that got this number: the content of a string with its escapes, or a number as it stands.
    fn value(&mut self, wanted: u8, raw: &[u8]);
    /// A document begins. The one before is over, though its last bytes may still be on their way elsewhere.
    fn begin(&mut self);
}

/// Where in the text the walk is.
#[derive(Clone, Default)]
pub(super) struct Walker {
    place: Place,
    /// Open objects and arrays.
    depth: usize,
    /// How many were open with the outermost one that holds nothing wanted; zero outside of such.
    passing: usize,
    /// Of those that are not passed over: whether each is an object, and where it stands.
    open: [(bool, Option<Node>); DEEPEST],
    /// Where the next value stands, or the last one stood.
    here: Option<Node>,
    /// What has come of the string or number that is read.
    value: Vec<u8>,
    /// It is a key, or a value that is wanted.
    keeping: bool,
    /// The number of the value.
    wanted: u8,
    /// The next string is a key.
    key_next: bool,
    escaped: bool,
    line_start: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Between,
    Key,
    Text,
    Number,
}

impl Walker {
    /// Reads on.
    pub(super) fn push(&mut self, mut bytes: &[u8], reader: &mut impl Reader) {
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = match self.place {
                // Between documents, only the next one counts.
                Place::Between if self.depth == 0 && byte != b'{' => {
                    let end = memchr::memchr(b'{', bytes).unwrap_or(bytes.len());
                    self.line_start = bytes[end - 1] == b'\n';
                    &bytes[end..]
                }
                Place::Between if byte == b'"' => {
                    self.line_start = false;
                    self.start_string(reader);
                    self.string(rest, reader)
                }
                Place::Between if self.passing != 0 => self.pass(bytes, reader),
                Place::Between => {
                    self.between(byte, reader);
                    rest
                }
                Place::Number if matches!(byte, b',' | b'}' | b']' | b' ' | b'\r' | b'\n') => {
                    self.finish_number(reader);
                    bytes
                }
                Place::Number => {
                    self.keep(&bytes[..1]);
                    rest
                }
                Place::Key | Place::Text => self.string(bytes, reader),
            }
        }
    }

    fn between(&mut self, byte: u8, reader: &mut impl Reader) {
        let line_start = core::mem::replace(&mut self.line_start, byte == b'\n');
        match byte {
            b'{' => {
                // A line that starts like a document is one, whatever was left open before.
                if self.depth == 0 || line_start {
                    (self.depth, self.passing) = (0, 0);
                    self.here = Some(ROOT);
                    reader.begin();
                }
                self.enter(true, reader);
            }
            b'[' if self.depth > 0 => self.enter(false, reader),
            b'}' | b']' if self.depth > 0 => self.leave(),
            _ if self.depth == 0 => {}
            b',' => self.key_next = self.in_object(),
            b':' => self.key_next = false,
            b'0'..=b'9' | b'-' if self.is_wanted(reader) => {
                self.place = Place::Number;
                self.keeping = true;
                self.value.clear();
                self.keep(&[byte]);
            }
            _ => {}
        }
    }

    fn is_wanted(&mut self, reader: &mut impl Reader) -> bool {
        let wanted = self.here.filter(|_| self.passing == 0).and_then(|node| reader.wants(node));
        self.wanted = wanted.unwrap_or_default();
        wanted.is_some()
    }

    /// Reads on in an object or array that holds nothing wanted: only where it ends counts.
    fn pass<'b>(&mut self, mut bytes: &'b [u8], reader: &mut impl Reader) -> &'b [u8] {
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = rest;
            match byte {
                b'"' => {
                    (self.place, self.keeping, self.line_start) = (Place::Text, false, false);
                    bytes = self.string(rest, reader);
                    if self.passing == 0 || self.place != Place::Between {
                        break;
                    }
                    continue;
                }
                b'{' if self.line_start => {
                    self.between(byte, reader);
                    break;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == self.passing => {
                    self.line_start = false;
                    self.leave();
                    break;
                }
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            self.line_start = byte == b'\n';
        }
        bytes
    }

    fn enter(&mut self, object: bool, reader: &mut impl Reader) {
        if let Some(level) = self.open.get_mut(self.depth) {
            *level = (object, self.here);
        }
        self.depth += 1;
        self.key_next = object;
        let wanted = self.depth <= DEEPEST && self.here.is_some_and(|node| reader.leads(node) || reader.wants(node).is_some());
        self.passing = if wanted { 0 } else { self.depth };
    }

    fn leave(&mut self) {
        self.passing = 0;
        self.depth -= 1;
        if let Some((_, here)) = self.open.get(self.depth) {
            self.here = *here;
        }
        self.key_next = false;
    }

    fn in_object(&self) -> bool {
        self.open.get(self.depth.wrapping_sub(1)).is_some_and(|(object, _)| *object)
    }

    fn start_string(&mut self, reader: &mut impl Reader) {
        (self.place, self.keeping) =
            if self.key_next { (Place::Key, self.depth <= DEEPEST) } else { (Place::Text, self.is_wanted(reader)) };
        self.value.clear();
        self.escaped = false;
    }

    /// Reads on in a string; returns what comes after.
    #[inline]
    fn string<'b>(&mut self, bytes: &'b [u8], reader: &mut impl Reader) -> &'b [u8] {
        // A line's end is none of a string's characters, escaped or not.
        if core::mem::take(&mut self.escaped) && bytes[0] != b'\n' {
            self.keep(&bytes[..1]);
            return &bytes[1..];
        }
        let Some(end) = string_end(bytes) else {
            self.keep(bytes);
            self.escaped = bytes.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
            return &[];
        };
        let text = &bytes[..end];
        if bytes[end] != b'"' {
            self.give_up();
        } else if !self.keeping || self.value.is_empty() && end <= LONGEST_VALUE {
            // Most strings come whole, and need not be put together.
            self.finish_string(text, reader);
        } else {
            self.keep(text);
            let value = core::mem::take(&mut self.value);
            self.finish_string(&value, reader);
            self.value = value;
        }
        &bytes[end + 1..]
    }

    /// No string goes over a line's end: this was no JSON.
    fn give_up(&mut self) {
        *self = Walker { line_start: true, ..Walker::default() };
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.keeping {
            self.keeping = self.value.len() + bytes.len() <= LONGEST_VALUE;
            self.value.extend_from_slice(if self.keeping { bytes } else { &[] });
        }
    }

    fn finish_string(&mut self, text: &[u8], reader: &mut impl Reader) {
        if self.place == Place::Key {
            self.finish_key(text, reader);
        } else if self.keeping {
            reader.value(self.wanted, text);
        }
        self.place = Place::Between;
    }

    fn finish_key(&mut self, key: &[u8], reader: &mut impl Reader) {
        let Some((_, object)) = self.open.get(self.depth - 1) else { return };
        // No key that is not kept leads anywhere.
        self.here = object.filter(|_| self.keeping).and_then(|object| reader.below(object, key));
    }

    fn finish_number(&mut self, reader: &mut impl Reader) {
        self.place = Place::Between;
        if self.keeping {
            reader.value(self.wanted, &self.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Notes down everything, or the values of two paths only.
    #[derive(Default)]
    struct Notes {
        few: bool,
        /// Whether it says where nothing is wanted.
        telling: bool,
        notes: Vec<String>,
        /// Those that were met, but for the document's own.
        paths: Vec<String>,
    }

    impl Notes {
        fn path(&self, node: Node) -> &str {
            usize::from(node).checked_sub(1).map_or("", |at| &self.paths[at])
        }
    }

    impl Reader for Notes {
        fn below(&mut self, object: Node, key: &[u8]) -> Option<Node> {
            let path = [self.path(object), &String::from_utf8_lossy(key)].join(".");
            self.paths.push(path.trim_start_matches('.').into());
            Some(self.paths.len() as Node)
        }

        fn wants(&mut self, node: Node) -> Option<u8> {
            (!self.few || ["a", "a.b"].contains(&self.path(node))).then_some(node)
        }

        fn value(&mut self, wanted: u8, raw: &[u8]) {
            self.notes.push(format!("{}={}", self.path(wanted), String::from_utf8_lossy(raw)));
        }

        fn leads(&mut self, node: Node) -> bool {
            !self.telling || ["", "a"].contains(&self.path(node))
        }

        fn begin(&mut self) {
            self.notes.push("(".into());
        }
    }

    fn walk(text: &str) -> String {
        let mut notes = Notes::default();
        Walker::default().push(text.as_bytes(), &mut notes);
        let whole = notes.notes.join(" ");
        let (mut notes, mut walker) = (Notes::default(), Walker::default());
        text.as_bytes().chunks(1).for_each(|byte| walker.push(byte, &mut notes));
        assert_eq!(notes.notes.join(" "), whole, "one byte at a time: {text}");
        whole
    }

    #[test]
    fn values_have_the_path_of_their_keys() {
        for (text, notes) in [
            (r#"{"a":"b","c":{"d":1,"e":[{"f":"g"},{"f":"h"}]},"i":"j"}"#, "( a=b c.d=1 c.e.f=g c.e.f=h i=j"),
            ("{\n  \"a\": \"b\",\n  \"c\": [\n    {\"d\": 2}\n  ]\n}\n", "( a=b c.d=2"),
            (r#"{"a":"b\"c\\","d":"\u0041"}"#, r#"( a=b\"c\\ d=\u0041"#),
            ("{\"a\":1}\n{\"a\":2}\n", "( a=1 ( a=2"),
            ("data: {\"a\":\"b\"}\n\ndata: [DONE]\n\n", "( a=b"),
            (r#"{"a":["b",["c"]],"d":null,"e":true,"f":-1.5e3}"#, "( a=b a=c f=-1.5e3"),
            // Cut documents do not spoil those after them.
            ("{\"a\":{\"b\":\n{\"c\":\"d\"}\n", "( ( c=d"),
            ("{\"a\":\"no end\n{\"c\":\"d\"}\n", "( ( c=d"),
            ("{\"a\":\"no end\\\n{\"c\":\"d\"}\n", "( ( c=d"),
            ("{[{[{\"\"{{\"\\\n\"{`{\"c\":\"d\"}\n", "( ( c=d"),
            ("}}]] no JSON \"at all\" [\"x\"]\n{\"c\":\"d\"}\n", "( c=d"),
        ] {
            assert_eq!(walk(text), notes, "{text}");
        }
    }

    #[test]
    fn strings_that_nobody_wants_end_where_they_end() {
        let notes = |text: &str, piece: usize| {
            let (mut notes, mut walker) = (Notes { few: true, ..Notes::default() }, Walker::default());
            text.as_bytes().chunks(piece).for_each(|piece| walker.push(piece, &mut notes));
            notes.notes.join(" ")
        };
        for length in [0usize, 64, 128, 256].into_iter().flat_map(|near| near.saturating_sub(6)..near + 6) {
            let long = "x".repeat(length);
            for (end, noted) in [
                (r#"","a":1}"#, "( a=1"),
                (r#"\\","a":1}"#, "( a=1"),
                (r#"\"y","a":1}"#, "( a=1"),
                (r#"\\\"\"","a":1}"#, "( a=1"),
                ("\n{\"a\":2}", "( ( a=2"),
                ("\\\n{\"a\":2}", "( ( a=2"),
                ("\\\"\n{\"a\":2}", "( ( a=2"),
            ] {
                let text = format!("{{\"c\":\"{long}{end}");
                for piece in [1, 7, 64, text.len()] {
                    assert_eq!(notes(&text, piece), noted, "{length} before {end}, in pieces of {piece}");
                }
            }
        }
    }

    #[test]
    fn what_is_too_deep_or_too_long_is_passed_over() {
        let deep = format!("{}\"a\":1{}", "{\"x\":".repeat(9) + "{", "}".repeat(10));
        assert_eq!(walk(&format!("{{\"k\":{deep},\"z\":\"y\"}}")), "( z=y");
        let deep = format!("{}\"x\",\"y\"{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
        assert_eq!(walk(&format!("{{\"k\":{deep},\"z\":{{\"w\":{deep},\"z\":\"y\"}}}}")), "( z.z=y");
        let long = "v".repeat(LONGEST_VALUE + 1);
        assert_eq!(walk(&format!(r#"{{"a":"{long}","{long}":"b","c":"d"}}"#)), "( c=d");
    }

    proptest! {
        #[test]
        fn passing_over_what_is_not_wanted_changes_nothing(
            text in r#"([\[\]{},\n]|"(a|b|\\"|\{)?"[:,]?|1|\{"a":|"b":\[|x|"\\)(([\[\]{},\n]|"(a|b|\\"|\{)?"[:,]?|1|\{"a":|"b":\[|x|"\\)){0,25}"#,
            cut in 0usize..60,
        ) {
            let text = format!("{{{text}");
            let notes = |telling: bool| {
                let (mut notes, mut walker) = (Notes { few: true, telling, ..Notes::default() }, Walker::default());
                let (first, rest) = text.as_bytes().split_at(cut.min(text.len()));
                walker.push(first, &mut notes);
                walker.push(rest, &mut notes);
                notes.notes
            };
            prop_assert_eq!(notes(true), notes(false));
        }

        #[test]
        fn no_text_makes_it_fail(text in r#"[\[\]{}":,\\a1 \n]{0,60}"#) {
            walk(&text);
        }
    }
}
