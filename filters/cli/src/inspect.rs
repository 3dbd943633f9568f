//! Texts that are decided as a whole: each passes, as it is or changed, or does not pass.

use serde_json::Value;
use tamis::api::Refusal;
use tamis::audit::{ToolCall, What};
use tamis::session::Ids;
use tamis::{Decided, Decision, Direction, Flow, Frame, Gate, Limit, Mode, Name, Rule, Scanner, Settings, Stream, Surface, Timestamp};

use crate::args::{MeansArgs, SessionArgs};
use crate::audit::{self, Journal, Trail};
use crate::failure::Failure;
use crate::judge::Judge;
use crate::session::Guard;
use crate::setup::Setup;
use crate::token;

/// Inspects the texts of one run.
pub(crate) struct Inspector {
    scanner: Scanner,
    judge: Judge,
    settings: Settings,
    gate: Gate<Vec<u8>>,
    guard: Option<Guard>,
    refused: Option<Failure>,
    trail: Option<Trail>,
    journal: Option<Journal>,
}

/// What became of a text.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// The text as it may pass.
    pub(crate) text: Vec<u8>,
    /// Rules whose findings were replaced, each once.
    pub(crate) replaced: Vec<String>,
    /// Why nothing of it may pass, if so.
    pub(crate) blocked: Option<Blocked>,
}

/// Why a text may not pass.
#[derive(Clone, Debug)]
pub(crate) struct Blocked {
    /// For people.
    pub(crate) why: String,
    /// For programs.
    pub(crate) refusal: Refusal,
}

impl Blocked {
    fn by(decided: &Decided, rule: &Rule) -> Self {
        let row = &decided.ruling.row;
        let refusal = Refusal::Finding { class: Name::new(&rule.class), row: Name::new(row) };
        Blocked { why: format!("row {row} does not let {} pass", rule.id), refusal }
    }

    fn by_limit() -> Self {
        Blocked { why: "a limit was reached".to_owned(), refusal: Refusal::Limit(Limit::MatchLength) }
    }
}

impl Inspector {
    /// Prepares a run. `flow` is what is known of all its texts, and `session` whose they are; what the arguments say
    /// comes first.
    pub(crate) fn new(args: &MeansArgs, session: &SessionArgs, flow: Flow, frame: Frame) -> Result<Self, Failure> {
        let mut setup = Setup::new(&args.detect, &args.gate, args.mode, frame)?;
        let otherwise = if args.mode == Mode::Tokenize { Decision::Tokenize } else { Decision::Redact };
        let mut judge = Judge::new(&args.gate, otherwise, flow.surface)?;
        judge.flow = complete(judge.flow, flow);
        if tokenizes(&judge) {
            setup.settings.tokens = Some(token::tokenizer(&args.token, session, &judge)?);
        }
        let journal = audit::journal_under(&args.record, &judge)?;
        let mut trail = journal.is_some().then(|| Trail::new(&setup.scanner, session, &judge));
        judge.tell_lapsed();
        let mut gate = Gate::new(&setup.scanner, &setup.settings, judge.policy.clone(), Vec::new());
        let entry = Guard::enter(session, &args.guard, &judge, &judge.flow)?;
        if let Some(trail) = &mut trail {
            trail.begin(judge.flow(None));
            entry.events.into_iter().for_each(|event| trail.add(event));
        }
        let guard = entry.guard.map(|(guard, session)| {
            gate.watch(session, guard.rules().clone());
            guard
        });
        Ok(Inspector { scanner: setup.scanner, settings: setup.settings, judge, gate, guard, refused: entry.refused, trail, journal })
    }

    /// What is known of a text: `known` where the arguments of the run say nothing else.
    pub(crate) fn flow(&self, known: Flow) -> Flow {
        complete(self.judge.flow.clone(), known)
    }

    /// Notes down who sends what comes now.
    pub(crate) fn sent_by(&mut self, ids: &Ids) {
        if let Some(trail) = &mut self.trail {
            trail.sent_by(ids);
        }
    }

    /// Why nothing of this session may pass, if so.
    pub(crate) fn admit(&mut self) -> Result<(), Failure> {
        self.refused.clone().map_or(Ok(()), Err)
    }

    /// Decides whether a tool may be called. Gives the row that says no, if one does.
    pub(crate) fn call(&mut self, flow: &Flow, arguments: &Value) -> Result<Option<Name>, Failure> {
        let ruling = self.judge.policy.rule_call(flow, arguments);
        let decision = ruling.decision.decision();
        if let Some(trail) = self.trail.as_mut().filter(|_| self.judge.has_policy()) {
            trail.begin(flow.clone());
            trail.add(What::ToolCall(ToolCall { decision, reason: None, row: Some(Name::new(&ruling.row)) }));
        }
        if decision != Decision::Block {
            return Ok(None);
        }
        if let Some(guard) = &mut self.guard {
            guard.tool_refused();
        }
        self.settle()?;
        Ok(Some(Name::new(&ruling.row)))
    }

    /// The same; an error says why not.
    pub(crate) fn admit_call(&mut self, flow: &Flow, arguments: &Value) -> Result<(), Failure> {
        let tool = flow.tool.as_deref().unwrap_or_default();
        match self.call(flow, arguments)? {
            None => Ok(()),
            Some(row) => Err(Failure::blocked("tool refused", tool, format_args!("row {row} does not allow the call"))),
        }
    }

    /// A gate for a stream that is decided as it flows. What it decides is brought back with [`drained`](Self::drained).
    pub(crate) fn gate(&self) -> Gate<Vec<u8>> {
        Gate::new(&self.scanner, &self.settings, self.judge.policy.clone(), Vec::new())
    }

    /// A stream for such a gate.
    pub(crate) fn stream(&self) -> Stream {
        self.scanner.stream()
    }

    /// Notes down and charges what a gate has decided since the last time. Gives why nothing more may pass, if so.
    pub(crate) fn drained(&mut self, gate: &mut Gate<Vec<u8>>) -> Result<Option<Blocked>, Failure> {
        let decided: Vec<Decided> = gate.drain().collect();
        if let Some(trail) = self.trail.as_mut().filter(|_| !decided.is_empty()) {
            trail.enter(gate.flow().clone());
        }
        let mut verdict = Verdict::default();
        decided.iter().for_each(|decided| self.note(decided, &mut verdict));
        self.settle()?;
        Ok(gate.is_blocked().then(|| verdict.blocked.unwrap_or_else(Blocked::by_limit)))
    }

    /// A stream has ended.
    pub(crate) fn ended(&mut self, flow: Flow, bytes: u64) {
        if let Some(trail) = &mut self.trail {
            trail.begin(flow);
            trail.end(bytes, None);
        }
    }

    /// Decides what is found in a text.
    pub(crate) fn text(&mut self, flow: &Flow, text: &[u8]) -> Result<Verdict, Failure> {
        self.gate.reset(flow.clone(), Timestamp::now(), self.trail.is_some());
        let mut stream = self.scanner.stream();
        stream.push(text, &mut self.gate);
        stream.finish(&mut self.gate);
        if let Some(trail) = &mut self.trail {
            trail.begin(flow.clone());
        }
        let mut verdict = Verdict { text: std::mem::take(self.gate.output_mut()), ..Verdict::default() };
        let decided: Vec<Decided> = self.gate.drain().collect();
        decided.iter().for_each(|decided| self.note(decided, &mut verdict));
        let limit = self.gate.limit_hit();
        if let Some(trail) = &mut self.trail {
            trail.end(text.len() as u64, limit);
        }
        self.settle()?;
        if self.gate.is_blocked() {
            verdict.text.clear();
            verdict.blocked.get_or_insert_with(Blocked::by_limit);
        }
        Ok(verdict)
    }

    /// Brings what happened to the audit log. An error means that nothing may have consequences.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        let events = self.trail.as_mut().map(Trail::take).unwrap_or_default();
        let Some(journal) = &mut self.journal else { return Ok(()) };
        events.into_iter().for_each(|event| journal.add(event));
        journal.commit()
    }

    /// Brings what is left to the audit log, and waits for it.
    pub(crate) fn close(mut self) -> Result<(), Failure> {
        let committed = self.commit();
        self.journal.map_or(Ok(()), Journal::close).and(committed)
    }

    fn note(&mut self, decided: &Decided, verdict: &mut Verdict) {
        let rule = self.scanner.rule(decided.located.finding.rule);
        let decision = decided.ruling.decision;
        if decision == Decision::Block {
            verdict.blocked.get_or_insert_with(|| Blocked::by(decided, rule));
        } else if !decision.passes() && !verdict.replaced.iter().any(|known| **known == *rule.id) {
            verdict.replaced.push(rule.id.to_string());
        }
        if let Some(trail) = &mut self.trail {
            trail.finding(decided, rule);
        }
        if let Some(guard) = &mut self.guard {
            guard.found(decided, rule);
        }
    }

    fn settle(&mut self) -> Result<(), Failure> {
        let Some(guard) = &mut self.guard else { return Ok(()) };
        let settled = guard.settle()?;
        if let Some(trail) = &mut self.trail {
            settled.events.into_iter().for_each(|event| trail.add(event));
        }
        settled.stopped.map_or(Ok(()), Err)
    }
}

/// Whether something may become a token, on whatever surface the run meets.
fn tokenizes(judge: &Judge) -> bool {
    let Flow { surface, direction, .. } = judge.flow;
    let surfaces = Surface::ALL.into_iter().filter(|other| surface.is_none_or(|known| known == *other));
    let mut flows = surfaces.flat_map(|surface| {
        let directions = Direction::ALL.into_iter().filter(move |other| direction.is_none_or(|known| known == *other));
        directions.map(move |direction| (surface, direction))
    });
    flows.any(|(surface, direction)| {
        judge.policy.tokenizes(&Flow { surface: Some(surface), direction: Some(direction), ..judge.flow.clone() })
    })
}

/// What is known of a text, with what else is known of it.
fn complete(given: Flow, known: Flow) -> Flow {
    let Flow { surface, direction, mut destination, tool, path, agent, mut labels } = given;
    destination.host = destination.host.or(known.destination.host);
    destination.route = destination.route.or(known.destination.route);
    destination.model = destination.model.or(known.destination.model);
    labels.extend(known.labels);
    Flow {
        surface: surface.or(known.surface),
        direction: direction.or(known.direction),
        destination,
        tool: tool.or(known.tool),
        path: path.or(known.path),
        agent: agent.or(known.agent),
        labels,
    }
}
