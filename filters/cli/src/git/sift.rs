//! Searches blobs, each once, on all threads.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Mutex;

use gix::hashtable::HashMap;
use gix::objs::Kind;
use gix::{ObjectId, oid};
use memchr::memchr;
use tamis::LimitHit;

use super::crew;
use super::large;
use super::lfs;
use super::objects::{Objects, Trouble};
use super::packs::{self, Blob, Place};
use super::survey::Blobs;
use super::walk::Ids;
use super::work::Work;
use crate::context::Seen;
use crate::scan::reader::{Reader, SNIFFED, Searched};
use crate::scan::skim::Base;

/// Blobs that a thread takes at once.
const SHARE: usize = 64;
/// The same where packs are swept: enough that blobs that are stored as changes of one another stay together.
const SWEEP: usize = 256;
/// What a thread keeps of the blobs that others are stored as changes of, in bytes.
const KEPT: usize = 32 << 20;

/// What was found in blobs.
#[derive(Default)]
pub(super) struct Sifted {
    pub(super) hits: HashMap<ObjectId, Vec<Seen>>,
    pub(super) blobs: u64,
    pub(super) bytes: u64,
    /// Binary blobs that were left out.
    pub(super) binary: u64,
    /// Pointers to large files that are not here.
    pub(super) pointers: u64,
    pub(super) limits: Vec<(ObjectId, LimitHit)>,
    pub(super) troubles: Vec<(ObjectId, Trouble)>,
}

impl Sifted {
    /// Counts something that was searched.
    pub(super) fn searched(&mut self, bytes: u64) {
        self.blobs += 1;
        self.bytes += bytes;
    }

    pub(super) fn merge(&mut self, other: Sifted) {
        self.hits.extend(other.hits);
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.binary += other.binary;
        self.pointers += other.pointers;
        self.limits.extend(other.limits);
        self.troubles.extend(other.troubles);
    }
}

/// Searches all of these blobs.
pub(super) fn sift(work: &Work<'_>, blobs: &Blobs) -> Sifted {
    let places = if worth_sweeping(work, blobs) { work.store.packs().places(blobs, work.jobs) } else { Vec::new() };
    let mut placed = vec![false; blobs.ids.len()];
    places.iter().for_each(|place| placed[place.blob as usize] = true);
    let rest: Vec<ObjectId> = blobs.wanted().filter(|blob| !placed[*blob as usize]).map(|blob| blobs.ids[blob as usize]).collect();
    let turn = Mutex::default();
    let mut whole = Sifted::default();
    let swept = crew::share(&places, SWEEP, crew::threads(work.jobs, places.len(), SWEEP), |shares| {
        let (mut sieve, mut reader) = (Sieve::new(work, &turn), packs::Reader::new(work.store.packs().clone(), KEPT));
        for (_, places) in shares {
            places.iter().for_each(|place| sieve.packed(&mut reader, *place, &blobs.ids[place.blob as usize]));
        }
        sieve.sifted
    });
    let single = crew::share(&rest, SHARE, crew::threads(work.jobs, rest.len(), SHARE), |shares| {
        let mut sieve = Sieve::new(work, &turn);
        for (_, ids) in shares {
            ids.iter().for_each(|id| sieve.blob(id));
        }
        sieve.sifted
    });
    swept.into_iter().chain(single).for_each(|part| whole.merge(part));
    whole
}

/// Whether so much of the packs is wanted that they are best read from one end to the other.
fn worth_sweeping(work: &Work<'_>, blobs: &Blobs) -> bool {
    (blobs.wanted().count() as u64).saturating_mul(16) >= work.store.packed()
}

/// One thread's means of searching blobs.
pub(super) struct Sieve<'w> {
    work: &'w Work<'w>,
    /// Objects that fill much memory are read one at a time.
    turn: &'w Mutex<()>,
    objects: Objects,
    reader: Reader,
    buffer: Vec<u8>,
    /// Blobs that were asked for one by one.
    pub(super) seen: Ids,
    pub(super) sifted: Sifted,
}

impl<'w> Sieve<'w> {
    pub(super) fn new(work: &'w Work<'w>, turn: &'w Mutex<()>) -> Self {
        let (objects, reader) = (work.store.objects(), Reader::new(work.setup));
        Sieve { work, turn, objects, reader, buffer: Vec::new(), seen: Ids::default(), sifted: Sifted::default() }
    }

    /// A blob, if it fits into memory.
    pub(super) fn read(&self, id: &ObjectId) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        self.objects.read(id, &mut buffer).ok().filter(|kind| *kind == Kind::Blob).map(|_| buffer)
    }

    /// Searches a blob.
    pub(super) fn blob(&mut self, id: &ObjectId) {
        match self.objects.read(id, &mut self.buffer) {
            Ok(Kind::Blob) => {
                let blob = std::mem::take(&mut self.buffer);
                self.bytes(id, &blob);
                self.buffer = blob;
            }
            Ok(found) => self.sifted.troubles.push((*id, Trouble::Broken(format!("it is a {found}, where a blob should be")))),
            Err(Trouble::Large) => self.large(id),
            Err(trouble) => self.sifted.troubles.push((*id, trouble)),
        }
    }

    /// Searches a blob in a pack. What cannot be read there is read as any other, which tells why not.
    fn packed(&mut self, reader: &mut packs::Reader, place: Place, id: &ObjectId) {
        let Some(Blob { object, base }) = reader.blob(place) else { return self.blob(id) };
        if !self.is_text(id, &object.bytes) {
            return;
        }
        let base = base.as_ref().and_then(|(base, stretches)| Some(Base { len: base.bytes.len(), chart: base.chart.get()?, stretches }));
        let mut found = Vec::new();
        let (searched, chart) = self.reader.bytes_like(base, &object.bytes, |seen| found.push(seen));
        if let Some(chart) = chart {
            object.chart.get_or_init(|| chart);
        }
        self.note(id, searched, found);
    }

    fn bytes(&mut self, id: &ObjectId, blob: &[u8]) {
        if self.is_text(id, blob) {
            let mut found = Vec::new();
            let searched = self.reader.bytes(blob, |seen| found.push(seen));
            self.note(id, searched, found);
        }
    }

    /// Whether it is to be searched itself: not what it points to, and no binary file where these are left out.
    fn is_text(&mut self, id: &ObjectId, blob: &[u8]) -> bool {
        if let Some(pointer) = lfs::pointer(blob) {
            self.behind(id, &pointer);
            return false;
        }
        let binary = !self.work.binary && memchr(0, &blob[..blob.len().min(SNIFFED)]).is_some();
        self.sifted.binary += u64::from(binary);
        !binary
    }

    /// What a pointer of Git LFS leads to, if it is here.
    fn behind(&mut self, id: &ObjectId, pointer: &str) {
        let path: PathBuf = lfs::path(self.work.common_dir, pointer);
        let Ok(mut file) = File::open(path) else {
            self.sifted.pointers += 1;
            return;
        };
        let mut found = Vec::new();
        match self.reader.file(&mut file, self.work.binary, |seen| found.push(seen)) {
            Ok(Some(searched)) => self.note(id, searched, found),
            Ok(None) => self.sifted.binary += 1,
            Err(error) => self.sifted.troubles.push((*id, Trouble::Broken(error.to_string()))),
        }
    }

    /// A blob that does not fit into memory flows through, unless it is stored as a change of another one.
    fn large(&mut self, id: &ObjectId) {
        let mut found = Vec::new();
        match large::open(self.work.store, id) {
            Some(mut source) => match self.reader.file(&mut source, self.work.binary, |seen| found.push(seen)) {
                Ok(Some(searched)) => self.note(id, searched, found),
                Ok(None) => self.sifted.binary += 1,
                Err(error) => self.sifted.troubles.push((*id, Trouble::Broken(error.to_string()))),
            },
            None => {
                let _turn = self.turn.lock();
                let mut blob = Vec::new();
                match self.work.store.unlimited().read(id, &mut blob) {
                    Ok(_) => self.bytes(id, &blob),
                    Err(trouble) => self.sifted.troubles.push((*id, trouble)),
                }
            }
        }
    }

    fn note(&mut self, id: &oid, searched: Searched, found: Vec<Seen>) {
        self.sifted.searched(searched.bytes);
        self.work.progress.add(searched.bytes);
        self.sifted.limits.extend(searched.limit.map(|limit| (id.to_owned(), limit)));
        if !found.is_empty() {
            self.sifted.hits.insert(id.to_owned(), found);
        }
    }
}
