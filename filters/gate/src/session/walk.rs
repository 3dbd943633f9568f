//! Reads JSON as it passes, for the few strings that are wanted of it.
//!
//! It holds one path and one value, both bounded, whatever the document; nothing is parsed that nobody asked for. Documents
//! may stand one a line, in events, or alone over many lines. It never fails: text that is no JSON yields nothing, and the
//! next document that starts a line is read again.

/// Objects and arrays deeper than this are passed over.
const DEEPEST: usize = 6;
/// Longest path, in bytes.
const LONGEST_PATH: usize = 160;
/// Longest value, in bytes as they stand in the document.
const LONGEST_VALUE: usize = 2048;
/// Most strings end within so many bytes.
const NEAR: usize = 64;
/// So many bytes are looked at together for whether a string may end in them.
const BLOCK: usize = 128;
/// So many before them tell which of their quotes are escaped.
const BEFORE: usize = 4;
/// Between the keys of a path, as a literal. No key that is wanted holds it.
macro_rules! separator {
    () => {
        '\u{1f}'
    };
}
pub(super) use separator;
pub(super) const SEPARATOR: u8 = b'\x1f';
const _: () = assert!(separator!() == SEPARATOR as char, "the same, as a byte");

/// What a document says.
pub(super) trait Reader {
    /// A number for the value at this path, if it is wanted. Arrays do not show in a path.
    fn wants(&mut self, path: &[u8]) -> Option<u8>;
    /// Whether anything that is wanted stands below this path.
    fn leads(&mut self, path: &[u8]) -> bool;
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
    /// Of those that are not passed over: whether each is an object, and how long the path was before it.
    open: [(bool, u8); DEEPEST],
    path: Vec<u8>,
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
                    self.path.clear();
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
        let wanted = if self.depth <= DEEPEST { reader.wants(&self.path) } else { None };
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
                    bytes = self.pass_over(rest, reader);
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
            *level = (object, self.path.len() as u8);
        }
        self.depth += 1;
        self.key_next = object;
        let wanted = self.depth <= DEEPEST && (reader.leads(&self.path) || reader.wants(&self.path).is_some());
        self.passing = if wanted { 0 } else { self.depth };
    }

    fn leave(&mut self) {
        self.passing = 0;
        self.depth -= 1;
        if let Some((_, before)) = self.open.get(self.depth) {
            self.path.truncate(usize::from(*before));
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
        if !self.keeping {
            return self.pass_over(bytes, reader);
        }
        let end = memchr::memchr3(b'"', b'\\', b'\n', bytes).unwrap_or(bytes.len());
        let (text, next) = (&bytes[..end], bytes.get(end));
        match next {
            None => {
                self.keep(text);
                return &[];
            }
            Some(b'\\') => {
                self.keep(text);
                self.keep(b"\\");
                self.escaped = true;
            }
            // Most strings come whole, and need not be put together.
            Some(b'"') if self.value.is_empty() && end <= LONGEST_VALUE => self.finish_string(text, reader),
            Some(b'"') => {
                self.keep(text);
                let value = core::mem::take(&mut self.value);
                self.finish_string(&value, reader);
                self.value = value;
            }
            Some(_) => self.give_up(),
        }
        &bytes[end + 1..]
    }

    /// Reads on in a string that nobody wants, as most are: only where it ends counts, not each escape in it.
    fn pass_over<'b>(&mut self, bytes: &'b [u8], reader: &mut impl Reader) -> &'b [u8] {
        let Some(end) = string_end(bytes) else {
            self.escaped = is_escaped(bytes, bytes.len());
            return &[];
        };
        match bytes[end] {
            b'"' => self.finish_string(&[], reader),
            _ => self.give_up(),
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
            self.finish_key(text);
        } else if self.keeping {
            reader.value(self.wanted, text);
        }
        self.place = Place::Between;
    }

    fn finish_key(&mut self, key: &[u8]) {
        let Some((_, before)) = self.open.get(self.depth - 1) else { return };
        self.path.truncate(usize::from(*before));
        if !self.path.is_empty() {
            self.path.push(SEPARATOR);
        }
        if self.keeping && self.path.len() + key.len() <= LONGEST_PATH {
            self.path.extend_from_slice(key);
        } else {
            // A path that no one wants.
            self.path.push(SEPARATOR);
        }
    }

    fn finish_number(&mut self, reader: &mut impl Reader) {
        self.place = Place::Between;
        if self.keeping {
            reader.value(self.wanted, &self.value);
        }
    }
}

/// Whether the byte at this place is escaped by what stands before it.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Where the first quote stands that is not escaped, or the first line end.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let end_in = |from: usize, to: usize| {
        memchr::memchr2_iter(b'"', b'\n', &bytes[from..to]).map(|at| from + at).find(|at| bytes[*at] == b'\n' || !is_escaped(bytes, *at))
    };
    let mut from = NEAR.min(bytes.len());
    let near = end_in(0, from);
    if near.is_some() || from == bytes.len() {
        return near;
    }
    while let Some((block, _)) = bytes[from - BEFORE..].split_first_chunk() {
        if may_end::<false>(block) && may_end::<true>(block) {
            let end = end_in(from, from + BLOCK);
            if end.is_some() {
                return end;
            }
        }
        from += BLOCK;
    }
    end_in(from, bytes.len())
}

/// Whether a string may end in a block that comes after a few bytes which were looked at before. A text in a string has many
/// quotes, nearly all of them after just one backslash or, where it is written as a string twice, after three: vector
/// instructions pass over all of them at once.
fn may_end<const TWICE: bool>(block: &[u8; BEFORE + BLOCK]) -> bool {
    let mut ends = false;
    for at in BEFORE..block.len() {
        let before = |distance| block[at - distance] == b'\\';
        let escaped = before(1) & (!before(2) | TWICE & before(3) & !before(4));
        ends |= (block[at] == b'"') & !escaped | (block[at] == b'\n');
    }
    ends
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
        paths: Vec<String>,
    }

    impl Reader for Notes {
        fn wants(&mut self, path: &[u8]) -> Option<u8> {
            self.paths.push(String::from_utf8_lossy(path).replace(char::from(SEPARATOR), "."));
            (!self.few || path == b"a" || path == b"a\x1fb").then_some((self.paths.len() - 1) as u8)
        }

        fn value(&mut self, wanted: u8, raw: &[u8]) {
            self.notes.push(format!("{}={}", self.paths[usize::from(wanted)], String::from_utf8_lossy(raw)));
        }

        fn leads(&mut self, path: &[u8]) -> bool {
            !self.telling || path.is_empty() || path == b"a"
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
        for length in [0, NEAR, NEAR + BLOCK, NEAR + 2 * BLOCK].into_iter().flat_map(|near| near.saturating_sub(6)..near + 6) {
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
                for piece in [1, 7, NEAR, text.len()] {
                    assert_eq!(notes(&text, piece), noted, "{length} before {end}, in pieces of {piece}");
                }
            }
        }
    }

    /// Where a string ends, by what each byte of it means.
    fn end_by_bytes(text: &[u8]) -> Option<usize> {
        let mut escaped = false;
        text.iter().position(|byte| {
            let ends = *byte == b'\n' || *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        })
    }

    #[test]
    fn what_is_too_deep_or_too_long_is_passed_over() {
        let deep = format!("{}\"a\":1{}", "{\"x\":".repeat(9) + "{", "}".repeat(10));
        assert_eq!(walk(&format!("{{\"k\":{deep},\"z\":\"y\"}}")), "( z=y");
        let long = "v".repeat(LONGEST_VALUE + 1);
        assert_eq!(walk(&format!(r#"{{"a":"{long}","{long}":"b","c":"d"}}"#)).replace(char::from(SEPARATOR), "."), "( .=b c=d");
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
        fn many_escapes_do_not_hide_an_end(text in r#"(x{1,90}|\\["\\n]|\\{3}["n]|(\\\\){1,4}){20,60}["\\\n]{0,3}x{0,140}"#) {
            prop_assert_eq!(string_end(text.as_bytes()), end_by_bytes(text.as_bytes()));
        }

        #[test]
        fn no_text_makes_it_fail(text in r#"[\[\]{}":,\\a1 \n]{0,60}"#) {
            walk(&text);
        }
    }
}
