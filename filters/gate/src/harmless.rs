//! Short texts without what is found in them: names, ids and messages that others chose and that go on record.

use std::borrow::Cow;

use tamis_engine::{Scanner, Stream};

use crate::rewrite::Rewriter;
use crate::session::Id;
use crate::settings::Settings;

/// Most texts that are remembered.
const KNOWN: usize = 32;
/// Longest text that is remembered.
const LONGEST: usize = 256;

/// Puts something else in the place of what is found in short texts, with one stream for all of them.
///
/// ```
/// use tamis::{Harmless, Scanner, Settings};
///
/// let scanner = Scanner::new(tamis::rules::builtin());
/// let mut harmless = Harmless::new(&scanner, &Settings::default());
/// assert_eq!(harmless.text("build 7"), "build 7");
/// assert_eq!(harmless.text("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"), "[REDACTED:github.pat-classic]");
/// ```
#[derive(Debug)]
pub struct Harmless {
    stream: Stream,
    rewriter: Rewriter<Vec<u8>>,
    /// Texts in which nothing was found: names are asked for again and again.
    known: Vec<Box<str>>,
    /// Which of them is forgotten next.
    oldest: usize,
}

impl Harmless {
    /// Looks for what these settings select.
    #[must_use]
    pub fn new(scanner: &Scanner, settings: &Settings) -> Self {
        // The texts are short, and a large window costs more than they do.
        let stream = Stream::with_window(scanner.clone(), 0);
        Harmless { stream, rewriter: Rewriter::new(scanner, settings, Vec::new()), known: Vec::new(), oldest: 0 }
    }

    /// The text without what is found in it.
    pub fn text<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        if self.known.iter().any(|known| **known == *text) {
            return Cow::Borrowed(text);
        }
        self.rewriter.reset();
        self.rewriter.output_mut().clear();
        self.stream.push(text.as_bytes(), &mut self.rewriter);
        self.stream.finish(&mut self.rewriter);
        if self.rewriter.output() == text.as_bytes() {
            self.remember(text);
            return Cow::Borrowed(text);
        }
        Cow::Owned(String::from_utf8_lossy(self.rewriter.output()).into_owned())
    }

    fn remember(&mut self, text: &str) {
        if text.len() > LONGEST {
            return;
        }
        match self.known.get_mut(self.oldest) {
            Some(known) => *known = text.into(),
            None => self.known.push(text.into()),
        }
        self.oldest = (self.oldest + 1) % KNOWN;
    }

    /// The id, or a hash of one in which something is found.
    pub fn id(&mut self, id: &str) -> Option<Id> {
        // A space makes it none that is kept as it is.
        if self.text(id) == id { Id::new(id) } else { Id::new(&format!("secret {id}")) }
    }
}
