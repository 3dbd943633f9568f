//! A text that is filtered as it flows.

use tamis_engine::{Finding, LimitHit, RuleIndex, Secret, Sink, Stream};

use super::filter::Shared;
use super::ledger::Ledger;
use super::places::{Place, Places};
use super::restore::Restoring;
use super::spare::Lent;
use crate::frame::Frame;
use crate::gate::Gate;
use crate::limit::Limit;
use crate::name::Name;
use crate::settings::Settings;

use super::refusal::Refusal;

/// One text: an engine's stream, the gate behind it, and where its bytes stand.
#[derive(Debug)]
pub(super) struct Pass {
    stream: Lent,
    gate: Gate<Vec<u8>>,
    /// Where things stand, of a document that says so.
    places: Option<Places>,
    /// Where all of it stands, or what the document does not say of it.
    base: Place,
    /// Where the long finding on its way stands.
    open: Place,
    restoring: Option<Restoring>,
    /// It is the body itself, which tells who sends it.
    tells: bool,
}

impl Pass {
    /// A text of this frame that stands here. With `places`, a document that says more.
    pub(super) fn new(shared: &Shared, frame: Frame, base: Place, places: Option<Places>, ledger: &Ledger) -> Self {
        let settings = Settings { frame, ..shared.settings.clone() };
        let mut gate = Gate::new(&shared.scanner, &settings, ledger.policy.clone(), Vec::new());
        gate.reset(ledger.flow_at(&base), ledger.now, false);
        let restoring = settings.tokens.as_ref().map(|tokens| Restoring::new(tokens, frame, &settings, ledger));
        let stream = shared.spare.stream();
        Pass { stream, gate, places, open: base.clone(), base, restoring, tells: false }
    }

    /// The text is the body itself, which tells who sends it.
    pub(super) fn telling(self) -> Self {
        Pass { tells: true, ..self }
    }

    /// Takes the next bytes; what is decided goes out.
    pub(super) fn push(&mut self, bytes: &[u8], ledger: &mut Ledger, out: &mut Vec<u8>) {
        let (stream, mut sink) = self.parts(ledger);
        stream.push(bytes, &mut sink);
        self.take(ledger, out);
    }

    /// The text ends: everything goes out. Another one may follow.
    pub(super) fn finish(&mut self, ledger: &mut Ledger, out: &mut Vec<u8>) {
        let (stream, mut sink) = self.parts(ledger);
        stream.finish(&mut sink);
        if let Some(restoring) = &mut self.restoring {
            restoring.finish();
        }
        self.take(ledger, out);
    }

    /// Bytes that came in and did not go out.
    pub(super) fn holdback(&self) -> u64 {
        self.stream.holdback() + self.restoring.as_ref().map_or(0, Restoring::holdback)
    }

    /// Another text comes now, that stands here.
    pub(super) fn restart(&mut self, place: &Place, ledger: &Ledger) {
        self.gate.reset(ledger.flow_at(place), ledger.now, false);
        self.base = place.clone();
        if let Some(restoring) = &mut self.restoring {
            restoring.restart();
        }
    }

    fn parts<'a>(&'a mut self, ledger: &'a mut Ledger) -> (&'a mut Stream, Watched<'a>) {
        let Pass { stream, gate, places, base, open, restoring, tells } = self;
        if !ledger.is_open() {
            gate.stop();
        }
        (stream, Watched { gate, places: places.as_mut(), base, open, restoring: restoring.as_mut(), tells: *tells, ledger })
    }

    fn take(&mut self, ledger: &mut Ledger, out: &mut Vec<u8>) {
        match &mut self.restoring {
            Some(restoring) => restoring.take(ledger, &self.base, out),
            None => out.append(self.gate.output_mut()),
        }
    }
}

/// Hands on what the engine delivers, and tells where it stands.
struct Watched<'a> {
    gate: &'a mut Gate<Vec<u8>>,
    places: Option<&'a mut Places>,
    base: &'a Place,
    open: &'a mut Place,
    restoring: Option<&'a mut Restoring>,
    tells: bool,
    ledger: &'a mut Ledger,
}

impl Watched<'_> {
    fn here(&self) -> Place {
        let Some(places) = &self.places else { return self.base.clone() };
        let Place { surface, touch, tool } = places.here();
        Place { surface: surface.or(self.base.surface), touch, tool: tool.or_else(|| self.base.tool.clone()) }
    }

    /// The document goes on with these bytes. Answers with how many of them may pass.
    fn see(&mut self, bytes: &[u8]) -> usize {
        let deep = self.places.as_mut().and_then(|places| {
            let (before, start) = (places.too_deep(), places.offset());
            places.see(bytes);
            let at = places.too_deep().filter(|_| before.is_none())?;
            Some((at, (at.saturating_sub(start) as usize).min(bytes.len())))
        });
        let Some((at, fits)) = deep else {
            self.tell(bytes);
            return bytes.len();
        };
        self.tell(&bytes[..fits]);
        self.ledger.limit(Limit::Depth, at);
        self.tell(&bytes[fits..]);
        if self.ledger.is_open() { bytes.len() } else { fits }
    }

    /// The body says who sends it.
    fn tell(&mut self, bytes: &[u8]) {
        if self.tells {
            self.ledger.see(bytes);
        }
    }

    fn pass(&mut self, bytes: &[u8]) {
        let may = self.see(bytes);
        self.gate.text(&bytes[..may]);
        if !self.ledger.is_open() {
            self.gate.stop();
        }
    }

    /// Where what comes next stands.
    fn enter(&mut self) -> Place {
        let place = self.here();
        self.ledger.learn();
        let flow = &self.ledger.flow;
        self.gate.set_model(flow.destination.model.as_deref());
        let tool = place.tool.clone().or_else(|| flow.tool.as_deref().map(Name::new));
        self.gate.enter(place.surface.or(flow.surface), tool.as_ref(), place.touch);
        place
    }

    /// Puts values back in what the gate wrote.
    fn restore(&mut self) {
        if self.restoring.is_some() {
            let place = self.here();
            if let Some(restoring) = &mut self.restoring {
                restoring.push(&place, self.ledger, self.gate.output_mut());
            }
        }
    }

    fn decided(&mut self, place: &Place, before: usize) {
        let decided: Vec<_> = self.gate.drain().collect();
        decided.iter().for_each(|decided| self.ledger.decided(decided, place));
        if !self.ledger.is_open() {
            self.gate.output_mut().truncate(before);
            self.gate.stop();
        }
    }
}

impl Sink for Watched<'_> {
    fn text(&mut self, bytes: &[u8]) {
        if self.restoring.is_none() || self.places.is_none() {
            self.pass(bytes);
            return self.restore();
        }
        // No token goes over a string's end: where it begins is where it stands.
        for piece in bytes.split_inclusive(|byte| *byte == b'[') {
            self.pass(piece);
            self.restore();
        }
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        let place = self.enter();
        let before = self.gate.output().len();
        self.gate.finding(finding, secret);
        self.see(secret.expose());
        self.decided(&place, before);
        self.restore();
    }

    fn open(&mut self, finding: &Finding) {
        *self.open = self.enter();
        self.gate.open(finding);
        if self.gate.is_blocked()
            && let Some(ruling) = self.gate.opened()
        {
            let class = Name::new(&self.ledger.scanner.rule(finding.rule).class);
            let row = Name::new(&ruling.row);
            self.ledger.refuse(Refusal::Finding { class, row });
        }
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        self.see(secret.expose());
        self.gate.part(rule, secret);
        self.restore();
    }

    fn close(&mut self, finding: &Finding) {
        let before = self.gate.output().len();
        self.gate.close(finding);
        let place = self.open.clone();
        self.decided(&place, before);
        self.restore();
    }

    fn limit(&mut self, limit: LimitHit) {
        self.gate.limit(limit);
        self.ledger.hit(limit);
    }
}
