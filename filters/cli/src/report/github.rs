//! For GitHub Actions: workflow commands, which become annotations of lines.

use std::io::{self, Write};

use super::{End, Found, Reporter, Severity, advice};
use crate::failure::plural;

/// Annotations of a kind that GitHub shows of one step; what is more is dropped without a word.
const MOST: usize = 10;

/// The gravest findings of each kind, in their order.
#[derive(Default)]
pub(super) struct Github {
    kinds: [Vec<(Severity, String)>; 3],
    count: u64,
}

impl Reporter for Github {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        if found.suppression.is_some() {
            return Ok(());
        }
        self.count += 1;
        let severity = found.severity();
        let kind = match severity {
            Severity::Critical | Severity::High => 0,
            Severity::Medium => 1,
            Severity::Low => 2,
        };
        // One notice is kept for what is left out.
        let (kept, most) = (&mut self.kinds[kind], if kind == 2 { MOST - 1 } else { MOST });
        let at = kept.partition_point(|(other, _)| *other >= severity);
        if at < most {
            kept.insert(at, (severity, annotation(["error", "warning", "notice"][kind], found)));
            kept.truncate(most);
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, _: &End) -> io::Result<Option<String>> {
        let shown: u64 = self.kinds.iter().map(|kind| kind.len() as u64).sum();
        for (_, line) in self.kinds.iter().flatten() {
            writeln!(out, "{line}")?;
        }
        let more = self.count - shown;
        if more == 0 {
            return Ok(None);
        }
        let text = format!("{} of {} without an annotation: GitHub shows {MOST} of a kind for a step", more, plural(self.count, "finding"));
        writeln!(out, "::notice title=Tamis::{}; the job summary lists all", data(&text))?;
        Ok(Some(text))
    }
}

fn annotation(kind: &str, found: &Found<'_>) -> String {
    let located = found.located();
    let (column, end_column) = found.columns();
    let mut place = String::new();
    // Without a file the annotation is one of the job.
    if found.place.path.is_some() {
        place = format!("file={},line={},endLine={}", property(&found.path()), located.start.line, located.end.line);
        // Columns are for annotations within a line.
        if located.start.line == located.end.line {
            place += &format!(",col={column},endColumn={end_column}");
        }
        place.push(',');
    }
    let commit = found.place.commit.map(|_| format!(" ({})", super::human::history(found.place))).unwrap_or_default();
    let rotate = found.rule.revoke.as_ref().map(|url| format!(" Rotate it at {url}")).unwrap_or_default();
    let why = advice::reason(found);
    let message = format!(
        "{}: {why}{commit}. To do: {}.{rotate} (fingerprint {})",
        found.rule.title,
        advice::fix(found.rule),
        located.fingerprint.short()
    );
    format!(
        "::{kind} {place}title={}::{}",
        property(&format!("{} ({})", found.rule.id, located.finding.confidence.as_str())),
        data(&message)
    )
}

/// Text as the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as the value of a workflow command's property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_end_a_command() {
        assert_eq!(property("a%b:c,d\r\ne"), "a%25b%3Ac%2Cd%0D%0Ae");
        assert_eq!(data("a%b::c\n::error::x"), "a%25b::c%0A::error::x");
    }
}
