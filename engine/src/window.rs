//! The bytes a stream still needs: what is not yet released, and a little context before it.

use crate::classify::BLOCK;

/// Room in front of the first byte, so that blocks and look-back never start at the buffer's edge.
const HEAD: usize = BLOCK;
/// Readable bytes after the last one, as blocks are read whole.
const TAIL: usize = 2 * BLOCK;

/// A sliding view of the stream. Knows bytes and offsets and nothing about rules.
#[derive(Clone)]
pub(crate) struct Window {
    buffer: Vec<u8>,
    end: usize,
    /// Stream offset of the buffer's first byte, a multiple of 64. Wraps below zero at the start of a stream.
    base: u64,
}

impl Window {
    /// A window for `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Window { buffer: vec![0; HEAD + capacity + TAIL], end: HEAD, base: 0u64.wrapping_sub(HEAD as u64) }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.buffer[..self.end].fill(0);
        self.end = HEAD;
        self.base = 0u64.wrapping_sub(HEAD as u64);
    }

    /// Bytes that fit before the window must roll.
    pub(crate) fn room(&self) -> usize {
        self.buffer.len() - TAIL - self.end
    }

    /// Appends as much of `chunk` as fits and says how much that was.
    pub(crate) fn fill(&mut self, chunk: &[u8]) -> usize {
        let n = chunk.len().min(self.room());
        self.buffer[self.end..self.end + n].copy_from_slice(&chunk[..n]);
        self.end += n;
        n
    }

    /// All bytes up to the newest; indexes into it come from [`Window::index`].
    pub(crate) fn text(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// The same with readable bytes after the end.
    pub(crate) fn padded(&self) -> &[u8] {
        &self.buffer
    }

    /// Index of a stream offset.
    pub(crate) fn index(&self, offset: u64) -> usize {
        offset.wrapping_sub(self.base) as usize
    }

    /// Stream offset of an index.
    pub(crate) fn offset(&self, index: usize) -> u64 {
        self.base.wrapping_add(index as u64)
    }

    /// Stream offset after the newest byte.
    pub(crate) fn end(&self) -> u64 {
        self.offset(self.end)
    }

    /// The bytes of `from..to`.
    pub(crate) fn slice(&self, from: u64, to: u64) -> &[u8] {
        &self.buffer[self.index(from)..self.index(to)]
    }

    /// Drops bytes before `keep_from`, as far as alignment and the room in front allow.
    pub(crate) fn roll(&mut self, keep_from: u64) {
        let from = self.index(keep_from).saturating_sub(HEAD) / BLOCK * BLOCK;
        self.buffer.copy_within(from..self.end, 0);
        self.end -= from;
        self.base = self.base.wrapping_add(from as u64);
    }
}

/// Says where the window is and prints no byte of it.
impl core::fmt::Debug for Window {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Window").field("end", &self.end()).field("room", &self.room()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_survive_rolling() {
        let mut window = Window::new(256);
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(window.fill(&bytes), 256);
        assert_eq!(window.fill(&bytes), 0);
        assert_eq!(window.slice(10, 12), [10, 11]);
        window.roll(130);
        assert_eq!(window.slice(130, 133), [130, 131, 132]);
        assert_eq!(window.end(), 256);
        assert_eq!(window.fill(&bytes), 128);
        assert_eq!(window.slice(255, 258), [255, 0, 1]);
    }
}
