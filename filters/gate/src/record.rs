//! Notes down what was found, and where.

use tamis_engine::{Finding, LimitHit, RuleIndex, Secret, Sink};

use crate::fingerprint::{Fingerprint, FingerprintKey, Fingerprinter};
use crate::lines::{LineCounter, Position};
use crate::selection::Selection;
use crate::settings::Settings;

/// A finding with the position that people look for, and its fingerprint. It holds no byte of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Located {
    /// What the engine found.
    pub finding: Finding,
    /// Position of its first byte.
    pub start: Position,
    /// Position after its last byte.
    pub end: Position,
    /// Names the secret without telling it.
    pub fingerprint: Fingerprint,
}

/// A sink that notes down the findings that count, and the first limit that was hit. It passes no bytes on.
///
/// The notes grow with the findings: on a stream without end, [`drain`](Recorder::drain) them between pushes.
#[derive(Clone, Debug)]
pub struct Recorder {
    selection: Selection,
    key: FingerprintKey,
    /// `None` when positions are filled in later.
    lines: Option<LineCounter>,
    open: Option<(Position, Fingerprinter)>,
    found: Vec<Located>,
    limit: Option<LimitHit>,
}

impl Recorder {
    /// Counts lines as the bytes flow by.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Recorder {
            selection: settings.selection.clone(),
            key: settings.key.clone(),
            lines: Some(LineCounter::default()),
            open: None,
            found: Vec::new(),
            limit: None,
        }
    }

    /// Starts anew, for another stream. With `counting` off lines are not counted, which saves a pass over the bytes
    /// where the whole text is at hand: [`locate`](Recorder::locate) then finds them for the findings only.
    pub fn reset(&mut self, counting: bool) {
        self.lines = counting.then(LineCounter::default);
        self.open = None;
        self.found.clear();
        self.limit = None;
    }

    /// Says which file the next stream is, or none, for conditions on paths.
    pub fn set_path(&mut self, path: Option<&str>) {
        self.selection.set_path(path);
    }

    /// What was found since the last drain, in stream order.
    #[must_use]
    pub fn found(&self) -> &[Located] {
        &self.found
    }

    /// The first limit that the stream hit.
    #[must_use]
    pub fn limit_hit(&self) -> Option<LimitHit> {
        self.limit
    }

    /// Takes what was found.
    pub fn drain(&mut self) -> impl Iterator<Item = Located> + '_ {
        self.found.drain(..)
    }

    /// Fills in the positions after a stream whose lines were not counted. `haystack` is all of it.
    pub fn locate(&mut self, haystack: &[u8]) {
        let (mut counter, mut at) = (LineCounter::default(), 0);
        for located in &mut self.found {
            let span = located.finding.span.range();
            counter.advance(&haystack[at..span.start]);
            located.start = counter.position();
            counter.advance(&haystack[span.clone()]);
            located.end = counter.position();
            at = span.end;
        }
    }

    fn position(&self) -> Position {
        self.lines.unwrap_or_default().position()
    }

    fn pass(&mut self, bytes: &[u8]) {
        if let Some(lines) = &mut self.lines {
            lines.advance(bytes);
        }
    }
}

impl Sink for Recorder {
    fn text(&mut self, bytes: &[u8]) {
        self.pass(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        let start = self.position();
        self.pass(secret.expose());
        if self.selection.admits(finding, secret.expose()) {
            let fingerprint = self.key.fingerprint(finding, secret.expose());
            self.found.push(Located { finding: *finding, start, end: self.position(), fingerprint });
        }
    }

    fn open(&mut self, finding: &Finding) {
        let admitted = self.selection.admits(finding, b"");
        self.open = admitted.then(|| (self.position(), self.key.start(finding, true)));
    }

    fn part(&mut self, _: RuleIndex, secret: Secret<'_>) {
        self.pass(secret.expose());
        if let Some((_, fingerprinter)) = &mut self.open {
            fingerprinter.update(secret.expose());
        }
    }

    fn close(&mut self, finding: &Finding) {
        if let Some((start, fingerprinter)) = self.open.take() {
            self.found.push(Located { finding: *finding, start, end: self.position(), fingerprint: fingerprinter.finish() });
        }
    }

    fn limit(&mut self, limit: LimitHit) {
        self.limit.get_or_insert(limit);
    }
}
