//! Which tracked files are not as the index knows them.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use gix::bstr::BString;
use gix::index::entry::{Flags, Mode};
use gix::index::{Entry, File};

use crate::failure::Failure;

/// A tracked file in the working tree.
pub(super) struct Edited {
    /// From the root of the tree, with `/` between its parts.
    pub(super) name: BString,
    pub(super) path: PathBuf,
    pub(super) is_link: bool,
}

/// The files that may have been edited. Where times cannot tell, it is assumed.
pub(super) fn edited(git: &gix::Repository, index: &File, unread: &mut Vec<Failure>) -> Result<Vec<Edited>, Failure> {
    if git.workdir().is_none() {
        return Err(Failure::new("no working tree", git.git_dir().display(), "the repository is bare: use --git"));
    }
    let written = index.timestamp().unix_seconds();
    let mut edited: Vec<Edited> = Vec::new();
    for entry in index.entries() {
        let name = entry.path(index);
        // Of conflicts each side has an entry.
        let is_known = edited.last().is_some_and(|last| last.name == name);
        if is_known || [Mode::COMMIT, Mode::DIR].contains(&entry.mode) || entry.flags.contains(Flags::SKIP_WORKTREE) {
            continue;
        }
        let Some(path) = git.workdir_path(name) else { continue };
        match fs::symlink_metadata(&path) {
            // Where a pipe or a device stands now, there is no text, and reading it might wait for ever.
            Ok(meta) if !(meta.is_file() || meta.is_symlink()) || is_as_known(entry, &meta, written) => {}
            Ok(meta) => edited.push(Edited { name: name.to_owned(), path, is_link: meta.is_symlink() }),
            Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => {}
            Err(error) => unread.push(Failure::file("cannot read", &path, &error)),
        }
    }
    Ok(edited)
}

/// Whether size and time are those that the index noted, well before it was written.
fn is_as_known(entry: &Entry, meta: &Metadata, written: i64) -> bool {
    let Some(time) = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()) else { return false };
    let known = entry.stat.mtime;
    let same_time = u64::from(known.secs) == time.as_secs() && (known.nsecs == 0 || known.nsecs == time.subsec_nanos());
    entry.flags.stage_raw() == 0 && same_time && entry.stat.size == meta.len() as u32 && i64::from(known.secs) < written
}
