//! Changes to the bytes of one document, made at once.

use core::ops::Range;

use super::doc::Value;
use super::text::encode;

/// Stands for what was taken out of a document. JSON holds none.
pub(super) const MARK: u8 = 0;

/// What is taken out of a document to be decided by itself, and what stands there instead.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, Option<Vec<u8>>)>);

impl Edits {
    /// A span that stays, or what stands there instead.
    pub(super) fn replace(&mut self, span: Range<usize>, with: Option<Vec<u8>>) {
        self.0.push((span, with));
    }

    /// The content of a string.
    pub(super) fn text(&mut self, value: &Value, with: Option<Vec<u8>>) {
        let encoded = with.map(|text| {
            let mut out = Vec::with_capacity(text.len() + 8);
            encode(&text, &mut out);
            out
        });
        self.0.push((value.span.clone(), encoded));
    }

    /// The document with its edits; `filter` changes what is left of it.
    pub(super) fn apply(mut self, unit: &[u8], filter: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        self.0.sort_by_key(|(span, _)| span.start);
        let mut rest = Vec::with_capacity(unit.len());
        let mut at = 0;
        for (span, _) in &self.0 {
            rest.extend_from_slice(&unit[at..span.start]);
            rest.push(MARK);
            at = span.end;
        }
        rest.extend_from_slice(&unit[at..]);
        let filtered = filter(&rest);
        let mut pieces = filtered.split(|byte| *byte == MARK);
        let mut out = Vec::with_capacity(unit.len());
        out.extend_from_slice(pieces.next().unwrap_or_default());
        for ((span, with), piece) in self.0.iter().zip(pieces) {
            out.extend_from_slice(with.as_deref().unwrap_or(&unit[span.clone()]));
            out.extend_from_slice(piece);
        }
        out
    }
}
