//! Where filtered bytes leave: at once or, where events are recorded, as soon as these are.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tamis::audit::Event;

use crate::audit::Journal;
use crate::failure::Failure;
use crate::fd;

/// Pieces of the stream that may wait for the log, of up to some 256 KiB each. While they wait the next ones are filtered:
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
const GATHERING: Duration = Duration::from_millis(2);

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
    empty: Empty,
    thread: JoinHandle<Result<(), Closed>>,
}

/// Buffers that were written, to be filled again: the last one first, as it is likeliest to be in the cache.
#[derive(Clone, Default)]
struct Empty(Arc<Mutex<Vec<Vec<u8>>>>);

impl Empty {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
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
        let output = fd::stdout().map_err(|error| Failure::file("cannot write", Path::new("standard output"), &error))?;
        let Some(journal) = journal else { return Ok(Outlet::Direct(output)) };
        let (parcels, inbox) = sync_channel(WAITING);
        let empty = Empty::default();
        let spare = empty.clone();
        let thread = thread::spawn(move || release(&inbox, &spare, journal, output));
        Ok(Outlet::Recorded(Recorded { parcels, empty, thread }))
    }

    /// Lets these bytes go, and empties the buffer.
    pub(crate) fn write(&mut self, bytes: &mut Vec<u8>, events: Vec<Event>) -> Result<(), Closed> {
        match self {
            Outlet::Direct(output) => {
                let written = write(output, bytes);
                bytes.clear();
                written
            }
            Outlet::Recorded(_) if bytes.is_empty() && events.is_empty() => Ok(()),
            Outlet::Recorded(recorded) => {
                let bytes = std::mem::replace(bytes, recorded.empty.take());
                // Why it ended is told when it is closed.
                recorded.parcels.send(Parcel { events, bytes }).map_err(|_| Closed::Gone)
            }
        }
    }

    /// Waits until everything has left.
    pub(crate) fn close(self) -> Result<(), Closed> {
        match self {
            Outlet::Direct(_) => Ok(()),
            Outlet::Recorded(Recorded { parcels, thread, .. }) => {
                drop(parcels);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        }
    }
}

/// Stores the events of all parcels that have come, with one wait for the disk, then writes their bytes.
fn release(inbox: &Receiver<Parcel>, spare: &Empty, mut journal: Journal, mut output: File) -> Result<(), Closed> {
    let mut result = Ok(());
    let mut parcels = Vec::new();
    let mut flood = false;
    while let Ok(parcel) = inbox.recv() {
        parcels.push(parcel);
        if flood {
            thread::sleep(GATHERING);
        }
        parcels.extend(inbox.try_iter().take(WAITING));
        flood = parcels.iter().map(|parcel| parcel.bytes.len()).sum::<usize>() >= FLOOD;
        parcels.iter_mut().flat_map(|parcel| parcel.events.drain(..)).for_each(|event| journal.add(event));
        journal.commit().map_err(Closed::Failed)?;
        for parcel in parcels.drain(..) {
            if result.is_ok() {
                result = write(&mut output, &parcel.bytes);
            }
            spare.put(parcel.bytes);
        }
        if result.is_err() {
            break;
        }
    }
    journal.close().map_err(Closed::Failed)?;
    result
}

fn write(output: &mut File, bytes: &[u8]) -> Result<(), Closed> {
    fd::write(output, bytes).map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Closed::Gone,
        _ => Closed::Failed(Failure::file("cannot write", Path::new("standard output"), &error)),
    })
}
