//! One JSON object a line.

use std::io::{self, Write};

use serde::Serialize;
use tamis::{Located, Report, Rule};

/// Writes a finding's report.
pub(crate) fn finding(out: &mut impl Write, path: Option<&str>, located: &Located, rule: &Rule) -> io::Result<()> {
    line(out, &Report::new(located, rule, path))
}

/// Writes any object.
pub(crate) fn line(out: &mut impl Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}
