//! Where one server-sent event ends and the next begins.
//!
//! An event is dispatched by an empty line, and lines end as they like: `\n`, `\r\n` or `\r`. Some servers forget the empty
//! line: a line of data after a whole document begins an event of its own, too.

use core::ops::Range;

/// What ends where a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The line belongs to the event that is being read.
    Line,
    /// An event ends with this line.
    Event,
}

/// Reads lines of events as they come, byte by byte.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// Bytes of the line so far, without its end.
    len: usize,
    after_return: bool,
}

impl Lines {
    /// Reads on up to the next line end; says how much that is, and what ends there, if one does.
    pub(super) fn next(&mut self, bytes: &[u8]) -> (usize, Option<Cut>) {
        if self.after_return && bytes.first() == Some(&b'\n') {
            // The second half of a line end.
            self.after_return = false;
            return (1, Some(Cut::Line));
        }
        self.after_return = false;
        match memchr::memchr2(b'\n', b'\r', bytes) {
            None => {
                self.len += bytes.len();
                (bytes.len(), None)
            }
            Some(end) => {
                let empty = self.len + end == 0;
                self.len = 0;
                self.after_return = bytes[end] == b'\r';
                (end + 1, Some(if empty { Cut::Event } else { Cut::Line }))
            }
        }
    }
}

/// The data of an event: where each of its lines of data stands, without field names and line ends.
pub(super) fn data(event: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = if event.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    while at < event.len() {
        let len = memchr::memchr2(b'\n', b'\r', &event[at..]).unwrap_or(event.len() - at);
        if let Some(value) = event[at..at + len].strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            spans.push(at + len - value.len()..at + len);
        }
        at += len + 1;
    }
    spans
}

/// Whether an event's bytes end with an empty line.
pub(super) fn is_dispatched(event: &[u8]) -> bool {
    [&b"\n\n"[..], b"\r\r", b"\n\r\n", b"\n\r"].iter().any(|end| event.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts(text: &[u8], size: usize) -> Vec<usize> {
        let (mut lines, mut cuts, mut at) = (Lines::default(), Vec::new(), 0);
        for mut chunk in text.chunks(size) {
            while !chunk.is_empty() {
                let (taken, cut) = lines.next(chunk);
                at += taken;
                chunk = &chunk[taken..];
                if cut == Some(Cut::Event) {
                    cuts.push(at);
                }
            }
        }
        cuts
    }

    #[test]
    fn events_end_with_an_empty_line_of_any_kind() {
        for (text, ends) in [
            ("data: a\n\ndata: b\n\n", &[9, 18][..]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", &[10, 21]),
            ("data: a\r\rdata: b\r\r", &[9, 18]),
            (": comment\n\n\ndata: a\ndata: b\n\n", &[11, 12, 29]),
            ("data: a", &[]),
        ] {
            for size in 1..=text.len() {
                assert_eq!(cuts(text.as_bytes(), size), ends, "{text:?} in chunks of {size}");
            }
        }
    }

    #[test]
    fn data_is_what_its_lines_say() {
        let event = b"\xef\xbb\xbfevent: x\r\ndata: {\"a\":\r\nid: 1\r\ndata:1}\r\n: data: no\r\n\r\n";
        let told: Vec<&[u8]> = data(event).into_iter().map(|span| &event[span]).collect();
        assert_eq!(told, [&b"{\"a\":"[..], b"1}"]);
        assert!(is_dispatched(event) && !is_dispatched(b"data: a\r\n"));
    }
}
