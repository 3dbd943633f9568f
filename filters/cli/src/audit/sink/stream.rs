//! Standard error as a sink.

use std::fs::File;

use super::Wire;
use crate::failure::system_text;
use crate::fd;

/// Lines on standard error.
pub(super) struct Stream(File);

impl Stream {
    pub(super) fn stderr() -> Result<Self, String> {
        fd::stderr().map(Stream).map_err(|error| system_text(&error))
    }
}

impl Wire for Stream {
    fn send(&mut self, lines: &[u8]) -> Result<(), String> {
        fd::write(&mut self.0, lines).map_err(|error| system_text(&error))
    }
}
