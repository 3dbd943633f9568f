//! One JSON object a line.

use std::io::{self, Write};

use serde::Serialize;
use tamis::{Decided, Part, Place, Report, Rule};

/// Writes a finding's report, with what a policy decided if one did.
pub(crate) fn finding(
    out: &mut impl Write,
    place: Place<'_>,
    decided: &Decided,
    by_policy: bool,
    rule: &Rule,
    parts: &[Part<'_>],
) -> io::Result<()> {
    let ruling = by_policy.then_some(&decided.ruling);
    line(out, &Report { ruling, parts, ..Report::new(&decided.located, rule, place) })
}

/// Writes any object.
pub(crate) fn line(out: &mut impl Write, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}
