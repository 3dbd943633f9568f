//! The line that a finding stands on: shown with its secrets masked, and read for comments that allow it.

mod excerpt;
mod mark;

use std::collections::VecDeque;

use memchr::{memchr, memrchr};
use tamis::{Finding, Joiner, LimitHit, Located, Recorder, Rule, RuleIndex, Secret, Settings, Sink, Threshold};

pub(crate) use excerpt::Excerpt;
pub(crate) use mark::{Allow, Mark};

/// Bytes of a line before and after a finding that are read for marks. More of a line is hardly ever written by a person.
const REACH: usize = 4096;
/// What stands where a secret stood, however long that was.
pub(crate) const MASK: &str = "**********";

/// A finding with its line. It holds no byte of the secret, nor of any other that was found near it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// What was found, and where.
    pub(crate) located: Located,
    /// Its line.
    pub(crate) excerpt: Excerpt,
    /// The marks that speak of it.
    pub(crate) marks: Vec<Mark>,
    /// The rest of the credential, where it stands near.
    pub(crate) parts: Vec<Located>,
}

impl AsRef<Located> for Seen {
    fn as_ref(&self) -> &Located {
        &self.located
    }
}

/// A sink that records findings together with their lines. Its memory does not grow with the text, only with the
/// findings that nobody has taken yet.
pub(crate) struct Watcher {
    recorder: Recorder,
    lines: Lines,
    joiner: Joiner<Seen>,
    threshold: Threshold,
    /// How much of the stream has come.
    at: u64,
}

impl Watcher {
    pub(crate) fn new(settings: &Settings, rules: &[Rule]) -> Self {
        let recorder = Recorder::new(&Settings { selection: settings.selection.clone().and_parts(rules), ..settings.clone() });
        Watcher { recorder, lines: Lines::default(), joiner: Joiner::new(rules), threshold: settings.selection.threshold(), at: 0 }
    }

    /// Starts anew. See [`Recorder::reset`].
    pub(crate) fn reset(&mut self, counting: bool) {
        self.recorder.reset(counting);
        self.lines = Lines { recent: std::mem::take(&mut self.lines.recent), ..Lines::default() };
        self.lines.recent.clear();
        self.joiner.clear();
        self.at = 0;
    }

    /// Says which file the next stream is. See [`Recorder::set_path`].
    pub(crate) fn set_path(&mut self, path: Option<&str>) {
        self.recorder.set_path(path);
    }

    /// The first limit that the stream hit.
    pub(crate) fn limit_hit(&self) -> Option<LimitHit> {
        self.recorder.limit_hit()
    }

    /// Gives the findings whose lines are complete and that nothing can join any more.
    pub(crate) fn take(&mut self, found: impl FnMut(Seen)) {
        self.complete();
        let until = self.lines.located.front().map_or(self.at, |next| next.finding.span.start);
        self.give(until, found);
    }

    /// Gives all that are left, after the stream's end. `haystack` is all of the text, if its lines were not counted.
    pub(crate) fn finish(&mut self, haystack: Option<&[u8]>, found: impl FnMut(Seen)) {
        if let Some(haystack) = haystack {
            self.recorder.locate(haystack);
        }
        self.lines.settle(u64::MAX);
        self.complete();
        self.give(u64::MAX, found);
    }

    fn complete(&mut self) {
        self.lines.located.extend(self.recorder.drain());
        while let Some((excerpt, marks)) = self.lines.complete.pop_front() {
            let Some(located) = self.lines.located.pop_front() else { return };
            self.joiner.push(Seen { located, excerpt, marks, parts: Vec::new() });
        }
    }

    fn give(&mut self, until: u64, mut found: impl FnMut(Seen)) {
        while let Some((seen, parts)) = self.joiner.next(until) {
            if self.threshold.admits(seen.located.finding.confidence) {
                found(Seen { parts, ..seen });
            }
        }
    }

    /// Lets the recorder see something; whether it took note of it.
    fn recorded(&mut self, show: impl FnOnce(&mut Recorder)) -> bool {
        let before = self.recorder.found().len();
        show(&mut self.recorder);
        self.recorder.found().len() > before
    }
}

impl Sink for Watcher {
    fn text(&mut self, bytes: &[u8]) {
        self.at += bytes.len() as u64;
        self.recorder.text(bytes);
        self.lines.text(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        self.at += secret.expose().len() as u64;
        let counts = self.recorded(|recorder| recorder.finding(finding, secret));
        let mut spot = self.lines.mask();
        if counts {
            spot.read(secret.expose());
            self.lines.pending.push_back(spot);
        }
    }

    fn open(&mut self, finding: &Finding) {
        self.recorder.open(finding);
        self.lines.open = Some(self.lines.mask());
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        self.at += secret.expose().len() as u64;
        self.recorder.part(rule, secret);
        if let Some(open) = &mut self.lines.open {
            open.read(secret.expose());
        }
    }

    fn close(&mut self, finding: &Finding) {
        let counts = self.recorded(|recorder| recorder.close(finding));
        if let Some(spot) = self.lines.open.take().filter(|_| counts) {
            self.lines.pending.push_back(spot);
        }
    }

    fn limit(&mut self, limit: LimitHit) {
        self.recorder.limit(limit);
    }
}

/// Where a mask stands, in bytes of the masked text.
#[derive(Clone, Copy, Debug)]
struct Spot {
    start: u64,
    end: u64,
    /// Whether the secret ends on the line that it starts on.
    one_line: bool,
    /// Bytes of the secret that are no characters of their own.
    more_bytes: usize,
}

impl Spot {
    /// Learns what columns depend on.
    fn read(&mut self, secret: &[u8]) {
        self.one_line &= memchr(b'\n', secret).is_none();
        self.more_bytes += excerpt::continuations(secret);
    }
}

/// The newest of the text, with all secrets masked.
#[derive(Default)]
struct Lines {
    recent: Vec<u8>,
    /// Where `recent` starts in the masked text.
    base: u64,
    open: Option<Spot>,
    /// Findings whose lines still go on, in order.
    pending: VecDeque<Spot>,
    complete: VecDeque<(Excerpt, Vec<Mark>)>,
    located: VecDeque<Located>,
}

impl Lines {
    fn end(&self) -> u64 {
        self.base + self.recent.len() as u64
    }

    fn text(&mut self, mut bytes: &[u8]) {
        while !self.pending.is_empty() && !bytes.is_empty() {
            let line_end = memchr(b'\n', &bytes[..bytes.len().min(REACH)]);
            let (now, rest) = bytes.split_at(line_end.unwrap_or(bytes.len().min(REACH)));
            self.keep(now);
            bytes = rest;
            self.settle(if line_end.is_some() { u64::MAX } else { self.end() });
        }
        self.keep(bytes);
    }

    /// Appends text, and forgets what is out of reach.
    fn keep(&mut self, bytes: &[u8]) {
        const MOST: usize = 4 * REACH;
        let oldest = self.open.iter().chain(&self.pending).map(|spot| spot.start).min();
        if oldest.is_none() && bytes.len() >= 2 * REACH {
            self.base = self.end() + (bytes.len() - 2 * REACH) as u64;
            self.recent.clear();
            self.recent.extend_from_slice(&bytes[bytes.len() - 2 * REACH..]);
            return;
        }
        self.recent.extend_from_slice(bytes);
        if self.recent.len() > MOST {
            let needed = oldest.map_or(self.end(), |start| start).saturating_sub(2 * REACH as u64).saturating_sub(self.base);
            let cut = (needed as usize).min(self.recent.len() - 2 * REACH);
            self.recent.drain(..cut);
            self.base += cut as u64;
        }
    }

    /// Appends the mask of a secret.
    fn mask(&mut self) -> Spot {
        let start = self.end();
        self.keep(MASK.as_bytes());
        Spot { start, end: self.end(), one_line: true, more_bytes: 0 }
    }

    /// Completes the findings that were followed by as much text as is read, up to this place.
    fn settle(&mut self, end: u64) {
        while let Some(spot) = self.pending.front().copied() {
            if end.saturating_sub(spot.end) < REACH as u64 {
                break;
            }
            self.pending.pop_front();
            let line = self.line(spot);
            self.complete.push_back(line);
        }
    }

    /// Only so much of the text is looked at as is there however the stream was cut.
    fn line(&self, spot: Spot) -> (Excerpt, Vec<Mark>) {
        let at = |place: u64| (place.saturating_sub(self.base) as usize).min(self.recent.len());
        let from = spot.start.saturating_sub(2 * REACH as u64);
        let (before, after) = (&self.recent[at(from)..at(spot.start)], &self.recent[at(spot.end)..]);
        let after = &after[..memchr(b'\n', after).unwrap_or(after.len()).min(REACH)];
        let line_start = memrchr(b'\n', before).map(|at| at + 1);
        let (above, before) = before.split_at(line_start.unwrap_or(0));
        let above = above.strip_suffix(b"\n").unwrap_or(above);
        let above = &above[memrchr(b'\n', above).map_or(0, |at| at + 1)..];
        let marks = mark::read(above, before, after);
        let excerpt = Excerpt::new(before, line_start.is_some() || from == 0, spot.one_line.then_some(after));
        (Excerpt { more_bytes: spot.more_bytes, ..excerpt }, marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup;

    fn token(number: u8) -> String {
        format!("xoxb-{:0>12}-{:0>12}-{}", 481_516 + u64::from(number), 108_235_771, "aB3dE5fG7hJ9kL1mN2pQ4rS6")
    }

    fn seen(text: &str, cut: usize) -> Vec<Seen> {
        let scanner = setup::builtin();
        let (mut stream, mut watcher) = (scanner.stream(), Watcher::new(&Settings::default(), scanner.rules()));
        watcher.reset(true);
        let mut found = Vec::new();
        for chunk in text.as_bytes().chunks(cut) {
            stream.push(chunk, &mut watcher);
            watcher.take(|seen| found.push(seen));
        }
        stream.finish(&mut watcher);
        watcher.finish(None, |seen| found.push(seen));
        found
    }

    #[test]
    fn chunks_do_not_change_lines() {
        let long = "lorem ipsum ".repeat(1500);
        let line = |n: u8| format!("a = \"{}\", b = '{}' # tamis:allow slack.* sample {n}\n", token(n), token(n + 50));
        let text = format!("{}{long}{}\n{}", line(1), line(2), line(3).trim_end());
        let show = |cut| seen(&text, cut).iter().map(|seen| format!("{:?} {:?}", seen.excerpt, seen.marks)).collect::<Vec<_>>();
        let whole = show(text.len());
        assert_eq!(whole.len(), 6, "{whole:#?}");
        for cut in [1, 7, 64, 1000, 4096, 5000] {
            assert_eq!(show(cut), whole, "{cut}");
        }
    }

    #[test]
    fn no_secret_of_the_line_is_shown() {
        let text = format!("one {} two {} three\n", token(1), token(2));
        for seen in seen(&text, 10) {
            assert_eq!(seen.excerpt.with(MASK), format!("one {MASK} two {MASK} three"));
        }
    }

    #[test]
    fn memory_is_bounded_whatever_the_line_is_like() {
        let scanner = setup::builtin();
        let (mut stream, mut watcher) = (scanner.stream(), Watcher::new(&Settings::default(), scanner.rules()));
        watcher.reset(true);
        for number in 0..20_000u32 {
            stream.push(format!("k='{}',", token((number % 200) as u8)).as_bytes(), &mut watcher);
            watcher.take(drop);
            assert!(watcher.lines.recent.len() <= 8 * REACH && watcher.lines.pending.len() < REACH, "{}", watcher.lines.recent.len());
        }
    }
}
