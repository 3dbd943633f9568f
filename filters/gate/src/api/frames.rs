//! The binary event stream of Amazon Bedrock: `application/vnd.amazon.eventstream`.
//!
//! A frame says how long it and its headers are, and carries a checksum of that and one of all of it. Numbers stand with their
//! highest byte first.

use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::doc::Doc;
use super::kind::Api;
use super::sse::Cut;
use super::text::decode;

/// Length of the frame, length of its headers, checksum of both.
const PRELUDE: usize = 12;
/// Bytes of the checksum at the end.
const SUM: usize = 4;
/// The type of a header that is text.
const TEXT: u8 = 7;

fn number(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?) as usize)
}

/// Lengths of a frame and of its headers, as its first bytes say them, if their checksum is right.
fn lengths(prelude: &[u8]) -> Option<(usize, usize)> {
    let (length, headers) = (number(prelude)?, number(&prelude[4..])?);
    let sound = number(&prelude[8..])? == crc32fast::hash(&prelude[..8]) as usize;
    (sound && PRELUDE + headers + SUM <= length).then_some((length, headers))
}

/// Reads frames as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    prelude: Vec<u8>,
    /// Bytes of the frame that are to come, once its length is known.
    rest: usize,
    /// A length was wrong: where the next frame begins, nobody knows.
    lost: bool,
}

impl Frames {
    /// Reads on up to the next border; says how much that is, and whether a frame ends there.
    pub(super) fn next(&mut self, bytes: &[u8]) -> (usize, Option<Cut>) {
        if self.lost {
            return (bytes.len(), None);
        }
        if self.rest == 0 {
            let taken = bytes.len().min(PRELUDE - self.prelude.len());
            self.prelude.extend_from_slice(&bytes[..taken]);
            if self.prelude.len() < PRELUDE {
                return (taken, None);
            }
            let known = lengths(&core::mem::take(&mut self.prelude));
            self.lost = known.is_none();
            self.rest = known.map_or(0, |(length, _)| length - PRELUDE);
            return (taken, self.lost.then_some(Cut::Event));
        }
        let taken = bytes.len().min(self.rest);
        self.rest -= taken;
        (taken, (self.rest == 0).then_some(Cut::Event))
    }

    /// Whether nothing that comes can be told apart any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }
}

/// A frame that is whole.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) headers: &'a [u8],
    pub(super) payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads it, if lengths and checksums are right.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (length, headers) = lengths(bytes)?;
        let (body, sum) = bytes.split_at_checked(length - SUM)?;
        let sound = sum.len() == SUM && number(sum)? == crc32fast::hash(body) as usize;
        let (headers, payload) = body[PRELUDE..].split_at(headers);
        sound.then_some(Frame { headers, payload })
    }

    /// Where the text of each header stands that has one; nothing where they cannot be read.
    pub(super) fn texts(&self) -> Option<Vec<Range<usize>>> {
        let (mut texts, mut at) = (Vec::new(), 0);
        while let Some(&name) = self.headers.get(at) {
            at += 1 + usize::from(name);
            let kind = *self.headers.get(at)?;
            at += 1;
            let length = match kind {
                0 | 1 => 0,
                2 => 1,
                3 => 2,
                4 => 4,
                5 | 8 => 8,
                9 => 16,
                6 | TEXT => {
                    let length = self.headers.get(at..at + 2)?;
                    at += 2;
                    usize::from(u16::from_be_bytes([length[0], length[1]]))
                }
                _ => return None,
            };
            self.headers.get(at..at + length)?;
            if kind == TEXT {
                texts.push(at..at + length);
            }
            at += length;
        }
        Some(texts)
    }
}

/// Appends a frame.
pub(super) fn write(headers: &[u8], payload: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes();
    out.extend(length(PRELUDE + headers.len() + payload.len() + SUM));
    out.extend(length(headers.len()));
    out.extend(crc32fast::hash(&out[start..]).to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(payload);
    out.extend(crc32fast::hash(&out[start..]).to_be_bytes());
}

/// Appends a header that is text; of one that is too long for a header, its beginning.
pub(super) fn header(name: &str, text: &[u8], out: &mut Vec<u8>) {
    let name = &name.as_bytes()[..name.len().min(usize::from(u8::MAX))];
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    out.push(name.len() as u8);
    out.extend_from_slice(name);
    out.push(TEXT);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(&text[..usize::from(length)]);
}

/// Headers in which some texts changed: where they stood, and what stands there now.
pub(super) fn changed(headers: &[u8], edits: &[(Range<usize>, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(headers.len()), 0);
    for (span, text) in edits {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&headers[at..span.start - 2]);
        out.extend(length.to_be_bytes());
        out.extend_from_slice(&text[..usize::from(length)]);
        at = span.end;
    }
    out.extend_from_slice(&headers[at..]);
    out
}

/// What stands around the document of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wrap {
    pub(super) headers: Vec<u8>,
    /// The payload before and after the document, where it stands in there as base64.
    pub(super) around: Option<(Vec<u8>, Vec<u8>)>,
}

impl Wrap {
    /// Appends a frame like this one that holds a document.
    pub(super) fn write(&self, document: &[u8], out: &mut Vec<u8>) {
        match &self.around {
            None => write(&self.headers, document, out),
            Some((before, after)) => {
                let text = STANDARD.encode(document);
                write(&self.headers, &[before, text.as_bytes(), after].concat(), out);
            }
        }
    }
}

/// The document that a payload holds as base64, `{"bytes":"…"}`, and where that stands.
pub(super) fn inner(payload: &[u8]) -> Option<(Range<usize>, Vec<u8>)> {
    let doc = Doc::read(Api::Unknown, payload, core::slice::from_ref(&(0..payload.len())));
    let value = doc.value("bytes").filter(|value| value.string && doc.whole && !payload.contains(&0))?;
    let document = STANDARD.decode(decode(&payload[value.span.clone()])).ok()?;
    Some((value.span.clone(), document))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message of the format's own test vectors: one header, a short payload.
    const VECTOR: [u8; 61] =
        *b"\x00\x00\x00\x3d\x00\x00\x00\x20\x07\xfd\x83\x96\x0ccontent-type\x07\x00\x10application/json{'foo':'bar'}\x8d\x9c\x08\xb1";

    #[test]
    fn frames_are_written_as_others_write_them() {
        let frame = Frame::read(&VECTOR).unwrap();
        assert_eq!(frame.payload, b"{'foo':'bar'}");
        assert_eq!(frame.texts().unwrap().into_iter().map(|span| &frame.headers[span]).collect::<Vec<_>>(), [b"application/json"]);
        let (mut headers, mut out) = (Vec::new(), Vec::new());
        header("content-type", b"application/json", &mut headers);
        write(&headers, frame.payload, &mut out);
        assert_eq!(out, VECTOR);
        assert_eq!(changed(&headers, &[(16..32, b"x".to_vec())]), b"\x0ccontent-type\x07\x00\x01x");
    }

    #[test]
    fn a_frame_with_any_byte_changed_is_none() {
        for at in 0..VECTOR.len() {
            let mut broken = VECTOR;
            broken[at] ^= 1;
            assert!(Frame::read(&broken).is_none(), "byte {at}");
            assert!(Frame::read(&VECTOR[..at]).is_none(), "{at} bytes");
        }
    }

    #[test]
    fn borders_do_not_depend_on_chunks() {
        let two = [VECTOR, VECTOR].concat();
        let mut lost = two.clone();
        lost[61] = 1;
        for (bytes, expected, is_lost) in [(&two, [61, 122], false), (&lost, [61, 73], true)] {
            for size in 1..=bytes.len() {
                let (mut frames, mut cuts, mut at) = (Frames::default(), Vec::new(), 0);
                for mut chunk in bytes.chunks(size) {
                    while !chunk.is_empty() {
                        let (taken, cut) = frames.next(chunk);
                        at += taken;
                        chunk = &chunk[taken..];
                        cuts.extend(cut.map(|_| at));
                    }
                }
                assert_eq!((cuts.as_slice(), frames.is_lost()), (&expected[..], is_lost), "in chunks of {size}");
            }
        }
    }
}
