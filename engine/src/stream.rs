//! One stream of bytes on its way through the scanner.

mod advance;
pub(crate) mod block;
mod candidates;
mod known;
mod line;
mod places;
mod sieve;

use crate::context::LOOK_BACK;
use crate::evidence;
use crate::finding::{LimitHit, RuleIndex, Secret};
use crate::lanes::seeker::Seeker;
use crate::masks::Masks;
use crate::resolve::Resolver;
use crate::scanner::{Scanner, Tables};
use crate::sink::Sink;
use crate::verify::Thread;
use crate::window::Window;
use block::BlockFlow;
use line::LineWords;
use places::{Cursors, List};

/// Bytes a stream's window holds unless told otherwise.
const WINDOW: usize = 64 * 1024;
/// The smallest window: room for the longest match, a cluster of matches and what is looked back at.
pub const MIN_WINDOW: usize = 40 * 1024;

/// Bytes taken before what is decided is delivered, so that few findings wait at a time.
const STEP: usize = 4096;
/// More bytes than a seeker reads, so that no two of its proposals share a slot.
const PROPOSED: usize = 256;

/// All mutable state of one byte stream: a window of bytes, masks of the newest ones, open candidates.
///
/// Push chunks as they come; the [`Sink`] gets every byte back in order, with findings marked, as soon as it is
/// decided. Memory is constant: the window, about 30 KiB of masks and places, and what the open candidates need.
///
/// What the sink sees does not depend on how the bytes are cut into chunks.
#[derive(Clone)]
pub struct Stream {
    scanner: Scanner,
    state: State,
}

/// What changes as bytes come, beside the rules that stay.
#[derive(Clone)]
struct State {
    window: Window,
    masks: Masks,
    cursors: Cursors,
    /// Offset before which everything was given to the sink.
    released: u64,
    threads: Vec<Thread>,
    seekers: Vec<Seeker>,
    /// Newest places where a value was proposed, as several words may propose the same.
    proposed: Box<[u64; PROPOSED]>,
    resolver: Resolver,
    /// Blocks that were recognised by their head, in order. Only the first flows; the others wait for its end.
    flows: Vec<BlockFlow>,
    known: known::Progress,
    line: LineWords,
    scratch: Scratch,
    work: u64,
}

/// Buffers that keep their capacity.
#[derive(Clone, Default)]
struct Scratch {
    threads: Vec<Thread>,
    seekers: Vec<Seeker>,
    places: List,
    words: Vec<(u32, usize)>,
    evidence: evidence::Scratch,
    limits: Vec<LimitHit>,
}

impl Stream {
    /// How far back bytes count: what is found at an offset, or begins there, does not depend on bytes that stand farther
    /// than this before it.
    pub const REACH: u64 = (LOOK_BACK + PROPOSED) as u64;

    pub(crate) fn new(scanner: Scanner) -> Self {
        Self::with_window(scanner, WINDOW)
    }

    /// A stream whose window holds `capacity` bytes, or [`MIN_WINDOW`] if that is more. Results do not depend on it.
    #[must_use]
    pub fn with_window(scanner: Scanner, capacity: usize) -> Self {
        let state = State {
            window: Window::new(capacity.max(MIN_WINDOW)),
            masks: Masks::new(scanner.tables().classifier),
            cursors: Cursors::default(),
            released: 0,
            threads: Vec::new(),
            seekers: Vec::new(),
            proposed: Box::new([0; PROPOSED]),
            resolver: Resolver::default(),
            flows: Vec::new(),
            known: known::Progress::default(),
            line: LineWords::default(),
            scratch: Scratch::default(),
            work: 0,
        };
        Stream { scanner, state }
    }

    /// Starts anew, keeping the memory.
    pub fn reset(&mut self) {
        self.state.reset();
    }

    /// Takes the next bytes. The sink gets what is decided; what may still be part of a match is held back.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl Sink) {
        self.state.push(self.scanner.tables(), chunk, sink);
    }

    /// Ends the stream: everything held back is decided and delivered. The stream is then at its start again.
    pub fn finish(&mut self, sink: &mut impl Sink) {
        self.state.finish(self.scanner.tables(), sink);
    }

    /// Bytes received and not yet given to the sink.
    #[must_use]
    pub fn holdback(&self) -> u64 {
        self.state.window.end() - self.state.passed()
    }

    /// Offset of the next byte to be pushed.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.state.window.end()
    }

    /// Bytes that candidates were verified on so far, beside the one pass of classification. For tests that prove
    /// that work grows linearly.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.state.work
    }
}

impl State {
    fn reset(&mut self) {
        self.window.clear();
        self.masks.clear();
        self.cursors = Cursors::default();
        self.released = 0;
        self.threads.clear();
        self.seekers.clear();
        self.proposed.fill(0);
        self.resolver.clear();
        self.flows.clear();
        self.known.clear();
        self.line.clear();
        self.scratch.evidence.clear();
        self.work = 0;
    }

    fn push(&mut self, tables: &Tables, chunk: &[u8], sink: &mut impl Sink) {
        let mut rest = chunk;
        while !rest.is_empty() {
            if self.window.room() < rest.len().min(1024) || self.window.room() == 0 {
                self.window.roll(self.kept_from());
            }
            let taken = self.window.fill(&rest[..rest.len().min(STEP)]);
            rest = &rest[taken..];
            self.advance(tables, false, &rest[..rest.len().min(STEP)]);
            self.deliver(self.decided(tables), false, sink);
        }
    }

    fn finish(&mut self, tables: &Tables, sink: &mut impl Sink) {
        self.advance(tables, true, &[]);
        self.deliver(self.window.end(), true, sink);
        self.reset();
    }

    /// The offset before which everything was given to the sink.
    fn passed(&self) -> u64 {
        self.released.max(self.flows.first().map_or(0, |flow| flow.passed))
    }

    /// The first byte that is still needed.
    fn kept_from(&self) -> u64 {
        self.passed().saturating_sub(LOOK_BACK as u64)
    }

    /// Gives everything before `decided` to the sink, findings and blocks in their places.
    fn deliver(&mut self, decided: u64, whole: bool, sink: &mut impl Sink) {
        if self.flows.is_empty() && self.resolver.first().is_none() && self.scratch.limits.is_empty() {
            return emit_text(&self.window, &mut self.released, decided, sink);
        }
        for limit in self.scratch.limits.drain(..) {
            sink.limit(limit);
        }
        loop {
            let barrier = self.flows.first().map_or(u64::MAX, BlockFlow::start);
            self.resolver.drop_across(barrier);
            self.deliver_findings(decided.min(barrier), sink);
            if self.released != barrier || !self.deliver_block(sink) {
                return;
            }
            self.move_flows(whole);
        }
    }

    fn deliver_findings(&mut self, bound: u64, sink: &mut impl Sink) {
        loop {
            let findings = self.resolver.next(bound);
            if findings.is_empty() {
                break;
            }
            for finding in findings {
                let span = finding.span;
                emit_text(&self.window, &mut self.released, span.start, sink);
                sink.finding(finding, Secret::new(self.window.slice(span.start, span.end)));
                self.released = span.end;
            }
        }
        let until = self.resolver.first().map_or(bound, |first| first.min(bound));
        emit_text(&self.window, &mut self.released, until, sink);
    }

    /// Passes on what is certain of the block at the release point. Says whether the block has ended.
    fn deliver_block(&mut self, sink: &mut impl Sink) -> bool {
        let Some(flow) = self.flows.first_mut() else { return false };
        if !flow.opened {
            sink.open(&flow.opening());
            flow.opened = true;
        }
        let inside = flow.inside();
        if inside > flow.passed {
            sink.part(RuleIndex(flow.rule()), Secret::new(self.window.slice(flow.passed, inside)));
            flow.passed = inside;
        }
        if !flow.ended() {
            return false;
        }
        sink.close(&flow.finding());
        self.released = inside;
        self.resolver.forget_before(inside);
        self.flows.remove(0);
        self.flows.retain(|f| f.start() >= inside);
        true
    }
}

/// Says how far the stream is and prints no byte of it.
impl core::fmt::Debug for Stream {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Stream");
        out.field("position", &self.position())
            .field("holdback", &self.holdback())
            .field("candidates", &self.state.threads.len())
            .finish_non_exhaustive()
    }
}

fn emit_text(window: &Window, released: &mut u64, until: u64, sink: &mut impl Sink) {
    if until > *released {
        sink.text(window.slice(*released, until));
        *released = until;
    }
}
