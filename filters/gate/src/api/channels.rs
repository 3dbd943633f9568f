//! Texts that flow through many documents of a stream, each joined, filtered, and given back piece by piece.

use super::filter::Shared;
use super::kind::Api;
use super::ledger::Ledger;
use super::pass::Pass;
use super::places::Place;
use super::synth;
use super::text::whole;
use crate::frame::Frame;
use crate::name::Name;
use crate::same::same;

/// Tools whose calls are known by the keys of their texts.
const TOOLS: usize = 64;
/// Longest document that is kept to be imitated as it is.
const LONGEST: usize = 16 * 1024;

/// The texts of one stream.
#[derive(Debug, Default)]
pub(super) struct Channels {
    open: Vec<Channel>,
    tools: Vec<(String, Name)>,
}

/// One text.
#[derive(Debug)]
struct Channel {
    key: String,
    pass: Pass,
    /// The beginning of a character.
    carry: Vec<u8>,
    /// The last document that held a part of it, and where.
    last: Vec<u8>,
    path: Box<str>,
}

/// What was held back of a text that has ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// A document to carry it, without what frames it.
    pub(super) document: Vec<u8>,
}

impl Channels {
    /// The tool that a text is about.
    pub(super) fn named(&mut self, tools: Vec<(String, Name)>) {
        for (prefix, tool) in tools {
            self.tools.retain(|(known, _)| *known != prefix);
            if self.tools.len() == TOOLS {
                self.tools.remove(0);
            }
            self.tools.push((prefix, tool));
        }
    }

    /// Whether a text is open, or another one may be.
    pub(super) fn has_room(&self, key: &str, most: usize) -> bool {
        self.open.len() < most.max(1) || self.open.iter().any(|channel| channel.key == key)
    }

    /// Takes the next part of a text; gives back what may go on of it. Says whether that is the part itself, nothing of which
    /// is held back.
    pub(super) fn push(&mut self, shared: &Shared, key: &str, place: &Place, text: &[u8], ledger: &mut Ledger) -> (Vec<u8>, bool) {
        let at = self.open.iter().position(|channel| channel.key == key).unwrap_or_else(|| {
            let known = self.tools.iter().find(|(prefix, _)| key.starts_with(prefix.as_str()));
            let place = Place { tool: place.tool.clone().or_else(|| known.map(|(_, tool)| tool.clone())), ..place.clone() };
            let frame = if key.ends_with("arguments") || key.ends_with("partial_json") { Frame::Json } else { Frame::Text };
            let pass = Pass::new(shared, frame, place, None, ledger);
            self.open.push(Channel { key: key.to_owned(), pass, carry: Vec::new(), last: Vec::new(), path: "".into() });
            self.open.len() - 1
        });
        let channel = &mut self.open[at];
        let mut out = core::mem::take(&mut channel.carry);
        channel.pass.push(text, ledger, &mut out);
        channel.carry = out.split_off(whole(&out));
        let clean = same(&out, text) && channel.is_drained();
        (out, clean)
    }

    /// Remembers the document that held the last part of a text.
    pub(super) fn remember(&mut self, api: Api, key: &str, path: &str, document: impl FnOnce() -> Vec<u8>) {
        let Some(channel) = self.open.iter_mut().find(|channel| channel.key == key && !channel.is_drained()) else { return };
        let mut document = document();
        if document.len() > LONGEST {
            document = synth::with_text(api, &document, path, b"").unwrap_or_default();
            // The short one has one element where the long one had many.
            channel.path =
                path.split('/').map(|part| if part.parse::<usize>().is_ok() { "0" } else { part }).collect::<Vec<_>>().join("/").into();
        } else {
            channel.path = path.into();
        }
        channel.last = document;
    }

    /// The rest of a text that ends within the document that is at hand.
    pub(super) fn end_here(&mut self, key: &str, ledger: &mut Ledger, out: &mut Vec<u8>) {
        if let Some(at) = self.open.iter().position(|channel| channel.key == key) {
            let mut channel = self.open.remove(at);
            out.append(&mut channel.carry);
            channel.pass.finish(ledger, out);
        }
    }

    /// Ends all texts whose keys start like this, but for those that `keep` says.
    pub(super) fn end(&mut self, api: Api, prefix: &str, keep: impl Fn(&str) -> bool, ledger: &mut Ledger) -> Vec<Rest> {
        let mut rests = Vec::new();
        let mut at = 0;
        while at < self.open.len() {
            if !self.open[at].key.starts_with(prefix) || keep(&self.open[at].key) {
                at += 1;
                continue;
            }
            let Channel { mut pass, carry: mut text, last, path, .. } = self.open.remove(at);
            pass.finish(ledger, &mut text);
            if text.is_empty() {
                continue;
            }
            rests.extend(synth::with_text(api, &last, &path, &text).map(|document| Rest { document }));
        }
        rests
    }

    /// Ends the oldest text.
    pub(super) fn end_oldest(&mut self, api: Api, ledger: &mut Ledger) -> Vec<Rest> {
        let Some(oldest) = self.open.first().map(|channel| channel.key.clone()) else { return Vec::new() };
        self.end(api, &oldest, |key| key != oldest, ledger)
    }

    /// Bytes that are held back.
    pub(super) fn holdback(&self) -> u64 {
        self.open.iter().map(|channel| channel.pass.holdback() + channel.carry.len() as u64).sum()
    }
}

impl Channel {
    fn is_drained(&self) -> bool {
        self.carry.is_empty() && self.pass.holdback() == 0
    }
}
