//! Lets a stream through without what was found in it.

use tamis_engine::{Finding, RuleIndex, Scanner, Secret, Sink};

use crate::fingerprint::Fingerprinter;
use crate::frame::{Frame, Sniffer};
use crate::json::{Strings, is_number};
use crate::mode::Mode;
use crate::output::Output;
use crate::settings::Settings;
use crate::structure::Structure;
use crate::token::{self, Nesting};

/// A sink that writes the stream to an [`Output`], each finding that counts replaced. It holds nothing back: what the
/// engine delivers is written at once.
///
/// A replacement never breaks the text around it: findings do not start or end inside an escape, a replaced number of
/// a JSON document gets quotes, and a secret over many lines of a diff or an event leaves these lines behind.
#[derive(Debug)]
pub struct Rewriter<O> {
    scanner: Scanner,
    settings: Settings,
    output: O,
    sniffer: Sniffer,
    strings: Strings,
    nesting: Nesting,
    open: Option<Open>,
}

/// A long finding on its way.
#[derive(Debug)]
struct Open {
    structure: Structure,
    /// A replacement that has to wait for the end, as it names the whole.
    hash: Option<Fingerprinter>,
}

impl<O: Output> Rewriter<O> {
    /// Rewrites a stream of this scanner.
    #[must_use]
    pub fn new(scanner: &Scanner, settings: &Settings, output: O) -> Self {
        Rewriter {
            scanner: scanner.clone(),
            settings: settings.clone(),
            output,
            sniffer: Sniffer::new(settings.frame),
            strings: Strings::default(),
            nesting: Nesting::default(),
            open: None,
        }
    }

    /// Starts anew, for another stream into the same output.
    pub fn reset(&mut self) {
        self.sniffer = Sniffer::new(self.settings.frame);
        self.strings = Strings::default();
        self.nesting = Nesting::default();
        self.open = None;
    }

    /// Where the bytes went.
    pub fn output(&self) -> &O {
        &self.output
    }

    /// Where the bytes went, to take them from there.
    pub fn output_mut(&mut self) -> &mut O {
        &mut self.output
    }

    /// Replaces the findings to come this way.
    pub(crate) fn set_mode(&mut self, mode: Mode) {
        self.settings.mode = mode;
    }

    /// The token of a finding, where tokens are wanted and it can have one. It stands for the value as the innermost
    /// reader of the strings around it sees it, so the same value has the same token in all of them.
    fn token(&self, rule: &str, secret: &[u8], frame: Frame) -> Option<String> {
        let tokens = self.settings.tokens.as_ref().filter(|_| self.settings.mode == Mode::Tokenize)?;
        let depth = if matches!(frame, Frame::Text | Frame::Diff) { 0 } else { self.nesting.depth() };
        tokens.seal(rule, &token::unescape(secret, depth)?)
    }

    fn replace(&mut self, finding: &Finding, secret: &[u8], frame: Frame) {
        let Settings { mode, key, .. } = &self.settings;
        let rule = self.scanner.rule(finding.rule);
        let token = self.token(&rule.id, secret, frame);
        let replacement = token.unwrap_or_else(|| mode.replacement(&rule.id, secret, || key.fingerprint(finding, secret)));
        let bare = matches!(frame, Frame::Json | Frame::Jsonl) && is_number(secret) && self.strings.at_value();
        match (bare, replacement.as_str()) {
            (false, text) => self.output.write(text.as_bytes()),
            (true, "") => self.output.write(b"null"),
            (true, text) => {
                self.output.write(b"\"");
                self.output.write(text.as_bytes());
                self.output.write(b"\"");
            }
        }
    }
}

impl<O: Output> Sink for Rewriter<O> {
    fn text(&mut self, bytes: &[u8]) {
        let frame = self.sniffer.see(bytes);
        if matches!(frame, Frame::Auto | Frame::Json | Frame::Jsonl) {
            self.strings.see(bytes);
        }
        if self.settings.tokens.is_some() && !matches!(frame, Frame::Text | Frame::Diff) {
            self.nesting.see(bytes);
        }
        self.output.write(bytes);
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        if !self.settings.selection.admits(finding, secret.expose()) {
            return self.text(secret.expose());
        }
        let frame = self.sniffer.decide();
        self.replace(finding, secret.expose(), frame);
        self.nesting.skip_value();
        Structure::of(frame).keep(secret.expose(), &mut self.output);
    }

    fn open(&mut self, finding: &Finding) {
        if !self.settings.selection.admits(finding, b"") {
            return;
        }
        let frame = self.sniffer.decide();
        let hash = (self.settings.mode == Mode::Hash).then(|| self.settings.key.start(finding, true));
        if hash.is_none() {
            self.replace(finding, b"", frame);
        }
        self.open = Some(Open { structure: Structure::of(frame), hash });
    }

    fn part(&mut self, _: RuleIndex, secret: Secret<'_>) {
        let Some(open) = &mut self.open else { return self.text(secret.expose()) };
        if let Some(hash) = &mut open.hash {
            hash.update(secret.expose());
        }
        open.structure.keep(secret.expose(), &mut self.output);
    }

    fn close(&mut self, finding: &Finding) {
        if let Some(hash) = self.open.take().and_then(|open| open.hash) {
            let rule = self.scanner.rule(finding.rule);
            let replacement = Mode::Hash.replacement(&rule.id, b"", || hash.finish());
            self.output.write(replacement.as_bytes());
        }
    }
}
