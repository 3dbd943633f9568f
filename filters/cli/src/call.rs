//! `tamis call`: whether an agent may call a tool, and with which arguments.

use std::io::ErrorKind;
use std::path::Path;

use serde_json::Value;
use tamis::{Direction, Flow, Frame, Surface};

use crate::args::CallArgs;
use crate::failure::{Exit, Failure};
use crate::inspect::Inspector;
use crate::{arguments, fd};

/// Runs the command. Nothing is printed unless all of it may pass.
pub(crate) fn run(args: &CallArgs) -> Result<Exit, Failure> {
    let (text, arguments) = arguments::read(args.arguments.as_deref())?;
    let flow =
        Flow { surface: Some(Surface::ToolInput), direction: Some(Direction::Outbound), tool: Some(args.name.clone()), ..Flow::default() };
    let mut inspector = Inspector::new(&args.means, &args.means.session, flow, Frame::Json)?;
    let result = decide(&mut inspector, &args.name, &text, &arguments);
    inspector.close()?;
    let text = result?;
    match fd::stdout().and_then(|mut out| fd::write(&mut out, &text)) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::file("cannot write", Path::new("standard output"), &error)),
        _ => Ok(Exit::Clean),
    }
}

/// The arguments that the tool may get. An error says why the call may not be made.
fn decide(inspector: &mut Inspector, tool: &str, text: &[u8], arguments: &Value) -> Result<Vec<u8>, Failure> {
    inspector.admit()?;
    let flow = Flow { tool: Some(tool.to_owned()), ..inspector.flow(Flow::default()) };
    inspector.admit_call(&flow, arguments)?;
    let verdict = inspector.text(&flow, text)?;
    match verdict.blocked {
        Some(_) => Err(Failure::blocked("tool refused", tool, "something in its arguments is not let through")),
        None => Ok(verdict.text),
    }
}
