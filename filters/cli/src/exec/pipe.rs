//! One direction: read, decided, written.

use std::io::{Read, Write};
#[cfg(unix)]
use std::time::Duration;

use tamis::{Gate, Stream, Timestamp};

use super::rpc::{self, Talk};
use super::{Desk, Side};
use crate::failure::Failure;
use crate::fd;
use crate::inspect::Blocked;

const BUFFER: usize = 64 * 1024;
/// Longest message that is decided as a whole.
const LONGEST: usize = 64 << 20;
/// So many bytes tell whether a direction speaks in messages.
const SNIFFED: usize = 64 * 1024;

/// How a direction is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speech {
    /// Its first line tells.
    Unknown,
    /// As a stream.
    Text,
    /// As JSON-RPC messages, one a line.
    Messages,
}

/// One direction on its way.
pub(super) struct Pipe {
    desk: &'static Desk,
    side: Side,
    speech: Speech,
    talk: &'static Talk,
    gate: Gate<Vec<u8>>,
    stream: Stream,
    /// Bytes of a line that is not whole yet.
    line: Vec<u8>,
    bytes: u64,
}

/// Why nothing flows any more.
pub(super) enum Stop {
    /// Nobody reads on, or nothing may pass.
    Now,
}

impl Pipe {
    pub(super) fn new(desk: &'static Desk, side: Side, speech: Speech, talk: &'static Talk) -> Self {
        let parts = desk.ask(|inspector| {
            let (mut gate, stream) = (inspector.gate(), inspector.stream());
            gate.reset(side.flow(inspector), Timestamp::now(), true);
            (gate, stream)
        });
        let (gate, stream) = parts.expect("the run has just begun");
        Pipe { desk, side, speech, talk, gate, stream, line: Vec::new(), bytes: 0 }
    }

    /// Lets everything through until the source ends. What was read is written before the next read may wait.
    pub(super) fn run(mut self, mut source: impl Read, mut target: impl Write) {
        let mut buffer = vec![0; BUFFER];
        while let Ok(len @ 1..) = fd::read(&mut source, &mut buffer) {
            if self.take(&buffer[..len], &mut target).is_err() {
                return;
            }
        }
        // Its end is told by the target's.
        let _ = self.finish(&mut target);
    }

    /// The same for a source that tells when it has something. Where it is silent for a while, what is held back goes on:
    /// a person waits for it.
    #[cfg(unix)]
    pub(super) fn run_live<S: Read + std::os::fd::AsFd>(mut self, mut source: S, mut target: impl Write, patience: Duration) {
        let mut buffer = vec![0; BUFFER];
        loop {
            if self.stream.holdback() > 0 && !super::terminal::is_ready(&source, patience) {
                if self.let_go(&mut target).is_err() {
                    return;
                }
                continue;
            }
            match fd::read(&mut source, &mut buffer) {
                Ok(len @ 1..) if self.take(&buffer[..len], &mut target).is_ok() => {}
                _ => break,
            }
        }
        let _ = self.finish(&mut target);
    }

    fn take(&mut self, bytes: &[u8], target: &mut impl Write) -> Result<(), Stop> {
        self.bytes += bytes.len() as u64;
        if self.speech == Speech::Text {
            return self.flow(bytes, target);
        }
        self.line.extend_from_slice(bytes);
        if self.speech == Speech::Unknown {
            match first_line(&self.line) {
                Some(true) => self.speech = Speech::Messages,
                Some(false) => {
                    self.speech = Speech::Text;
                    let line = std::mem::take(&mut self.line);
                    return self.flow(&line, target);
                }
                None => return Ok(()),
            }
        }
        let mut rest = std::mem::take(&mut self.line);
        let mut start = 0;
        while let Some(len) = memchr::memchr(b'\n', &rest[start..]) {
            self.message(&rest[start..=start + len], target)?;
            start += len + 1;
        }
        rest.drain(..start);
        if rest.len() > LONGEST {
            self.desk.fail(Failure::new("cannot decide a message", "it is longer than 64 MiB", "nothing passes any more"));
            return Err(Stop::Now);
        }
        self.line = rest;
        Ok(())
    }

    /// Bytes of a stream.
    fn flow(&mut self, bytes: &[u8], target: &mut impl Write) -> Result<(), Stop> {
        self.gate.set_time(Timestamp::now());
        self.stream.push(bytes, &mut self.gate);
        self.write(target)
    }

    /// Decides on what is held back.
    fn let_go(&mut self, target: &mut impl Write) -> Result<(), Stop> {
        self.stream.finish(&mut self.gate);
        self.write(target)
    }

    /// Writes what may pass, once it is on record.
    fn write(&mut self, target: &mut impl Write) -> Result<(), Stop> {
        let gate = &mut self.gate;
        let asked = self.desk.ask(|inspector| inspector.drained(gate).and_then(|blocked| inspector.commit().map(|()| blocked)));
        let blocked = asked.ok_or(Stop::Now)?;
        let out = self.gate.output_mut();
        let written = match &blocked {
            Ok(_) => fd::write(target, out).and_then(|()| target.flush()),
            Err(_) => Ok(()),
        };
        out.clear();
        match blocked {
            Ok(None) if written.is_ok() => Ok(()),
            // Nobody reads on.
            Ok(None) => Err(Stop::Now),
            Ok(Some(Blocked { why, .. })) => {
                self.desk.fail(Failure::blocked("blocked by the policy", self.side.name(), why));
                Err(Stop::Now)
            }
            Err(failure) => {
                self.desk.fail(failure);
                Err(Stop::Now)
            }
        }
    }

    /// Decides a message, and writes it or an answer to it.
    fn message(&mut self, line: &[u8], target: &mut impl Write) -> Result<(), Stop> {
        let decided = self.desk.ask(|inspector| rpc::decide(inspector, self.side, self.talk, line)).ok_or(Stop::Now)?;
        let answered = decided.answer.map_or(Ok(()), |answer| self.talk.say(&answer));
        let forward = decided.forward.unwrap_or_default();
        let written = match self.side {
            // Answers to what was refused go there, too.
            Side::Out => self.talk.say(&forward),
            _ => fd::write(target, &forward).and_then(|()| target.flush()),
        };
        answered.and(written).map_err(|_| Stop::Now)
    }

    fn finish(&mut self, target: &mut impl Write) -> Result<(), Stop> {
        let line = std::mem::take(&mut self.line);
        if self.speech == Speech::Messages && !line.is_empty() {
            self.message(&line, target)?;
        } else {
            self.stream.push(&line, &mut self.gate);
        }
        self.let_go(target)?;
        let (side, bytes) = (self.side, self.bytes);
        let recorded = self.desk.ask(|inspector| {
            let flow = side.flow(inspector);
            inspector.ended(flow, bytes);
            inspector.commit()
        });
        recorded.ok_or(Stop::Now)?.map_err(|failure| {
            self.desk.fail(failure);
            Stop::Now
        })
    }
}

/// Whether the first line is a JSON-RPC message, as soon as that can be told.
fn first_line(bytes: &[u8]) -> Option<bool> {
    let start = bytes.trim_ascii_start();
    match start.first() {
        None => None,
        Some(b'{' | b'[') => match memchr::memchr(b'\n', start) {
            Some(end) => Some(rpc::is_message(&start[..end])),
            None if start.len() > SNIFFED => Some(false),
            None => None,
        },
        Some(_) => Some(false),
    }
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::In => "what the command reads",
            Side::Out => "what the command prints",
            Side::Err => "what the command prints on standard error",
        }
    }
}
