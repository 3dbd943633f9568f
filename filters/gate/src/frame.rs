//! The shape of the stream, as far as rewriting has to know it.

/// The shape of a stream.
///
/// Bytes are read the same way in all of them; what differs is what a replacement must keep: a diff its lines and their
/// first column, server-sent events their lines and field names, JSON the quotes that a replaced number needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Frame {
    /// Told by the stream's first bytes.
    #[default]
    Auto,
    /// Any text, and binary data.
    Text,
    /// One JSON document.
    Json,
    /// A JSON document a line.
    Jsonl,
    /// Server-sent events.
    Sse,
    /// A unified diff, with or without a commit's header.
    Diff,
}

impl Frame {
    /// All frames.
    pub const ALL: [Frame; 6] = [Frame::Auto, Frame::Text, Frame::Json, Frame::Jsonl, Frame::Sse, Frame::Diff];

    /// The word used in flags and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Frame::Auto => "auto",
            Frame::Text => "text",
            Frame::Json => "json",
            Frame::Jsonl => "jsonl",
            Frame::Sse => "sse",
            Frame::Diff => "diff",
        }
    }

    /// The frame of a stream that starts with these bytes; never [`Frame::Auto`].
    ///
    /// A few dozen bytes are enough; with fewer the answer may be [`Frame::Text`].
    ///
    /// ```
    /// use tamis::Frame;
    /// assert_eq!(Frame::of(b"diff --git a/x b/x"), Frame::Diff);
    /// assert_eq!(Frame::of(b"{\"role\":\"user\"}"), Frame::Jsonl);
    /// assert_eq!(Frame::of(b"Dear all,"), Frame::Text);
    /// ```
    #[must_use]
    pub fn of(start: &[u8]) -> Frame {
        if starts_diff(start) {
            Frame::Diff
        } else if [&b"data:"[..], b"event:"].iter().any(|field| start.starts_with(field)) {
            Frame::Sse
        } else if matches!(start.trim_ascii_start().first(), Some(b'{' | b'[')) {
            // One document is JSON Lines of one line, or of several that hold no string across a line's end.
            Frame::Jsonl
        } else {
            Frame::Text
        }
    }
}

fn starts_diff(start: &[u8]) -> bool {
    let plain = [&b"diff --git "[..], b"--- ", b"Index: "];
    plain.iter().any(|head| start.starts_with(head)) || named(start, b"commit ", 7) || named(start, b"From ", 40)
}

/// Whether the text starts with this word and an object id of at least `digits` digits.
fn named(start: &[u8], word: &[u8], digits: usize) -> bool {
    let Some(rest) = start.strip_prefix(word) else { return false };
    let id = rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')).count();
    id >= digits && rest.get(id).is_none_or(u8::is_ascii_whitespace)
}

/// Tells the frame from a stream's first bytes as they pass. Holds nothing back.
#[derive(Clone, Debug)]
pub(crate) struct Sniffer {
    frame: Frame,
    start: [u8; 64],
    len: usize,
}

impl Sniffer {
    pub(crate) fn new(frame: Frame) -> Self {
        Sniffer { frame, start: [0; 64], len: 0 }
    }

    /// Sees the next bytes of the stream; returns the frame where it is known.
    pub(crate) fn see(&mut self, bytes: &[u8]) -> Frame {
        if self.frame == Frame::Auto {
            let take = bytes.len().min(self.start.len() - self.len);
            self.start[self.len..self.len + take].copy_from_slice(&bytes[..take]);
            self.len += take;
            if self.len == self.start.len() {
                self.decide();
            }
        }
        self.frame
    }

    /// Decides on what was seen: something must be rewritten now.
    pub(crate) fn decide(&mut self) -> Frame {
        if self.frame == Frame::Auto {
            self.frame = Frame::of(&self.start[..self.len]);
        }
        self.frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_frame() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        for (start, frame) in [
            ("diff --git a/x b/x\n".to_owned(), Frame::Diff),
            ("--- a/x\n+++ b/x\n".to_owned(), Frame::Diff),
            ("Index: x\n".to_owned(), Frame::Diff),
            (format!("commit {id}\nAuthor: A\n"), Frame::Diff),
            (format!("commit {id} (HEAD -> main)\n"), Frame::Diff),
            (format!("From {id} Mon Sep 17 00:00:00 2001\n"), Frame::Diff),
            ("commit to it\n".to_owned(), Frame::Text),
            ("commit feedface-x\n".to_owned(), Frame::Text),
            ("From deadbeef on\n".to_owned(), Frame::Text),
            ("-----BEGIN X-----\n".to_owned(), Frame::Text),
            (" \n[1]".to_owned(), Frame::Jsonl),
            ("data: {}\n\n".to_owned(), Frame::Sse),
            ("event: ping\n".to_owned(), Frame::Sse),
            (String::new(), Frame::Text),
        ] {
            assert_eq!(Frame::of(start.as_bytes()), frame, "{start:?}");
            for cut in 0..=start.len() {
                let mut sniffer = Sniffer::new(Frame::Auto);
                sniffer.see(&start.as_bytes()[..cut]);
                sniffer.see(&start.as_bytes()[cut..]);
                assert_eq!(sniffer.decide(), frame, "{start:?} cut at {cut}");
            }
        }
    }
}
