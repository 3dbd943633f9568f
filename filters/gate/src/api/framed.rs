//! Documents that come in frames: what stands around them goes on with them.

use super::edits::MARK;
use super::filter::Shared;
use super::frames::{self, Wrap};
use super::ledger::Ledger;
use super::places::Place;
use super::units::{Units, changed, filtered};
use crate::frame::Frame;
use crate::limit::Limit;

/// What stands around documents.
#[derive(Debug, Default)]
pub(super) struct Framing {
    /// Around the one that is at hand.
    pub(super) now: Wrap,
    /// Around the last one that held a part of a text: what is left of the text leaves in a frame like that.
    pub(super) carrier: Wrap,
}

impl Units {
    /// A frame is whole, or will never be.
    pub(super) fn frame(&mut self, shared: &Shared, bytes: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        let frame = frames::Frame::read(bytes);
        let Some((frame, texts)) = frame.and_then(|frame| frame.texts().map(|texts| (frame, texts))) else {
            ledger.limit(Limit::Framing, self.offset);
            let raw = filtered(&mut self.other, shared, Frame::Text, &Place::default(), bytes, ledger);
            if ledger.is_open() {
                out.extend_from_slice(&raw);
            }
            return;
        };
        let edits = texts.into_iter().filter_map(|span| {
            let text = &frame.headers[span.clone()];
            changed(&mut self.text, shared, Frame::Text, &Place::default(), text, ledger).map(|text| (span, text))
        });
        let headers = frames::changed(frame.headers, &edits.collect::<Vec<_>>());
        let Some((span, document)) = frames::inner(frame.payload) else {
            self.framing.now = Wrap { headers, around: None };
            return self.document(shared, frame.payload, ledger, out);
        };
        let outer = [&frame.payload[..span.start], &[MARK], &frame.payload[span.end..]].concat();
        let outer = filtered(&mut self.envelope, shared, Frame::Jsonl, &Place::default(), &outer, ledger);
        let middle = memchr::memchr(MARK, &outer).unwrap_or(outer.len());
        let (before, after) = outer.split_at(middle);
        self.framing.now = Wrap { headers, around: Some((before.to_vec(), after.get(1..).unwrap_or_default().to_vec())) };
        self.document(shared, &document, ledger, out);
    }
}
