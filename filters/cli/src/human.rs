//! Findings for people: where it is, what it is, what to do. Never the secret.

use std::io::{self, Write};

use tamis::{Decided, Decision, Rule};

use crate::color::Palette;
use crate::failure::one_line;

/// Name of a stream that has none.
const STDIN: &str = "<stdin>";

/// Prints one finding the way a compiler prints a warning.
pub(crate) fn finding(
    out: &mut impl Write,
    palette: &Palette,
    path: Option<&str>,
    decided: &Decided,
    by_policy: bool,
    rule: &Rule,
) -> io::Result<()> {
    let Decided { located, ruling, .. } = decided;
    let confidence = located.finding.confidence;
    let (place, level, faint) = (palette.place, palette.level(confidence), palette.faint);
    let path = path.map_or_else(|| STDIN.to_owned(), one_line);
    let tamis::Position { line, column } = located.start;
    writeln!(out, "{place}{path}:{line}:{column}:{place:#} {level}{}:{level:#} {}", confidence.as_str(), rule.title)?;
    writeln!(out, "    {faint}{} · {} · fingerprint {}{faint:#}", rule.id, rule.class, located.fingerprint.short())?;
    if by_policy {
        writeln!(out, "    {faint}{} by row {}{faint:#}", ruling.decision.as_str(), ruling.row)?;
    }
    if let Some(url) = rule.revoke.as_ref().filter(|_| ruling.decision != Decision::Observe) {
        writeln!(out, "    {faint}rotate it at {url}{faint:#}")?;
    }
    Ok(())
}
