//! Puts values back where their tokens stand in a stream.

use core::fmt;

use super::escape::escape;
use super::key::KeyId;
use super::nesting::Nesting;
use super::seal::{Opened, Refusal, Tokenizer};
use super::shape::{MAX_TOKEN, Parts, START, is_inner};
use crate::fingerprint::{Fingerprint, FingerprintKey};
use crate::frame::{Frame, Sniffer};
use crate::output::Output;

/// A streaming filter that writes text to an [`Output`] with its tokens opened. All that it holds back is a token that has
/// begun and not ended, at most about 1500 bytes, and where chunks are cut changes nothing.
///
/// In JSON a value is escaped for the strings that stand around its token, so the document stays whole. A token that does
/// not open, or that `may` refuses, stays as it is.
pub struct Restorer<O, M> {
    tokens: Tokenizer,
    may: M,
    fingerprints: FingerprintKey,
    frame: Frame,
    sniffer: Sniffer,
    nesting: Nesting,
    /// A token that has begun.
    held: Vec<u8>,
    /// Where what is held back begins in the stream.
    offset: u64,
    output: O,
    restorations: Vec<Restoration>,
}

/// What became of one token. It holds no byte of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restoration {
    /// Where the token begins in the stream.
    pub offset: u64,
    /// The rule that the token names; only an opened one names it truly.
    pub rule: String,
    /// The key that the token names.
    pub key: Option<KeyId>,
    /// Names the value without telling it, where the token opened.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the value was put back.
    pub outcome: Outcome,
}

/// Whether a value was put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The value stands where the token stood.
    Restored,
    /// The token opened, and is not to be restored here.
    NotAllowed,
    /// The token does not open.
    Refused(Refusal),
}

impl<O: Output, M: FnMut(&Opened) -> bool> Restorer<O, M> {
    /// Opens tokens of this scope. `may` is asked for each that opens whether its value may be put back.
    #[must_use]
    pub fn new(tokens: Tokenizer, frame: Frame, output: O, may: M) -> Self {
        Restorer {
            tokens,
            may,
            fingerprints: FingerprintKey::default(),
            frame,
            sniffer: Sniffer::new(frame),
            nesting: Nesting::default(),
            held: Vec::new(),
            offset: 0,
            output,
            restorations: Vec::new(),
        }
    }

    /// Takes a key of one's own for the fingerprints.
    #[must_use]
    pub fn with_fingerprints(self, key: FingerprintKey) -> Self {
        Restorer { fingerprints: key, ..self }
    }

    /// Takes the next bytes of the stream.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = if self.held.is_empty() { self.text(bytes) } else { self.token(bytes) };
        }
    }

    /// The stream ends: what was held back is no token.
    pub fn finish(&mut self) {
        self.let_go();
    }

    /// Starts anew, for another stream into the same output.
    pub(crate) fn restart(&mut self) {
        self.sniffer = Sniffer::new(self.frame);
        self.nesting = Nesting::default();
        self.offset = 0;
    }

    /// Bytes of a token that has begun and not ended.
    pub(crate) fn holdback(&self) -> usize {
        self.held.len()
    }

    /// Where the bytes went.
    pub fn output(&self) -> &O {
        &self.output
    }

    /// Where the bytes went, to take them from there.
    pub fn output_mut(&mut self) -> &mut O {
        &mut self.output
    }

    /// Takes what became of the tokens since the last time, in stream order.
    pub fn drain(&mut self) -> impl Iterator<Item = Restoration> + '_ {
        self.restorations.drain(..)
    }

    /// Lets text through up to what may be a token; returns the rest.
    fn text<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let end = memchr::memchr(START[0], bytes).unwrap_or(bytes.len());
        let (text, rest) = bytes.split_at(end);
        self.pass(text);
        match rest.split_first() {
            Some((first, rest)) => {
                self.held.push(*first);
                rest
            }
            None => rest,
        }
    }

    /// Reads on in what may be a token; returns what comes after.
    fn token<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        for (i, &byte) in bytes.iter().enumerate() {
            let at = self.held.len();
            let begins = START.get(at).is_some_and(|wanted| *wanted == byte);
            let inside = at >= START.len() && at < MAX_TOKEN && is_inner(byte);
            if begins || inside {
                self.held.push(byte);
            } else if at > START.len() && byte == b']' {
                self.held.push(byte);
                self.decide();
                return &bytes[i + 1..];
            } else {
                self.let_go();
                return &bytes[i..];
            }
        }
        &[]
    }

    /// A token is whole: its value comes out, or the token itself.
    fn decide(&mut self) {
        let held = core::mem::take(&mut self.held);
        let token = core::str::from_utf8(&held).unwrap_or_default();
        let parts = Parts::of(token);
        let mut restoration = Restoration {
            offset: self.offset,
            rule: parts.as_ref().map(|parts| parts.rule.to_owned()).unwrap_or_default(),
            key: parts.and_then(|parts| KeyId::new(parts.key)),
            fingerprint: None,
            outcome: Outcome::Restored,
        };
        let depth = match self.sniffer.decide() {
            Frame::Text | Frame::Diff => 0,
            _ => self.nesting.depth(),
        };
        match self.tokens.open(token) {
            Ok(opened) => {
                restoration.fingerprint = Some(self.fingerprints.value(opened.expose()));
                if (self.may)(&opened) {
                    self.output.write(&escape(opened.expose(), depth));
                } else {
                    restoration.outcome = Outcome::NotAllowed;
                    self.output.write(&held);
                }
            }
            Err(refusal) => {
                restoration.outcome = Outcome::Refused(refusal);
                self.output.write(&held);
            }
        }
        self.restorations.push(restoration);
        self.nesting.skip_value();
        self.offset += held.len() as u64;
        self.held = held;
        self.held.clear();
    }

    /// What was held back is text.
    fn let_go(&mut self) {
        let held = core::mem::take(&mut self.held);
        self.pass(&held);
        self.held = held;
        self.held.clear();
    }

    fn pass(&mut self, text: &[u8]) {
        if !matches!(self.sniffer.see(text), Frame::Text | Frame::Diff) {
            self.nesting.see(text);
        }
        self.offset += text.len() as u64;
        self.output.write(text);
    }
}

impl<O, M> fmt::Debug for Restorer<O, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restorer").field("tokens", &self.tokens).field("offset", &self.offset).finish_non_exhaustive()
    }
}
