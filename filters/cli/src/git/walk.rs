//! Which commits a range holds.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use gix::hashtable::HashMap;
use gix::objs::{CommitRefIter, Kind};
use gix::{ObjectId, hashtable};

use super::objects::{Objects, Trouble};

/// The ends of a range: what is reachable from the tips, and not from what is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) tips: Vec<ObjectId>,
    pub(super) hidden: Vec<ObjectId>,
}

/// The commits of a range.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The newest first.
    pub(super) commits: Vec<ObjectId>,
    /// Parents that are not in the range: what was there before it.
    pub(super) bases: Vec<ObjectId>,
    /// Commits of the range whose parents a shallow clone does not have.
    pub(super) cut: Vec<ObjectId>,
    /// Commits that could not be read.
    pub(super) unread: Vec<(ObjectId, Trouble)>,
}

const SEEN: u8 = 1;
const HIDDEN: u8 = 2;
const TAKEN: u8 = 4;
/// Commits whose clocks were wrong may come late: so many more are looked at.
const SLOP: usize = 8;
/// Commits that are told of together, as long as more come.
const BATCH: usize = 256;

/// Finds the commits of a range, and tells of them in order: at once where none can turn out to be hidden. `shallow` are
/// those whose parents are not here, sorted.
pub(super) fn walk(objects: &Objects, range: &Range, shallow: &[ObjectId], mut tell: impl FnMut(&[ObjectId])) -> Walked {
    let mut walk = Walk { objects, shallow, flags: HashMap::default(), queue: BinaryHeap::new(), wanted: 0 };
    let mut walked = Walked::default();
    for (ids, flag) in [(&range.hidden, HIDDEN), (&range.tips, 0)] {
        for id in ids {
            walk.mark(*id, flag, &mut walked);
        }
    }
    let mut told = 0;
    walk.run(&mut walked, |commits| {
        if range.hidden.is_empty() && commits.len() - told == BATCH {
            tell(&commits[told..]);
            told = commits.len();
        }
    });
    let flags = walk.flags;
    let is_hidden = |id: &ObjectId| flags.get(id).is_some_and(|flags| flags & HIDDEN != 0);
    walked.commits.retain(|id| !is_hidden(id));
    walked.unread.retain(|(id, _)| !is_hidden(id));
    walked.cut.retain(|id| !is_hidden(id));
    walked.bases.retain(is_hidden);
    walked.bases.sort();
    walked.bases.dedup();
    tell(&walked.commits[told..]);
    walked
}

struct Walk<'o> {
    objects: &'o Objects,
    shallow: &'o [ObjectId],
    flags: HashMap<ObjectId, u8>,
    queue: BinaryHeap<Queued>,
    /// How many in the queue are not hidden.
    wanted: usize,
}

impl Walk<'_> {
    fn run(&mut self, walked: &mut Walked, mut taken: impl FnMut(&[ObjectId])) {
        let (mut slop, mut oldest) = (SLOP, i64::MAX);
        while let Some(next) = self.queue.pop() {
            let flags = self.flags.entry(next.id).or_default();
            let hidden = *flags & HIDDEN != 0;
            let again = *flags & TAKEN != 0;
            *flags |= TAKEN;
            if !hidden {
                self.wanted -= 1;
                oldest = oldest.min(next.time);
                walked.commits.push(next.id);
                taken(&walked.commits);
                if next.cut {
                    walked.cut.push(next.id);
                }
            } else if self.wanted == 0 && !again {
                // All that is left is hidden: it can only still hide what was taken, if that is older.
                slop = if next.time >= oldest { SLOP } else { slop - 1 };
                if slop == 0 {
                    break;
                }
            }
            for parent in next.parents {
                self.mark(parent, if hidden { HIDDEN } else { 0 }, walked);
                if !hidden {
                    walked.bases.push(parent);
                }
            }
        }
    }

    /// Puts a commit into the queue, unless nothing new is known of it.
    fn mark(&mut self, id: ObjectId, flag: u8, walked: &mut Walked) {
        let flags = self.flags.entry(id).or_default();
        let before = *flags;
        *flags |= SEEN | flag;
        if before & SEEN != 0 && (before | flag) == before {
            return;
        }
        let in_queue = before & SEEN != 0 && before & TAKEN == 0;
        if in_queue {
            // It turns hidden where it waits.
            self.wanted -= usize::from(before & HIDDEN == 0);
            return;
        }
        match self.load(id) {
            Ok(commit) => {
                self.wanted += usize::from(*self.flags.get(&id).unwrap_or(&0) & HIDDEN == 0);
                self.queue.push(commit);
            }
            Err(trouble) => {
                // Nothing waits for it, so nothing is to be taken back when it turns hidden.
                self.flags.insert(id, before | SEEN | TAKEN | flag);
                walked.unread.push((id, trouble));
            }
        }
    }

    fn load(&mut self, id: ObjectId) -> Result<Queued, Trouble> {
        let object = self.objects.load(Kind::Commit, &id)?;
        let commit = CommitRefIter::from_bytes(&object.bytes, self.objects.hash());
        let time = commit.committer().map_or(0, |committer| committer.seconds());
        let cut = self.shallow.binary_search(&id).is_ok();
        let parents: Vec<ObjectId> = commit.parent_ids().collect();
        // A root that is named there lost nothing.
        Ok(Queued { time, cut: cut && !parents.is_empty(), parents: if cut { Vec::new() } else { parents }, id })
    }
}

/// A commit that waits for its turn: the newest comes first.
#[derive(PartialEq, Eq)]
struct Queued {
    time: i64,
    id: ObjectId,
    parents: Vec<ObjectId>,
    cut: bool,
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time.cmp(&other.time).then_with(|| other.id.cmp(&self.id))
    }
}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A set of object ids.
pub(super) type Ids = hashtable::HashSet<ObjectId>;
