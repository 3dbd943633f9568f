//! Objects of packs. Those together that are stored as changes of one another: each entry is inflated about once.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt as _};
use gix::objs::Kind;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index};
use gix::zlib::{Inflate, Status};
use gix::{ObjectId, hash, hashtable, oid};

use super::crew;
use super::delta;
use super::objects::LARGE;
use super::survey::Blobs;
use crate::scan::skim::{Chart, Stretch};

/// The places of so many objects are kept.
const FOUND: usize = 1 << 16;
/// Objects that a thread looks for at once.
const LOOKUPS: usize = 512;
/// So many guesses where an id stands are made before it is looked for by halves.
const PROBES: usize = 12;
/// So much memory is not worth giving back.
const SMALL: usize = 64;

/// The indices of a folder's packs; the packs stand beside them.
pub(super) fn indices(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder.join("pack")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "idx"))
}

/// All packs of a repository.
#[derive(Default)]
pub(super) struct Packs(Vec<Pack>);

struct Pack {
    index: index::File,
    data: data::File,
}

/// Where a blob is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pack: u32,
    /// Where the object is that this one is a change of, or of whose changes it is one.
    root: u64,
    offset: u64,
    /// The blob's index among those that are wanted.
    pub(super) blob: u32,
}

impl Packs {
    /// Opens the packs of these folders. One that cannot be read is left out.
    pub(super) fn open(folders: &[PathBuf], hash: hash::Kind) -> Self {
        let open = |path: PathBuf| {
            let (index, data) = (index::File::at(&path, hash).ok()?, data::File::at(path.with_extension("pack"), hash).ok()?);
            Some(Pack { index, data })
        };
        Packs(folders.iter().flat_map(|folder| indices(folder)).filter_map(open).collect())
    }

    /// Finds an object: in which pack, and where there.
    fn find(&self, id: &oid) -> Option<(u32, u64)> {
        let look = |(number, pack): (usize, &Pack)| Some((number as u32, pack.index.pack_offset_at_index(lookup(&pack.index, id)?)));
        self.0.iter().enumerate().find_map(look)
    }

    /// Finds the blobs. They are sorted: what others are changes of comes before these.
    pub(super) fn places(&self, blobs: &Blobs, jobs: Option<u16>) -> Vec<Place> {
        let wanted: Vec<u32> = blobs.wanted().collect();
        let entry = |blob: &u32| {
            let (pack, offset) = self.find(&blobs.ids[*blob as usize])?;
            Some((pack, offset, base(&self.0[pack as usize].data, offset), *blob))
        };
        let parts = crew::share(&wanted, LOOKUPS, crew::threads(jobs, wanted.len(), LOOKUPS), |shares| {
            shares.flat_map(|(_, blobs)| blobs).filter_map(entry).collect::<Vec<_>>()
        });
        let mut entries = parts.concat();
        // What is a change of another object comes after that.
        entries.sort_unstable();
        let mut roots: Vec<Roots<'_>> =
            self.0.iter().map(|pack| Roots { data: &pack.data, known: HashMap::default(), chain: Vec::new() }).collect();
        let place = |(pack, offset, base, blob): (u32, u64, Option<u64>, u32)| {
            let root = roots[pack as usize].of(offset, base);
            Place { pack, root, offset, blob }
        };
        let mut places: Vec<Place> = entries.into_iter().map(place).collect();
        places.sort_unstable();
        places
    }
}

/// Finds an object's number in an index. Ids are spread evenly, so that where one stands tells about where another one does.
fn lookup(index: &index::File, id: &oid) -> Option<u32> {
    let key = |id: &oid| id.as_bytes().first_chunk().map_or(0, |start| u64::from_be_bytes(*start));
    let (mut from, mut to) = (0, index.num_objects());
    let (wanted, mut low, mut high) = (key(id), 0, u64::MAX);
    for _ in 0..PROBES {
        if from == to {
            return None;
        }
        let share = (wanted - low) as f64 / (high - low) as f64;
        let number = from + ((f64::from(to - from) * share) as u32).min(to - from - 1);
        let found = index.oid_at_index(number);
        let there = key(found);
        match wanted.cmp(&there).then_with(|| id.cmp(found)) {
            Ordering::Equal => return Some(number),
            Ordering::Less => (to, high) = (number, there),
            Ordering::Greater => (from, low) = (number + 1, there),
        }
    }
    index.lookup(id)
}

/// Finds what objects are changes of in the end.
struct Roots<'f> {
    data: &'f data::File,
    known: HashMap<u64, u64>,
    chain: Vec<u64>,
}

impl Roots<'_> {
    /// The root of an entry that is a change of this base.
    fn of(&mut self, offset: u64, mut next: Option<u64>) -> u64 {
        let mut root = offset;
        self.chain.push(offset);
        while let Some(base_offset) = next {
            if let Some(known) = self.known.get(&base_offset) {
                root = *known;
                break;
            }
            self.chain.push(base_offset);
            root = base_offset;
            next = base(self.data, base_offset);
        }
        self.known.extend(self.chain.drain(..).map(|offset| (offset, root)));
        root
    }
}

/// What an entry is a change of.
fn base(data: &data::File, offset: u64) -> Option<u64> {
    let entry = data.entry(offset).ok()?;
    match entry.header {
        Header::OfsDelta { base_distance } => entry.checked_base_pack_offset(base_distance),
        _ => None,
    }
}

/// An object in memory.
pub(super) struct Object {
    kind: Kind,
    pub(super) bytes: Vec<u8>,
    /// What a search of it has shown.
    pub(super) chart: OnceCell<Chart>,
}

impl Object {
    pub(super) fn new(kind: Kind, bytes: Vec<u8>) -> Self {
        Object { kind, bytes, chart: OnceCell::new() }
    }

    /// A tree without entries.
    pub(super) fn empty_tree() -> Rc<Self> {
        Rc::new(Object::new(Kind::Tree, Vec::new()))
    }
}

/// A blob, and what it is stored as a change of, with what it has from there.
pub(super) struct Blob<'r> {
    pub(super) object: Rc<Object>,
    pub(super) base: Option<(Rc<Object>, &'r [Stretch])>,
}

/// One thread's way to read objects where they are.
pub(super) struct Reader {
    packs: Arc<Packs>,
    inflater: Inflate,
    /// Where objects are that were asked for by id: many are again.
    found: hashtable::HashMap<ObjectId, (u32, u64)>,
    kept: Kept,
    /// What the newest blob is stored as a change of in the end.
    root: Option<(u32, u64)>,
    /// How an object differs from another.
    change: Vec<u8>,
    chain: Vec<data::Entry>,
    /// What the newest object has from its base.
    stretches: Vec<Stretch>,
}

impl Reader {
    /// A reader that keeps so many bytes of the objects that others may be changes of.
    pub(super) fn new(packs: Arc<Packs>, most: usize) -> Self {
        let (inflater, found, kept) = (Inflate::default(), hashtable::HashMap::default(), Kept::new(most));
        Reader { packs, inflater, found, kept, root: None, change: Vec::new(), chain: Vec::new(), stretches: Vec::new() }
    }

    /// The object, if it is of this kind and stored in a plain way, is whole and fits into memory.
    pub(super) fn object(&mut self, kind: Kind, id: &oid) -> Option<Rc<Object>> {
        let (pack, offset) = self.find(id)?;
        self.read(kind, pack, offset).map(|(object, _)| object)
    }

    fn find(&mut self, id: &oid) -> Option<(u32, u64)> {
        if let Some(place) = self.found.get(id) {
            return Some(*place);
        }
        let place = self.packs.find(id)?;
        if self.found.len() == FOUND {
            self.found.clear();
        }
        self.found.insert(id.to_owned(), place);
        Some(place)
    }

    /// The same for a blob. Those that are stored as changes of one another are best read one after the other: others are
    /// forgotten.
    pub(super) fn blob(&mut self, place: Place) -> Option<Blob<'_>> {
        if self.root.replace((place.pack, place.root)) != Some((place.pack, place.root)) {
            self.kept.forget();
        }
        let (object, base) = self.read(Kind::Blob, place.pack, place.offset)?;
        Some(Blob { object, base: base.map(|base| (base, &self.stretches[..])) })
    }

    /// Gives the object that it is a change of, too, if it was made from that now.
    fn read(&mut self, kind: Kind, pack: u32, offset: u64) -> Option<(Rc<Object>, Option<Rc<Object>>)> {
        let data = &self.packs.0.get(pack as usize)?.data;
        if let Some(object) = self.kept.get((pack, offset)) {
            return (object.kind == kind).then_some((object, None));
        }
        let mut entry = data.entry(offset).ok()?;
        self.chain.clear();
        let mut object = loop {
            match entry.header {
                Header::OfsDelta { base_distance } => {
                    let base = entry.checked_base_pack_offset(base_distance)?;
                    self.chain.push(std::mem::replace(&mut entry, data.entry(base).ok()?));
                }
                header if header.as_kind() == Some(kind) => {
                    let mut bytes = self.kept.room(entry.decompressed_size);
                    inflate(data, &entry, &mut self.inflater, &mut bytes)?;
                    break self.kept.put((pack, entry.pack_offset()), Object::new(kind, bytes));
                }
                _ => return None,
            }
            if let Some(object) = self.kept.get((pack, entry.pack_offset())) {
                if object.kind != kind {
                    return None;
                }
                break object;
            }
        };
        let mut base = None;
        while let Some(entry) = self.chain.pop() {
            inflate(data, &entry, &mut self.inflater, &mut self.change)?;
            let mut bytes = self.kept.room(delta::size_of(&self.change).filter(|size| *size <= LARGE as u64)?);
            delta::apply(&object.bytes, &self.change, &mut bytes, &mut self.stretches)?;
            base = Some(std::mem::replace(&mut object, self.kept.put((pack, entry.pack_offset()), Object::new(kind, bytes))));
        }
        Some((object, base))
    }
}

/// Fills the buffer with what the entry holds.
fn inflate(data: &data::File, entry: &data::Entry, inflater: &mut Inflate, out: &mut Vec<u8>) -> Option<()> {
    let size = usize::try_from(entry.decompressed_size).ok().filter(|size| *size <= LARGE)?;
    out.resize(size, 0);
    inflater.reset();
    let packed = data.entry_slice(entry.data_offset..data.pack_end() as u64)?;
    let (status, _, written) = inflater.once(packed, out).ok()?;
    (status == Status::StreamEnd && written == size).then_some(())
}

/// Objects that others may be changes of, the newer ones.
struct Kept {
    young: Objects,
    old: Objects,
    /// Of the young ones.
    bytes: usize,
    most: usize,
    /// Memory of what was forgotten: to ask the system for it again and again would take long.
    spare: Vec<Vec<u8>>,
}

type Objects = HashMap<(u32, u64), Rc<Object>>;

impl Kept {
    fn new(most: usize) -> Self {
        Kept { young: Objects::new(), old: Objects::new(), bytes: 0, most, spare: Vec::new() }
    }

    fn get(&mut self, key: (u32, u64)) -> Option<Rc<Object>> {
        if let Some(object) = self.young.get(&key) {
            return Some(Rc::clone(object));
        }
        let object = self.old.remove(&key)?;
        self.insert(key, &object);
        Some(object)
    }

    fn put(&mut self, key: (u32, u64), mut object: Object) -> Rc<Object> {
        if object.bytes.capacity() / 2 > object.bytes.len().max(SMALL) {
            object.bytes.shrink_to_fit();
        }
        let object = Rc::new(object);
        self.insert(key, &object);
        object
    }

    fn insert(&mut self, key: (u32, u64), object: &Rc<Object>) {
        if self.bytes + object.bytes.capacity() > self.most / 2 {
            self.spare.clear();
            spare(&mut self.old, &mut self.spare);
            std::mem::swap(&mut self.old, &mut self.young);
            self.bytes = 0;
        }
        self.bytes += object.bytes.capacity();
        self.young.insert(key, Rc::clone(object));
    }

    /// Forgets all.
    fn forget(&mut self) {
        spare(&mut self.young, &mut self.spare);
        spare(&mut self.old, &mut self.spare);
        self.bytes = 0;
    }

    /// Memory for an object of this size.
    fn room(&mut self, size: u64) -> Vec<u8> {
        let fits = |room: &Vec<u8>| room.capacity() as u64 >= size;
        // A little more, so that another object of about this size fits in, too.
        let roomy = (size + size / 8).min(LARGE as u64) as usize;
        self.spare.pop().filter(fits).unwrap_or_else(|| Vec::with_capacity(roomy))
    }
}

/// Takes the memory of objects that are not in use.
fn spare(objects: &mut Objects, spare: &mut Vec<Vec<u8>>) {
    spare.extend(objects.drain().filter_map(|(_, object)| Rc::into_inner(object)).map(|object| object.bytes));
}
