//! The line structure that a removed secret leaves behind.
//!
//! A private key in a diff stands on many lines. A replacement on one line would join the first with what follows the
//! last, and a hunk's header would no longer count right. So where lines mean something they stay, without their text.

use crate::frame::Frame;
use crate::output::Output;

/// Longest field name of a server-sent event, with its colon.
const MAX_FIELD: usize = 6;
const FIELDS: [&[u8]; 4] = [b"data:", b"event:", b"id:", b"retry:"];

/// Keeps the lines of removed bytes, as they come.
#[derive(Clone, Debug)]
pub(crate) enum Structure {
    /// Lines mean nothing.
    Flat,
    /// Each line keeps its end and the marker in its first column.
    Diff(Lines),
    /// Each line keeps its end and its field name. A line that held anything does not become empty: an empty line would
    /// send the event off.
    Sse(Lines, Field),
}

/// Where in a line the next byte stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    at_start: bool,
    after_return: bool,
}

/// The first bytes of a line of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field {
    bytes: [u8; MAX_FIELD],
    len: usize,
    done: bool,
}

impl Structure {
    /// The structure that this frame keeps. The secret starts within a line.
    pub(crate) fn of(frame: Frame) -> Self {
        match frame {
            Frame::Diff => Structure::Diff(Lines::default()),
            Frame::Sse => Structure::Sse(Lines::default(), Field { done: true, ..Field::default() }),
            _ => Structure::Flat,
        }
    }

    /// Writes what stays of the next removed bytes.
    pub(crate) fn keep(&mut self, removed: &[u8], output: &mut impl Output) {
        match self {
            Structure::Flat => {}
            Structure::Diff(lines) => {
                for piece in removed.split_inclusive(|b| *b == b'\n') {
                    if lines.at_start && matches!(piece[0], b'+' | b'-' | b' ') {
                        output.write(&piece[..1]);
                    }
                    lines.end(piece, output);
                }
            }
            Structure::Sse(lines, field) => {
                for piece in removed.split_inclusive(|b| *b == b'\n') {
                    if lines.at_start {
                        *field = Field::default();
                    }
                    field.keep(piece, output);
                    lines.end(piece, output);
                }
            }
        }
    }
}

impl Lines {
    /// Writes the piece's line end, if it has one.
    fn end(&mut self, piece: &[u8], output: &mut impl Output) {
        let (text, ended) = match piece.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (piece, false),
        };
        let after_return = text.last().map_or(self.after_return, |b| *b == b'\r');
        if ended {
            output.write(if after_return { b"\r\n" } else { b"\n" });
        }
        self.at_start = ended;
        self.after_return = after_return && !ended;
    }
}

impl Field {
    /// Writes the name that the line starts with, or a bare colon, which makes it a comment.
    fn keep(&mut self, piece: &[u8], output: &mut impl Output) {
        for &byte in piece {
            if self.done {
                return;
            }
            if matches!(byte, b'\r' | b'\n') {
                self.done = true;
                if self.len > 0 {
                    output.write(b":");
                }
                return;
            }
            self.bytes[self.len] = byte;
            self.len += 1;
            let start = &self.bytes[..self.len];
            if FIELDS.contains(&start) {
                self.done = true;
                output.write(start);
            } else if !FIELDS.iter().any(|field| field.starts_with(start)) {
                self.done = true;
                output.write(b":");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(frame: Frame, removed: &str) -> String {
        let mut expected = None;
        for cut in 0..=removed.len() {
            let (mut structure, mut out) = (Structure::of(frame), Vec::new());
            structure.keep(&removed.as_bytes()[..cut], &mut out);
            structure.keep(&removed.as_bytes()[cut..], &mut out);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(expected.get_or_insert(out.clone()), &out, "cut at {cut}");
        }
        expected.unwrap_or_default()
    }

    #[test]
    fn a_diff_keeps_its_lines_and_markers() {
        assert_eq!(kept(Frame::Diff, "-----BEGIN\n+abc\r\n-def\n ghi\n+-----END"), "\n+\r\n-\n \n+");
        assert_eq!(kept(Frame::Diff, "one line"), "");
    }

    #[test]
    fn an_event_keeps_its_fields() {
        assert_eq!(
            kept(Frame::Sse, "-----BEGIN\ndata: abc\r\ndata:\nxyz\n\ndat\nid: 7\nevent: x"),
            "\ndata:\r\ndata:\n:\n\n:\nid:\nevent:"
        );
    }

    #[test]
    fn text_keeps_nothing() {
        assert_eq!(kept(Frame::Text, "a\nb\nc"), "");
    }
}
