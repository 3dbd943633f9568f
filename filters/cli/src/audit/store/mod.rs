//! A log in a file: what was acknowledged is on the disk, whatever happens to the writer.
//!
//! Several processes may write one log. Each commit takes a lock, looks where the log stands, appends its events in one
//! write, waits for the disk, and notes the new end in the head file beside the log. A writer that dies in between leaves
//! at most a tail that nobody was told of; the next one finds it, keeps what is whole, cuts off what is torn, and says so
//! in an event.

mod error;
mod reload;
mod rotate;

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::FileExt;
use tamis::audit::{Chain, Event, HeadFile, LogId, LogOpened, LogRotated, What};
use tamis::{SigningKey, Timestamp};

pub(crate) use error::StoreError;
pub(crate) use rotate::{folder, parts};

/// How a log is written.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Signs the head and the checkpoints.
    pub(crate) key: Option<SigningKey>,
    /// Length in bytes from which on the log goes on in a new file.
    pub(crate) rotate_at: u64,
    /// A checkpoint is due each time the log passes a multiple of this.
    pub(crate) checkpoint_every: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { key: None, rotate_at: 256 << 20, checkpoint_every: 1000 }
    }
}

/// The writing end of a log in a file.
pub(crate) struct LogFile {
    path: PathBuf,
    options: Options,
    /// The head file. Whoever has locked it may write the log.
    head: File,
    log: File,
    /// Where the log stood when this process last looked.
    state: Option<HeadFile>,
    lines: Vec<u8>,
    /// Records since the last checkpoint, as far as this process wrote them.
    unsigned: u64,
}

impl LogFile {
    /// Opens a log, or begins one.
    pub(crate) fn open(path: &Path, options: Options) -> Result<Self, StoreError> {
        // A device would be read without end.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(StoreError::NoFile);
        }
        let head_path = head_path(path);
        let has_head = head_path.try_exists().map_err(|error| StoreError::io(&head_path, &error))?;
        if !has_head && path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            return Err(StoreError::NoHead);
        }
        let head = open_file(&head_path).map_err(|error| StoreError::io(&head_path, &error))?;
        let log = open_file(path).map_err(|error| StoreError::io(path, &error))?;
        let mut file = LogFile { path: path.to_owned(), options, head, log, state: None, lines: Vec::new(), unsigned: 0 };
        // What is wrong shows now, before anything flows.
        file.commit(&[])?;
        Ok(file)
    }

    /// Stores these events, all of them or, as far as any reader can tell, none.
    pub(crate) fn commit(&mut self, events: &[Event]) -> Result<(), StoreError> {
        self.locked(|file| {
            let (mut chain, mut lines) = file.begin()?;
            let before = chain.head().next;
            events.iter().for_each(|event| chain.append(&mut lines, event));
            let every = file.options.checkpoint_every;
            if before / every != chain.head().next / every {
                file.checkpoint(&mut chain, &mut lines);
            }
            file.finish(chain, lines)
        })
    }

    /// Signs what was written since the last checkpoint.
    pub(crate) fn close(&mut self) -> Result<(), StoreError> {
        if self.unsigned == 0 || self.options.key.is_none() {
            return Ok(());
        }
        self.locked(|file| {
            let (mut chain, mut lines) = file.begin()?;
            file.checkpoint(&mut chain, &mut lines);
            file.finish(chain, lines)
        })
    }

    fn locked(&mut self, act: impl FnOnce(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        FileExt::lock(&self.head).map_err(|error| StoreError::io(&self.path, &error))?;
        let result = act(self);
        FileExt::unlock(&self.head).map_err(|error| StoreError::io(&self.path, &error))?;
        result
    }

    /// Looks where the log stands, and prepares what comes next: the first event, or the one about a repair.
    fn begin(&mut self) -> Result<(Chain, Vec<u8>), StoreError> {
        let repaired = self.reload()?;
        let mut lines = std::mem::take(&mut self.lines);
        lines.clear();
        let mut chain = match &self.state {
            Some(state) => Chain::resume(state.head),
            None => {
                let mut chain = Chain::new(random_id()?);
                let key = self.options.key.as_ref().map(|key| key.public().id());
                let writer = concat!("tamis ", env!("CARGO_PKG_VERSION")).into();
                chain.append(&mut lines, &now(What::LogOpened(LogOpened { key, writer })));
                chain
            }
        };
        if let Some(repaired) = repaired {
            chain.append(&mut lines, &now(What::LogRepaired(repaired)));
        }
        Ok((chain, lines))
    }

    fn checkpoint(&mut self, chain: &mut Chain, lines: &mut Vec<u8>) {
        if let Some(key) = &self.options.key {
            chain.checkpoint(lines, Timestamp::now(), key);
        }
    }

    /// Brings the lines to the disk, and the head after them.
    fn finish(&mut self, mut chain: Chain, mut lines: Vec<u8>) -> Result<(), StoreError> {
        let (start, at) = self.state.as_ref().map_or((0, 0), |state| (state.start, state.bytes));
        if lines.is_empty() {
            self.lines = lines;
            return Ok(());
        }
        let end = at + lines.len() as u64;
        let rotates = end >= self.options.rotate_at;
        if rotates {
            let file = rotate::file_name(&self.path, start).into();
            chain.append(&mut lines, &now(What::LogRotated(LogRotated { file })));
        }
        let written = self.write(at, &lines);
        let len = lines.len() as u64;
        self.lines = lines;
        // What was written of it is a tail that nobody was told of: the next commit deals with it.
        written.map_err(|error| StoreError::io(&self.path, &error))?;
        let new = chain.head();
        let old = self.state.as_ref().map_or(0, |state| state.head.next);
        self.unsigned = if lines_end_signed(&self.lines) { 0 } else { self.unsigned + (new.next - old) };
        self.announce(HeadFile::new(new, start, at + len, self.options.key.as_ref()))?;
        if rotates { self.rotate() } else { Ok(()) }
    }

    /// Writes at this place; what stood there was torn, and is cut off only after it was overwritten, so that there is
    /// always something left that tells of it.
    fn write(&mut self, at: u64, lines: &[u8]) -> io::Result<()> {
        self.log.seek(SeekFrom::Start(at))?;
        self.log.write_all(lines)?;
        let end = at + lines.len() as u64;
        if self.log.metadata()?.len() > end {
            self.log.set_len(end)?;
        }
        self.log.sync_data()
    }

    /// Notes down how far the log goes.
    fn announce(&mut self, state: HeadFile) -> Result<(), StoreError> {
        let path = head_path(&self.path);
        let new = self.state.is_none();
        let mut write = || {
            self.head.seek(SeekFrom::Start(0))?;
            self.head.write_all(&state.to_bytes())?;
            // Later heads may reach the disk when they like: behind the log they do no harm.
            if new { self.head.sync_all() } else { Ok(()) }
        };
        write().map_err(|error| StoreError::io(&path, &error))?;
        self.state = Some(state);
        Ok(())
    }
}

impl Drop for LogFile {
    fn drop(&mut self) {
        // Whoever needs to know whether this works closes it first.
        let _ = self.close();
    }
}

/// Whether the last record is a checkpoint.
fn lines_end_signed(lines: &[u8]) -> bool {
    let start = memchr::memrchr(b'\n', lines.strip_suffix(b"\n").unwrap_or(lines)).map_or(0, |at| at + 1);
    memchr::memmem::find(&lines[start..], b"\"event\":{\"checkpoint\":").is_some()
}

fn now(what: What) -> Event {
    Event { time: Timestamp::now(), context: Arc::default(), what }
}

/// An id for a new log.
pub(crate) fn random_id() -> Result<LogId, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Other(format!("no random numbers: {error}")))?;
    Ok(LogId(bytes))
}

/// The file that tells how far the log in this file goes.
pub(crate) fn head_path(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".head");
    name.into()
}

fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // Who did what is nobody else's business.
        options.mode(0o600);
    }
    options.open(path)
}
