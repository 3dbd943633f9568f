//! Replaces a file in one step: whoever reads it finds the old one or the new one, whatever happens in between.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A new version of a file, written beside it.
pub(crate) struct Draft {
    target: PathBuf,
    path: PathBuf,
    file: File,
    placed: bool,
}

impl Draft {
    /// Begins a new version. Where the name is a link, what it points to is replaced.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!(".{name}.tamis-{}", std::process::id()));
        let file = File::create_new(&path)?;
        let draft = Draft { target, path, file, placed: false };
        if let Ok(old) = fs::metadata(&draft.target) {
            draft.file.set_permissions(old.permissions())?;
        }
        Ok(draft)
    }

    /// The new version's file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Puts the new version in the old one's place.
    pub(crate) fn place(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, &self.target)?;
        self.placed = true;
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.placed {
            // It is of no use, and nothing else can be done about it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Replaces a file by this text.
pub(crate) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut draft = Draft::of(path)?;
    draft.write_all(text)?;
    draft.place()
}
