//! A command on a terminal of its own, between ours and it.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::pipe::{Pipe, Speech};
use super::rpc::Talk;
use super::{Desk, Side, signals};
use crate::args::ExecArgs;
use crate::failure::Failure;
use crate::fd;

/// How long a person waits for what might be a part of something: typed or pasted, and printed.
const TYPED: Duration = Duration::from_millis(20);
const PRINTED: Duration = Duration::from_millis(60);

/// Whether a person sits at both ends.
pub(super) fn is_wanted() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Runs the command.
pub(super) fn run(args: &ExecArgs, desk: &'static Desk) -> Result<ExitStatus, Failure> {
    let (program, rest) = args.command.split_first().expect("the parser asks for one");
    let cannot = |error: &dyn std::fmt::Display| Failure::new("cannot run", Path::new(program).display(), error);
    let (pty, pts) = open().map_err(|error| cannot(&error))?;
    signals::resize(&pty);
    let mut command = Command::new(program).args(rest);
    // Where errors go elsewhere, they are not for the terminal.
    let elsewhere = !io::stderr().is_terminal();
    if elsewhere {
        command = command.stderr(std::process::Stdio::piped());
    }
    let mut child = command.spawn(pts).map_err(|error| match &error {
        pty_process::Error::Io(error) => super::cannot_run(program, error),
        other => cannot(other),
    })?;
    let _ = desk.child.set(child.id());
    let other = |error: io::Error| Failure::file("cannot use the terminal", Path::new("standard input"), &error);
    let talk: &'static Talk = Box::leak(Box::new(Talk::new(fd::stdout().map_err(other)?)));
    let errors = elsewhere.then(|| super::stderr(desk, talk, &mut child)).flatten();
    let raw = Raw::enter().map_err(other)?;
    let pty = Arc::new(pty);
    let (keys, screen) = (fd::stdin().map_err(other)?, fd::stdout().map_err(other)?);
    let input = Master(Arc::clone(&pty));
    thread::spawn(move || Pipe::new(desk, Side::In, Speech::Text, talk).run_live(keys, input, TYPED));
    signals::pass_on(child.id(), Some(Arc::clone(&pty))).map_err(other)?;
    Pipe::new(desk, Side::Out, Speech::Text, talk).run_live(Master(pty), screen, PRINTED);
    if let Some(errors) = errors {
        errors.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
    let status = child.wait().map_err(|error| cannot(&error));
    drop(raw);
    status
}

/// Whether there is something to read before patience ends.
pub(super) fn is_ready(source: &impl AsFd, patience: Duration) -> bool {
    let timeout = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    let mut fds = [PollFd::new(source, PollFlags::IN)];
    // What cannot be asked is read, which tells what is wrong.
    !matches!(poll(&mut fds, Some(&timeout)), Ok(0))
}

/// Our end of the command's terminal.
struct Master(Arc<Pty>);

impl Read for Master {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Master {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Master {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Our terminal passes every key on. It is as it was when this is dropped.
struct Raw(Termios);

impl Raw {
    fn enter() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Raw(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
