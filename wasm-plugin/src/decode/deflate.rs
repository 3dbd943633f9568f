//! gzip (RFC 1952), zlib (RFC 1950) and, as some clients send it under that name, bare deflate.

use crc32fast::Hasher;
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use super::{Fault, STEP};

/// Most bytes of a gzip header with its names and comments.
const MAX_HEADER: usize = 4096;

/// A deflated body that is inflated as it flows.
pub(crate) struct Inflate {
    at: Place,
    gzip: bool,
    state: Box<InflateState>,
    hasher: Hasher,
    length: u32,
    /// Bytes of a header or trailer that is not complete.
    held: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Data,
    Trailer,
    End,
}

impl Inflate {
    pub(super) fn gzip() -> Self {
        Inflate::new(true)
    }

    pub(super) fn zlib() -> Self {
        Inflate::new(false)
    }

    fn new(gzip: bool) -> Self {
        let state = InflateState::new_boxed(DataFormat::Raw);
        Inflate { at: Place::Start, gzip, state, hasher: Hasher::new(), length: 0, held: Vec::new() }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at == Place::End
    }

    pub(super) fn push(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
        while !bytes.is_empty() {
            bytes = match self.at {
                Place::Start => self.start(bytes, sink)?,
                Place::Data => self.data(bytes, sink)?,
                Place::Trailer => self.trailer(bytes)?,
                // Another member follows.
                Place::End if self.gzip => {
                    *self = Inflate::new(true);
                    bytes
                }
                Place::End => return Err(Fault::Broken),
            };
        }
        Ok(())
    }

    fn start<'b>(&mut self, bytes: &'b [u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>) -> Result<&'b [u8], Fault> {
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        let length = if self.gzip { gzip_header(&self.held)? } else { zlib_header(&self.held) };
        let Some(length) = length else {
            return if self.held.len() > MAX_HEADER { Err(Fault::Broken) } else { Ok(&[]) };
        };
        // A zlib header checks its own sum; without one, these bytes are data.
        let format = if !self.gzip && length > 0 { DataFormat::Zlib } else { DataFormat::Raw };
        self.state = InflateState::new_boxed(format);
        self.at = Place::Data;
        let skip = if self.gzip { length } else { 0 };
        if skip >= before {
            self.held.clear();
            return Ok(bytes.get(skip.saturating_sub(before)..).unwrap_or_default());
        }
        // What was held belongs to the data, which is not gzip, so that nothing may follow it.
        let held = core::mem::take(&mut self.held);
        if self.data(&held, sink)?.is_empty() { Ok(&[]) } else { Err(Fault::Broken) }
    }

    fn data<'b>(&mut self, mut bytes: &'b [u8], sink: &mut dyn FnMut(&[u8]) -> Result<(), Fault>) -> Result<&'b [u8], Fault> {
        let mut out = vec![0; STEP];
        loop {
            let result = inflate(&mut self.state, bytes, &mut out, MZFlush::None);
            bytes = bytes.get(result.bytes_consumed..).unwrap_or_default();
            let written = out.get(..result.bytes_written).unwrap_or_default();
            if self.gzip {
                self.hasher.update(written);
                self.length = self.length.wrapping_add(written.len() as u32);
            }
            if !written.is_empty() {
                sink(written)?;
            }
            match result.status {
                Ok(MZStatus::StreamEnd) => {
                    self.at = if self.gzip { Place::Trailer } else { Place::End };
                    return Ok(bytes);
                }
                Ok(_) | Err(MZError::Buf) if bytes.is_empty() && result.bytes_written < STEP => return Ok(bytes),
                Ok(_) => {}
                Err(_) => return Err(Fault::Broken),
            }
        }
    }

    fn trailer<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Fault> {
        let (mine, rest) = bytes.split_at_checked(8_usize.saturating_sub(self.held.len())).unwrap_or((bytes, &[]));
        self.held.extend_from_slice(mine);
        if self.held.len() < 8 {
            return Ok(rest);
        }
        let sums = [self.hasher.clone().finalize().to_le_bytes(), self.length.to_le_bytes()].concat();
        if self.held != sums {
            return Err(Fault::Broken);
        }
        self.at = Place::End;
        Ok(rest)
    }
}

/// Length of a zlib header, 0 where the data is bare; `None` where that cannot be told yet.
fn zlib_header(bytes: &[u8]) -> Option<usize> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let sum = u16::from_be_bytes([first, second]);
    Some(if first & 0x0f == 8 && sum % 31 == 0 { 2 } else { 0 })
}

/// Length of a gzip header; `None` where it goes on.
fn gzip_header(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    let magic = [0x1f, 0x8b, 8];
    if bytes.iter().zip(magic).any(|(byte, wanted)| *byte != wanted) {
        return Err(Fault::Broken);
    }
    let Some(flags) = bytes.get(3) else { return Ok(None) };
    if flags & 0xe0 != 0 {
        return Err(Fault::Broken);
    }
    let mut at = 10;
    if flags & 4 != 0 {
        let Some([low, high]) = bytes.get(at..at + 2) else { return Ok(None) };
        at += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let Some(end) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0)) else { return Ok(None) };
            at += end + 1;
        }
    }
    at += usize::from(flags & 2);
    Ok((bytes.len() >= at).then_some(at))
}
