//! Where a log stands: what its head says, and what a writer that died has left beyond.

use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};
use tamis::audit::{Head, HeadFile, LogRepaired, Record, Verifier, What};

use super::{LogFile, StoreError, head_path, open_file};

/// How much is read at once in search of the last record.
const STEP: u64 = 16 * 1024;

impl LogFile {
    /// Brings the state up to date. What has to be recorded about a torn tail comes back.
    pub(super) fn reload(&mut self) -> Result<Option<LogRepaired>, StoreError> {
        let failed = |path: &std::path::Path| {
            let path = path.to_owned();
            move |error: io::Error| StoreError::io(&path, &error)
        };
        let head = read_from(&mut self.head, 0, HeadFile::SIZE as u64 + 1).map_err(failed(&head_path(&self.path)))?;
        if head.is_empty() {
            return self.reload_without_head();
        }
        let head = HeadFile::parse(&head).ok_or(StoreError::BadHead)?;
        let len = || self.log.metadata().map(|metadata| metadata.len()).map_err(failed(&self.path));
        if self.state.as_ref() == Some(&head) && len()? == head.bytes {
            return Ok(None);
        }
        // Another process wrote, or this one has just begun.
        let first = self.state.is_none();
        if first || self.state.as_ref().is_some_and(|state| state.start != head.start) {
            self.log = open_file(&self.path).map_err(failed(&self.path))?;
        }
        self.unsigned = 0;
        let len = self.log.metadata().map_err(failed(&self.path))?.len();
        if len < head.bytes {
            return if len == 0 && self.resume_rotation(&head)? { Ok(None) } else { Err(StoreError::Damaged) };
        }
        let last = last_record(&mut self.log, head.bytes).map_err(failed(&self.path))?;
        match &last {
            None if head.bytes > 0 => return Err(StoreError::Damaged),
            Some(record) if record.hash != head.head.hash => return Err(StoreError::Damaged),
            _ => {}
        }
        let rotated = last.is_some_and(|record| matches!(record.event.what, What::LogRotated(_)));
        self.state = Some(head.clone());
        if rotated && len == head.bytes {
            self.rotate()?;
            return Ok(None);
        }
        self.settle_tail(head, len)
    }

    /// The head was made, and nothing was written to it: its writer died while the log began.
    fn reload_without_head(&mut self) -> Result<Option<LogRepaired>, StoreError> {
        let failed = |error: io::Error| StoreError::io(&self.path, &error);
        let tail = read_from(&mut self.log, 0, u64::MAX).map_err(failed)?;
        if tail.is_empty() {
            self.state = None;
            return Ok(None);
        }
        let Some(log) = tail.split(|b| *b == b'\n').next().and_then(|line| Record::parse(line).ok()).map(|record| record.log) else {
            // Not even its first record is whole.
            self.state = None;
            return Ok(Some(repair(&tail, 0)));
        };
        let none = HeadFile::new(Head { log, next: 0, hash: tamis::audit::Hash::ZERO }, 0, 0, None);
        self.settle_tail(none, tail.len() as u64)
    }

    /// Keeps whole records beyond the head; what is torn is told, and will be overwritten.
    fn settle_tail(&mut self, mut head: HeadFile, len: u64) -> Result<Option<LogRepaired>, StoreError> {
        if len == head.bytes {
            self.state = Some(head);
            return Ok(None);
        }
        let tail = read_from(&mut self.log, head.bytes, u64::MAX).map_err(|error| StoreError::io(&self.path, &error))?;
        let mut verifier = Verifier::after(head.head);
        let (mut whole, mut kept) = (0, 0);
        for line in tail.split_inclusive(|b| *b == b'\n') {
            verifier.line(line);
            if verifier.found_fault() {
                break;
            }
            whole += line.len();
            kept += 1;
            let record = Record::parse(line).map_err(|error| StoreError::Other(error.to_string()))?;
            head.head = Head { log: record.log, next: record.seq + 1, hash: record.hash };
        }
        head.bytes += whole as u64;
        self.state = Some(head);
        Ok(Some(repair(&tail[whole..], kept)))
    }
}

fn repair(torn: &[u8], kept: u64) -> LogRepaired {
    let digits: String = Sha256::digest(torn).iter().map(|byte| format!("{byte:02x}")).collect();
    LogRepaired { cut: torn.len() as u64, kept, sha256: (!torn.is_empty()).then(|| digits.as_str().into()) }
}

fn read_from(file: &mut (impl Read + Seek), at: u64, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The record that ends at this place, if there is a whole one.
pub(super) fn last_record(file: &mut (impl Read + Seek), end: u64) -> io::Result<Option<Record>> {
    let mut size = STEP.min(end);
    loop {
        let bytes = read_from(file, end - size, size)?;
        let Some(line) = bytes.strip_suffix(b"\n") else { return Ok(None) };
        match memchr::memrchr(b'\n', line) {
            Some(before) => return Ok(Record::parse(&line[before + 1..]).ok()),
            None if size == end => return Ok(Record::parse(line).ok()),
            None => size = (size * 4).min(end),
        }
    }
}
