//! One hunk: how much of it is to come, and where its lines stand in the new file and in the diff.

use tamis::Located;

/// A hunk that is being read.
#[derive(Debug, Default)]
pub(super) struct Hunk {
    /// Lines to come, of each old side and of the new one.
    old: Vec<u64>,
    new: u64,
    /// Number of its first line in the new file.
    start: u64,
    /// Lines and bytes of the new side so far.
    lines: u64,
    bytes: u64,
    runs: Vec<Run>,
}

/// Lines of the new side that follow one another in the diff, and are all new or all old.
#[derive(Clone, Copy, Debug)]
struct Run {
    line: u64,
    /// Of the first line's text: where it stands in the new side, and in the diff.
    byte: u64,
    offset: u64,
    added: bool,
    /// Where the next line would have to stand to belong to it.
    next: u64,
}

/// What a line of a hunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It belongs to the new side, and its text comes after so many bytes.
    New(usize),
    /// Only to an old one.
    Old,
    /// It says that there is no line end.
    Remark,
    /// It is none: the hunk has fewer lines than it says.
    None,
}

impl Hunk {
    /// Reads `@@ -1,2 +3,4 @@`, or `@@@ -1,2 -1,2 +3,4 @@@` where a merge is compared with several parents.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let marks = line.iter().take_while(|b| **b == b'@').count();
        let text = std::str::from_utf8(line.get(marks..)?.get(..200.min(line.len() - marks))?.split(|b| *b == b'@').next()?).ok()?;
        let mut parts = text.split_whitespace();
        let mut old = Vec::new();
        for _ in 1..marks {
            old.push(range(parts.next()?.strip_prefix('-')?)?.1);
        }
        let (start, new) = range(parts.next()?.strip_prefix('+')?)?;
        let closed = line[marks + text.len()..].starts_with(&line[..marks]);
        (marks >= 2 && closed).then(|| Hunk { old, new, start, ..Hunk::default() })
    }

    /// How many characters before each line say to which sides it belongs.
    pub(super) fn prefix(&self) -> usize {
        self.old.len()
    }

    /// Whether all of its lines were there.
    pub(super) fn is_done(&self) -> bool {
        self.new == 0 && self.old.iter().all(|left| *left == 0)
    }

    /// Lines that are missing.
    pub(super) fn missing(&self) -> u64 {
        self.old.iter().copied().fold(self.new, u64::max)
    }

    /// Takes the next line, which starts at this offset of the diff.
    pub(super) fn line(&mut self, line: &[u8], offset: u64) -> Line {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        // Some mailers cut off what an empty line starts with.
        let is_bare = text.is_empty() || text == b"\r";
        if line.starts_with(b"\\") {
            return Line::Remark;
        }
        let marks = if is_bare { &b"        "[..self.prefix().min(8)] } else { &text[..self.prefix().min(text.len())] };
        if !marks.iter().all(|mark| b" +-".contains(mark)) {
            return Line::None;
        }
        let gone = marks.contains(&b'-');
        let counts = |mark: &u8| if gone { *mark == b'-' } else { *mark == b' ' };
        let of_old = marks.iter().map(counts);
        if self.old.iter().zip(of_old.clone()).any(|(left, counts)| counts && *left == 0) || !gone && self.new == 0 {
            return Line::None;
        }
        self.old.iter_mut().zip(of_old).for_each(|(left, counts)| *left -= u64::from(counts));
        if gone {
            return Line::Old;
        }
        self.new -= 1;
        let skipped = if is_bare { 0 } else { marks.len() };
        self.note(offset, offset + skipped as u64, marks.contains(&b'+'));
        Line::New(skipped)
    }

    fn note(&mut self, from: u64, offset: u64, added: bool) {
        match self.runs.last_mut() {
            Some(run) if run.added == added && run.next == from && offset > from => {}
            _ => self.runs.push(Run { line: self.lines, byte: self.bytes, offset, added, next: from }),
        }
        self.lines += 1;
    }

    /// Notes that so many bytes of the new side's line came, up to this offset of the diff.
    pub(super) fn text(&mut self, bytes: u64, offset: u64) {
        self.bytes += bytes;
        if let Some(run) = self.runs.last_mut() {
            run.next = offset;
        }
    }

    /// The finding with its lines in the new file and its bytes in the diff, if it stands in a new line.
    pub(super) fn place(&self, mut located: Located) -> Option<Located> {
        let (first, last) = (located.start.line - 1, located.end.line - 1);
        let after = |at: usize| self.runs.get(at + 1).map_or(self.lines, |next| next.line);
        let touched = self.runs.iter().enumerate().any(|(at, run)| run.added && run.line <= last && first < after(at));
        let span = &mut located.finding.span;
        (span.start, span.end) = (self.offset(first, span.start), self.offset(last, span.end));
        located.start.line = self.start + first;
        located.end.line = self.start + last;
        touched.then_some(located)
    }

    /// Where this byte of the new side, in this line, stands in the diff.
    fn offset(&self, line: u64, byte: u64) -> u64 {
        let at = self.runs.partition_point(|run| run.line <= line).saturating_sub(1);
        let Some(run) = self.runs.get(at) else { return byte };
        run.offset + (byte - run.byte) + (line - run.line) * self.prefix() as u64
    }
}

/// `3,4`, or `3` for `3,1`
fn range(text: &str) -> Option<(u64, u64)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read() {
        let read = |line: &str| Hunk::read(line.as_bytes()).map(|hunk| (hunk.old.clone(), hunk.start, hunk.new));
        assert_eq!(read("@@ -1,2 +3,4 @@ fn x() {\n"), Some((vec![2], 3, 4)));
        assert_eq!(read("@@ -0,0 +1 @@\r\n"), Some((vec![0], 1, 1)));
        assert_eq!(read("@@@ -1,2 -3,4 +5,6 @@@\n"), Some((vec![2, 4], 5, 6)));
        for line in ["@@ x @@", "@@ -1 @@", "@ -1 +1 @", "@@ -1 +1", "", "@@ -1,99999999999999999999 +1 @@", "@@@ -1 +1 @@@"] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn lines_are_counted_down() {
        let mut hunk = Hunk::read(b"@@ -1,2 +1,2 @@").unwrap();
        let kinds: Vec<Line> = ["-a\n", "\\ No newline\n", "\n", "+b\n"].iter().map(|line| hunk.line(line.as_bytes(), 0)).collect();
        assert_eq!(kinds, [Line::Old, Line::Remark, Line::New(0), Line::New(1)]);
        assert!(hunk.is_done());
        assert_eq!(hunk.line(b"+c\n", 0), Line::None);
        let mut merge = Hunk::read(b"@@@ -1,1 -1,2 +1,2 @@@").unwrap();
        let kinds: Vec<Line> = ["++a\n", "- b\n", " -c\n", "+ d\n", "diff\n"].iter().map(|line| merge.line(line.as_bytes(), 0)).collect();
        assert_eq!(kinds, [Line::New(2), Line::Old, Line::Old, Line::New(2), Line::None]);
        assert!(merge.is_done());
    }
}
