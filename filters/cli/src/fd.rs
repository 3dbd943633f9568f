//! Plain reading and writing of the standard streams: no buffer of the library in between, so that a line is out
//! before the next read waits.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::thread;
use std::time::Duration;

/// How long to wait for a pipe that another process made non-blocking.
const PAUSE: Duration = Duration::from_millis(1);

/// Standard input, unbuffered.
pub(crate) fn stdin() -> io::Result<File> {
    duplicate(&io::stdin())
}

/// Standard output, unbuffered.
pub(crate) fn stdout() -> io::Result<File> {
    duplicate(&io::stdout())
}

/// Standard error, unbuffered.
pub(crate) fn stderr() -> io::Result<File> {
    duplicate(&io::stderr())
}

#[cfg(unix)]
fn duplicate(stream: &impl std::os::fd::AsFd) -> io::Result<File> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?))
}

#[cfg(windows)]
fn duplicate(stream: &impl std::os::windows::io::AsHandle) -> io::Result<File> {
    Ok(File::from(stream.as_handle().try_clone_to_owned()?))
}

/// Reads what there is, waiting for the first byte. 0 is the end.
pub(crate) fn read(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            result => return result,
        }
    }
}

/// Reads until the buffer is full or the source ends; less than a full buffer is the end.
pub(crate) fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match read(source, &mut buffer[len..])? {
            0 => break,
            n => len += n,
        }
    }
    Ok(len)
}

/// Writes all of it.
pub(crate) fn write(target: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match target.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => bytes = &bytes[n..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
