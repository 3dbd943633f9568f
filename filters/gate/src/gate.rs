//! One stream under a policy.

use std::mem;
use std::sync::Arc;

use jiff::Timestamp;
use tamis_engine::{Confidence, Finding, LimitHit, Rule, RuleIndex, Scanner, Secret, Sink};

use crate::audit::SessionQuarantined;
use crate::decision::Decision;
use crate::flow::{Flow, Surface};
use crate::frame::{Frame, Sniffer};
use crate::mode::Mode;
use crate::name::Name;
use crate::output::Output;
use crate::policy::{Facts, Policy, Ruling};
use crate::record::{Located, Recorder};
use crate::rewrite::Rewriter;
use crate::selection::{Selection, Threshold};
use crate::session::{Incident, Observer, Session, SessionRules, Sighting};
use crate::settings::Settings;

/// What may be done to a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Touch {
    /// It may be changed.
    #[default]
    Free,
    /// A signature is bound to it: changed, it would be refused when it comes back.
    Bound,
    /// A signature or a cipher text: nobody reads it, and changed it is worth nothing.
    Sealed,
}

impl Touch {
    /// What becomes of a decision on such a text.
    fn allows(self, decision: Decision) -> Decision {
        match (self, decision) {
            (Touch::Bound, Decision::Redact | Decision::Tokenize)
            | (Touch::Sealed, Decision::Redact | Decision::Tokenize | Decision::Block) => Decision::Observe,
            _ => decision,
        }
    }
}

/// A finding, and what the policy says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What was found, and where.
    pub located: Located,
    /// What was decided, and by which row.
    pub ruling: Ruling,
    /// What the stream itself said of its sender, where it was asked: for the record, not for decisions.
    pub seen: Option<Arc<Sighting>>,
}

impl Decided {
    /// What the rules of a session count of it. `to` says where it was going.
    #[must_use]
    pub fn incident(&self, rule: &Rule, to: Option<Name>) -> Incident {
        Incident::Found {
            rule: Name::new(&rule.id),
            class: Name::new(&rule.class),
            decision: self.ruling.decision,
            fingerprint: self.located.fingerprint,
            to,
        }
    }
}

/// A sink that decides each finding by a policy and writes the stream to an [`Output`]: what is allowed or observed as it
/// is, what is redacted or tokenized replaced. What is blocked ends the stream: nothing after that point is written.
///
/// A long finding, such as a private key, is decided where it starts, and its fingerprint is known where it ends only.
/// So no exception for a fingerprint lets it pass.
///
/// ```
/// use std::sync::Arc;
/// use tamis::{Flow, Gate, PolicyFile, Scanner, Settings, Timestamp};
///
/// let text = "[[boundary]]\nid = 'no-keys'\nclass = 'secret/api-key'\ndecision = 'block'\n";
/// let policy = Arc::new(PolicyFile::load("tamis.toml", text).unwrap().policy());
/// let scanner = Scanner::new(tamis::rules::builtin());
/// let mut gate = Gate::new(&scanner, &Settings::default(), policy, Vec::new());
/// gate.reset(Flow::default(), Timestamp::UNIX_EPOCH, true);
/// let mut stream = scanner.stream();
/// stream.push(b"export TOKEN=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\nmake\n", &mut gate);
/// stream.finish(&mut gate);
/// assert!(gate.is_blocked());
/// assert_eq!(gate.output(), b"export TOKEN=");
/// assert_eq!(&*gate.drain().next().unwrap().ruling.row, "no-keys");
/// ```
#[derive(Debug)]
pub struct Gate<O> {
    scanner: Scanner,
    policy: Arc<Policy>,
    /// What stands in the place of what is redacted.
    mode: Mode,
    selection: Selection,
    flow: Flow,
    touch: Touch,
    now: Timestamp,
    on_limit: Decision,
    rewriter: Rewriter<O>,
    recorder: Recorder,
    decided: Vec<Decided>,
    /// The ruling on a long finding on its way.
    open: Option<Ruling>,
    blocked: bool,
    frame: Frame,
    observing: Option<(Sniffer, Observer)>,
    session: Option<(Session, SessionRules)>,
    stopped: Option<SessionQuarantined>,
}

impl<O: Output> Gate<O> {
    /// A gate for streams of this scanner. [`reset`](Gate::reset) says where each comes from and goes to.
    #[must_use]
    pub fn new(scanner: &Scanner, settings: &Settings, policy: Arc<Policy>, output: O) -> Self {
        // A token can be put back, so it is nothing for what is to be gone for good.
        let mode = if settings.mode == Mode::Tokenize { Mode::Label } else { settings.mode };
        // What reaches the rewriter is decided.
        let all = Settings { selection: Selection::new(Threshold(Confidence::Low)), ..settings.clone() };
        Gate {
            scanner: scanner.clone(),
            mode,
            selection: settings.selection.clone(),
            flow: Flow::default(),
            touch: Touch::Free,
            now: Timestamp::UNIX_EPOCH,
            on_limit: policy.on_limit(&Flow::default()),
            policy,
            rewriter: Rewriter::new(scanner, &all, output),
            recorder: Recorder::new(settings),
            decided: Vec::new(),
            open: None,
            blocked: false,
            frame: settings.frame,
            observing: None,
            session: None,
            stopped: None,
        }
    }

    /// Notes down with each finding what JSON and events say of their sender.
    pub fn observe(&mut self) {
        self.observing = Some((Sniffer::new(self.frame), Observer::default()));
    }

    /// Charges this session with what is found. Where that puts it in quarantine, the stream ends.
    pub fn watch(&mut self, session: Session, rules: SessionRules) {
        self.session = Some((session, rules));
    }

    /// The quarantine that the stream led to, if it did.
    pub fn stopped(&self) -> Option<&SessionQuarantined> {
        self.stopped.as_ref()
    }

    /// Starts anew, for another stream into the same output. `now` decides which exceptions are in force. With `counting`
    /// off, findings have no lines and columns.
    pub fn reset(&mut self, flow: Flow, now: Timestamp, counting: bool) {
        self.on_limit = self.policy.on_limit(&flow);
        self.flow = flow;
        self.touch = Touch::Free;
        self.now = now;
        self.rewriter.reset();
        self.recorder.reset(counting);
        self.decided.clear();
        self.open = None;
        self.blocked = self.stopped.is_some();
        if self.observing.is_some() {
            self.observe();
        }
    }

    /// Tells the time, on a stream that lives long.
    pub fn set_time(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Where the stream comes from and goes to.
    pub fn flow(&self) -> &Flow {
        &self.flow
    }

    /// What is found from here on stands somewhere else in the same stream.
    pub(crate) fn enter(&mut self, surface: Option<Surface>, tool: Option<&Name>, touch: Touch) {
        self.flow.surface = surface;
        self.flow.tool = tool.map(ToString::to_string);
        self.touch = touch;
    }

    /// The model that is asked is known only now.
    pub(crate) fn set_model(&mut self, model: Option<&str>) {
        if self.flow.destination.model.as_deref() != model {
            self.flow.destination.model = model.map(str::to_owned);
        }
    }

    /// What was decided on the long finding on its way.
    pub(crate) fn opened(&self) -> Option<&Ruling> {
        self.open.as_ref()
    }

    /// The stream ends here: nothing is written any more.
    pub(crate) fn stop(&mut self) {
        self.blocked = true;
    }

    /// Whether something was blocked: nothing is written any more.
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The first limit that the stream hit.
    pub fn limit_hit(&self) -> Option<LimitHit> {
        self.recorder.limit_hit()
    }

    /// Where the bytes went.
    pub fn output(&self) -> &O {
        self.rewriter.output()
    }

    /// Where the bytes went, to take them from there.
    pub fn output_mut(&mut self) -> &mut O {
        self.rewriter.output_mut()
    }

    /// Takes what was decided since the last time, in stream order. On a stream without end, do so between pushes.
    pub fn drain(&mut self) -> impl Iterator<Item = Decided> + '_ {
        self.decided.drain(..)
    }

    fn rule(&self, finding: &Finding, located: Option<Located>) -> Ruling {
        let facts = Facts::new(finding, self.scanner.rule(finding.rule), located.map(|located| located.fingerprint));
        let ruling = self.policy.rule(&self.flow, &facts, self.now);
        Ruling { decision: self.touch.allows(ruling.decision), ..ruling }
    }

    /// How a decision to replace is carried out.
    fn mode_for(&self, decision: Decision) -> Mode {
        if decision == Decision::Tokenize { Mode::Tokenize } else { self.mode }
    }

    /// The stream goes on with these bytes.
    fn see(&mut self, bytes: &[u8]) {
        if let Some((sniffer, observer)) = &mut self.observing
            && !matches!(sniffer.see(bytes), Frame::Text | Frame::Diff)
        {
            observer.push(bytes);
        }
    }

    /// Notes down a decision, and charges the session with it.
    fn decide(&mut self, located: Located, ruling: Ruling) {
        let observed = self.observing.as_mut().filter(|(sniffer, _)| !matches!(sniffer.clone().decide(), Frame::Text | Frame::Diff));
        let seen = observed.map(|(_, observer)| Arc::new(observer.sighting()));
        let decided = Decided { located, ruling, seen };
        if let Some((session, rules)) = &mut self.session {
            let incident = decided.incident(self.scanner.rule(located.finding.rule), None);
            self.stopped = self.stopped.take().or(session.note(rules, &incident, self.now));
            self.blocked |= self.stopped.is_some();
        }
        self.decided.push(decided);
    }

    /// What the recorder noted down last.
    fn noted(&mut self) -> Option<Located> {
        self.recorder.drain().last()
    }
}

impl<O: Output> Sink for Gate<O> {
    fn text(&mut self, bytes: &[u8]) {
        self.see(bytes);
        self.recorder.text(bytes);
        if !self.blocked {
            self.rewriter.text(bytes);
        }
    }

    fn finding(&mut self, finding: &Finding, secret: Secret<'_>) {
        self.see(secret.expose());
        self.recorder.finding(finding, secret);
        let Some(located) = self.noted() else {
            if !self.blocked {
                self.rewriter.text(secret.expose());
            }
            return;
        };
        let ruling = self.rule(finding, Some(located));
        let decision = ruling.decision;
        self.decide(located, ruling);
        self.blocked |= decision == Decision::Block;
        if self.blocked {
            return;
        }
        if decision.passes() {
            self.rewriter.text(secret.expose());
        } else {
            self.rewriter.set_mode(self.mode_for(decision));
            self.rewriter.finding(finding, secret);
        }
    }

    fn open(&mut self, finding: &Finding) {
        self.recorder.open(finding);
        if !self.selection.admits(finding, b"") {
            return;
        }
        let ruling = self.rule(finding, None);
        let decision = ruling.decision;
        self.open = Some(ruling);
        self.blocked |= decision == Decision::Block;
        if !self.blocked && !decision.passes() {
            self.rewriter.set_mode(self.mode_for(decision));
            self.rewriter.open(finding);
        }
    }

    fn part(&mut self, rule: RuleIndex, secret: Secret<'_>) {
        self.see(secret.expose());
        self.recorder.part(rule, secret);
        if !self.blocked {
            self.rewriter.part(rule, secret);
        }
    }

    fn close(&mut self, finding: &Finding) {
        self.recorder.close(finding);
        if !self.blocked {
            self.rewriter.close(finding);
        }
        if let (Some(ruling), Some(located)) = (mem::take(&mut self.open), self.noted()) {
            self.decide(located, ruling);
        }
    }

    fn limit(&mut self, limit: LimitHit) {
        self.recorder.limit(limit);
        self.blocked |= self.on_limit == Decision::Block;
    }
}
