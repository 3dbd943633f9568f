//! A progress bar on a terminal, once somebody waits; nothing in a pipe.

use std::io::{self, IsTerminal, Read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Whoever gets an answer earlier needs no bar.
const PATIENCE: Duration = Duration::from_millis(300);

/// Shows how much was read. Gone when dropped.
pub(crate) struct Progress(Option<Shown>);

struct Shown {
    started: Instant,
    bytes: AtomicU64,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Nothing is shown to who wants it quiet.
    pub(crate) fn new(quiet: bool) -> Self {
        let shown = !quiet && io::stderr().is_terminal();
        Progress(shown.then(|| Shown { started: Instant::now(), bytes: AtomicU64::new(0), bar: OnceLock::new() }))
    }

    /// Counts what was read.
    pub(crate) fn add(&self, bytes: u64) {
        if let Some(shown) = &self.0 {
            let all = shown.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
            if shown.started.elapsed() > PATIENCE {
                shown.bar.get_or_init(|| bar(shown.started)).set_position(all);
            }
        }
    }

    /// Counts what is read from here.
    pub(crate) fn watch<'a, R: Read>(&'a self, source: &'a mut R) -> Watched<'a, R> {
        Watched { source, progress: self }
    }

    /// Makes room on the terminal for something to be printed.
    pub(crate) fn suspend(&self, print: impl FnOnce()) {
        match self.bar() {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    fn bar(&self) -> Option<&ProgressBar> {
        self.0.as_ref().and_then(|shown| shown.bar.get())
    }
}

fn bar(started: Instant) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} searched {decimal_bytes}, {decimal_bytes_per_sec} ({elapsed})");
    let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    let bar = bar.with_elapsed(started.elapsed());
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar() {
            bar.finish_and_clear();
        }
    }
}

/// A source whose bytes are counted.
pub(crate) struct Watched<'a, R> {
    source: &'a mut R,
    progress: &'a Progress,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.source.read(buffer)?;
        self.progress.add(len as u64);
        Ok(len)
    }
}
