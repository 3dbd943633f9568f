//! A request and its response on their way through the filter.

mod conclude;
mod grant;
mod head;
mod side;
mod start;

use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;

use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;
use tamis::api::{Kind, Refusal, answer};
use tamis::grant::Grant;
use tamis::session::{Ids, SessionRules};
use tamis::{Decision, Flow, Name};

use crate::host::{self, LogLevel, MapType, Status};
use crate::outbox;
use crate::plugin::Plugin;
use head::Headers;
use side::{Phase, Side, Way};

/// The header that names the decision in an answer.
const DECISION: &str = "x-tamis-decision";

/// A request and its response.
pub(crate) struct Exchange {
    plugin: Option<Rc<Plugin>>,
    decision: Name,
    flow: Flow,
    ids: Ids,
    kind: Kind,
    rules: SessionRules,
    grant: Option<Grant>,
    /// How often each class was found.
    classes: BTreeMap<Name, u64>,
    request: Option<Side>,
    response: Option<Side>,
    /// Why the filter answered in the upstream's place, if it did.
    answered: Option<Refusal>,
    concluded: bool,
}

impl Exchange {
    pub(crate) fn new(plugin: Option<Rc<Plugin>>) -> Self {
        Exchange {
            decision: plugin.as_ref().map(|plugin| plugin.decision()).unwrap_or_default(),
            plugin,
            flow: Flow::default(),
            ids: Ids::default(),
            kind: Kind::default(),
            rules: SessionRules::default(),
            grant: None,
            classes: BTreeMap::new(),
            request: None,
            response: None,
            answered: None,
            concluded: false,
        }
    }

    fn side(&mut self, way: Way) -> &mut Option<Side> {
        match way {
            Way::Request => &mut self.request,
            Way::Response => &mut self.response,
        }
    }

    /// Bytes of a body are in the host's buffer.
    fn body(&mut self, way: Way, size: usize, end: bool) -> Action {
        let Some(mut side) = self.side(way).take() else { return self.unknown(way) };
        let action = self.filter(&mut side, size, end);
        side.paused = action == Ok(Action::Pause);
        *self.side(way) = Some(side);
        action.unwrap_or_else(|status| self.fail(way, status))
    }

    /// A body that nothing is known of: that of an answer of ours, or of a message whose headers were refused.
    fn unknown(&self, way: Way) -> Action {
        if way == Way::Response || self.answered.is_none() { Action::Continue } else { Action::Pause }
    }

    fn filter(&mut self, side: &mut Side, size: usize, end: bool) -> Result<Action, Status> {
        if side.phase == Phase::Cut {
            side.drain(size)?;
            return Ok(if side.way == Way::Request { Action::Pause } else { Action::Continue });
        }
        side.take(size)?;
        if end {
            side.end();
        }
        self.decide(side, size)
    }

    /// What becomes of what was read.
    fn decide(&mut self, side: &mut Side, size: usize) -> Result<Action, Status> {
        side.events.extend(side.body.drain());
        if side.way == Way::Request && side.body.refusal().is_none() {
            self.admit(side);
        }
        if side.body.refusal().is_some() {
            return self.refuse(side, size);
        }
        let Some(plugin) = self.plugin.clone() else { return Ok(Action::Pause) };
        match side.phase {
            Phase::Waiting(_) => {
                side.park(size)?;
                return Ok(Action::Pause);
            }
            Phase::Holding if !side.ended => {
                if side.out.len() <= plugin.settings.hold {
                    side.drain(size)?;
                    let pauses = side.pauses || side.waits_for_trailers(size);
                    return Ok(if pauses { Action::Pause } else { Action::Continue });
                }
                if plugin.settings.hold_all {
                    side.body.refuse(Refusal::Limit(tamis::Limit::HeldLength));
                    return self.refuse(side, size);
                }
                plugin.metrics.add("hold.exceeded", 1);
            }
            _ => {}
        }
        side.phase = Phase::Flowing;
        if !self.record(&plugin, side) {
            return self.refuse(side, size);
        }
        let waits = side.waits_for_trailers(size) && side.out.is_empty();
        match side.phase {
            Phase::Waiting(_) => side.park(size).map(|()| Action::Pause),
            _ if waits => side.drain(size).map(|()| Action::Pause),
            _ => side.release(size).map(|()| Action::Continue),
        }
    }

    /// Records what happened; what has to be acknowledged waits. Whether that could be begun.
    fn record(&mut self, plugin: &Plugin, side: &mut Side) -> bool {
        let events = mem::take(&mut side.events);
        self.count(plugin, &events);
        let Some(collector) = &plugin.settings.collector else { return true };
        if !plugin.settings.required {
            plugin.outbox.borrow_mut().add(&events);
            return true;
        }
        if events.is_empty() {
            return true;
        }
        let lines = plugin.outbox.borrow_mut().seal(&events);
        match outbox::post(collector, &lines) {
            Ok(token) => {
                side.sealed = lines;
                side.phase = Phase::Waiting(token);
                true
            }
            Err(_) => {
                self.unrecorded(plugin, lines);
                side.body.refuse(Refusal::Unrecorded);
                false
            }
        }
    }

    fn unrecorded(&self, plugin: &Plugin, lines: Vec<u8>) {
        plugin.metrics.add("audit.failed", 1);
        plugin.outbox.borrow_mut().put_back(lines);
    }

    /// The collector has answered.
    fn acknowledged(&mut self, token: u32, stored: bool) {
        let way = [Way::Request, Way::Response].into_iter().find(|way| {
            let side = match way {
                Way::Request => &self.request,
                Way::Response => &self.response,
            };
            side.as_ref().is_some_and(|side| side.phase == Phase::Waiting(token))
        });
        let Some(way) = way else { return };
        let (Some(mut side), Some(plugin)) = (self.side(way).take(), self.plugin.clone()) else { return };
        let sealed = mem::take(&mut side.sealed);
        if stored {
            side.phase = Phase::Flowing;
            // More may have happened meanwhile.
            if self.record(&plugin, &mut side) && side.phase == Phase::Flowing {
                side.out.clear();
                side.begun = true;
                if host::resume(way == Way::Request).is_err() {
                    plugin.metrics.add("errors.host", 1);
                }
            }
        } else {
            self.unrecorded(&plugin, sealed);
            side.body.refuse(Refusal::Unrecorded);
        }
        if side.body.refusal().is_some() {
            side.out.clear();
            // What is in the host's buffer does not leave: the exchange ends here.
            if let Err(status) = self.stop(&mut side) {
                self.fail(way, status);
            }
        }
        *self.side(way) = Some(side);
    }

    /// Refuses what is on its way.
    fn refuse(&mut self, side: &mut Side, size: usize) -> Result<Action, Status> {
        if let Some(plugin) = self.plugin.clone() {
            // Of what does not pass, nobody waits for the record.
            self.note(&plugin, side);
        }
        if matches!(side.phase, Phase::Waiting(_)) {
            // What waits is not recorded, and does not pass.
            side.out.clear();
        }
        let ending = side.body.ending().unwrap_or_default();
        if side.way == Way::Response && side.begun && !ending.is_empty() {
            self.answered = side.body.refusal().cloned();
            side.phase = Phase::Cut;
            side.out.extend(ending);
            side.release(size)?;
            return Ok(Action::Continue);
        }
        side.out.clear();
        side.drain(size)?;
        self.stop(side).map(|()| Action::Pause)
    }

    /// Answers in the upstream's place, or breaks the connection where the answer has begun.
    fn stop(&mut self, side: &mut Side) -> Result<(), Status> {
        side.phase = Phase::Cut;
        self.answered = side.body.refusal().cloned();
        if side.way == Way::Response && side.begun {
            return host::reset_response();
        }
        match side.body.answer() {
            Some(answer) => self.send(&answer),
            None => Ok(()),
        }
    }

    fn send(&self, answer: &tamis::api::Answer) -> Result<(), Status> {
        let headers = [("content-type", answer.content_type), (DECISION, self.decision.as_str())];
        host::answer(answer.status.into(), &headers, &answer.body)
    }

    /// Refuses a request before there is a body to speak of.
    fn turn_away(&mut self, refusal: Refusal) -> Action {
        let answer = answer(self.kind, &refusal, &self.decision, None);
        self.answered = Some(refusal);
        if let Err(status) = self.send(&answer) {
            return self.fail(Way::Request, status);
        }
        Action::Pause
    }

    /// The host does not do what it has to: nothing passes.
    fn fail(&mut self, way: Way, status: Status) -> Action {
        host::log(LogLevel::Error, &format!("tamis: the host refuses a call about a {}: status {}", way.as_str(), status as u32));
        if let Some(plugin) = &self.plugin {
            plugin.metrics.add("errors.host", 1);
        }
        if let Some(side) = self.side(way) {
            side.phase = Phase::Cut;
        }
        // If this fails too, what is paused stays so.
        let _ = match way {
            Way::Response => host::reset_response(),
            Way::Request => host::answer(503, &[], b""),
        };
        Action::Pause
    }

    /// Trailers end a body as well.
    fn trailers(&mut self, way: Way) -> Action {
        let Some(mut side) = self.side(way).take() else { return self.unknown(way) };
        side.end();
        let action = self.decide_trailers(&mut side);
        *self.side(way) = Some(side);
        action.unwrap_or_else(|status| self.fail(way, status))
    }

    fn decide_trailers(&mut self, side: &mut Side) -> Result<Action, Status> {
        match side.phase {
            Phase::Cut => Ok(if side.way == Way::Request { Action::Pause } else { Action::Continue }),
            Phase::Waiting(_) => {
                let size = side.out.len();
                self.decide(side, size)
            }
            // What the host has let go has left its buffer, and nothing can be put there any more.
            Phase::Holding | Phase::Flowing if !side.paused && !side.out.is_empty() => {
                side.body.refuse(Refusal::Malformed);
                self.refuse(side, 0)
            }
            Phase::Holding | Phase::Flowing => self.decide(side, 0),
        }
    }

    /// The hardest decision so far.
    fn hardest(&self) -> Decision {
        let sides = [&self.request, &self.response].into_iter().flatten();
        let found = sides.flat_map(|side| {
            let counts = side.body.counts();
            Decision::ALL.into_iter().rev().find(|decision| counts.found(*decision) > 0)
        });
        if self.answered.is_some() { Decision::Block } else { found.max().unwrap_or(Decision::Allow) }
    }
}

/// Whether the answer that is being told of says that records were stored.
pub(crate) fn is_stored(headers: usize) -> bool {
    // Where nobody answered, there is nothing to ask for.
    if headers == 0 {
        return false;
    }
    let status = proxy_wasm::hostcalls::get_map_value_bytes(MapType::HttpCallResponseHeaders, ":status").ok().flatten();
    status.is_some_and(|status| status.first() == Some(&b'2') && status.len() == 3)
}

impl Context for Exchange {
    fn on_http_call_response(&mut self, token: u32, headers: usize, _: usize, _: usize) {
        self.acknowledged(token, is_stored(headers));
    }
}

impl HttpContext for Exchange {
    fn on_http_request_headers(&mut self, _: usize, end: bool) -> Action {
        match host::headers(MapType::HttpRequestHeaders) {
            Ok(headers) => self.begin_request(&Headers(headers), end),
            Err(status) => self.fail(Way::Request, status),
        }
    }

    fn on_http_request_body(&mut self, size: usize, end: bool) -> Action {
        self.body(Way::Request, size, end)
    }

    fn on_http_request_trailers(&mut self, _: usize) -> Action {
        self.trailers(Way::Request)
    }

    fn on_http_response_headers(&mut self, _: usize, end: bool) -> Action {
        match host::headers(MapType::HttpResponseHeaders) {
            Ok(headers) => self.begin_response(&Headers(headers), end),
            Err(status) => self.fail(Way::Response, status),
        }
    }

    fn on_http_response_body(&mut self, size: usize, end: bool) -> Action {
        self.body(Way::Response, size, end)
    }

    fn on_http_response_trailers(&mut self, _: usize) -> Action {
        self.trailers(Way::Response)
    }

    fn on_log(&mut self) {
        self.conclude();
    }
}
