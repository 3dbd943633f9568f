//! The arguments of a tool call.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;
use tamis::policy::Arguments;

use crate::failure::Failure;
use crate::fd;

/// Longest arguments that are read: they are decided as a whole.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Reads a file, or standard input: its text, and the object that it says.
pub(crate) fn read(path: Option<&Path>) -> Result<(Vec<u8>, Value), Failure> {
    let path = path.unwrap_or(Path::new("-"));
    let source = if path.as_os_str() == "-" { fd::stdin() } else { File::open(path) };
    let mut text = Vec::new();
    let read: io::Result<usize> = source.and_then(|source| source.take(LONGEST).read_to_end(&mut text));
    read.map_err(|error| Failure::file("cannot read the arguments", path, &error))?;
    let bad = |place: String| Failure::new("bad arguments", place, "a tool's arguments are a JSON object that names nothing twice");
    match serde_json::from_slice(&text) {
        Ok(Arguments(arguments @ Value::Object(_))) => Ok((text, arguments)),
        Ok(_) => Err(bad(path.display().to_string())),
        Err(error) => Err(bad(format!("{}:{}:{}", path.display(), error.line(), error.column()))),
    }
}
