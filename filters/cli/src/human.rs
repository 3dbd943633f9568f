//! Findings for people: where it is, what it is, what to do. Never the secret.

use std::io::{self, Write};

use tamis::{Author, Decided, Decision, Place, Rule};

use crate::color::Palette;
use crate::failure::one_line;

/// The name of the file, or what stands for one.
fn name(at: Place<'_>) -> String {
    match (at.path, at.commit) {
        (Some(path), _) => one_line(path),
        (None, Some(_)) => "<commit message>".to_owned(),
        (None, None) => "<stdin>".to_owned(),
    }
}

/// Which commit, by whom, when, and whether it is still there.
fn history(at: Place<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(commit) = at.commit {
        parts.push(format!("commit {}", &commit.id[..commit.id.len().min(12)]));
        parts.push(one_line(&commit.author));
        parts.extend(commit.date.map(|date| date.strftime("%Y-%m-%d").to_string()));
    }
    if let Some(origin) = at.origin {
        let named = [&origin.agent, &origin.model].into_iter().flatten().map(|name| one_line(name)).collect::<Vec<_>>().join(", ");
        parts.push(match origin.by {
            Author::Human => "by a person".to_owned(),
            Author::Agent if named.is_empty() => "by an agent".to_owned(),
            Author::Agent => format!("by {named} ({})", origin.confidence.as_str()),
        });
    }
    parts.extend(at.in_head.map(|is| if is { "still there" } else { "removed since" }.to_owned()));
    parts.join(" · ")
}

/// Prints one finding the way a compiler prints a warning.
pub(crate) fn finding(
    out: &mut impl Write,
    palette: &Palette,
    at: Place<'_>,
    decided: &Decided,
    by_policy: bool,
    rule: &Rule,
) -> io::Result<()> {
    let Decided { located, ruling, .. } = decided;
    let confidence = located.finding.confidence;
    let (place, level, faint) = (palette.place, palette.level(confidence), palette.faint);
    let path = name(at);
    let tamis::Position { line, column } = located.start;
    writeln!(out, "{place}{path}:{line}:{column}:{place:#} {level}{}:{level:#} {}", confidence.as_str(), rule.title)?;
    writeln!(out, "    {faint}{} · {} · fingerprint {}{faint:#}", rule.id, rule.class, located.fingerprint.short())?;
    if at.commit.is_some() {
        writeln!(out, "    {faint}{}{faint:#}", history(at))?;
    }
    if by_policy {
        writeln!(out, "    {faint}{} by row {}{faint:#}", ruling.decision.as_str(), ruling.row)?;
    }
    if let Some(url) = rule.revoke.as_ref().filter(|_| ruling.decision != Decision::Observe) {
        writeln!(out, "    {faint}rotate it at {url}{faint:#}")?;
    }
    Ok(())
}
