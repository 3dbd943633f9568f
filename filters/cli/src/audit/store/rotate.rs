//! A log that goes on in another file, without a gap.
//!
//! The last record of a full file says how the file is called from now on. Then it is renamed, a new one takes its name,
//! and the head says so; a writer that dies in between leaves it to the next one to go on from there.

use std::fs;
use std::io;
use std::path::Path;

use tamis::audit::{HeadFile, What};

use super::reload::last_record;
use super::{LogFile, StoreError, open_file};

impl LogFile {
    /// Gives the full file its name, and begins the next one.
    pub(super) fn rotate(&mut self) -> Result<(), StoreError> {
        let Some(state) = self.state.clone() else { return Ok(()) };
        let to = self.path.with_file_name(file_name(&self.path, state.start));
        // A file of this name can only be the log's own, and it is whole: it must not be lost.
        if to.try_exists().map_err(|error| StoreError::io(&to, &error))? {
            return Err(StoreError::Other(format!("{}: it is in the way: the log cannot go on in a new file", to.display())));
        }
        fs::rename(&self.path, &to).map_err(|error| StoreError::io(&to, &error))?;
        self.begin_file(&state)
    }

    /// Goes on with a rotation that somebody else began: the full file has its new name already.
    pub(super) fn resume_rotation(&mut self, head: &HeadFile) -> Result<bool, StoreError> {
        let full = self.path.with_file_name(file_name(&self.path, head.start));
        let Ok(mut file) = fs::File::open(&full) else { return Ok(false) };
        let last = last_record(&mut file, head.bytes).map_err(|error| StoreError::io(&full, &error))?;
        let is_it = last.is_some_and(|record| record.hash == head.head.hash && matches!(record.event.what, What::LogRotated(_)));
        if is_it {
            self.begin_file(head)?;
        }
        Ok(is_it)
    }

    fn begin_file(&mut self, full: &HeadFile) -> Result<(), StoreError> {
        self.log = open_file(&self.path).map_err(|error| StoreError::io(&self.path, &error))?;
        sync_folder(&self.path).map_err(|error| StoreError::io(&self.path, &error))?;
        self.announce(HeadFile::new(full.head, full.head.next, 0, self.options.key.as_ref()))
    }
}

/// Names survive a power failure only once their folder is on the disk.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Name of the full file whose first record has this place: `audit.jsonl` becomes `audit.000000001234.jsonl`.
pub(super) fn file_name(path: &Path, start: u64) -> String {
    let (stem, extension) = parts(path);
    format!("{stem}.{start:012}{extension}")
}

pub(crate) fn parts(path: &Path) -> (String, String) {
    let text = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let extension = path.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    (text(path.file_stem()), extension.unwrap_or_default())
}
