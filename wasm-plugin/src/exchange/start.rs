//! How a request and a response begin.

use proxy_wasm::types::Action;
use tamis::Direction;
use tamis::api::{Format, Message, Refusal};
use tamis::audit::{Context, Event, SessionStarted, What};
use tamis::session::Act;

use super::Exchange;
use super::head::{Headers, OF_BYTES};
use super::side::{Phase, Side, Way};
use crate::decode::Decoder;
use crate::host;
use crate::metrics::Traffic;
use crate::plugin::Plugin;
use crate::sessions;
use crate::settings::Compressed;

impl Exchange {
    pub(super) fn begin_request(&mut self, headers: &Headers, end: bool) -> Action {
        let Some(plugin) = self.plugin.clone() else { return self.turn_away(Refusal::Unrecorded) };
        plugin.metrics.pass(Traffic::Requests, 1);
        self.kind = headers.kind();
        self.ids = headers.ids(&plugin.settings);
        self.flow = headers.flow(&plugin.settings, self.decision.as_str());
        self.rules = plugin.settings.policy.session_rules(&self.flow);
        fault(headers);
        if headers.upgrades() {
            return self.turn_away(Refusal::Malformed);
        }
        let decoder = match self.decoder(&plugin, headers) {
            Ok(decoder) => decoder,
            Err(refusal) => return self.turn_away(refusal),
        };
        let mut told: Vec<What> = self.read_grant(&plugin, headers).into_iter().collect();
        let mut message = self.message(&plugin);
        told.extend(self.watch(&mut message));
        let body = plugin.filter.body(message);
        let phase = if plugin.settings.hold == 0 { Phase::Flowing } else { Phase::Holding };
        let hold_headers = plugin.settings.hold_headers && !end;
        let mut side = Side::new(Way::Request, body, decoder, phase, false);
        side.pauses = hold_headers || headers.announce_trailers();
        side.may_trail = headers.may_trail(Way::Request);
        self.begin_session(&mut side, told);
        if let Err(status) = self.prepare_request(&plugin, headers, end) {
            return self.fail(Way::Request, status);
        }
        if !end && side.body.refusal().is_none() {
            self.request = Some(side);
            return if hold_headers { Action::Pause } else { Action::Continue };
        }
        self.without_body(side)
    }

    pub(super) fn begin_response(&mut self, headers: &Headers, end: bool) -> Action {
        let Some(plugin) = self.plugin.clone() else { return Action::Continue };
        // An answer of ours is no news.
        if self.answered.is_some() {
            return Action::Continue;
        }
        let kind = self.kind.of_response(headers.get("content-type"));
        let decoder = self.decoder(&plugin, headers);
        self.flow.direction = Some(Direction::Inbound);
        if let Some(request) = &self.request {
            self.ids = request.body.ids().clone();
            self.flow.destination.model = request.body.model().map(str::to_owned);
            self.flow.tool = request.body.tool().map(ToString::to_string);
        }
        let rpc = self.request.as_ref().and_then(|request| request.body.rpc().cloned());
        let mut message = Message { kind, rpc, ..self.message(&plugin) };
        self.watch(&mut message);
        let mut body = plugin.filter.body(message);
        if let Err(refusal) = &decoder {
            body.refuse(refusal.clone());
        }
        // Events are for whoever waits for them; a document is nothing before its end.
        let hold_headers = plugin.settings.hold_headers && plugin.settings.hold > 0 && kind.format != Format::Events && !end;
        let holds = hold_headers || headers.announce_trailers() && kind.format != Format::Events && !end;
        let phase = if holds { Phase::Holding } else { Phase::Flowing };
        let mut side = Side::new(Way::Response, body, decoder.ok().flatten(), phase, !hold_headers);
        side.may_trail = headers.may_trail(Way::Response);
        if side.body.refusal().is_some() {
            side.begun = false;
            return self.without_body(side);
        }
        if let Err(status) = prepare(Way::Response, headers, end) {
            return self.fail(Way::Response, status);
        }
        if end {
            return self.without_body(side);
        }
        self.response = Some(side);
        if hold_headers { Action::Pause } else { Action::Continue }
    }

    /// A message that has no body, or is refused before it: what there is to decide is decided now.
    fn without_body(&mut self, mut side: Side) -> Action {
        let way = side.way;
        side.end();
        if side.phase == Phase::Holding {
            side.phase = Phase::Flowing;
        }
        let action = self.decide(&mut side, 0);
        *self.side(way) = Some(side);
        action.unwrap_or_else(|status| self.fail(way, status))
    }

    fn decoder(&self, plugin: &Plugin, headers: &Headers) -> Result<Option<Decoder>, Refusal> {
        let decoder = Decoder::new(&headers.all("content-encoding")).map_err(|_| Refusal::Malformed)?;
        match plugin.settings.compressed {
            Compressed::Refuse if decoder.is_some() => Err(Refusal::Malformed),
            _ => Ok(decoder),
        }
    }

    fn message(&self, plugin: &Plugin) -> Message {
        Message {
            kind: self.kind,
            flow: self.flow.clone(),
            ids: self.ids.clone(),
            decision: self.decision.clone(),
            now: plugin.now(),
            grant: self.grant.as_ref().map(|grant| grant.scope.clone()),
            tokens: plugin.tokenizer(self.ids.session.as_ref().map(|id| id.as_str())),
            ..Message::default()
        }
    }

    /// Charges the session with what is found, where there are rules about it. What that says of the session.
    fn watch(&self, message: &mut Message) -> Vec<What> {
        let rules = &self.rules;
        let Some(id) = &self.ids.session else { return Vec::new() };
        let decided = self.plugin.iter().flat_map(|plugin| &plugin.settings.acts).filter(|(session, _)| session == id);
        let acts: Vec<&Act> = decided.map(|(_, act)| act).collect();
        if !rules.grant_required && rules.max_blocks.is_none() && rules.max_findings.is_empty() && acts.is_empty() {
            return Vec::new();
        }
        // What is decided on a session is done when it speaks up.
        let outbound = message.flow.direction == Some(Direction::Outbound);
        let done = if acts.is_empty() || !outbound { Vec::new() } else { sessions::carry_out(id, self.ids.source, &acts, message.now) };
        let (mut session, new) = sessions::load(id, self.ids.source, message.now);
        // Each request shows its grant: who only knows a session's name has none of its rights.
        session.grant = self.granted(message.now);
        let mut told = Vec::new();
        if new {
            told.push(What::SessionStarted(SessionStarted { client: None, user: None }));
        }
        told.extend(done);
        told.extend(session.admit(rules, message.now).refused.map(What::SessionRefused));
        message.session = Some((session, rules.clone()));
        told
    }

    /// Records what is known of a session, and refuses what it sends if it may not send anything.
    fn begin_session(&self, side: &mut Side, told: Vec<What>) {
        for what in told {
            match &what {
                What::SessionRefused(refused) => side.body.refuse(Refusal::Session { reason: refused.reason.clone() }),
                What::GrantRefused(refused) => {
                    let reason = format!("its grant is refused: {}", refused.why).into();
                    side.body.refuse(Refusal::Session { reason });
                }
                _ => {}
            }
            self.tell(side, what);
        }
    }

    /// Whether what has no session may go on, now that all is known that can be.
    pub(super) fn admit(&self, side: &mut Side) {
        let undecided = side.phase == Phase::Holding && !side.ended;
        // What the body says comes too late for a grant.
        let named = side.body.ids().session.is_some() && (!self.rules.grant_required || self.grant.is_some());
        if undecided || side.begun || named {
            return;
        }
        if let Some(refused) = self.rules.admit_unnamed().refused {
            side.body.refuse(Refusal::Session { reason: refused.reason.clone() });
            self.tell(side, What::SessionRefused(refused));
        }
    }

    fn tell(&self, side: &mut Side, what: What) {
        let Some(plugin) = &self.plugin else { return };
        let context = Context { ids: side.body.ids().clone(), flow: self.flow.clone(), policy: Some(plugin.settings.policy.digest()) };
        side.events.push(Event { time: host::now(), context: context.into(), what });
    }

    fn prepare_request(&self, plugin: &Plugin, headers: &Headers, end: bool) -> Result<(), host::Status> {
        prepare(Way::Request, headers, end)?;
        let map = Way::Request.headers();
        // Parts of a body hide what lies across their borders, and grants are for whoever stands here.
        let grant = plugin.settings.grants.as_ref().map(|grants| grants.header.as_str());
        for name in ["range", "if-range"].into_iter().chain(grant) {
            if headers.has(name) {
                host::set_header(map, name, None)?;
            }
        }
        if !headers.has("accept-encoding") {
            return Ok(());
        }
        host::set_header(map, "accept-encoding", Some(&plugin.settings.compressed.accepted(&headers.all("accept-encoding"))))
    }
}

/// Takes out what a body that changes would belie.
fn prepare(way: Way, headers: &Headers, end: bool) -> Result<(), host::Status> {
    let of_bytes = OF_BYTES.into_iter().chain(["content-encoding"]);
    for name in of_bytes.filter(|name| !end && headers.has(name)) {
        host::set_header(way.headers(), name, None)?;
    }
    Ok(())
}

/// Breaks the module on purpose, to see that nothing passes then.
#[cfg(feature = "fault")]
#[expect(clippy::panic, reason = "that is what this build is for")]
fn fault(headers: &Headers) {
    assert!(headers.get("x-tamis-fault").is_empty(), "as asked for");
}

#[cfg(not(feature = "fault"))]
fn fault(_: &Headers) {}
