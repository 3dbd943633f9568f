//! How a tree differs from others: files that are not, or not so, in any of them.

use std::cmp::Ordering;

use gix::bstr::BStr;
use gix::objs::tree::{EntryKind, EntryMode, EntryRef};
use gix::objs::{Kind, TreeRefIter};
use gix::{ObjectId, oid};

use super::objects::{Objects, Trouble};

/// Deeper folders than this are nobody's work.
const DEEPEST: usize = 2000;

/// A file that no other tree has like this.
pub(super) struct Change<'a> {
    /// From the root, with `/` between its parts.
    pub(super) path: &'a BStr,
    pub(super) mode: EntryMode,
    pub(super) id: &'a oid,
    /// What stands in its place in each of the other trees.
    pub(super) old: &'a [Option<ObjectId>],
}

impl Change<'_> {
    /// Whether it is another repository, of which only a commit's id is here.
    pub(super) fn is_submodule(&self) -> bool {
        self.mode.kind() == EntryKind::Commit
    }
}

/// Visits each file of the tree that is not, with the same content, at the same path in any of the others. What cannot be
/// read is given to `trouble`, and what lies below it is left out.
pub(super) fn differ(
    objects: &Objects,
    new: &oid,
    others: &[Option<ObjectId>],
    visit: &mut dyn FnMut(&Change<'_>),
    trouble: &mut dyn FnMut(ObjectId, Trouble),
) {
    Differ { objects, visit, trouble, path: Vec::new(), depth: 0 }.tree(new, others);
}

struct Differ<'d> {
    objects: &'d Objects,
    visit: &'d mut dyn FnMut(&Change<'_>),
    trouble: &'d mut dyn FnMut(ObjectId, Trouble),
    path: Vec<u8>,
    depth: usize,
}

impl Differ<'_> {
    fn tree(&mut self, new: &oid, others: &[Option<ObjectId>]) {
        if self.depth > DEEPEST {
            return (self.trouble)(new.to_owned(), Trouble::Broken("its folders are nested too deeply".to_owned()));
        }
        let Some(new_bytes) = self.load(new) else { return };
        let other_bytes: Vec<Vec<u8>> = others.iter().map(|id| id.and_then(|id| self.load(&id)).unwrap_or_default()).collect();
        let hash = self.objects.hash();
        let mut cursors: Vec<Cursor<'_>> = other_bytes.iter().map(|bytes| Cursor::new(bytes, hash)).collect();
        let mut old = vec![None; others.len()];
        for entry in TreeRefIter::from_bytes(&new_bytes, hash) {
            let Ok(entry) = entry else {
                return (self.trouble)(new.to_owned(), Trouble::Broken("the tree is damaged".to_owned()));
            };
            let mut same = false;
            for (cursor, old) in cursors.iter_mut().zip(&mut old) {
                *old = cursor.find(&entry).map(|found| found.oid.to_owned());
                same |= old.as_deref() == Some(entry.oid);
            }
            if !same {
                self.entry(&entry, &old);
            }
        }
    }

    fn entry(&mut self, entry: &EntryRef<'_>, old: &[Option<ObjectId>]) {
        let len = self.path.len();
        if len > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(entry.filename);
        if entry.mode.is_tree() {
            self.depth += 1;
            self.tree(entry.oid, old);
            self.depth -= 1;
        } else {
            (self.visit)(&Change { path: self.path.as_slice().into(), mode: entry.mode, id: entry.oid, old });
        }
        self.path.truncate(len);
    }

    fn load(&mut self, id: &oid) -> Option<Vec<u8>> {
        let mut buffer = Vec::new();
        if id.is_empty_tree() {
            return Some(buffer);
        }
        let read = self.objects.read_as(Kind::Tree, id, &mut buffer);
        read.map_err(|trouble| (self.trouble)(id.to_owned(), trouble)).ok().map(|()| buffer)
    }
}

/// Goes through a tree in its order.
struct Cursor<'a> {
    rest: TreeRefIter<'a>,
    next: Option<EntryRef<'a>>,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8], hash: gix::hash::Kind) -> Self {
        let mut rest = TreeRefIter::from_bytes(bytes, hash);
        let next = rest.next().and_then(Result::ok);
        Cursor { rest, next }
    }

    /// The entry of the same name and kind. Asked in order.
    fn find(&mut self, entry: &EntryRef<'_>) -> Option<EntryRef<'a>> {
        loop {
            let next = self.next?;
            match next.cmp(entry) {
                Ordering::Less => self.next = self.rest.next().and_then(Result::ok),
                Ordering::Equal => return Some(next).filter(|next| next.mode.is_tree() == entry.mode.is_tree()),
                Ordering::Greater => return None,
            }
        }
    }
}

/// The id at a path below a tree.
pub(super) fn entry(objects: &Objects, tree: &oid, path: &[u8]) -> Option<ObjectId> {
    let (mut id, mut buffer) = (tree.to_owned(), Vec::new());
    for part in path.split(|b| *b == b'/') {
        objects.read_as(Kind::Tree, &id, &mut buffer).ok()?;
        let mut entries = TreeRefIter::from_bytes(&buffer, objects.hash()).map_while(Result::ok);
        id = entries.find(|entry| entry.filename == part)?.oid.to_owned();
    }
    Some(id)
}

/// Blobs of files that the old tree has, and the new one does not.
pub(super) fn removed(objects: &Objects, old: &oid, new: &oid) -> Vec<ObjectId> {
    let mut removed = Vec::new();
    let mut visit = |change: &Change<'_>| {
        if change.old == [None] && !change.is_submodule() {
            removed.push(change.id.to_owned());
        }
    };
    differ(objects, old, &[Some(new.to_owned())], &mut visit, &mut |_, _| {});
    removed
}
