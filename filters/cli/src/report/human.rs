//! For people: as a compiler tells it. Where it is, its line without the secret, why it is one, what to do.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tamis::{Author, Decision, Fingerprint, Place};
use unicode_width::UnicodeWidthStr;

use super::{End, Found, Reporter, advice};
use crate::color::Palette;
use crate::context::MASK;
use crate::failure::one_line;

/// So many secrets are remembered, to say of one that it was told before.
const REMEMBERED: usize = 10_000;

/// Prints each finding as it comes.
pub(super) struct Human {
    palette: Palette,
    /// Where each secret was told first.
    told: BTreeMap<Fingerprint, String>,
}

impl Human {
    pub(super) fn new(palette: Palette) -> Self {
        Human { palette, told: BTreeMap::new() }
    }

    /// Where the secret was told before, if it was.
    fn before(&mut self, secret: Fingerprint, place: impl FnOnce() -> String) -> Option<&str> {
        if !self.told.contains_key(&secret) {
            if self.told.len() < REMEMBERED {
                self.told.insert(secret, place());
            }
            return None;
        }
        self.told.get(&secret).map(String::as_str)
    }
}

impl Reporter for Human {
    fn finding(&mut self, out: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            return Ok(());
        }
        let Found { rule, decided, excerpt, .. } = found;
        let located = found.located();
        let confidence = located.finding.confidence;
        let (place, level, faint) = (self.palette.place, self.palette.level(confidence), self.palette.faint);
        let tamis::Position { line, column } = located.start;
        // The path as it was given: what is shown can be opened.
        let name = found.place.path.map_or_else(|| found.name(), one_line);
        if !self.told.is_empty() {
            writeln!(out)?;
        }
        let before = self.before(located.fingerprint, || format!("{name}:{line}:{column}"));
        writeln!(
            out,
            "{place}{name}:{line}:{column}:{place:#} {level}{}:{level:#} {} {faint}[{}]{faint:#}",
            confidence.as_str(),
            rule.title,
            rule.id
        )?;
        let gutter = line.to_string().len().max(4);
        let bar = format_args!("{faint}|{faint:#}");
        writeln!(out, "{faint}{line:>gutter$} |{faint:#} {}{MASK}{}", excerpt.before, excerpt.after)?;
        let indent = excerpt.before.width();
        writeln!(
            out,
            "{:gutter$} {bar} {:indent$}{level}{} {}{level:#}",
            "",
            "",
            "^".repeat(MASK.len()),
            advice::why(rule, &located.finding)
        )?;
        let mut note = |text: &str| writeln!(out, "{:gutter$} {faint}= {text}{faint:#}", "");
        note(&format!("{}, fingerprint {}", rule.class, located.fingerprint.short()))?;
        if let Some(details) = advice::details(found) {
            note(&details)?;
        }
        if found.place.commit.is_some() {
            note(&history(found.place))?;
        }
        if let Some(link) = found.place.link {
            note(&format!("see {link}"))?;
        }
        if found.by_policy {
            note(&format!("{} by row {}", decided.ruling.decision.as_str(), decided.ruling.row))?;
        }
        if let Some(before) = before {
            note(&format!("the same secret as at {before}"))?;
        } else if decided.ruling.decision != Decision::Observe {
            note(&format!("to do: {}", advice::fix(rule)))?;
            if let Some(url) = &rule.revoke {
                note(&format!("rotate it at {url}"))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut dyn Write, _: &End) -> io::Result<Option<String>> {
        Ok(None)
    }
}

/// Which commit, by whom, when, and whether it is still there.
pub(super) fn history(at: Place<'_>) -> String {
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
