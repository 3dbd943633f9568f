//! Texts of any size in the shapes that streams come in.

use core::fmt::Write as _;

use tamis_corpus::random::Rng;

use crate::prose;
use crate::secrets::Secrets;

/// Bytes from one planted secret to the next.
pub const SPACING: usize = 100_000;
/// Lines of code in one message, change or tool output.
const LINES: usize = 30;

/// The shape of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Source code of several languages.
    Source,
    /// What an agent leaves behind: a JSON object a line, code and output escaped in strings, some of it twice.
    Transcript,
    /// `git log -p`.
    Diff,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Source, Kind::Transcript, Kind::Diff];

    /// The word used in listings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Source => "source",
            Kind::Transcript => "transcript",
            Kind::Diff => "diff",
        }
    }
}

/// Gives the next line of code.
pub type Code<'a> = &'a mut dyn FnMut(&mut Rng) -> String;

/// A text and the secrets in it.
#[derive(Debug)]
pub struct Text {
    /// The text; it ends with a line.
    pub bytes: Vec<u8>,
    /// What was planted, in order.
    pub secrets: Vec<String>,
}

impl Text {
    /// A text of at least this size. The same arguments make the same text.
    #[must_use]
    pub fn new(kind: Kind, size: usize, planted: bool, seed: u64) -> Self {
        Text::of(kind, size, planted, seed, &mut prose::line)
    }

    /// The same with lines of code that are the caller's. They come without their ends.
    #[must_use]
    pub fn of(kind: Kind, size: usize, planted: bool, seed: u64, code: Code<'_>) -> Self {
        let mut writer = Writer {
            rng: Rng::new(seed),
            code,
            out: String::with_capacity(size + 8192),
            plants: planted.then(|| Secrets::new(seed)),
            next: SPACING / 2,
            secrets: Vec::new(),
        };
        while writer.out.len() < size {
            match kind {
                Kind::Source => writer.source(),
                Kind::Transcript => writer.transcript(),
                Kind::Diff => writer.diff(),
            }
        }
        Text { bytes: writer.out.into_bytes(), secrets: writer.secrets }
    }
}

struct Writer<'a> {
    rng: Rng,
    code: Code<'a>,
    out: String,
    plants: Option<Secrets>,
    /// Where the next secret is due.
    next: usize,
    secrets: Vec<String>,
}

impl Writer<'_> {
    fn source(&mut self) {
        for line in self.lines() {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    fn diff(&mut self) {
        let (folder, file) = (prose::word(&mut self.rng), prose::snake(&mut self.rng));
        let lines = self.lines();
        let ids = [40, 7, 7].map(|length| self.rng.text(b"0123456789abcdef", length));
        let about = prose::sentence(&mut self.rng);
        let _ = write!(
            self.out,
            "commit {}\nAuthor: A Developer\n\n    {about}\n\ndiff --git a/{folder}/{file}.rs b/{folder}/{file}.rs\n\
             index {}..{} 100644\n--- a/{folder}/{file}.rs\n+++ b/{folder}/{file}.rs\n@@ -10,{LINES} +10,{} @@\n",
            ids[0],
            ids[1],
            ids[2],
            lines.len()
        );
        for line in lines {
            self.out.push(*self.rng.pick(&['+', ' ', '-']));
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    fn transcript(&mut self) {
        let text = self.lines().join("\n");
        let [own, parent] = [(); 2].map(|()| prose::uuid(&mut self.rng));
        let (minute, second) = (self.rng.below(60), self.rng.below(60));
        let _ = write!(self.out, r#"{{"uuid":"{own}","parentUuid":"{parent}","timestamp":"2026-03-14T09:{minute:02}:{second:02}.000Z","#);
        match self.rng.below(10) {
            0 => {
                let inner = format!(r#"{{"file":"src/{}.rs","content":"{}"}}"#, prose::snake(&mut self.rng), escaped(&text));
                let _ = write!(self.out, r#""role":"assistant","tool":"write","arguments":"{}""#, escaped(&inner));
            }
            1..=6 => {
                let _ = write!(self.out, r#""role":"tool","content":[{{"type":"text","text":"{}"}}]"#, escaped(&text));
            }
            _ => {
                let said: Vec<String> = (0..8).map(|_| prose::sentence(&mut self.rng)).collect();
                let said = said.join(". ");
                let _ = write!(self.out, r#""role":"assistant","content":"{said}:\n```\n{}\n```""#, escaped(&text));
            }
        }
        self.out.push_str("}\n");
    }

    /// Some lines of code, one of them with a secret where one is due.
    fn lines(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = (0..LINES).map(|_| (self.code)(&mut self.rng)).collect();
        if let Some(plants) = self.plants.as_mut().filter(|_| self.out.len() >= self.next) {
            self.next += SPACING;
            let planted = plants.next_line();
            lines.insert(LINES / 2, planted.line);
            self.secrets.push(planted.secret);
        }
        lines
    }
}

/// The text as it stands in a JSON string.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\0'..' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}
