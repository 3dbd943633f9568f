//! A progress bar on a terminal, nothing in a pipe.

use std::io::{self, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Shows how much was read. Gone when dropped.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    pub(crate) fn new() -> Self {
        let shown = io::stderr().is_terminal();
        Progress(shown.then(|| {
            let style = ProgressStyle::with_template("{spinner} searched {decimal_bytes}, {decimal_bytes_per_sec} ({elapsed})");
            let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        }))
    }

    /// Counts what was read.
    pub(crate) fn add(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc(bytes);
        }
    }

    /// Counts what is read from here.
    pub(crate) fn watch<'a, R: Read>(&'a self, source: &'a mut R) -> Watched<'a, R> {
        Watched { source, bar: self.0.as_ref() }
    }

    /// Makes room on the terminal for something to be printed.
    pub(crate) fn suspend(&self, print: impl FnOnce()) {
        match &self.0 {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A source whose bytes are counted.
pub(crate) struct Watched<'a, R> {
    source: &'a mut R,
    bar: Option<&'a ProgressBar>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.source.read(buffer)?;
        if let Some(bar) = self.bar {
            bar.inc(len as u64);
        }
        Ok(len)
    }
}
