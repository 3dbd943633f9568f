//! One direction of an exchange: a body on its way.

use std::mem;

use tamis::api::{Body, Refusal};
use tamis::audit::Event;
use tamis::session::Session;

use crate::decode::{Decoder, Fault};
use crate::host::{self, BufferType, MapType, Status};
use crate::metrics::Traffic;

/// Bytes that are copied out of the host at once.
const SLICE: usize = 64 << 10;
/// Most bytes that one call may decompress: the host's own buffers say how much comes at once, and a bomb does not care.
const INFLATED: usize = 4 << 20;

/// Longest frame of HTTP/2 and HTTP/3 that peers send unasked.
const FRAME: usize = 16 << 10;

/// Which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Request,
    Response,
}

impl Way {
    pub(super) fn body(self) -> BufferType {
        match self {
            Way::Request => BufferType::HttpRequestBody,
            Way::Response => BufferType::HttpResponseBody,
        }
    }

    pub(super) fn headers(self) -> MapType {
        match self {
            Way::Request => MapType::HttpRequestHeaders,
            Way::Response => MapType::HttpResponseHeaders,
        }
    }

    /// What its bytes are counted as.
    pub(super) fn traffic(self) -> Traffic {
        match self {
            Way::Request => Traffic::RequestBytes,
            Way::Response => Traffic::ResponseBytes,
        }
    }

    /// The word for it in metrics.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Way::Request => "request",
            Way::Response => "response",
        }
    }
}

/// What becomes of the bytes that are decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// They wait for the rest, here.
    Holding,
    /// They go on.
    Flowing,
    /// They wait for the collector, in the host's buffer.
    Waiting(u32),
    /// There are none any more: the rest is swallowed.
    Cut,
}

/// A body on its way.
pub(super) struct Side {
    pub(super) way: Way,
    pub(super) body: Body,
    pub(super) phase: Phase,
    decoder: Option<Decoder>,
    /// What is decided and has not gone on.
    pub(super) out: Vec<u8>,
    /// How many bytes of the host's buffer are the same as what is decided, from the first on.
    same: usize,
    /// What happened and is not recorded.
    pub(super) events: Vec<Event>,
    /// Records that wait to be acknowledged.
    pub(super) sealed: Vec<u8>,
    pub(super) ended: bool,
    /// Whether something has gone on, the headers at least.
    pub(super) begun: bool,
    /// Whether the host is paused while bytes are held: it buffers then, so that headers wait and trailers do not overtake,
    /// and refuses what is larger than its buffers.
    pub(super) pauses: bool,
    /// Whether trailers may follow that nobody announced.
    pub(super) may_trail: bool,
    /// Whether the host is paused now: then its buffer can still be filled when trailers come.
    pub(super) paused: bool,
    /// The session as it stood before it was charged with this body.
    pub(super) charged: Option<Session>,
}

impl Side {
    pub(super) fn new(way: Way, body: Body, decoder: Option<Decoder>, phase: Phase, begun: bool) -> Self {
        let charged = body.session().cloned();
        Side {
            way,
            body,
            phase,
            decoder,
            begun,
            charged,
            pauses: true,
            may_trail: false,
            paused: false,
            out: Vec::new(),
            same: 0,
            events: Vec::new(),
            sealed: Vec::new(),
            ended: false,
        }
    }

    /// Reads what is new in the host's buffer of this size.
    pub(super) fn take(&mut self, size: usize) -> Result<(), Status> {
        // While it waits, the buffer begins with what is decided.
        let mut at = if matches!(self.phase, Phase::Waiting(_)) { self.out.len() } else { 0 };
        self.same = 0;
        while at < size {
            let slice = host::slice(self.way.body(), at, SLICE.min(size.saturating_sub(at)))?;
            if slice.is_empty() {
                break;
            }
            let (start, before) = (at, self.out.len());
            at = at.saturating_add(slice.len());
            self.push(&slice);
            if self.same == start && before == start && self.out.get(before..).is_some_and(|out| tamis::same(out, &slice)) {
                self.same = at;
            }
        }
        Ok(())
    }

    fn push(&mut self, bytes: &[u8]) {
        let Side { body, decoder, out, .. } = self;
        let Some(decoder) = decoder else { return body.push(bytes, out) };
        if body.refusal().is_some() {
            return;
        }
        let before = out.len();
        let result = decoder.push(bytes, &mut |piece| {
            body.push(piece, out);
            if body.refusal().is_some() || out.len().saturating_sub(before) > INFLATED { Err(Fault::Bomb) } else { Ok(()) }
        });
        match result {
            Err(Fault::Broken) => body.refuse(Refusal::Malformed),
            Err(Fault::Bomb) => body.refuse(Refusal::Limit(tamis::Limit::BodyLength)),
            Ok(()) => {}
        }
    }

    /// The body has ended.
    pub(super) fn end(&mut self) {
        if mem::replace(&mut self.ended, true) {
            return;
        }
        if self.decoder.as_ref().is_some_and(|decoder| decoder.finish().is_err()) {
            self.body.refuse(Refusal::Malformed);
        }
        self.body.finish(&mut self.out);
    }

    /// Whether the host is to pause while nothing goes on, so that what is held back here can still go before trailers. It
    /// refuses what is larger than its buffers, so only for as long as little comes at once.
    pub(super) fn waits_for_trailers(&mut self, size: usize) -> bool {
        self.may_trail &= size <= FRAME;
        self.may_trail && !self.ended
    }

    /// Leaves in the host's buffer what is decided, and forgets it.
    pub(super) fn release(&mut self, size: usize) -> Result<(), Status> {
        self.begun = true;
        let out = mem::take(&mut self.out);
        self.write(size, &out)
    }

    /// Leaves nothing in the host's buffer.
    pub(super) fn drain(&self, size: usize) -> Result<(), Status> {
        self.write(size, &[])
    }

    /// Leaves in the host's buffer what is decided, and remembers it.
    pub(super) fn park(&self, size: usize) -> Result<(), Status> {
        self.write(size, &self.out)
    }

    fn write(&self, size: usize, bytes: &[u8]) -> Result<(), Status> {
        // What stands there is what is to stand there.
        let stays = bytes.len() == size && (size == 0 || self.same == size);
        if stays { Ok(()) } else { host::replace(self.way.body(), size, bytes) }
    }
}
