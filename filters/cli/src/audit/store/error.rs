//! Why a log cannot be written.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::system_text;

/// Why a log cannot be written, and what to do about it.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// The log is to be a folder or a device.
    NoFile,
    /// There is a log without a head: it was moved or copied here, or the head was taken away.
    NoHead,
    /// The head file is not as Tamis writes it.
    BadHead,
    /// The log is not what its head says.
    Damaged,
    /// Something on the disk does not work.
    Io(PathBuf, String),
    /// Something else.
    Other(String),
}

impl StoreError {
    pub(super) fn io(path: &Path, error: &io::Error) -> Self {
        StoreError::Io(path.to_owned(), system_text(error))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            StoreError::NoFile => return f.write_str("a log is a plain file, and this is something else"),
            StoreError::NoHead => "the log is there, its .head file is not",
            StoreError::BadHead => "its .head file is damaged",
            StoreError::Damaged => "the log does not go as far as its .head file says",
            StoreError::Io(path, why) => return write!(f, "{}: {why}", path.display()),
            StoreError::Other(why) => return f.write_str(why),
        };
        write!(f, "{what}: see `tamis audit verify`, then move the log away to begin a new one")
    }
}
