//! For everything that reads test results: JUnit XML. Each finding is a test that failed.

use std::io::{self, Write};

use super::bounded::{Bounded, Limit};
use super::{End, Found, Reporter, advice};
use crate::context::MASK;
use crate::failure::plural;

/// What GitLab takes as one file, 30 MB, and reads of it: cases of one job.
const LIMIT: Limit = Limit { entries: 500_000, bytes: 30_000_000 - 4096 };

/// Writes all cases at the end.
pub(super) struct Junit {
    cases: Bounded,
    failed: u64,
    skipped: u64,
}

impl Junit {
    pub(super) fn new() -> Self {
        Junit { cases: Bounded::new(LIMIT), failed: 0, skipped: 0 }
    }
}

impl Reporter for Junit {
    fn finding(&mut self, _: &mut dyn Write, found: &Found<'_>) -> io::Result<()> {
        let (rule, located) = (found.rule, found.located());
        let place = format!("{}:{}:{}", found.name(), located.start.line, located.start.column);
        // Two tests of the same name are one to some readers.
        let commit = found.place.commit.map(|commit| format!(" @{}", &commit.id[..commit.id.len().min(12)])).unwrap_or_default();
        let name = format!("{} at {place}{commit}", rule.id);
        let body = match found.suppression {
            Some(suppression) => {
                self.skipped += 1;
                format!("<skipped message=\"{}\"/>", escaped(&suppression.why()))
            }
            None => {
                self.failed += 1;
                let message = format!("{} ({})", rule.title, located.finding.confidence.as_str());
                let rotate = rule.revoke.as_ref().map(|url| format!("\nrotate it at {url}")).unwrap_or_default();
                let history = found.place.commit.map(|_| format!("\n{}", super::human::history(found.place))).unwrap_or_default();
                let text = format!(
                    "{place}\n{}\n{}\nto do: {}{rotate}{history}\nfingerprint {}",
                    found.excerpt.with(MASK),
                    advice::reason(found),
                    advice::fix(rule),
                    located.fingerprint
                );
                format!("<failure message=\"{}\" type=\"{}\">{}</failure>", escaped(&message), escaped(&rule.class), escaped(&text))
            }
        };
        let case = format!(
            "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\">{body}</testcase>\n",
            escaped(&name),
            escaped(&rule.id),
            escaped(&found.name()),
            located.start.line
        );
        self.cases.push(found.severity(), case);
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write, end: &End) -> io::Result<Option<String>> {
        let all = self.cases.count();
        let (cases, left_out) = self.cases.fit();
        let seconds = end.ended.duration_since(end.started).as_secs_f64();
        let errors = u8::from(!end.complete);
        // A run without a case would be taken for none.
        let tests = all + 1;
        let counts = format!(
            "tests=\"{tests}\" failures=\"{}\" skipped=\"{}\" errors=\"{errors}\" time=\"{seconds:.3}\"",
            self.failed, self.skipped
        );
        writeln!(
            out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite name=\"tamis scan\" {counts} timestamp=\"{}\">",
            end.started.strftime("%Y-%m-%dT%H:%M:%S")
        )?;
        let whole = if end.complete { String::new() } else { format!("<error message=\"{}\"/>", escaped(&end.summary)) };
        writeln!(out, "    <testcase name=\"everything was read\" classname=\"tamis\">{whole}</testcase>")?;
        for case in cases {
            out.write_all(case.as_bytes())?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")?;
        let limit = "GitLab takes 30 MB and 500,000 cases";
        Ok((left_out > 0).then(|| format!("the report leaves out {left_out} of {}: {limit}", plural(all as u64, "finding"))))
    }
}

/// Text in XML 1.0, which has no form for some characters.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\n' | '\t' => safe.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_well_formed() {
        assert_eq!(escaped("<a b=\"c\">&'\u{0}\u{1b}\u{ffff}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\u{fffd}\u{fffd}\u{fffd}\n");
    }
}
