//! What happens in a run, recorded before it has consequences.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use tamis::Timestamp;
use tamis::audit::{Event, SinkFailed, SinkRecovered, What};

use super::sink::{Stored, Target, Worker, open};
use super::store::Options;
use crate::failure::{Failure, complain};

/// Events of one run, on their way to the sinks.
///
/// Events are recorded as they happen and stored with the next commit. What an event is about may pass only after that:
/// then at least one sink has stored it, before the deadline.
pub(crate) struct Journal {
    sinks: Vec<Entry>,
    answers: Receiver<Stored>,
    deadline: Duration,
    required: bool,
    queue: Vec<Event>,
    batch: u64,
    complained: bool,
}

/// A sink, and how it does.
struct Entry {
    name: String,
    worker: Worker,
    /// How many events of each batch the sink has not answered for yet.
    open: BTreeMap<u64, u64>,
    failed: bool,
    missed: u64,
}

impl Journal {
    /// Opens all sinks.
    pub(crate) fn open(targets: &[Target], options: &Options, deadline: Duration, required: bool) -> Result<Self, Failure> {
        let (sender, answers) = channel();
        let mut sinks = Vec::new();
        for (number, target) in targets.iter().enumerate() {
            let name = target.name();
            let sink = open(target, options, deadline).map_err(|why| Failure::audit("cannot open the audit log", &name, why))?;
            let worker = Worker::start(number, sink, sender.clone());
            sinks.push(Entry { name, worker, open: BTreeMap::new(), failed: false, missed: 0 });
        }
        Ok(Journal { sinks, answers, deadline, required, queue: Vec::new(), batch: 0, complained: false })
    }

    /// Notes down an event. It is stored with the next commit.
    pub(crate) fn add(&mut self, event: Event) {
        self.queue.push(event);
    }

    /// Brings everything recorded so far to at least one sink.
    ///
    /// An error means that what comes next must not pass. Where the log is not required, a failure is told once, and in
    /// the log itself as soon as there is one again.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        self.take_answers();
        // The first time all sinks are asked, even if nothing has happened: without one that answers nothing may pass.
        if self.queue.is_empty() && self.batch > 0 {
            return Ok(());
        }
        let events: Arc<[Event]> = self.queue.drain(..).collect();
        let batch = self.batch;
        self.batch += 1;
        for number in 0..self.sinks.len() {
            let count = events.len() as u64;
            if self.sinks[number].worker.store(batch, Arc::clone(&events)) {
                self.sinks[number].open.insert(batch, count);
            } else {
                self.failure(number, count, "it is too far behind");
            }
        }
        match self.wait(batch) {
            Ok(()) => Ok(()),
            Err(why) if self.required => Err(Failure::audit("cannot store what happened", why, "nothing passes without a record")),
            Err(why) => {
                if !std::mem::replace(&mut self.complained, true) {
                    complain(format_args!("cannot store what happened: {why}: going on without a record"));
                }
                Ok(())
            }
        }
    }

    /// Stores what is left and waits for all sinks, so that none is cut off in the middle. Those that had trouble are
    /// told.
    pub(crate) fn close(mut self) -> Result<(), Failure> {
        let result = self.commit();
        let mut waiting: Vec<bool> = self.sinks.iter().map(|entry| entry.worker.close()).collect();
        let end = Instant::now() + self.deadline;
        while waiting.contains(&true) {
            match self.answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Stored { sink, batch: None, result }) => {
                    waiting[sink] = false;
                    if let Err(why) = result {
                        self.failure(sink, 0, &why);
                    }
                }
                Ok(stored) => self.answered(&stored),
                Err(_) => break,
            }
        }
        for (number, hangs) in waiting.into_iter().enumerate() {
            let missed = self.sinks[number].open.values().sum();
            if hangs {
                self.failure(number, missed, "it does not answer");
            }
        }
        for entry in self.sinks.iter().filter(|entry| entry.missed > 0) {
            complain(format_args!("audit log incomplete: {}: {} events are not in it", entry.name, entry.missed));
        }
        result
    }

    /// Waits until one sink has stored the batch; an error says why none has.
    fn wait(&mut self, batch: u64) -> Result<(), String> {
        let end = Instant::now() + self.deadline;
        let mut why = None;
        loop {
            if !self.sinks.iter().any(|entry| entry.open.contains_key(&batch)) {
                let first = self.sinks.first().map_or("", |entry| &entry.name);
                return Err(why.unwrap_or_else(|| format!("{first}: it is too far behind")));
            }
            match self.answers.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(stored) => {
                    self.answered(&stored);
                    match stored.result {
                        Ok(()) if stored.batch == Some(batch) => return Ok(()),
                        Err(text) => why = Some(format!("{}: {text}", self.sinks[stored.sink].name)),
                        Ok(()) => {}
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    let name = self.sinks.iter().find(|entry| entry.open.contains_key(&batch)).map_or("", |entry| &entry.name);
                    let text = format!("{name}: no answer within {} ms", self.deadline.as_millis());
                    for number in 0..self.sinks.len() {
                        if let Some(count) = self.sinks[number].open.remove(&batch) {
                            self.failure(number, count, "no answer before the deadline");
                        }
                    }
                    return Err(text);
                }
                Err(RecvTimeoutError::Disconnected) => return Err("all sinks have ended".to_owned()),
            }
        }
    }

    fn take_answers(&mut self) {
        while let Ok(stored) = self.answers.try_recv() {
            self.answered(&stored);
        }
    }

    fn answered(&mut self, stored: &Stored) {
        let entry = &mut self.sinks[stored.sink];
        let count = stored.batch.and_then(|batch| entry.open.remove(&batch));
        match &stored.result {
            Ok(()) => {
                // What was given up and arrived after all stays told as missed: that errs on the safe side.
                if std::mem::take(&mut entry.failed) {
                    let what = SinkRecovered { missed: entry.missed, sink: entry.name.as_str().into() };
                    self.note(What::SinkRecovered(what));
                }
            }
            Err(why) => {
                let why = why.clone();
                self.failure(stored.sink, count.unwrap_or(0), &why);
            }
        }
    }

    /// A sink failed: the others are told, once until it works again.
    fn failure(&mut self, number: usize, missed: u64, why: &str) {
        let entry = &mut self.sinks[number];
        entry.missed += missed;
        if !std::mem::replace(&mut entry.failed, true) {
            let what = SinkFailed { sink: entry.name.as_str().into(), why: why.into() };
            self.note(What::SinkFailed(what));
        }
    }

    fn note(&mut self, what: What) {
        self.add(Event { time: Timestamp::now(), context: Arc::default(), what });
    }
}
