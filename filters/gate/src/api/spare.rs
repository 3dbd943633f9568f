//! What bodies have used, for the bodies after them: to make a stream anew costs more than to read a short body with it.

use core::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tamis_engine::{Scanner, Stream};

use crate::harmless::Harmless;
use crate::settings::Settings;

/// Most streams that are kept.
const MOST: usize = 8;

/// Streams at their start, and a look for names that hold nothing.
#[derive(Debug)]
pub(super) struct Spare {
    scanner: Scanner,
    streams: Mutex<Vec<Stream>>,
    harmless: Mutex<Harmless>,
}

impl Spare {
    pub(super) fn new(scanner: &Scanner) -> Arc<Self> {
        let harmless = Harmless::new(scanner, &Settings::default());
        Arc::new(Spare { scanner: scanner.clone(), streams: Mutex::default(), harmless: Mutex::new(harmless) })
    }

    /// A stream with the smallest window: there may be many at a time.
    pub(super) fn stream(self: &Arc<Self>) -> Lent {
        let spare = self.streams.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let stream = spare.unwrap_or_else(|| Stream::with_window(self.scanner.clone(), 0));
        Lent { stream: Some(stream), home: Arc::clone(self) }
    }

    /// Takes findings out of names that others chose.
    pub(super) fn harmless(&self) -> MutexGuard<'_, Harmless> {
        self.harmless.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_back(&self, mut stream: Stream) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() < MOST {
            if stream.position() > 0 {
                stream.reset();
            }
            streams.push(stream);
        }
    }
}

/// A stream that goes back when it is no longer needed.
#[derive(Debug)]
pub(super) struct Lent {
    stream: Option<Stream>,
    home: Arc<Spare>,
}

impl Deref for Lent {
    type Target = Stream;

    fn deref(&self) -> &Stream {
        self.stream.as_ref().expect("it is there until it goes back")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Stream {
        self.stream.as_mut().expect("it is there until it goes back")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.home.take_back(stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<u8>);

    impl tamis_engine::Sink for Seen {
        fn text(&mut self, bytes: &[u8]) {
            self.0.extend_from_slice(bytes);
        }
        fn finding(&mut self, _: &tamis_engine::Finding, _: tamis_engine::Secret<'_>) {}
    }

    #[test]
    fn a_stream_that_was_left_in_the_middle_starts_anew() {
        let spare = Spare::new(&Scanner::new(crate::rules::builtin()));
        let mut seen = Seen::default();
        spare.stream().push(b"password=half-of-a-secr", &mut seen);
        for _ in 0..2 {
            let (mut seen, mut stream) = (Seen::default(), spare.stream());
            stream.push(b"et and more", &mut seen);
            stream.finish(&mut seen);
            assert_eq!(seen.0, b"et and more");
        }
        let many: Vec<_> = (0..2 * MOST).map(|_| spare.stream()).collect();
        drop(many);
        assert_eq!(spare.streams.lock().unwrap().len(), MOST);
    }
}
