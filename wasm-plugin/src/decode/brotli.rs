//! Brotli (RFC 7932).

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Fault, STEP};

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

/// A brotli body that is decompressed as it flows.
pub(crate) struct Brotli {
    state: Box<State>,
    done: bool,
}

impl Brotli {
    pub(super) fn new() -> Self {
        let state = State::new(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
        Brotli { state: Box::new(state), done: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    pub(super) fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        let (mut left, mut at, mut total) = (bytes.len(), 0, 0);
        let mut out = vec![0; STEP];
        while left > 0 || !self.done {
            if self.done {
                return Err(Fault::Broken);
            }
            let (mut space, mut end) = (STEP, 0);
            let result = BrotliDecompressStream(&mut left, &mut at, bytes, &mut space, &mut end, &mut out, &mut total, &mut self.state);
            if let Some(written) = out.get(..end).filter(|written| !written.is_empty()) {
                sink(written)?;
            }
            match result {
                BrotliResult::ResultSuccess => self.done = true,
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultFailure => return Err(Fault::Broken),
            }
        }
        Ok(())
    }
}
