//! `tamis call`: whether an agent may call a tool, and with which arguments.

use serde_json::Value;
use tamis::audit::{ToolCall, What};
use tamis::{Decision, Direction, Flow, Frame, Gate, Mode, Name, Surface, Timestamp};

use crate::args::CallArgs;
use crate::arguments;
use crate::audit::{self, Trail};
use crate::failure::{Exit, Failure};
use crate::judge::Judge;
use crate::outlet::{Closed, Outlet};
use crate::session::Guard;
use crate::setup::Setup;
use crate::token;

/// Runs the command. Nothing is printed unless all of it may pass.
pub(crate) fn run(args: &CallArgs) -> Result<Exit, Failure> {
    let (text, arguments) = arguments::read(args.arguments.as_deref())?;
    let mut call = Call::new(args)?;
    let result = call.decide(&text, &arguments);
    let mut out = if result.is_ok() { std::mem::take(call.gate.output_mut()) } else { Vec::new() };
    let events = call.trail.as_mut().map(Trail::take).unwrap_or_default();
    let written = call.outlet.write(&mut out, events);
    // Why writing ended is told when it is closed.
    match call.outlet.close().and(written) {
        Ok(()) | Err(Closed::Gone) => result.map(|()| Exit::Clean),
        Err(Closed::Failed(failure)) => Err(failure),
    }
}

/// One call on its way.
struct Call {
    setup: Setup,
    judge: Judge,
    flow: Flow,
    gate: Gate<Vec<u8>>,
    guard: Option<Guard>,
    refused: Option<Failure>,
    trail: Option<Trail>,
    outlet: Outlet,
}

impl Call {
    fn new(args: &CallArgs) -> Result<Self, Failure> {
        let mut setup = Setup::new(&args.detect, &args.gate, args.mode, Frame::Json)?;
        let otherwise = if args.mode == Mode::Tokenize { Decision::Tokenize } else { Decision::Redact };
        let mut judge = Judge::new(&args.gate, otherwise, Some(Surface::ToolInput))?;
        judge.flow.direction = judge.flow.direction.or(Some(Direction::Outbound));
        judge.flow.tool = Some(args.name.clone());
        if judge.policy.tokenizes(&judge.flow) {
            setup.settings.tokens = Some(token::tokenizer(&args.token, &args.session, &judge)?);
        }
        let journal = audit::journal_under(&args.record, &judge)?;
        let mut trail = journal.is_some().then(|| Trail::new(&setup.scanner, &args.session, &judge));
        judge.tell_lapsed();
        let mut gate = Gate::new(&setup.scanner, &setup.settings, judge.policy.clone(), Vec::new());
        let (flow, entry) = (judge.flow(None), Guard::enter(&args.session, &args.guard, &judge, &judge.flow)?);
        if let Some(trail) = &mut trail {
            trail.begin(flow.clone());
            entry.events.into_iter().for_each(|event| trail.add(event));
        }
        let guard = entry.guard.map(|(guard, session)| {
            gate.watch(session, guard.rules().clone());
            guard
        });
        Ok(Call { setup, judge, flow, gate, guard, refused: entry.refused, trail, outlet: Outlet::new(journal)? })
    }

    /// An error says why the call may not be made.
    fn decide(&mut self, text: &[u8], arguments: &Value) -> Result<(), Failure> {
        if let Some(refused) = self.refused.take() {
            return Err(refused);
        }
        let tool = self.flow.tool.clone().unwrap_or_default();
        let ruling = self.judge.policy.rule_call(&self.flow, arguments);
        let decision = ruling.decision.decision();
        if self.judge.has_policy() {
            self.tell(What::ToolCall(ToolCall { decision, reason: None, row: Some(Name::new(&ruling.row)) }));
        }
        if decision == Decision::Block {
            if let Some(guard) = &mut self.guard {
                guard.tool_refused();
            }
            self.settle()?;
            return Err(Failure::blocked("tool refused", tool, format_args!("row {} does not allow the call", ruling.row)));
        }
        self.filter(text)?;
        self.settle()?;
        match self.gate.is_blocked() {
            true => Err(Failure::blocked("tool refused", tool, "something in its arguments is not let through")),
            false => Ok(()),
        }
    }

    /// Decides what is found in the arguments.
    fn filter(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.gate.reset(self.flow.clone(), Timestamp::now(), self.trail.is_some());
        let mut stream = self.setup.scanner.stream();
        stream.push(text, &mut self.gate);
        stream.finish(&mut self.gate);
        let decided: Vec<_> = self.gate.drain().collect();
        for decided in &decided {
            let rule = self.setup.scanner.rule(decided.located.finding.rule);
            if let Some(trail) = &mut self.trail {
                trail.finding(decided, rule);
            }
            if let Some(guard) = &mut self.guard {
                guard.found(decided, rule);
            }
        }
        if let Some(trail) = &mut self.trail {
            trail.end(text.len() as u64, self.gate.limit_hit());
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Failure> {
        let Some(guard) = &mut self.guard else { return Ok(()) };
        let settled = guard.settle()?;
        settled.events.into_iter().for_each(|event| self.tell(event));
        settled.stopped.map_or(Ok(()), Err)
    }

    fn tell(&mut self, what: What) {
        if let Some(trail) = &mut self.trail {
            trail.add(what);
        }
    }
}
