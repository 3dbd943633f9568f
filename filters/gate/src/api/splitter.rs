//! Where one document of a stream ends and the next begins.

use super::frames::Frames;
use super::kind::Format;
use super::lexer::{Lexer, Visitor};
use super::sse::{Cut, Lines};

/// Gathers the bytes of one document after the other.
#[derive(Debug)]
pub(super) struct Splitter {
    format: Format,
    buffer: Vec<u8>,
    lines: Lines,
    frames: Frames,
    /// Where the line begins that is being read.
    line: usize,
    /// What the lines of data before it add up to.
    data: Lexer,
    documents: Count,
}

#[derive(Debug, Default)]
struct Count(usize);

impl Visitor for Count {
    fn enter(&mut self, _: bool, _: u64) {}
    fn leave(&mut self, _: u64) {}
    fn key(&mut self, _: &[u8]) {}
    fn string(&mut self, _: u64) {}
    fn value(&mut self, _: &[u8], _: u64, _: u64, _: bool) {}
    fn end(&mut self) {
        self.0 += 1;
    }
}

impl Splitter {
    pub(super) fn new(format: Format) -> Self {
        let (buffer, documents) = (Vec::new(), Count::default());
        Splitter { format, buffer, lines: Lines::default(), frames: Frames::default(), line: 0, data: Lexer::new(false), documents }
    }

    /// Bytes of the document so far.
    pub(super) fn held(&self) -> usize {
        self.buffer.len()
    }

    /// Takes what was gathered.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.line = 0;
        self.data = Lexer::new(false);
        self.documents = Count::default();
        core::mem::take(&mut self.buffer)
    }

    /// Whether no document that comes can be told apart any more.
    pub(super) fn is_lost(&self) -> bool {
        self.frames.is_lost()
    }

    /// Gathers on; says how much, and gives the document that ended.
    pub(super) fn next(&mut self, bytes: &[u8]) -> (usize, Option<Vec<u8>>) {
        let (taken, ended) = self.advance(bytes);
        self.buffer.extend_from_slice(&bytes[..taken]);
        if ended == Some(Cut::Event) {
            return (taken, Some(self.take()));
        }
        if ended == Some(Cut::Line) && self.format == Format::Events {
            return (taken, self.line_ended());
        }
        (taken, None)
    }

    /// Goes on without gathering; says how much, and whether the document ended.
    pub(super) fn skip(&mut self, bytes: &[u8]) -> (usize, Option<Vec<u8>>) {
        let (taken, ended) = self.advance(bytes);
        (taken, (ended == Some(Cut::Event)).then(Vec::new))
    }

    fn advance(&mut self, bytes: &[u8]) -> (usize, Option<Cut>) {
        match self.format {
            Format::Events => self.lines.next(bytes),
            Format::Frames => self.frames.next(bytes),
            Format::JsonLines => match memchr::memchr(b'\n', bytes) {
                Some(end) => (end + 1, Some(Cut::Event)),
                None => (bytes.len(), None),
            },
            _ => (bytes.len(), None),
        }
    }

    /// A line of an event has ended. Where a whole document stands before a line of data, that line begins another event.
    fn line_ended(&mut self) -> Option<Vec<u8>> {
        let start = core::mem::replace(&mut self.line, self.buffer.len());
        let bom = if start == 0 && self.buffer.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let data = self.buffer[start + bom..].strip_prefix(b"data:")?.to_vec();
        let unit = (self.documents.0 > 0).then(|| {
            let line = self.buffer.split_off(start);
            let unit = self.take();
            self.line = line.len();
            self.buffer = line;
            unit
        });
        self.data.push(&data, &mut self.documents);
        unit
    }
}
