//! How a tree differs from others: files that are not, or not so, in any of them.

use std::cmp::Ordering;
use std::rc::Rc;

use gix::bstr::BStr;
use gix::objs::tree::{EntryKind, EntryMode, EntryRef};
use gix::objs::{Kind, TreeRefIter};
use gix::{ObjectId, oid};
use memchr::memchr;

use super::objects::{Objects, Trouble};
use super::packs::Object;

/// Deeper folders than this are nobody's work.
const DEEPEST: usize = 2000;

/// Bytes that are compared at once.
const ROW: usize = 32;

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
        let Some(new_tree) = self.load(new) else { return };
        let other_trees: Vec<Rc<Object>> =
            others.iter().map(|id| id.and_then(|id| self.load(&id)).unwrap_or_else(Object::empty_tree)).collect();
        let hash = self.objects.hash();
        let (mut new_rest, mut other_rest) = (&new_tree.bytes[..], other_trees.iter().map(|tree| &tree.bytes[..]).collect::<Vec<_>>());
        if let [other] = &mut other_rest[..] {
            (new_rest, *other) = unlike(new_rest, other, hash.len_in_bytes());
        }
        let mut cursors: Vec<Cursor<'_>> = other_rest.iter().map(|bytes| Cursor::new(bytes, hash)).collect();
        let mut old = vec![None; others.len()];
        for entry in TreeRefIter::from_bytes(new_rest, hash) {
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

    fn load(&mut self, id: &oid) -> Option<Rc<Object>> {
        if id.is_empty_tree() {
            return Some(Object::empty_tree());
        }
        self.objects.load(Kind::Tree, id).map_err(|trouble| (self.trouble)(id.to_owned(), trouble)).ok()
    }
}

/// Two trees without the entries that they begin with and end with alike: most of them are.
fn unlike<'t>(new: &'t [u8], old: &'t [u8], hash: usize) -> (&'t [u8], &'t [u8]) {
    let ((new_rows, _), (old_rows, _)) = (new.as_chunks::<ROW>(), old.as_chunks::<ROW>());
    let rows = new_rows.iter().zip(old_rows).take_while(|(new, old)| new == old).count() * ROW;
    let same = rows + new[rows..].iter().zip(&old[rows..]).take_while(|(new, old)| new == old).count();
    let (mut start, mut next) = (0, Some(0));
    while let Some(end) = next.filter(|end| *end <= same) {
        start = end;
        next = entry_end(new, start, hash);
    }
    let (new, old) = (&new[start..], &old[start..]);
    let ((_, new_rows), (_, old_rows)) = (new.as_rchunks::<ROW>(), old.as_rchunks::<ROW>());
    let rows = new_rows.iter().rev().zip(old_rows.iter().rev()).take_while(|(new, old)| new == old).count() * ROW;
    let (new_start, old_start) = (&new[..new.len() - rows], &old[..old.len() - rows]);
    let same = rows + new_start.iter().rev().zip(old_start.iter().rev()).take_while(|(new, old)| new == old).count();
    // Only where entries of both trees end is what follows alike in its meaning, too.
    let ends = |tree: &[u8]| {
        let mut end = 0;
        while end < tree.len() - same {
            end = entry_end(tree, end, hash)?;
        }
        Some(tree.len() - end)
    };
    match (ends(new), ends(old)) {
        (Some(a), Some(b)) if a == b => (&new[..new.len() - a], &old[..old.len() - b]),
        _ => (new, old),
    }
}

/// Where the entry ends that starts here: a mode and a name, a zero byte, a hash.
fn entry_end(tree: &[u8], start: usize, hash: usize) -> Option<usize> {
    let name = memchr(0, tree.get(start..)?)?;
    Some(start + name + 1 + hash).filter(|end| *end <= tree.len())
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
    let mut id = tree.to_owned();
    for part in path.split(|b| *b == b'/') {
        let tree = objects.load(Kind::Tree, &id).ok()?;
        let mut entries = TreeRefIter::from_bytes(&tree.bytes, objects.hash()).map_while(Result::ok);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tree(entries: &[(u8, u8)]) -> Vec<u8> {
        entries.iter().flat_map(|(name, id)| [b"100644 ", &[b'a' + name][..], b"\0", &[*id; 20]].concat()).collect()
    }

    fn entries(bytes: &[u8]) -> Vec<(Vec<u8>, ObjectId)> {
        TreeRefIter::from_bytes(bytes, gix::hash::Kind::Sha1)
            .map(|entry| entry.map(|e| (e.filename.to_vec(), e.oid.to_owned())).unwrap())
            .collect()
    }

    proptest! {
        #[test]
        fn nothing_that_differs_is_left_out(
            new in prop::collection::btree_map(0u8..12, prop::sample::select(vec![0u8, 97, 3]), 0..12),
            old in prop::collection::btree_map(0u8..12, prop::sample::select(vec![0u8, 97, 3]), 0..12),
        ) {
            let pairs = |map: std::collections::BTreeMap<u8, u8>| map.into_iter().collect::<Vec<_>>();
            let (new, old) = (tree(&pairs(new)), tree(&pairs(old)));
            let (new_rest, old_rest) = unlike(&new, &old, 20);
            let differing = |a: &[u8], b: &[u8]| {
                let b = entries(b);
                entries(a).into_iter().filter(|entry| !b.contains(entry)).collect::<Vec<_>>()
            };
            prop_assert_eq!(differing(new_rest, old_rest), differing(&new, &old));
            prop_assert_eq!(differing(old_rest, new_rest), differing(&old, &new));
        }
    }

    #[test]
    fn one_changed_entry_is_all_that_is_left() {
        let (new, old) = (tree(&[(0, 1), (1, 2), (2, 3)]), tree(&[(0, 1), (1, 9), (2, 3)]));
        assert_eq!(unlike(&new, &old, 20), (&tree(&[(1, 2)])[..], &tree(&[(1, 9)])[..]));
        assert_eq!(unlike(&new, &new, 20), (&[][..], &[][..]));
    }
}
