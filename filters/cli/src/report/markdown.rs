//! For comments and job summaries: a table in Markdown.

use std::io::{self, Write};

use super::bounded::{Bounded, Limit};
use super::{End, Found, Reporter, Severity};
use crate::failure::plural;

/// What GitHub takes as the summary of a step, 1 MiB, with room for all but the rows.
const LIMIT: Limit = Limit { entries: usize::MAX, bytes: (1 << 20) - 4096 };

/// Writes a table at the end.
pub(super) struct Markdown {
    rows: Bounded,
    suppressed: u64,
    counts: [u64; 4],
}

impl Markdown {
    /// Goes after as many bytes as stand in the file already.
    pub(super) fn after(taken: usize) -> Self {
        let rows = Bounded::new(Limit { bytes: LIMIT.bytes.saturating_sub(taken), ..LIMIT });
        Markdown { rows, suppressed: 0, counts: [0; 4] }
    }
}

impl Reporter for Markdown {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            self.suppressed += 1;
            return Ok(());
        }
        let severity = found.severity();
        self.counts[severity as usize] += 1;
        let located = found.located();
        let commit = found.place.commit.map(|_| format!("<br>{}", cell(&super::human::history(found.place)))).unwrap_or_default();
        let rotate = found.rule.revoke.as_ref().map(|url| format!("[rotate it]({url})")).unwrap_or_default();
        let place = format!("{}:{}:{}", cell(&found.name()), located.start.line, located.start.column);
        let place = found.place.link.map_or(place.clone(), |link| format!("[{place}]({link})"));
        let row = format!(
            "| {} | {place}{commit} | {}<br>`{}` | {} | `{}` | {rotate} |\n",
            severity.as_str(),
            cell(&found.rule.title),
            found.rule.id,
            located.finding.confidence.as_str(),
            located.fingerprint.short(),
        );
        self.rows.push(severity, row);
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>> {
        writeln!(out, "## Tamis: {}\n", cell(&end.summary))?;
        if !end.complete {
            writeln!(out, "**The scan is not complete: something could not be read.**\n")?;
        }
        let all = self.rows.count();
        if all > 0 {
            let counts = Severity::ALL.map(|severity| (severity, self.counts[severity as usize]));
            let counts: Vec<String> =
                counts.iter().filter(|(_, count)| *count > 0).map(|(severity, count)| format!("{count} {}", severity.as_str())).collect();
            writeln!(out, "{}\n", counts.join(", "))?;
            writeln!(out, "| severity | place | what | confidence | fingerprint | |\n|---|---|---|---|---|---|")?;
        }
        let (rows, left_out) = self.rows.fit();
        for row in rows {
            out.write_all(row.as_bytes())?;
        }
        if self.suppressed > 0 {
            writeln!(out, "\n{} suppressed by baselines, comments or exceptions.", plural(self.suppressed, "finding"))?;
        }
        if left_out == 0 {
            return Ok(None);
        }
        writeln!(out, "\n{left_out} more are left out: a summary holds 1 MiB.")?;
        Ok(Some(format!("the summary leaves out {left_out} of {}: GitHub takes 1 MiB", plural(all as u64, "finding"))))
    }
}

/// Text in a cell of a table that is nothing but text.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '@' | '!' | '~' => safe.extend(['\\', c]),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text() {
        assert_eq!(cell("a|b`<img>`_c_ @team"), "a\\|b\\`&lt;img&gt;\\`\\_c\\_ \\@team");
    }
}
