//! Reads objects, from any thread.

use std::cell::RefCell;
use std::env;
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use gix::objs::{Find as _, Kind};
use gix::{hash, odb, oid};

use super::packs::{self, Object, Packs};

/// Objects that take more memory than this are not read into it.
pub(super) const LARGE: usize = 64 << 20;
/// What each thread keeps of the objects that others are stored as changes of.
const BASES: usize = 24 << 20;
/// What a thread that compares trees keeps of them.
const TREES: usize = 16 << 20;

/// Where objects are. Before a push is accepted, git keeps what came with it apart, and says so in the environment.
pub(super) struct Store {
    parts: Vec<Arc<odb::Store>>,
    hash: hash::Kind,
    packs: OnceLock<Arc<Packs>>,
}

impl Store {
    /// The objects of a repository.
    pub(super) fn open(repo: &gix::Repository) -> Result<Self, String> {
        let hash = repo.object_hash();
        let mut folders = vec![repo.objects.store_ref().path().to_owned()];
        let listed = env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES");
        folders.extend(env::var_os("GIT_OBJECT_DIRECTORY").map(PathBuf::from));
        folders.extend(listed.iter().flat_map(env::split_paths).filter(|folder| !folder.as_os_str().is_empty()));
        let mut parts: Vec<Arc<odb::Store>> = Vec::new();
        for folder in folders {
            if parts.iter().any(|part| part.path() == folder) {
                continue;
            }
            parts.push(part(folder, hash, Some(LARGE)).map_err(|error| error.to_string())?);
        }
        Ok(Store { parts, hash, packs: OnceLock::new() })
    }

    /// A handle that reads objects of any size.
    pub(super) fn unlimited(&self) -> Objects {
        let parts = self.parts.iter().filter_map(|limited| part(limited.path().to_owned(), self.hash, None).ok());
        Objects { parts: parts.map(|part| part.to_cache_arc()).collect(), hash: self.hash, packs: None }
    }

    /// The packs, which stay open.
    pub(super) fn packs(&self) -> &Arc<Packs> {
        self.packs.get_or_init(|| Arc::new(Packs::open(&self.folders(), self.hash)))
    }

    /// A handle for one thread that reads each object about once.
    pub(super) fn objects(&self) -> Objects {
        self.handle(|part| part.set_pack_cache(|| Box::new(odb::pack::cache::lru::MemoryCappedHashmap::new(BASES))))
    }

    /// A handle for one thread that reads the same trees again and again.
    pub(super) fn trees(&self) -> Objects {
        let objects = self.handle(|part| {
            part.set_pack_cache(|| Box::new(odb::pack::cache::lru::MemoryCappedHashmap::new(TREES)));
            part.set_object_cache(|| Box::new(odb::pack::cache::object::MemoryCappedHashmap::new(TREES)));
        });
        Objects { packs: Some(RefCell::new(packs::Reader::new(self.packs().clone(), TREES))), ..objects }
    }

    fn handle(&self, cached: impl Fn(&mut Part)) -> Objects {
        let parts = self.parts.iter().map(|part| {
            let mut part = part.to_cache_arc();
            part.refresh_never();
            cached(&mut part);
            part
        });
        Objects { parts: parts.collect(), hash: self.hash, packs: None }
    }

    /// The folders that objects are in.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let own = self.parts.iter().map(|part| part.path().to_owned());
        let here = env::current_dir().unwrap_or_default();
        own.flat_map(|folder| {
            let others = odb::alternate::resolve(folder.clone(), &here).unwrap_or_default();
            std::iter::once(folder).chain(others)
        })
        .collect()
    }

    /// How many objects the packs hold, if that is known.
    pub(super) fn packed(&self) -> u64 {
        self.parts.iter().map(|part| part.to_cache_arc().packed_object_count().unwrap_or(0)).sum()
    }
}

type Part = odb::HandleArc;

fn part(folder: PathBuf, hash: hash::Kind, alloc_limit_bytes: Option<usize>) -> std::io::Result<Arc<odb::Store>> {
    let options = odb::store::init::Options { alloc_limit_bytes, ..Default::default() };
    odb::Store::at_opts(folder, hash, &mut std::iter::empty(), options).map(Arc::new)
}

/// One thread's way to the objects.
pub(super) struct Objects {
    parts: Vec<Part>,
    hash: hash::Kind,
    /// What is looked into first, if the same objects are read again and again.
    packs: Option<RefCell<packs::Reader>>,
}

impl Objects {
    pub(super) fn hash(&self) -> hash::Kind {
        self.hash
    }

    /// Reads an object into the buffer.
    pub(super) fn read(&self, id: &oid, buffer: &mut Vec<u8>) -> Result<Kind, Trouble> {
        for part in &self.parts {
            match part.try_find(id, buffer) {
                Ok(Some(found)) => return Ok(found.kind),
                Ok(None) => {}
                Err(error) if error.is_resource_exhausted() => return Err(Trouble::Large),
                Err(error) => return Err(Trouble::Broken(error.probable_cause().to_string())),
            }
        }
        Err(Trouble::Missing)
    }

    /// Loads an object that must be of this kind.
    pub(super) fn load(&self, kind: Kind, id: &oid) -> Result<Rc<Object>, Trouble> {
        if let Some(object) = self.packs.as_ref().and_then(|packs| packs.borrow_mut().object(kind, id)) {
            return Ok(object);
        }
        let mut buffer = Vec::new();
        match self.read(id, &mut buffer)? {
            found if found == kind => Ok(Rc::new(Object::new(kind, buffer))),
            found => Err(Trouble::Broken(format!("it is a {found}, where a {kind} should be"))),
        }
    }
}

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is not here: the clone is shallow or partial, or damaged.
    Missing,
    /// It is too large for memory.
    Large,
    /// It is damaged.
    Broken(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Missing => f.write_str("it is not in this clone: fetch all of the history, or run `git fsck`"),
            Trouble::Large => f.write_str("it is too large, and stored as a change of another one"),
            Trouble::Broken(why) => write!(f, "{why}: run `git fsck`"),
        }
    }
}
