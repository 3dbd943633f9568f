//! Ctrl-C reaches all programs of a pipeline at once. The one before may still have something to say, and a secret in it.

use std::fs::File;

/// From now on the first interrupt is for whoever writes into this pipe: reading ends when it closes. A second one ends this
/// program. Where no program writes, nothing changes.
#[cfg(unix)]
pub(crate) fn outlive(source: &File) {
    use std::os::unix::fs::FileTypeExt as _;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::SIGINT;
    use signal_hook::flag;

    let is_pipe = source.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo() || metadata.file_type().is_socket());
    if is_pipe {
        let interrupted = Arc::new(AtomicBool::new(false));
        // In this order, as the first one is let pass before it is noted. Where that fails, the first one is the last.
        let ends = flag::register_conditional_default(SIGINT, Arc::clone(&interrupted));
        if ends.is_ok() && flag::register(SIGINT, Arc::clone(&interrupted)).is_err() {
            interrupted.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn outlive(_: &File) {}
