//! Signals go on to the command, and how it dies is how this program dies.

use std::fs::File;
use std::io;
use std::process;
use std::sync::Arc;
use std::thread;

use pty_process::blocking::Pty;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::tcgetwinsize;
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::emulate_default_handler;
use signal_hook::low_level::siginfo::Cause;

const PASSED_ON: [i32; 8] = [SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];

/// Passes signals on to a child from now on. `terminal` is the child's own one, if it has one.
pub(super) fn pass_on(child: u32, terminal: Option<Arc<Pty>>) -> io::Result<()> {
    let mut signals = SignalsInfo::<WithOrigin>::new(PASSED_ON)?;
    thread::spawn(move || {
        for origin in &mut signals {
            match (&terminal, origin.signal) {
                (Some(terminal), SIGWINCH) => resize(terminal),
                // The command is in the same group and has got it from the terminal, too.
                (None, _) if origin.cause == Cause::Kernel => {}
                (_, signal) => {
                    if let Some(signal) = Signal::from_named_raw(signal) {
                        send(child, signal);
                    }
                }
            }
        }
    });
    Ok(())
}

/// Asks a child to end.
pub(super) fn end(child: u32) {
    send(child, Signal::TERM);
}

fn send(child: u32, signal: Signal) {
    if let Some(child) = i32::try_from(child).ok().and_then(Pid::from_raw) {
        // It may be gone by now.
        let _ = kill_process(child, signal);
    }
}

/// Gives the command's terminal the size of ours.
pub(super) fn resize(terminal: &Pty) {
    if let Ok(size) = File::open("/dev/tty").and_then(|tty| Ok(tcgetwinsize(tty)?)) {
        // What does not know its size draws badly, and nothing else.
        let _ = terminal.resize(pty_process::Size::new(size.ws_row, size.ws_col));
    }
}

/// Dies of the same signal as the command, so that whoever started us sees it.
pub(super) fn die_of(signal: i32) -> ! {
    let _ = emulate_default_handler(signal);
    process::exit(128 + signal)
}
