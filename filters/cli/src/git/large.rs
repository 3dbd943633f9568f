//! Blobs of any size, as streams. Git stores blobs above `core.bigFileThreshold` whole, so these can be.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use gix::ObjectId;
use gix::odb::pack;
use gix::zlib::Decompress;
use gix::zlib::stream::inflate;

use super::objects::Store;
use super::packs::indices;

/// Opens a blob that is stored whole, loose or in a pack.
pub(super) fn open(store: &Store, id: &ObjectId) -> Option<Box<dyn Read>> {
    store.folders().iter().find_map(|folder| loose(folder, id).or_else(|| packed(folder, id)))
}

fn loose(folder: &Path, id: &ObjectId) -> Option<Box<dyn Read>> {
    let digits = id.to_string();
    let file = File::open(folder.join(&digits[..2]).join(&digits[2..])).ok()?;
    let mut source = BufReader::new(Inflated { source: BufReader::new(file), state: Decompress::new() });
    let mut head = Vec::new();
    source.read_until(0, &mut head).ok()?;
    let size = head.strip_prefix(b"blob ")?.strip_suffix(b"\0")?;
    let left = std::str::from_utf8(size).ok()?.parse().ok()?;
    Some(Box::new(Exact { source, left }))
}

fn packed(folder: &Path, id: &ObjectId) -> Option<Box<dyn Read>> {
    indices(folder).find_map(|path| {
        let index = pack::index::File::at(&path, id.kind()).ok()?;
        let offset = index.pack_offset_at_index(index.lookup(id)?);
        let mut source = BufReader::new(File::open(path.with_extension("pack")).ok()?);
        source.seek(SeekFrom::Start(offset)).ok()?;
        let entry = pack::data::Entry::from_read(&mut source, offset, id.kind().len_in_bytes()).ok()?;
        let (whole, left) = (entry.header == pack::data::entry::Header::Blob, entry.decompressed_size);
        let source = Inflated { source, state: Decompress::new() };
        whole.then(|| Box::new(Exact { source, left }) as Box<dyn Read>)
    })
}

/// Says so where fewer bytes come than were promised.
struct Exact<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.source.read(buffer)?;
        self.left = self.left.saturating_sub(len as u64);
        if len == 0 && !buffer.is_empty() && self.left > 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the object is cut off"));
        }
        Ok(len)
    }
}

/// Undoes the compression.
struct Inflated<R> {
    source: R,
    state: Decompress,
}

impl<R: BufRead> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        inflate::read(&mut self.source, &mut self.state, buffer)
    }
}
