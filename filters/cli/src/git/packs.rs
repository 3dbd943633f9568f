//! Blobs of packs, those together that are stored as changes of one another: each entry is inflated about once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use gix::hash;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::zlib::{Decompress, FlushDecompress, Status};

use super::delta;
use super::objects::{LARGE, Store};
use super::survey::Blobs;

/// What a thread keeps of the objects that others are stored as changes of, in bytes.
const KEPT: usize = 32 << 20;

/// The indices of a folder's packs; the packs stand beside them.
pub(super) fn indices(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder.join("pack")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "idx"))
}

/// Packs, and where in them wanted blobs are.
#[derive(Default)]
pub(super) struct Packs {
    files: Vec<data::File>,
    /// Sorted: what others are changes of comes before these.
    pub(super) places: Vec<Place>,
}

/// Where a blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    file: u32,
    /// Where the object is that this one is a change of, or of whose changes it is one.
    root: u64,
    offset: u64,
    /// The blob's index among those that are wanted.
    pub(super) blob: u32,
}

impl Packs {
    /// Finds blobs in the packs. What stands in no pack, or in one that cannot be read, is left out.
    pub(super) fn locate(store: &Store, blobs: &Blobs) -> Self {
        let mut packs = Packs::default();
        let mut placed = vec![false; blobs.ids.len()];
        for folder in store.folders() {
            for path in indices(&folder) {
                packs.add(&path, blobs, &mut placed, store.hash());
            }
        }
        packs.places.sort_unstable();
        packs
    }

    fn add(&mut self, path: &Path, blobs: &Blobs, placed: &mut [bool], hash: hash::Kind) {
        let (Ok(index), Ok(file)) = (index::File::at(path, hash), data::File::at(path.with_extension("pack"), hash)) else { return };
        let number = self.files.len() as u32;
        let mut roots = Roots { file: &file, known: HashMap::new(), chain: Vec::new() };
        for entry in index.iter() {
            if let Some(blob) = blobs.of(&entry.oid)
                && !std::mem::replace(&mut placed[blob as usize], true)
            {
                let offset = entry.pack_offset;
                self.places.push(Place { file: number, root: roots.of(offset), offset, blob });
            }
        }
        self.files.push(file);
    }

    /// A reader for one thread.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader { packs: self, inflater: Decompress::new(), kept: Kept::default(), change: Vec::new(), chain: Vec::new() }
    }
}

/// Finds what objects are changes of in the end.
struct Roots<'f> {
    file: &'f data::File,
    known: HashMap<u64, u64>,
    chain: Vec<u64>,
}

impl Roots<'_> {
    fn of(&mut self, offset: u64) -> u64 {
        let mut root = offset;
        loop {
            if let Some(known) = self.known.get(&root) {
                root = *known;
                break;
            }
            self.chain.push(root);
            match self.base(root) {
                Some(base) => root = base,
                None => break,
            }
        }
        self.known.extend(self.chain.drain(..).map(|offset| (offset, root)));
        root
    }

    fn base(&self, offset: u64) -> Option<u64> {
        let entry = self.file.entry(offset).ok()?;
        match entry.header {
            Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
            _ => None,
        }
    }
}

/// Reads blobs where they are.
pub(super) struct Reader<'p> {
    packs: &'p Packs,
    inflater: Decompress,
    kept: Kept,
    /// How an object differs from another.
    change: Vec<u8>,
    chain: Vec<data::Entry>,
}

impl Reader<'_> {
    /// The blob, if it is one that is stored in a plain way, is whole and fits into memory.
    pub(super) fn blob(&mut self, place: Place) -> Option<Rc<Vec<u8>>> {
        let file = self.packs.files.get(place.file as usize)?;
        let key = |entry: &data::Entry| (place.file, entry.pack_offset());
        let mut entry = file.entry(place.offset).ok()?;
        self.chain.clear();
        let mut object = loop {
            if let Some(object) = self.kept.get(key(&entry)) {
                break object;
            }
            match entry.header {
                Header::OfsDelta { base_distance } => {
                    let base = entry.checked_base_pack_offset(base_distance)?;
                    self.chain.push(std::mem::replace(&mut entry, file.entry(base).ok()?));
                }
                Header::Blob => {
                    let mut object = Vec::new();
                    inflate(file, &entry, &mut self.inflater, &mut object)?;
                    break self.kept.put(key(&entry), object);
                }
                _ => return None,
            }
        };
        while let Some(entry) = self.chain.pop() {
            inflate(file, &entry, &mut self.inflater, &mut self.change)?;
            object = self.kept.put(key(&entry), delta::apply(&object, &self.change, LARGE)?);
        }
        Some(object)
    }
}

/// Fills the buffer with what the entry holds.
fn inflate(file: &data::File, entry: &data::Entry, inflater: &mut Decompress, out: &mut Vec<u8>) -> Option<()> {
    let size = usize::try_from(entry.decompressed_size).ok().filter(|size| *size <= LARGE)?;
    out.resize(size, 0);
    inflater.reset();
    let packed = file.entry_slice(entry.data_offset..file.pack_end() as u64)?;
    let status = inflater.decompress(packed, out, FlushDecompress::Finish).ok()?;
    (status == Status::StreamEnd && inflater.total_out() == entry.decompressed_size).then_some(())
}

/// Objects that others may be changes of, the newer ones.
#[derive(Default)]
struct Kept {
    young: HashMap<(u32, u64), Rc<Vec<u8>>>,
    old: HashMap<(u32, u64), Rc<Vec<u8>>>,
    /// Of the young ones.
    bytes: usize,
}

impl Kept {
    fn get(&mut self, key: (u32, u64)) -> Option<Rc<Vec<u8>>> {
        if let Some(object) = self.young.get(&key) {
            return Some(Rc::clone(object));
        }
        let object = self.old.remove(&key)?;
        self.insert(key, &object);
        Some(object)
    }

    fn put(&mut self, key: (u32, u64), object: Vec<u8>) -> Rc<Vec<u8>> {
        let object = Rc::new(object);
        self.insert(key, &object);
        object
    }

    fn insert(&mut self, key: (u32, u64), object: &Rc<Vec<u8>>) {
        if self.bytes + object.len() > KEPT / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += object.len();
        self.young.insert(key, Rc::clone(object));
    }
}
