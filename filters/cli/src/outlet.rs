//! Where filtered bytes leave: at once or, where events are recorded, as soon as these are.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tamis::audit::Event;

use crate::audit::Journal;
use crate::failure::Failure;
use crate::fd;

/// What a piece of the stream seldom exceeds.
pub(crate) const PIECE: usize = 512 * 1024;
/// Pieces that may wait for the log, most of half that size. While they wait the next ones are filtered:
/// as many as are filtered while a disk takes its time, so that it does not slow the stream.
const WAITING: usize = 64;

/// Why nothing leaves any more.
#[derive(Debug)]
pub(crate) enum Closed {
    /// The reader has gone: nothing is wrong.
    Gone,
    /// The output or the log cannot be written.
    Failed(Failure),
}

/// As many bytes at once are a flood, not a talk.
const FLOOD: usize = 128 * 1024;
/// How long a flood waits for more, as one wait for the disk serves all of it. What is filtered meanwhile takes a few
/// megabytes at most, which stay in the cache.
const GATHERING: Duration = Duration::from_millis(4);

/// Standard output.
pub(crate) enum Outlet {
    /// Bytes leave at once.
    Direct(File),
    /// Bytes leave once the events about them are stored.
    Recorded(Recorded),
}

/// The near end of the thread that stores and writes.
pub(crate) struct Recorded {
    parcels: SyncSender<Parcel>,
    /// Parcels that have not left yet. All that was sent is one of them until it is stored and written, or for good where
    /// that fails.
    waiting: Arc<AtomicUsize>,
    /// Whether a parcel was sent, and with it each sink asked whether it is there.
    begun: bool,
    empty: Empty,
    output: File,
    /// Why it cannot be written. That is told once the log is closed.
    failure: Option<Failure>,
    thread: JoinHandle<Result<(), Closed>>,
}

/// Buffers that were written, to be filled again: the last one first, as it is likeliest to be in the cache.
#[derive(Clone, Default)]
struct Empty(Arc<Mutex<Vec<Vec<u8>>>>);

impl Empty {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_else(|| Vec::with_capacity(PIECE))
    }

    fn put(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut buffers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buffers.len() < WAITING {
            buffers.push(buffer);
        }
    }
}

/// Bytes, and the events that have to be stored before they leave.
struct Parcel {
    events: Vec<Event>,
    bytes: Vec<u8>,
}

impl Outlet {
    /// Standard output, behind a journal if there is one.
    pub(crate) fn new(journal: Option<Journal>) -> Result<Self, Failure> {
        let output = fd::stdout().map_err(|error| unwritable(&error))?;
        let Some(journal) = journal else { return Ok(Outlet::Direct(output)) };
        let (parcels, inbox) = sync_channel(WAITING);
        let empty = Empty::default();
        let waiting = Arc::new(AtomicUsize::new(0));
        let far = Far { inbox, waiting: Arc::clone(&waiting), empty: empty.clone(), journal, output: cloned(&output)? };
        let thread = thread::spawn(move || far.release());
        Ok(Outlet::Recorded(Recorded { parcels, waiting, begun: false, empty, output, failure: None, thread }))
    }

    /// Lets these bytes go, and empties the buffer.
    pub(crate) fn write(&mut self, bytes: &mut Vec<u8>, events: Vec<Event>) -> Result<(), Closed> {
        match self {
            Outlet::Direct(output) => write_out(output, bytes),
            Outlet::Recorded(_) if bytes.is_empty() && events.is_empty() => Ok(()),
            Outlet::Recorded(recorded) => recorded.write(bytes, events),
        }
    }

    /// Waits until everything has left.
    pub(crate) fn close(self) -> Result<(), Closed> {
        match self {
            Outlet::Direct(_) => Ok(()),
            Outlet::Recorded(Recorded { parcels, failure, thread, .. }) => {
                drop(parcels);
                let stored = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                stored.and(failure.map_or(Ok(()), |failure| Err(Closed::Failed(failure))))
            }
        }
    }
}

impl Recorded {
    fn write(&mut self, bytes: &mut Vec<u8>, events: Vec<Event>) -> Result<(), Closed> {
        // What nothing is said about, and nothing stands before, has nothing to wait for.
        if self.begun && events.is_empty() && self.waiting.load(Ordering::Acquire) == 0 {
            return write_out(&mut self.output, bytes).map_err(|closed| {
                self.failure = if let Closed::Failed(failure) = closed { Some(failure) } else { None };
                Closed::Gone
            });
        }
        self.begun = true;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let bytes = std::mem::replace(bytes, self.empty.take());
        // Why it ended is told when it is closed.
        self.parcels.send(Parcel { events, bytes }).map_err(|_| Closed::Gone)
    }
}

/// The far end: what the thread works with.
struct Far {
    inbox: Receiver<Parcel>,
    waiting: Arc<AtomicUsize>,
    empty: Empty,
    journal: Journal,
    output: File,
}

impl Far {
    /// Stores the events of all parcels that have come, with one wait for the disk, then writes their bytes.
    fn release(mut self) -> Result<(), Closed> {
        let mut result = Ok(());
        let mut parcels = Vec::new();
        let mut flood = false;
        while let Ok(parcel) = self.inbox.recv() {
            parcels.push(parcel);
            if flood {
                thread::sleep(GATHERING);
            }
            parcels.extend(self.inbox.try_iter().take(WAITING));
            flood = parcels.iter().map(|parcel| parcel.bytes.len()).sum::<usize>() >= FLOOD;
            parcels.iter_mut().flat_map(|parcel| parcel.events.drain(..)).for_each(|event| self.journal.add(event));
            self.journal.commit().map_err(Closed::Failed)?;
            for mut parcel in parcels.drain(..) {
                result = result.and_then(|()| write_out(&mut self.output, &mut parcel.bytes));
                self.empty.put(parcel.bytes);
                if result.is_ok() {
                    self.waiting.fetch_sub(1, Ordering::Release);
                }
            }
            if result.is_err() {
                break;
            }
        }
        self.journal.close().map_err(Closed::Failed)?;
        result
    }
}

fn cloned(output: &File) -> Result<File, Failure> {
    output.try_clone().map_err(|error| unwritable(&error))
}

/// Writes all of it, and empties the buffer.
fn write_out(output: &mut File, bytes: &mut Vec<u8>) -> Result<(), Closed> {
    let written = fd::write(output, bytes).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Closed::Gone,
        _ => Closed::Failed(unwritable(&error)),
    });
    bytes.clear();
    written
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::file("cannot write", Path::new("standard output"), error)
}
