//! What is measured, and what must be found there.

use tamis::engine::Findings;
use tamis::{Confidence, Scanner};

use crate::text::{Kind, Text};

/// Sizes of the chunks that a text is pushed in: a file's, a network's, a model's.
pub const CHUNKS: [usize; 3] = [64 * 1024, 4 * 1024, 16];

/// One text to scan.
#[derive(Debug)]
pub struct Definition {
    /// Its name in results.
    pub name: String,
    /// Its shape.
    pub kind: Kind,
    /// Whether there are secrets in it.
    pub planted: bool,
    text: Text,
}

/// All definitions, with texts of this size.
#[must_use]
pub fn definitions(size: usize) -> Vec<Definition> {
    let each = |planted: bool| {
        Kind::ALL.map(|kind| Definition {
            name: format!("{}-{}", kind.as_str(), if planted { "planted" } else { "clean" }),
            kind,
            planted,
            text: Text::new(kind, size, planted, 20_260_314),
        })
    };
    each(false).into_iter().chain(each(true)).collect()
}

impl Definition {
    /// What is scanned.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.text.bytes
    }

    /// Findings of confidence medium and up that there must be: one for each planted secret, none elsewhere.
    #[must_use]
    pub fn expected(&self) -> usize {
        self.text.secrets.len()
    }

    /// Scans the text in chunks of this size.
    ///
    /// # Panics
    ///
    /// If the count is not the expected one: a run that finds something else measures something else.
    pub fn scan(&self, scanner: &Scanner, chunk: usize) {
        let mut findings = Findings::default();
        let mut stream = scanner.stream();
        for piece in self.bytes().chunks(chunk) {
            stream.push(piece, &mut findings);
        }
        stream.finish(&mut findings);
        let count = findings.found.iter().filter(|finding| finding.confidence >= Confidence::Medium).count();
        assert_eq!(count, self.expected(), "findings in {} by chunks of {chunk}", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_has_the_findings_it_says() {
        let scanner = Scanner::new(tamis::rules::builtin());
        for definition in definitions(1_500_000) {
            assert_eq!(definition.expected() > 0, definition.planted);
            CHUNKS.iter().for_each(|chunk| definition.scan(&scanner, *chunk));
        }
    }

    #[test]
    fn source_has_long_runs_as_source_does() {
        let all = definitions(1_000_000);
        let bytes = all[0].bytes();
        let runs = bytes.split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))).filter(|run| run.len() >= 16);
        let per_kb = runs.count() * 1000 / bytes.len();
        assert!((2..=8).contains(&per_kb), "{per_kb} long runs a KB");
    }
}
