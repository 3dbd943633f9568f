//! From what a run does to the events about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tamis::audit::{Context, Event, ExceptionRefused, ExceptionUsed, FindingDecided, Inspected, LimitReached, PolicyLoaded, What};
use tamis::policy::AuditSettings;
use tamis::session::{Id, Ids, Sighting};
use tamis::{Decided, Decision, Flow, Harmless, LimitHit, Name, Place, Rule, Scanner, Settings, SigningKey, Timestamp};

use super::journal::Journal;
use super::sink::Target;
use super::store::Options;
use crate::args::{RecordArgs, SessionArgs};
use crate::failure::Failure;
use crate::judge::Judge;

/// How long a sink may take unless told otherwise.
const DEADLINE: u32 = 2000;

/// Opens the sinks that the user names, if any.
pub(crate) fn journal(args: &RecordArgs) -> Result<Option<Journal>, Failure> {
    open(args, &AuditSettings::default(), args.audit.clone(), args.audit_key.as_deref())
}

/// Opens the sinks that the user names or, where none is named, those of the policy. What the policy requires no flag
/// makes optional.
pub(crate) fn journal_under(args: &RecordArgs, judge: &Judge) -> Result<Option<Journal>, Failure> {
    let settings = judge.settings().audit;
    let named = || settings.sinks.iter().map(|sink| target(judge, sink)).collect::<Result<Vec<_>, _>>();
    let targets = if args.audit.is_empty() { named()? } else { args.audit.clone() };
    if targets.is_empty() && settings.required == Some(true) {
        let policy = judge.source.as_deref().unwrap_or(Path::new("")).display();
        return Err(Failure::audit("nothing can be recorded", policy, "it requires a log: give --audit FILE, or name audit.sinks in it"));
    }
    let key = args.audit_key.clone().or_else(|| settings.key_file.as_deref().map(|name| judge.beside(name)));
    open(args, &settings, targets, key.as_deref())
}

/// A sink as a policy names it: files are named from its folder.
fn target(judge: &Judge, sink: &str) -> Result<Target, Failure> {
    match Target::parse(sink) {
        Ok(Target::File(path)) => Ok(Target::File(judge.beside(&path.display().to_string()))),
        Ok(other) => Ok(other),
        Err(why) => Err(Failure::new("bad audit sink in the policy", sink, why)),
    }
}

fn open(args: &RecordArgs, settings: &AuditSettings, targets: Vec<Target>, key: Option<&Path>) -> Result<Option<Journal>, Failure> {
    if targets.is_empty() {
        return Ok(None);
    }
    let key = match key {
        None => None,
        Some(path) => {
            let pem = fs::read_to_string(path).map_err(|error| Failure::file("cannot read the audit key", path, &error))?;
            Some(SigningKey::from_pem(&pem).map_err(|bad| Failure::new("bad audit key", path.display(), bad))?)
        }
    };
    let options = Options { key, rotate_at: u64::from(args.audit_rotate) << 20, ..Options::default() };
    let deadline = args.audit_deadline.or(settings.deadline_ms).unwrap_or(DEADLINE);
    let required = settings.required.unwrap_or(!args.audit_optional);
    Journal::open(&targets, &options, Duration::from_millis(deadline.into()), required).map(Some)
}

/// Records one thing that a session is about, if the user wants it. What has no record must not have consequences.
pub(crate) fn record(args: &RecordArgs, session: Option<&Id>, what: What) -> Result<(), Failure> {
    let Some(mut journal) = journal(args)? else { return Ok(()) };
    let ids = Ids { session: session.cloned(), ..Ids::default() };
    journal.add(Event { time: Timestamp::now(), context: Arc::new(Context { ids, ..Context::default() }), what });
    journal.close()
}

/// The events of one stream after the other.
#[derive(Debug)]
pub(crate) struct Trail {
    harmless: Harmless,
    judge: Judge,
    ids: Ids,
    context: Arc<Context>,
    /// The context of a document that names its sender, as long as that is the same.
    told: Option<(Arc<Sighting>, Arc<Context>)>,
    classes: BTreeMap<Name, u64>,
    hardest: Decision,
    events: Vec<Event>,
}

impl Trail {
    /// The events of a run for this session, under this policy.
    pub(crate) fn new(scanner: &Scanner, session: &SessionArgs, judge: &Judge) -> Self {
        let mut harmless = Harmless::new(scanner, &Settings::default());
        let session = session.session.as_deref().and_then(|id| harmless.id(id));
        let ids = Ids { session, ..Ids::default() };
        let (context, classes, judge) = (Arc::default(), BTreeMap::new(), judge.clone());
        let mut trail = Trail { harmless, judge, ids, context, told: None, classes, hardest: Decision::Allow, events: Vec::new() };
        if let Some(path) = &trail.judge.source {
            let source = Name::new(&trail.harmless.text(&path.display().to_string()));
            let digest = Name::new(&trail.judge.policy.digest().to_string());
            trail.enter(Flow::default());
            trail.add(What::PolicyLoaded(PolicyLoaded { digest, source: Some(source) }));
        }
        trail
    }

    /// What comes now is sent by these. What was given by hand comes first.
    pub(crate) fn sent_by(&mut self, ids: &Ids) {
        let mut ids = self.cleaned(ids);
        ids.merge(&self.ids);
        self.ids = ids;
    }

    /// The ids without secrets: whoever sends a document chooses what stands in it.
    fn cleaned(&mut self, ids: &Ids) -> Ids {
        let mut ids = ids.clone();
        for slot in [&mut ids.session, &mut ids.turn, &mut ids.agent, &mut ids.parent_agent, &mut ids.tool_call] {
            *slot = slot.as_ref().and_then(|id| self.harmless.id(id.as_str()));
        }
        ids
    }

    /// A stream begins.
    pub(crate) fn begin(&mut self, flow: Flow) {
        self.enter(flow);
        self.classes.clear();
        self.hardest = Decision::Allow;
    }

    /// What comes now belongs to the same stream, but stands somewhere else: in another file.
    pub(crate) fn enter(&mut self, mut flow: Flow) {
        // Names can hold secrets, too.
        let Flow { path, tool, agent, destination, .. } = &mut flow;
        for text in [path, tool, agent, &mut destination.host, &mut destination.route, &mut destination.model].into_iter().flatten() {
            *text = self.harmless.text(text).into_owned();
        }
        flow.labels = flow.labels.iter().map(|label| self.harmless.text(label).into_owned()).collect();
        let policy = self.judge.has_policy().then(|| self.judge.policy.digest());
        self.context = Arc::new(Context { ids: self.ids.clone(), flow, policy });
        self.told = None;
    }

    /// Where something was found, with what its document says of its sender. What was given by hand comes first.
    fn context_of(&mut self, seen: Option<&Arc<Sighting>>) -> Arc<Context> {
        let Some(seen) = seen else { return Arc::clone(&self.context) };
        if let Some((_, context)) = self.told.as_ref().filter(|(before, _)| before == seen) {
            return Arc::clone(context);
        }
        let mut context = Context::clone(&self.context);
        let mut ids = self.cleaned(&seen.ids);
        let mut clean = |name: &Option<Name>| name.as_ref().map(|name| Name::new(&self.harmless.text(name.as_str())));
        let (tool, model) = (clean(&seen.tool), clean(&seen.model));
        ids.merge(&self.ids);
        Sighting { ids: ids.clone(), surface: seen.surface, tool, model }.complete(&mut context.flow);
        context.ids = ids;
        let context = Arc::new(context);
        self.told = Some((Arc::clone(seen), Arc::clone(&context)));
        context
    }

    /// Something was found, and this is what becomes of it.
    pub(crate) fn finding(&mut self, decided: &Decided, rule: &Rule) {
        let Decided { located, ruling, seen } = decided;
        let own = self.context_of(seen.as_ref());
        let run = std::mem::replace(&mut self.context, own);
        let finding = FindingDecided {
            row: self.judge.has_policy().then(|| Name::new(&ruling.row)),
            exception: ruling.exception.as_ref().map(|exception| Name::new(exception.id())),
            ..FindingDecided::new(located, rule, ruling.decision)
        };
        *self.classes.entry(finding.class.clone()).or_default() += 1;
        self.hardest = self.hardest.max(ruling.decision);
        self.add(What::Finding(finding));
        if let Some(exception) = &ruling.exception {
            self.add(What::ExceptionUsed(ExceptionUsed {
                approved_by: Name::new(exception.approved_by()),
                exception: Name::new(exception.id()),
                expires: exception.expires(),
                fingerprint: located.fingerprint,
                rule: Name::new(&rule.id),
            }));
        }
        if let Some(exception) = &ruling.lapsed {
            let state = self.judge.policy.state(exception, &self.judge.flow, self.judge.now);
            self.add(What::ExceptionRefused(ExceptionRefused {
                exception: Name::new(exception.id()),
                fingerprint: Some(located.fingerprint),
                why: Name::new(state.as_str()),
            }));
        }
        self.context = run;
    }

    /// The stream has ended.
    pub(crate) fn end(&mut self, bytes: u64, limit: Option<LimitHit>) {
        if let Some(LimitHit { kind, offset }) = limit {
            self.add(What::LimitHit(LimitReached { kind: kind.into(), offset }));
        }
        let classes = std::mem::take(&mut self.classes);
        self.add(What::Inspected(Inspected { bytes, classes, decision: self.hardest }));
    }

    /// Takes the events since the last time.
    pub(crate) fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Something happened.
    pub(crate) fn add(&mut self, what: What) {
        self.events.push(Event { time: Timestamp::now(), context: Arc::clone(&self.context), what });
    }
}

/// The events of a run from which nothing leaves: stored as they come, without haste.
pub(crate) struct Record {
    trail: Trail,
    journal: Journal,
    flow: Flow,
    /// Whether decisions are carried out where there is no policy: else they are only told.
    acting: bool,
    result: Result<(), Failure>,
}

/// Events that are stored at once.
const BATCH: usize = 1000;

impl Record {
    /// Records a run, if the user wants it.
    pub(crate) fn open(args: &RecordArgs, session: &SessionArgs, scanner: &Scanner, judge: &Judge) -> Result<Option<Self>, Failure> {
        let Some(journal) = journal_under(args, judge)? else { return Ok(None) };
        Ok(Some(Record { trail: Trail::new(scanner, session, judge), journal, flow: Flow::default(), acting: false, result: Ok(()) }))
    }

    /// What is decided in this run is carried out.
    pub(crate) fn acting(self) -> Self {
        Record { acting: true, ..self }
    }

    /// Something was found in this place. Without a policy it is only told.
    pub(crate) fn finding(&mut self, place: Place<'_>, decided: &Decided, rule: &Rule) {
        let flow = self.trail.judge.flow_at(place);
        if self.flow != flow {
            self.trail.enter(flow.clone());
            self.flow = flow;
        }
        let mut decided = decided.clone();
        if !self.acting && !self.trail.judge.has_policy() {
            decided.ruling.decision = Decision::Observe;
        }
        self.trail.finding(&decided, rule);
        if self.trail.events.len() >= BATCH {
            self.store();
        }
    }

    /// Stores what there is. An error means that it must not have consequences.
    pub(crate) fn commit(&mut self) -> Result<(), Failure> {
        self.store();
        self.result.clone()
    }

    /// The run has ended.
    pub(crate) fn close(mut self, bytes: u64) -> Result<(), Failure> {
        self.trail.enter(self.trail.judge.flow(None));
        self.trail.end(bytes, None);
        self.store();
        self.result.and(self.journal.close())
    }

    fn store(&mut self) {
        self.trail.take().into_iter().for_each(|event| self.journal.add(event));
        if self.result.is_ok() {
            self.result = self.journal.commit();
        }
    }
}
