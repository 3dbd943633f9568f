//! Reads one file after the other through the same stream and buffer.

use std::io::{self, Read};

use memchr::memchr;
use tamis::{LimitHit, Located, Recorder, Stream};

use crate::fd;
use crate::setup::Setup;

/// Most files fit into one buffer, and it fits into a core's own cache.
const BUFFER: usize = 128 * 1024;
/// Where a NUL byte tells that a file is not text.
const SNIFFED: usize = 8 * 1024;

/// One thread's means of searching: reused for all its files.
pub(super) struct Reader {
    stream: Stream,
    recorder: Recorder,
    buffer: Box<[u8]>,
}

/// A file that was searched to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Searched {
    /// Its size.
    pub(super) bytes: u64,
    /// The first limit that it hit.
    pub(super) limit: Option<LimitHit>,
}

impl Reader {
    pub(super) fn new(setup: &Setup) -> Self {
        Reader { stream: setup.scanner.stream(), recorder: Recorder::new(&setup.settings), buffer: vec![0; BUFFER].into_boxed_slice() }
    }

    /// Searches a file, unless it is binary and these are not wanted. `found` takes the findings in order.
    pub(super) fn file(&mut self, file: &mut impl Read, binary: bool, found: impl FnMut(Located)) -> io::Result<Option<Searched>> {
        let len = fd::fill(file, &mut self.buffer)?;
        if !binary && memchr(0, &self.buffer[..len.min(SNIFFED)]).is_some() {
            return Ok(None);
        }
        let searched = if len < self.buffer.len() { Ok(self.whole(len, found)) } else { self.flow(len, file, found) };
        searched.map(Some)
    }

    /// Searches whatever comes, as it comes.
    pub(super) fn stream(&mut self, source: &mut impl Read, found: impl FnMut(Located)) -> io::Result<Searched> {
        let len = fd::read(source, &mut self.buffer)?;
        self.flow(len, source, found)
    }

    /// All of the file is in the buffer: its lines are counted only if something is found.
    fn whole(&mut self, len: usize, found: impl FnMut(Located)) -> Searched {
        let haystack = &self.buffer[..len];
        self.stream.reset();
        self.recorder.reset(false);
        self.stream.push(haystack, &mut self.recorder);
        self.stream.finish(&mut self.recorder);
        self.recorder.locate(haystack);
        self.recorder.drain().for_each(found);
        Searched { bytes: len as u64, limit: self.recorder.limit_hit() }
    }

    /// The file flows through the buffer, which holds its first bytes.
    fn flow(&mut self, mut len: usize, source: &mut impl Read, mut found: impl FnMut(Located)) -> io::Result<Searched> {
        self.stream.reset();
        self.recorder.reset(true);
        let mut bytes = 0;
        let mut end = Ok(());
        while len > 0 {
            bytes += len as u64;
            self.stream.push(&self.buffer[..len], &mut self.recorder);
            self.recorder.drain().for_each(&mut found);
            len = fd::read(source, &mut self.buffer).unwrap_or_else(|error| {
                end = Err(error);
                0
            });
        }
        // After an error too: what was read counts.
        self.stream.finish(&mut self.recorder);
        self.recorder.drain().for_each(found);
        end.map(|()| Searched { bytes, limit: self.recorder.limit_hit() })
    }
}
