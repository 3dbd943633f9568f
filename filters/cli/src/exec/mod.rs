//! `tamis exec`: a command behind the filter. What goes in and what comes out is decided, and its exit is passed on.
//!
//! Where both ends are a terminal, the command gets a terminal of its own; else it gets pipes, and where its lines are
//! JSON-RPC messages these are decided one by one.

mod pipe;
mod rpc;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod terminal;

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use tamis::{Direction, Flow, Frame, Surface};

use crate::args::ExecArgs;
use crate::failure::{Exit, Failure};
use crate::fd;
use crate::inspect::Inspector;
use pipe::{Pipe, Speech};

/// What all directions share.
struct Desk {
    /// Gone when the run is over.
    inspector: Mutex<Option<Inspector>>,
    /// Why the run is no success, whatever the command says: the first reason.
    failure: Mutex<Option<Failure>>,
    /// The command.
    child: OnceLock<u32>,
}

impl Desk {
    /// Asks the inspector, unless the run is over.
    fn ask<T>(&self, question: impl FnOnce(&mut Inspector) -> T) -> Option<T> {
        locked(&self.inspector).as_mut().map(question)
    }

    /// Something went wrong, or may not pass: the command ends.
    fn fail(&self, failure: Failure) {
        locked(&self.failure).get_or_insert(failure);
        #[cfg(unix)]
        if let Some(child) = self.child.get() {
            signals::end(*child);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which way a stream flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// To the command.
    In,
    /// From the command.
    Out,
    /// From the command, to standard error.
    Err,
}

impl Side {
    fn flow(self, inspector: &Inspector) -> Flow {
        let (surface, direction) = match self {
            Side::In => (Surface::ToolInput, Direction::Outbound),
            Side::Out => (Surface::ToolOutput, Direction::Inbound),
            Side::Err => (Surface::Log, Direction::Inbound),
        };
        inspector.flow(Flow { surface: Some(surface), direction: Some(direction), ..Flow::default() })
    }
}

/// Runs the command.
pub(crate) fn run(args: &ExecArgs) -> Result<Exit, Failure> {
    let mut inspector = Inspector::new(&args.means, &args.means.session, Flow::default(), Frame::Auto)?;
    if let Err(refused) = inspector.admit() {
        inspector.close()?;
        return Err(refused);
    }
    let desk = Desk { inspector: Mutex::new(Some(inspector)), failure: Mutex::default(), child: OnceLock::new() };
    // The thread that reads standard input may wait for ever, and outlive this function.
    let desk: &'static Desk = Box::leak(Box::new(desk));
    #[cfg(unix)]
    let status = if terminal::is_wanted() { terminal::run(args, desk)? } else { piped(args, desk)? };
    #[cfg(not(unix))]
    let status = piped(args, desk)?;
    let inspector = locked(&desk.inspector).take();
    inspector.map_or(Ok(()), Inspector::close)?;
    match locked(&desk.failure).take() {
        Some(failure) => Err(failure),
        None => end(status),
    }
}

/// The command between pipes.
fn piped(args: &ExecArgs, desk: &'static Desk) -> Result<ExitStatus, Failure> {
    let (program, rest) = args.command.split_first().expect("the parser asks for one");
    let mut command = Command::new(program);
    command.args(rest).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| cannot_run(program, &error))?;
    let _ = desk.child.set(child.id());
    #[cfg(unix)]
    signals::pass_on(child.id(), None).map_err(|error| Failure::file("cannot run", Path::new(program), &error))?;
    let speech = if args.jsonrpc { Speech::Messages } else { Speech::Unknown };
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let cannot = |error: io::Error| Failure::file("cannot read", Path::new("standard input"), &error);
    let (own_in, own_out) = (fd::stdin().map_err(cannot)?, fd::stdout().map_err(cannot)?);
    let talk: &'static rpc::Talk = Box::leak(Box::new(rpc::Talk::new(own_out.try_clone().map_err(cannot)?)));
    if let Some(stdin) = stdin {
        thread::spawn(move || Pipe::new(desk, Side::In, speech, talk).run(own_in, stdin));
    }
    let errors = stderr(desk, talk, &mut child);
    if let Some(stdout) = stdout {
        Pipe::new(desk, Side::Out, speech, talk).run(stdout, own_out);
    }
    if let Some(errors) = errors {
        errors.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
    child.wait().map_err(|error| Failure::file("cannot wait for", Path::new(program), &error))
}

/// Says why the command does not start.
fn cannot_run(program: &OsStr, error: &io::Error) -> Failure {
    let program = Path::new(program);
    match error.kind() {
        ErrorKind::NotFound => Failure::new("cannot run", program.display(), "no such command: check the name, and PATH"),
        ErrorKind::PermissionDenied => Failure::new("cannot run", program.display(), "permission denied: make it executable"),
        _ => Failure::file("cannot run", program, error),
    }
}

/// Passes on what the command says on standard error.
fn stderr(desk: &'static Desk, talk: &'static rpc::Talk, child: &mut Child) -> Option<thread::JoinHandle<()>> {
    let source: ChildStderr = child.stderr.take()?;
    let own = fd::stderr().ok()?;
    Some(thread::spawn(move || Pipe::new(desk, Side::Err, Speech::Text, talk).run(source, own)))
}

/// Ends as the command did.
fn end(status: ExitStatus) -> ! {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        signals::die_of(signal);
    }
    std::process::exit(status.code().unwrap_or(1))
}
