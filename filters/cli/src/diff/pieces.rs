//! Lines of a stream, of any length: long ones come in pieces.

use std::io::{self, Read};

use memchr::memchr;

use crate::fd;

/// A line up to this length comes whole.
const BUFFER: usize = 256 * 1024;

/// Cuts a stream into lines.
pub(super) struct Pieces<R> {
    source: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    at_start: bool,
    ended: bool,
}

/// A line with its end, or a part of it.
pub(super) struct Piece<'b> {
    pub(super) bytes: &'b [u8],
    /// Whether a line starts here.
    pub(super) starts: bool,
}

impl<R: Read> Pieces<R> {
    pub(super) fn new(source: R) -> Self {
        Pieces { source, buffer: vec![0; BUFFER].into_boxed_slice(), start: 0, end: 0, at_start: true, ended: false }
    }

    /// The next piece; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        let mut searched = 0;
        let len = loop {
            let rest = &self.buffer[self.start..self.end];
            if let Some(at) = memchr(b'\n', &rest[searched..]) {
                break searched + at + 1;
            }
            searched = rest.len();
            if self.ended || searched == self.buffer.len() {
                break searched;
            }
            self.fill()?;
        };
        let bytes = &self.buffer[self.start..self.start + len];
        self.start += len;
        let starts = std::mem::replace(&mut self.at_start, bytes.ends_with(b"\n"));
        Ok((len > 0).then_some(Piece { bytes, starts }))
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let len = fd::read(&mut self.source, &mut self.buffer[self.end..])?;
        self.end += len;
        self.ended = len == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_once_and_in_order() {
        let long = vec![b'x'; BUFFER * 2 + 5];
        let text = [b"a\n\n".as_slice(), &long, b"\r\nend"].concat();
        let mut pieces = Pieces::new(text.as_slice());
        let (mut whole, mut starts) = (Vec::new(), 0);
        while let Some(piece) = pieces.next().unwrap() {
            starts += usize::from(piece.starts);
            whole.extend_from_slice(piece.bytes);
        }
        assert_eq!((whole == text, starts), (true, 4));
        assert!(pieces.next().unwrap().is_none());
    }
}
