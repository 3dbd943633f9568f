//! One request and its response, through the filter and back.

use crate::error::HostError;
use crate::guest::Action;
use crate::message::{Message, Received};
use crate::module::Vm;
use crate::state::{Local, REQUEST, RESPONSE, Way};

/// What is sent, and where it breaks off.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The request.
    pub request: Message,
    /// The response of the upstream.
    pub response: Message,
    /// Who breaks off, and when.
    pub cut: Option<Cut>,
}

/// Who breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The client, before its request's body ends.
    Request,
    /// The upstream, before its response's body ends.
    Response,
}

/// What came through.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// What the upstream saw.
    pub request: Received,
    /// What the client saw.
    pub response: Received,
    /// Whether the filter answered in the place of the upstream.
    pub local: bool,
    /// Whether something is paused for good.
    pub stalled: bool,
    /// Why the machine ended, if it did.
    pub trap: Option<String>,
}

impl Vm {
    /// Sends a request and its response through the filter.
    pub fn exchange(&mut self, exchange: Exchange) -> Passed {
        let mut passed = Passed::default();
        if self.dead {
            passed.unavailable();
            return passed;
        }
        self.contexts += 1;
        let context = self.contexts;
        self.begin(context);
        if let Err(error) = self.run(context, exchange, &mut passed) {
            self.dead = true;
            passed.unavailable();
            passed.trap = Some(error.to_string());
        }
        passed
    }

    fn begin(&mut self, context: u32) {
        let state = self.store.data_mut();
        state.context = context;
        state.ways = Default::default();
        state.local = None;
    }

    fn run(&mut self, context: u32, exchange: Exchange, passed: &mut Passed) -> Result<(), HostError> {
        self.guest.open(&mut self.store, context)?;
        let cut = (exchange.cut == Some(Cut::Request), exchange.cut == Some(Cut::Response));
        self.send(REQUEST, context, exchange.request, cut.0, &mut passed.request)?;
        if self.store.data().local.is_none() && passed.request.ended {
            self.send(RESPONSE, context, exchange.response, cut.1, &mut passed.response)?;
            passed.stalled = !passed.response.ended && !cut.1;
        } else {
            passed.stalled = !cut.0;
        }
        if let Some(local) = self.store.data_mut().local.take() {
            (passed.local, passed.stalled) = (true, false);
            // What has begun cannot be taken back: then the connection breaks.
            if passed.response.headers.is_none() {
                passed.response = received(local);
            }
        }
        self.guest.close(&mut self.store, context)
    }

    /// Sends one direction.
    fn send(&mut self, way: usize, context: u32, message: Message, cut: bool, to: &mut Received) -> Result<(), HostError> {
        let Message { headers, chunks, trailers } = message;
        let bodiless = chunks.is_empty() && trailers.is_none() && !cut;
        let count = u32::try_from(headers.len()).unwrap_or(u32::MAX);
        self.way(way).headers = headers;
        let action = self.guest.headers(&mut self.store, way, context, count, bodiless)?;
        if self.settle(way, action)? {
            return Ok(());
        }
        let mut held = self.take_headers(way, action, to);
        if bodiless {
            to.ended = !held;
            return Ok(());
        }
        let (empty, last) = (chunks.is_empty(), chunks.len().saturating_sub(1));
        for (number, chunk) in chunks.into_iter().enumerate() {
            let end = number == last && trailers.is_none() && !cut;
            if self.feed(way, context, &chunk, end, number, &mut held, to)? {
                return Ok(());
            }
        }
        if empty && trailers.is_none() && !cut {
            to.ended = !held;
        }
        match trailers {
            Some(trailers) => self.send_trailers(way, context, trailers, to),
            None => Ok(()),
        }
    }

    /// Sends a chunk; whether that was the last thing that may be sent.
    #[expect(clippy::too_many_arguments, reason = "one chunk has that much around it")]
    fn feed(
        &mut self,
        way: usize,
        context: u32,
        chunk: &[u8],
        end: bool,
        number: usize,
        held: &mut bool,
        to: &mut Received,
    ) -> Result<bool, HostError> {
        let buffers = self.way(way);
        buffers.buffer.extend(chunk);
        buffers.readable = true;
        let size = u32::try_from(buffers.buffer.len()).unwrap_or(u32::MAX);
        let action = self.guest.body(&mut self.store, way, context, size, end)?;
        if self.settle(way, action)? {
            return Ok(true);
        }
        let resumed = std::mem::take(&mut self.way(way).resumed);
        self.way(way).paused = action == Action::Pause && !resumed;
        if self.way(way).paused {
            return Ok(false);
        }
        *held = false;
        self.deliver(way, number, to);
        to.ended = end;
        Ok(false)
    }

    fn send_trailers(&mut self, way: usize, context: u32, trailers: crate::Headers, to: &mut Received) -> Result<(), HostError> {
        let count = u32::try_from(trailers.len()).unwrap_or(u32::MAX);
        let buffers = self.way(way);
        (buffers.trailers, buffers.readable) = (trailers, buffers.paused);
        let action = self.guest.trailers(&mut self.store, way, context, count)?;
        if self.settle(way, action)? {
            return Ok(());
        }
        if action == Action::Continue || std::mem::take(&mut self.way(way).resumed) {
            self.deliver(way, usize::MAX, to);
            to.trailers = Some(std::mem::take(&mut self.way(way).trailers));
            to.ended = true;
        }
        Ok(())
    }

    /// Does what the guest asked for while it ran; whether nothing more may be sent.
    fn settle(&mut self, way: usize, action: Action) -> Result<bool, HostError> {
        if action == Action::Pause {
            self.answer_calls()?;
        }
        let state = self.store.data();
        Ok(state.local.is_some() || state.ways[way].closed)
    }

    /// Headers leave with the first bytes that do; whether they are still held.
    fn take_headers(&mut self, way: usize, action: Action, to: &mut Received) -> bool {
        let resumed = std::mem::take(&mut self.way(way).resumed);
        if action == Action::Pause && !resumed {
            return true;
        }
        to.headers = Some(self.way(way).headers.clone());
        false
    }

    fn deliver(&mut self, way: usize, number: usize, to: &mut Received) {
        let buffers = self.way(way);
        to.headers.get_or_insert_with(|| buffers.headers.clone());
        let bytes = std::mem::take(&mut buffers.buffer);
        buffers.readable = false;
        if !bytes.is_empty() {
            to.chunks.push((number, bytes));
        }
    }

    fn way(&mut self, way: usize) -> &mut Way {
        &mut self.store.data_mut().ways[way]
    }
}

impl Passed {
    /// What Envoy answers where a filter is gone and it fails closed.
    fn unavailable(&mut self) {
        self.local = true;
        if self.response.headers.is_none() {
            self.response = Received { headers: Some(vec![(":status".to_owned(), "503".to_owned())]), ended: true, ..Received::default() };
        }
    }
}

fn received(local: Local) -> Received {
    let mut headers = vec![(":status".to_owned(), local.status.to_string())];
    headers.extend(local.headers);
    Received { headers: Some(headers), chunks: vec![(0, local.body)], trailers: None, ended: true }
}
