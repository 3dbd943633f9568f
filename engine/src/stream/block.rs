//! A private key block on its way: known by its head, passed on line by line, never held whole.
//!
//! The block ends with its `-----END …-----` line. Where that is missing it ends with the last line that looks like
//! base64, so that what follows an unfinished block is not lost. Lines may carry what diffs, listings, string
//! literals and JSON put around them.

use crate::bytes::ByteSet;
use crate::escape;
use crate::finding::{Confidence, Finding, Layer, RuleIndex, Verdict};
use crate::span::Span;
use crate::told::Told;
use crate::validate::PemCheck;

/// A block is cut after this many bytes.
const MAX_BLOCK: u64 = 64 * 1024;
/// Shortest run of base64 characters that makes a line part of the block.
const BODY_RUN: u32 = 16;
/// A line of which this many characters are base64 is passed on before it ends.
const FLOWING_RUN: u32 = 80;
/// Characters that a listing may put before a short line. More of them are words.
const NUMBERING: u32 = 6;
const MAX_BLANK_LINES: u32 = 2;
/// Header lines such as `Proc-Type: 4,ENCRYPTED` stand near the head.
const HEADER_LINES: u32 = 8;
const BODY: ByteSet = ByteSet::BASE64;

/// What the current line has shown.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    run: u32,
    longest: u32,
    characters: u32,
    dashes: u32,
    foreign: bool,
    colon: bool,
}

/// Where the machine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Body,
    /// Five dashes were read; what follows is a marker, spelled so far, with dashes at its end.
    Marker {
        letters: u32,
        first: u8,
        dashes: u32,
    },
    Ended,
}

/// A block that flows.
#[derive(Clone, Debug)]
pub(crate) struct BlockFlow {
    rule: u32,
    start: u64,
    at: u64,
    /// End of what certainly belongs to the block.
    inside: u64,
    lines: u32,
    blank: u32,
    short: bool,
    line: Line,
    mode: Mode,
    check: PemCheck,
    verdict: Verdict,
    escaped: bool,
    /// Whether the head itself stands escaped.
    head_escaped: bool,
    confidence: Confidence,
    pub(crate) opened: bool,
    /// End of what was given to the sink.
    pub(crate) passed: u64,
}

impl BlockFlow {
    /// A block whose head is `head` and starts at `start`.
    pub(crate) fn new(rule: u32, confidence: Confidence, start: u64, head: &[u8]) -> Self {
        let end = start + head.len() as u64;
        let mut flow = BlockFlow {
            rule,
            start,
            at: end,
            inside: end,
            lines: 0,
            blank: 0,
            short: false,
            line: Line { run: BODY_RUN, longest: BODY_RUN, characters: BODY_RUN, ..Line::default() },
            mode: Mode::Body,
            check: PemCheck::new(),
            verdict: Verdict::Abstain,
            escaped: false,
            head_escaped: false,
            confidence,
            opened: false,
            passed: start,
        };
        let mut i = 0;
        while i < head.len() {
            let Some(unit) = escape::unit_at(head, i, true) else { break };
            flow.escaped |= unit.guards > 0;
            flow.check.push(unit.value);
            i += unit.len;
        }
        flow.head_escaped = flow.escaped;
        flow
    }

    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    pub(crate) fn rule(&self) -> u32 {
        self.rule
    }

    pub(crate) fn inside(&self) -> u64 {
        self.inside
    }

    pub(crate) fn ended(&self) -> bool {
        self.mode == Mode::Ended
    }

    /// The finding as its head tells it: an empty span, and nothing that depends on how much has come by now.
    pub(crate) fn opening(&self) -> Finding {
        Finding {
            rule: RuleIndex(self.rule),
            span: Span::new(self.start, self.start),
            confidence: self.confidence,
            verdict: Verdict::Abstain,
            layer: self.head_escaped.then_some(Layer::JsonEscape),
            told: Told::default(),
        }
    }

    /// The finding, once the block has ended.
    pub(crate) fn finding(&self) -> Finding {
        let confidence = if self.verdict == Verdict::Valid { Confidence::Certain } else { self.confidence };
        Finding {
            rule: RuleIndex(self.rule),
            span: Span::new(self.start, self.inside),
            confidence,
            verdict: self.verdict,
            layer: self.escaped.then_some(Layer::JsonEscape),
            told: Told::default(),
        }
    }

    /// Reads on in `text`, whose first byte has the offset `base`. Returns the bytes read.
    pub(crate) fn advance(&mut self, text: &[u8], base: u64, whole: bool) -> u64 {
        let begun = self.at;
        while self.mode != Mode::Ended {
            let i = self.at.wrapping_sub(base) as usize;
            if i >= text.len() {
                if whole {
                    self.line_ends(self.at);
                    self.end();
                }
                break;
            }
            let Some(unit) = escape::unit_at(text, i, whole) else { break };
            let here = self.at;
            self.at += unit.len as u64;
            self.escaped |= unit.guards > 0;
            self.unit(unit.value, here);
            if self.mode != Mode::Ended && self.at - self.start > MAX_BLOCK {
                self.end();
            }
        }
        self.at - begun
    }

    fn unit(&mut self, value: u8, here: u64) {
        self.check.push(value);
        match self.mode {
            Mode::Marker { letters, first, dashes } => self.marker(value, here, (letters, first, dashes)),
            _ => self.body(value, here),
        }
    }

    /// Within `-----END …-----`: the block ends after its last dashes. Any other marker ends it before the line.
    fn marker(&mut self, value: u8, here: u64, (letters, first, dashes): (u32, u8, u32)) {
        let first = if letters == 0 { value } else { first };
        match value {
            b'-' if letters > 0 && dashes == 4 => {
                self.inside = self.at;
                self.end();
            }
            b'-' => self.mode = Mode::Marker { letters, first, dashes: dashes + 1 },
            b'A'..=b'Z' | b'0'..=b'9' | b' ' if letters < 64 && first == b'E' => {
                self.mode = Mode::Marker { letters: letters + 1, first, dashes: 0 }
            }
            _ => {
                if first == b'E' && letters > 2 {
                    // A marker that was cut short still ends the block.
                    self.inside = here;
                }
                self.end();
            }
        }
    }

    fn body(&mut self, value: u8, here: u64) {
        let line = &mut self.line;
        match value {
            b'\n' | b'\r' => return self.line_ends(here),
            b' ' if line.run >= BODY_RUN * 2 && !line.foreign => return self.line_ends(here),
            b'-' => {
                line.dashes += 1;
                line.run = 0;
                if line.dashes == 5 {
                    if line.longest >= BODY_RUN && !line.foreign {
                        self.inside = here + 1 - 5;
                    }
                    self.mode = Mode::Marker { letters: 0, first: 0, dashes: 0 };
                }
                return;
            }
            value if BODY.contains(value) => {
                line.run += 1;
                line.characters += 1;
                line.longest = line.longest.max(line.run);
                if line.run >= FLOWING_RUN && !line.foreign {
                    self.inside = self.at;
                }
            }
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b',' | b'>' | b'|' | b'\\' | b'.' | b';' | b'*' | b'#' => line.run = 0,
            _ => {
                line.foreign = true;
                line.colon |= value == b':';
                line.run = 0;
            }
        }
        line.dashes = 0;
    }

    /// Judges the line that ends at `here`.
    fn line_ends(&mut self, here: u64) {
        let line = core::mem::take(&mut self.line);
        self.lines += 1;
        let header = line.colon && self.lines <= HEADER_LINES;
        if header || !line.foreign && line.longest >= BODY_RUN {
            self.inside = self.inside.max(here);
            self.blank = 0;
        } else if line.foreign || line.characters > line.longest + NUMBERING || (self.short || self.blank > 0) && line.characters > 0 {
            self.end();
        } else if line.characters == 0 {
            self.blank += 1;
            if self.blank > MAX_BLANK_LINES {
                self.end();
            }
        } else {
            // The last line of a body is short; there is only one.
            self.short = true;
            self.inside = self.inside.max(here);
        }
    }

    fn end(&mut self) {
        if self.mode != Mode::Ended {
            self.mode = Mode::Ended;
            self.verdict = core::mem::replace(&mut self.check, PemCheck::new()).finish();
        }
    }
}
