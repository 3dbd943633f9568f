//! What the index holds, compared with the last commit.

use std::collections::BTreeMap;

use gix::bstr::{BString, ByteSlice as _};
use gix::index::entry::{Flags, Mode};
use gix::index::extension::Tree;
use gix::index::{Entry, State};
use gix::objs::{Kind, TreeRefIter};
use gix::{ObjectId, oid};

use super::objects::{Objects, Trouble};
use super::packs::Object;
use super::tree::{self, Change};

/// What is staged.
#[derive(Default)]
pub(super) struct Staged {
    /// Files that are new, or not as they were.
    pub(super) files: Vec<File>,
    /// Blobs of files that are to go.
    pub(super) removed: Vec<ObjectId>,
    pub(super) submodules: u64,
    pub(super) troubles: Vec<(ObjectId, Trouble)>,
}

/// A file, and what stood in its place.
#[derive(Clone)]
pub(super) struct File {
    pub(super) path: BString,
    pub(super) id: ObjectId,
    pub(super) old: Option<ObjectId>,
}

/// Compares the index with a tree: that of the last commit, if there is one. Folders that the index knows to be as they
/// were are not looked at.
pub(super) fn compare(objects: &Objects, index: &State, tree: Option<ObjectId>) -> Staged {
    let mut compare = Compare { objects, index, staged: Staged::default() };
    compare.folder(index.entries(), 0, tree, index.tree());
    compare.staged
}

struct Compare<'i> {
    objects: &'i Objects,
    index: &'i State,
    staged: Staged,
}

impl<'i> Compare<'i> {
    /// Compares all entries below a folder, whose path has this length.
    fn folder(&mut self, mut entries: &'i [Entry], path: usize, tree: Option<ObjectId>, cached: Option<&Tree>) {
        let is_valid = cached.is_some_and(|cached| cached.num_entries.is_some() && Some(cached.id) == tree);
        if is_valid {
            return;
        }
        let mut before = tree.map_or_else(BTreeMap::new, |id| self.load(&id));
        let mut take = |name: &[u8], is_tree| before.remove(&(name.into(), is_tree));
        while let Some((entry, rest)) = entries.split_first() {
            let name = &entry.path(self.index)[path..];
            let Some(slash) = name.find_byte(b'/') else {
                self.entry(entry, take(name, false), false);
                entries = rest;
                continue;
            };
            let len = entries.iter().take_while(|other| other.path(self.index).get(path..=path + slash) == Some(&name[..=slash])).count();
            let (inside, rest) = entries.split_at(len);
            let is_closed = slash + 1 == name.len();
            let name = &name[..slash];
            if is_closed {
                // A folder of which a sparse index keeps nothing but the id.
                self.entry(entry, take(name, true), true);
            } else {
                let cached = cached.and_then(|cached| cached.children.iter().find(|child| child.name.as_slice() == name));
                self.folder(inside, path + slash + 1, take(name, true), cached);
            }
            entries = rest;
        }
        before.into_iter().for_each(|((_, is_tree), id)| self.gone(id, is_tree));
    }

    fn entry(&mut self, entry: &Entry, old: Option<ObjectId>, is_folder: bool) {
        if old == Some(entry.id) || entry.flags.contains(Flags::INTENT_TO_ADD) {
            return;
        }
        let path = entry.path(self.index);
        if is_folder {
            let Staged { files, troubles, .. } = &mut self.staged;
            let mut visit = |change: &Change<'_>| {
                let path = [path.as_bytes(), change.path].concat().into();
                files.push(File { path, id: change.id.to_owned(), old: change.old.first().copied().flatten() });
            };
            tree::differ(self.objects, &entry.id, &[old], &mut visit, &mut |id, trouble| troubles.push((id, trouble)));
        } else if entry.mode == Mode::COMMIT {
            self.staged.submodules += 1;
        } else {
            self.staged.files.push(File { path: path.to_owned(), id: entry.id, old });
        }
    }

    fn gone(&mut self, id: ObjectId, is_tree: bool) {
        if !is_tree {
            return self.staged.removed.push(id);
        }
        let removed = &mut self.staged.removed;
        let mut visit = |change: &Change<'_>| removed.push(change.id.to_owned());
        tree::differ(self.objects, &id, &[], &mut visit, &mut |_, _| {});
    }

    /// The entries of a tree by name, and by whether they are folders.
    fn load(&mut self, id: &oid) -> BTreeMap<(BString, bool), ObjectId> {
        let loaded = self.objects.load(Kind::Tree, id);
        let tree = loaded.unwrap_or_else(|trouble| {
            self.staged.troubles.push((id.to_owned(), trouble));
            Object::empty_tree()
        });
        let entries = TreeRefIter::from_bytes(&tree.bytes, self.objects.hash()).map_while(Result::ok);
        entries.map(|entry| ((entry.filename.to_owned(), entry.mode.is_tree()), entry.oid.to_owned())).collect()
    }
}
