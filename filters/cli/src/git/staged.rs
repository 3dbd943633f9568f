//! What is about to be committed, and what is being worked on.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::sync::{Arc, Mutex};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};

use super::before::Before;
use super::commit::{shown, tree_of};
use super::index::{self, Staged};
use super::repository::{Repository, cause};
use super::sift::{self, Sieve, Sifted};
use super::survey::Blobs;
use super::tree;
use super::work::Work;
use super::worktree::{self, Edited};
use crate::context::Seen;
use crate::failure::Failure;
use crate::scan::placed::Placed;
use crate::scan::reader::Reader;

/// What a search of the index or the working tree came to.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) found: Vec<Placed>,
    pub(super) sifted: Sifted,
    pub(super) submodules: u64,
    /// What could not be read, one line each.
    pub(super) unread: Vec<Failure>,
}

/// Searches what is staged or, with `working`, what stands in tracked files: as far as it differs from the last commit.
pub(super) fn run(work: &Work<'_>, repository: &Repository, working: bool) -> Result<Changes, Failure> {
    let git = &repository.git;
    let why = |error: gix::Error| {
        let remedy = format_args!("{}: remove it, and `git reset` makes it anew", cause(&error));
        Failure::new("cannot read the index", git.index_path().display(), remedy)
    };
    let state = git.index_or_empty().map_err(why)?;
    let objects = work.store.trees();
    let head = repository.head()?.and_then(|commit| tree_of(&objects, &commit));
    let Staged { mut files, removed, submodules, troubles } = index::compare(&objects, &state, head);
    let mut changes = Changes { submodules, ..Changes::default() };
    changes.sifted.troubles.extend(troubles);
    let edited = if working { worktree::edited(git, &state, &mut changes.unread)? } else { Vec::new() };
    // What stands in a file counts, not what was staged of it.
    let names: BTreeSet<&BStr> = edited.iter().map(|edited| edited.name.as_bstr()).collect();
    files.retain(|file| !names.contains(file.path.as_bstr()));

    let mut blobs = Blobs::default();
    for file in &files {
        blobs.add(file.id);
    }
    let sifted = sift::sift(work, &blobs);
    let turn = Mutex::default();
    let mut before = Before { blobs: &blobs, sifted: &sifted, sieve: Sieve::new(work, &turn) };
    let made_from = |old: Option<ObjectId>| old.map_or_else(|| removed.clone(), |old| vec![old]);
    for file in &files {
        let findings = sifted.hits.get(&file.id).map_or(&[][..], Vec::as_slice);
        if !findings.is_empty() {
            let brought = before.brought(findings, &[made_from(file.old)], |before| before.read(&file.id));
            changes.add(file.path.as_bstr(), brought);
        }
    }
    let mut reader = Reader::new(work.setup);
    for file in &edited {
        let findings = changes.search(work, &mut reader, file);
        if !findings.is_empty() {
            let old = head.and_then(|head| tree::entry(&objects, &head, &file.name));
            let brought = before.brought(&findings, &[made_from(old)], |_| fs::read(&file.path).ok());
            changes.add(file.name.as_bstr(), brought);
        }
    }
    let troubles = before.sieve.sifted.troubles;
    changes.sifted.merge(sifted);
    changes.sifted.troubles.extend(troubles);
    changes.found.sort_by(|a, b| (&a.path, a.start()).cmp(&(&b.path, b.start())));
    Ok(changes)
}

impl Changes {
    fn add(&mut self, path: &BStr, brought: Vec<Seen>) {
        let path: Arc<str> = shown(path).into();
        let placed = |seen| Placed { seen, path: Some(path.clone()), commit: None, in_head: None, origin: None };
        self.found.extend(brought.into_iter().map(placed));
    }

    /// Searches a file as it stands in the working tree.
    fn search(&mut self, work: &Work<'_>, reader: &mut Reader, file: &Edited) -> Vec<Seen> {
        let mut findings = Vec::new();
        let searched = if file.is_link {
            let target = fs::read_link(&file.path).map(|target| target.into_os_string().into_encoded_bytes());
            target.map(|target| Some(reader.bytes(&target, |seen| findings.push(seen))))
        } else {
            File::open(&file.path).and_then(|mut source| reader.file(&mut source, work.binary, |seen| findings.push(seen)))
        };
        match searched {
            Ok(Some(searched)) => self.sifted.searched(searched.bytes),
            Ok(None) => self.sifted.binary += 1,
            Err(error) => self.unread.push(Failure::file("cannot read", &file.path, &error)),
        }
        findings
    }
}
