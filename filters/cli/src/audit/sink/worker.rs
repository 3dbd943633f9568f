//! A sink in a thread of its own: one that hangs holds up nobody beyond the deadline.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, sync_channel};
use std::thread;

use tamis::audit::Event;

use super::Sink;

/// Batches that may wait for a sink that is slower than the others.
const WAITING: usize = 64;

/// What a worker has to do.
enum Job {
    Store { batch: u64, events: Arc<[Event]> },
    Close,
}

/// What became of a batch.
pub(crate) struct Stored {
    /// Which sink.
    pub(crate) sink: usize,
    /// Which batch; none when the sink was closed.
    pub(crate) batch: Option<u64>,
    /// Whether it is stored, or why not.
    pub(crate) result: Result<(), String>,
}

/// The near end of a sink's thread.
pub(crate) struct Worker {
    jobs: SyncSender<Job>,
}

impl Worker {
    /// Starts a thread for this sink. It answers each batch once.
    pub(crate) fn start(number: usize, sink: Box<dyn Sink>, answers: Sender<Stored>) -> Self {
        let (jobs, inbox) = sync_channel(WAITING);
        thread::spawn(move || work(number, sink, &inbox, &answers));
        Worker { jobs }
    }

    /// Hands over a batch. `false` if the sink is too far behind to take it.
    pub(crate) fn store(&self, batch: u64, events: Arc<[Event]>) -> bool {
        !matches!(self.jobs.try_send(Job::Store { batch, events }), Err(TrySendError::Full(_) | TrySendError::Disconnected(_)))
    }

    /// No more batches will come. `false` if the sink is too far behind to hear it.
    pub(crate) fn close(&self) -> bool {
        self.jobs.try_send(Job::Close).is_ok()
    }
}

fn work(number: usize, mut sink: Box<dyn Sink>, inbox: &Receiver<Job>, answers: &Sender<Stored>) {
    for job in inbox {
        let (batch, result) = match job {
            Job::Store { batch, events } => (Some(batch), sink.store(&events)),
            Job::Close => (None, sink.close()),
        };
        if answers.send(Stored { sink: number, batch, result }).is_err() || batch.is_none() {
            return;
        }
    }
}
