//! Reads one file after the other through the same stream and buffer.

use std::io::{self, Read};

use memchr::memchr;
use tamis::{LimitHit, Stream};

use super::skim::{self, Base, Chart};
use crate::context::{Seen, Watcher};
use crate::fd;
use crate::setup::Setup;

/// Most files fit into one buffer, and it fits into a core's own cache.
const BUFFER: usize = 128 * 1024;
/// Where a NUL byte tells that a file is not text.
pub(crate) const SNIFFED: usize = 8 * 1024;

/// One thread's means of searching: reused for all its files.
pub(crate) struct Reader {
    stream: Stream,
    watcher: Watcher,
    buffer: Box<[u8]>,
}

/// A file that was searched to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Searched {
    /// Its size.
    pub(crate) bytes: u64,
    /// The first limit that it hit.
    pub(crate) limit: Option<LimitHit>,
}

impl Reader {
    pub(crate) fn new(setup: &Setup) -> Self {
        Reader {
            stream: setup.scanner.stream(),
            watcher: Watcher::new(&setup.settings, setup.scanner.rules()),
            buffer: vec![0; BUFFER].into_boxed_slice(),
        }
    }

    /// Says which file comes next, for rules that are about some files only.
    pub(crate) fn set_path(&mut self, path: Option<&str>) {
        self.watcher.set_path(path);
    }

    /// Searches a file, unless it is binary and these are not wanted. `found` takes the findings in order.
    pub(crate) fn file(&mut self, file: &mut impl Read, binary: bool, found: impl FnMut(Seen)) -> io::Result<Option<Searched>> {
        let len = fd::fill(file, &mut self.buffer)?;
        if !binary && memchr(0, &self.buffer[..len.min(SNIFFED)]).is_some() {
            return Ok(None);
        }
        let searched = if len < self.buffer.len() {
            Ok(whole(&mut self.stream, &mut self.watcher, &self.buffer[..len], found))
        } else {
            self.flow(len, file, found)
        };
        searched.map(Some)
    }

    /// Searches whatever comes, as it comes.
    pub(crate) fn stream(&mut self, source: &mut impl Read, found: impl FnMut(Seen)) -> io::Result<Searched> {
        let len = fd::read(source, &mut self.buffer)?;
        self.flow(len, source, found)
    }

    /// Searches bytes that are all at hand.
    pub(crate) fn bytes(&mut self, haystack: &[u8], found: impl FnMut(Seen)) -> Searched {
        whole(&mut self.stream, &mut self.watcher, haystack, found)
    }

    /// The same of bytes that may be like others, and that others may be like.
    pub(crate) fn bytes_like(&mut self, base: Option<Base<'_>>, haystack: &[u8], found: impl FnMut(Seen)) -> (Searched, Option<Chart>) {
        self.watcher.reset(false);
        let skimmed = base.and_then(|base| skim::skim(&mut self.stream, haystack, base, &mut self.watcher));
        let chart = skimmed.or_else(|| {
            self.watcher.reset(false);
            skim::whole(&mut self.stream, haystack, &mut self.watcher)
        });
        self.watcher.finish(Some(haystack), found);
        (Searched { bytes: haystack.len() as u64, limit: self.watcher.limit_hit() }, chart)
    }

    /// The file flows through the buffer, which holds its first bytes.
    fn flow(&mut self, mut len: usize, source: &mut impl Read, mut found: impl FnMut(Seen)) -> io::Result<Searched> {
        self.stream.reset();
        self.watcher.reset(true);
        let mut bytes = 0;
        let mut end = Ok(());
        while len > 0 {
            bytes += len as u64;
            self.stream.push(&self.buffer[..len], &mut self.watcher);
            self.watcher.take(&mut found);
            len = fd::read(source, &mut self.buffer).unwrap_or_else(|error| {
                end = Err(error);
                0
            });
        }
        // After an error too: what was read counts.
        self.stream.finish(&mut self.watcher);
        self.watcher.finish(None, found);
        end.map(|()| Searched { bytes, limit: self.watcher.limit_hit() })
    }
}

/// All of the text is there: its lines are counted only if something is found.
fn whole(stream: &mut Stream, watcher: &mut Watcher, haystack: &[u8], found: impl FnMut(Seen)) -> Searched {
    stream.reset();
    watcher.reset(false);
    stream.push(haystack, watcher);
    stream.finish(watcher);
    watcher.finish(Some(haystack), found);
    Searched { bytes: haystack.len() as u64, limit: watcher.limit_hit() }
}
