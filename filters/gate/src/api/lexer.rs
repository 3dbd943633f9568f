//! Reads JSON as it passes, and tells where it is.
//!
//! Nothing is built and nothing is refused: of text that is no JSON it makes what it can. It keeps a bit for each open
//! object or array, and the beginning of one string.

use memchr::memchr2;

/// Most bytes that are kept of a key, a short value or a number.
pub(super) const KEPT: usize = 256;
/// Levels that can be told apart.
pub(super) const DEEPEST: usize = 512;

/// What is told of a document. Offsets count from the first byte that was pushed.
pub(super) trait Visitor {
    /// An object or array begins here.
    fn enter(&mut self, object: bool, at: u64);
    /// It ends, before this offset.
    fn leave(&mut self, end: u64);
    /// A key, its escapes as they stand; nothing of one that is longer than what is kept.
    fn key(&mut self, raw: &[u8]);
    /// The content of a string that is no key begins here.
    fn string(&mut self, at: u64);
    /// A value that is no object or array has ended, its content from `start` to `end`. `raw` is all of it, or nothing
    /// where it is longer than what is kept.
    fn value(&mut self, raw: &[u8], start: u64, end: u64, string: bool);
    /// A document has ended, and another one may begin.
    fn end(&mut self) {}
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Between,
    Key,
    Text,
    /// A number, or one of the words.
    Bare,
}

/// Where in the text the reading is.
#[derive(Clone, Debug)]
pub(super) struct Lexer {
    place: Place,
    depth: usize,
    /// A bit for each level: whether it is an object.
    objects: [u64; DEEPEST / 64],
    key_next: bool,
    escaped: bool,
    /// Each line is a document of its own.
    lines: bool,
    offset: u64,
    start: u64,
    kept: Vec<u8>,
    whole: bool,
    /// Where the first level begins that is too deep to be told apart.
    too_deep: Option<u64>,
}

impl Lexer {
    pub(super) fn new(lines: bool) -> Self {
        Lexer {
            place: Place::Between,
            depth: 0,
            objects: [0; DEEPEST / 64],
            key_next: false,
            escaped: false,
            lines,
            offset: 0,
            start: 0,
            kept: Vec::new(),
            whole: true,
            too_deep: None,
        }
    }

    /// Where there were more levels than can be told apart.
    pub(super) fn too_deep(&self) -> Option<u64> {
        self.too_deep
    }

    /// Open objects and arrays.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// Whether a string has begun and not ended.
    pub(super) fn in_string(&self) -> bool {
        matches!(self.place, Place::Key | Place::Text)
    }

    /// What comes next stands here: the text is read in pieces of something larger.
    pub(super) fn seek(&mut self, offset: u64) {
        self.offset = offset;
    }

    /// Bytes that were read.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Reads on.
    pub(super) fn push(&mut self, mut bytes: &[u8], visitor: &mut impl Visitor) {
        while let Some(&byte) = bytes.first() {
            let taken = match self.place {
                Place::Between => self.between(byte, visitor),
                Place::Bare => self.bare(byte, visitor),
                Place::Key | Place::Text => self.inside(bytes, visitor),
            };
            self.offset += taken as u64;
            bytes = &bytes[taken..];
        }
    }

    fn between(&mut self, byte: u8, visitor: &mut impl Visitor) -> usize {
        match byte {
            b'{' | b'[' => self.enter(byte == b'{', visitor),
            b'}' | b']' => self.leave(visitor),
            b'"' => {
                self.place = if self.key_next { Place::Key } else { Place::Text };
                self.open(1);
                if self.place == Place::Text {
                    visitor.string(self.start);
                }
            }
            b',' => self.key_next = self.in_object(),
            b':' => self.key_next = false,
            b'\n' if self.lines => self.next_line(visitor),
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => {
                self.place = Place::Bare;
                self.open(0);
                return 0;
            }
        }
        1
    }

    fn open(&mut self, ahead: u64) {
        self.start = self.offset + ahead;
        self.kept.clear();
        self.whole = true;
        self.escaped = false;
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.whole &= self.kept.len() + bytes.len() <= KEPT;
        if self.whole {
            self.kept.extend_from_slice(bytes);
        }
    }

    fn bare(&mut self, byte: u8, visitor: &mut impl Visitor) -> usize {
        if matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"' | b' ' | b'\t' | b'\r' | b'\n') {
            self.close(visitor);
            return 0;
        }
        self.keep(&[byte]);
        1
    }

    /// Reads on in a string; returns how much.
    fn inside(&mut self, bytes: &[u8], visitor: &mut impl Visitor) -> usize {
        if core::mem::take(&mut self.escaped) {
            self.keep(&bytes[..1]);
            return 1;
        }
        let end = memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
        if self.lines
            && let Some(line) = memchr::memchr(b'\n', &bytes[..end])
        {
            // No string goes over a line's end: this line was cut.
            self.keep(&bytes[..line]);
            self.offset += line as u64;
            self.close(visitor);
            self.offset -= line as u64;
            return line;
        }
        self.keep(&bytes[..end]);
        match bytes.get(end) {
            None => end,
            Some(b'\\') => {
                self.keep(b"\\");
                self.escaped = true;
                end + 1
            }
            Some(_) => {
                self.offset += end as u64;
                self.close(visitor);
                self.offset -= end as u64;
                end + 1
            }
        }
    }

    /// A key or a value has ended before the byte at `offset`.
    fn close(&mut self, visitor: &mut impl Visitor) {
        let raw = if self.whole { &self.kept[..] } else { &[] };
        match core::mem::take(&mut self.place) {
            Place::Key => visitor.key(raw),
            place => visitor.value(raw, self.start, self.offset, place == Place::Text),
        }
    }

    fn enter(&mut self, object: bool, visitor: &mut impl Visitor) {
        if self.depth < DEEPEST {
            let (word, bit) = (self.depth / 64, 1 << (self.depth % 64));
            self.objects[word] = if object { self.objects[word] | bit } else { self.objects[word] & !bit };
        } else {
            self.too_deep.get_or_insert(self.offset);
        }
        self.depth += 1;
        self.key_next = object;
        visitor.enter(object, self.offset);
    }

    fn leave(&mut self, visitor: &mut impl Visitor) {
        if self.depth == 0 {
            return;
        }
        self.depth -= 1;
        self.key_next = false;
        visitor.leave(self.offset + 1);
        if self.depth == 0 {
            visitor.end();
        }
    }

    fn next_line(&mut self, visitor: &mut impl Visitor) {
        let open = self.depth > 0;
        while self.depth > 0 {
            self.depth -= 1;
            visitor.leave(self.offset);
        }
        self.key_next = false;
        if open {
            visitor.end();
        }
    }

    fn in_object(&self) -> bool {
        self.depth.checked_sub(1).is_some_and(|level| level < DEEPEST && self.objects[level / 64] >> (level % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Default)]
    struct Notes(String);

    impl Visitor for Notes {
        fn enter(&mut self, object: bool, _: u64) {
            self.0.push(if object { '{' } else { '[' });
        }
        fn leave(&mut self, _: u64) {
            self.0.push('<');
        }
        fn key(&mut self, raw: &[u8]) {
            self.0 += &format!("{}:", String::from_utf8_lossy(raw));
        }
        fn string(&mut self, at: u64) {
            self.0 += &format!("@{at} ");
        }
        fn value(&mut self, raw: &[u8], start: u64, end: u64, string: bool) {
            let mark = if string { "'" } else { "" };
            self.0 += &format!("{mark}{}{mark}~{start}-{end} ", String::from_utf8_lossy(raw));
        }
        fn end(&mut self) {
            self.0.push('.');
        }
    }

    fn read(text: &[u8], lines: bool) -> String {
        let whole = read_in(text, lines, text.len().max(1));
        assert_eq!(read_in(text, lines, 1), whole, "byte by byte: {}", text.escape_ascii());
        whole
    }

    fn read_in(text: &[u8], lines: bool, size: usize) -> String {
        let (mut lexer, mut notes) = (Lexer::new(lines), Notes::default());
        text.chunks(size).for_each(|chunk| lexer.push(chunk, &mut notes));
        notes.0
    }

    #[test]
    fn documents_are_told_as_they_are() {
        for (text, told) in [
            (r#"{"a":"b","c":[1,true,"x\"y"]}"#, r#"{a:@6 'b'~6-7 c:[1~14-15 true~16-20 @22 'x\"y'~22-26 <<."#),
            (r#"{"a":{"b":null},"c":"d"}"#, r"{a:{b:null~10-14 <c:@21 'd'~21-22 <."),
            (r#""text""#, "@1 'text'~1-5 "),
            ("-1.5e3 ", "-1.5e3~0-6 "),
            ("{\"a\":1}{\"b\":2}", "{a:1~5-6 <.{b:2~12-13 <."),
            // What is no JSON.
            ("]]}", ""),
            (r#"{"a" "b"}"#, "{a:b:<."),
            (r#"{"a":x y}"#, "{a:x~5-6 y~7-8 <."),
            ("[\"never ends", "[@2 "),
        ] {
            assert_eq!(read(text.as_bytes(), false), told, "{text}");
        }
    }

    #[test]
    fn a_line_that_was_cut_does_not_spoil_the_next() {
        assert_eq!(read(b"{\"a\":\"b\n{\"c\":{\"d\":\n[1]\n", true), "{a:@6 'b'~6-7 <.{c:{d:<<.[1~20-21 <.");
    }

    #[test]
    fn what_is_long_is_not_kept_and_what_is_deep_is_counted() {
        let text = format!(r#"{{"{0}":"{0}"}}"#, "k".repeat(KEPT + 1));
        assert_eq!(read(text.as_bytes(), false), format!("{{:@{0} ''~{0}-{1} <.", KEPT + 6, 2 * KEPT + 7));
        let deep = format!("{}1{}", "[".repeat(DEEPEST + 2), "]".repeat(DEEPEST + 2));
        let mut lexer = Lexer::new(false);
        lexer.push(deep.as_bytes(), &mut Notes::default());
        assert!(lexer.too_deep() == Some(DEEPEST as u64) && lexer.depth == 0);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in r#"[\[\]{}":,\\a1 \n]{0,60}"#, lines in any::<bool>()) {
            read(text.as_bytes(), lines);
        }
    }
}
