//! What decides the findings of a run: a policy, or the flags alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tamis::policy::{Exception, ExceptionState, Settings};
use tamis::{Author, Decided, Decision, Diagnostic, Facts, Flow, Located, Place, Policy, PolicyFile, Rule, Surface, Timestamp};

use crate::args::{FlowArgs, GateArgs};
use crate::failure::{Failure, complain};

/// Decides what happens to findings.
#[derive(Clone, Debug)]
pub(crate) struct Judge {
    pub(crate) policy: Arc<Policy>,
    /// All that is known of the run's streams, but for their paths.
    pub(crate) flow: Flow,
    pub(crate) now: Timestamp,
    /// The file of the policy, if one was given: else everything that counts is decided alike.
    pub(crate) source: Option<PathBuf>,
}

impl Judge {
    /// Loads the policy, if one is given. Without one, everything that counts is decided alike.
    pub(crate) fn new(args: &GateArgs, otherwise: Decision, surface: Option<Surface>) -> Result<Self, Failure> {
        let policy = match &args.policy {
            Some(path) => file(path, &args.exceptions)?.policy(),
            None if args.exceptions.is_empty() => Policy::everything(otherwise),
            None => return Err(Failure::new("bad command line", "--exceptions without --policy", "name the policy that they are for")),
        };
        let flow = Flow { surface: args.flow.surface.or(surface), ..flow(&args.flow) };
        Ok(Judge { policy: Arc::new(policy), flow, now: Timestamp::now(), source: args.policy.clone() })
    }

    /// Whether a policy decides, and not flags alone.
    pub(crate) fn has_policy(&self) -> bool {
        self.source.is_some()
    }

    /// The policy's settings for this run.
    pub(crate) fn settings(&self) -> Settings {
        self.policy.settings(&self.flow)
    }

    /// A file that the policy names, from its folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.source.as_deref().and_then(Path::parent).unwrap_or(Path::new("")).join(name)
    }

    /// What is known of one stream.
    pub(crate) fn flow(&self, path: Option<&str>) -> Flow {
        Flow { path: path.map(str::to_owned), ..self.flow.clone() }
    }

    /// What is known of one place. Who wrote it, and whether it is still there, are labels of the flow.
    pub(crate) fn flow_at(&self, place: Place<'_>) -> Flow {
        let mut flow = self.flow(place.path);
        if place.commit.is_some() {
            let (by, agent) = (place.origin.map(|origin| origin.by), place.origin.and_then(|origin| origin.agent.as_deref()));
            label(&mut flow, by, agent, place.in_head);
        }
        flow
    }

    /// Decides a finding of this rule.
    pub(crate) fn decide(&self, place: Place<'_>, located: Located, rule: &Rule) -> Decided {
        let facts = Facts::new(&located.finding, rule, Some(located.fingerprint));
        let ruling = self.policy.rule(&self.flow_at(place), &facts, self.now);
        Decided { located, ruling, seen: None }
    }

    /// Tells of the exceptions that are not in force. Gives their number.
    pub(crate) fn tell_lapsed(&self) -> usize {
        let states = self.policy.exceptions().iter().map(|exception| (exception, self.policy.state(exception, &self.flow, self.now)));
        let lapsed = states.filter(|(_, state)| *state != ExceptionState::Active);
        lapsed.inspect(|(exception, state)| complain(lapsed_line(exception, *state))).count()
    }
}

/// One line about an exception that is not in force.
fn lapsed_line(exception: &Exception, state: ExceptionState) -> Failure {
    let what = match state {
        ExceptionState::Active => "is in force".to_owned(),
        ExceptionState::Expired => format!("expired at {}", exception.expires()),
        ExceptionState::TooLong => "lasts longer than the policy allows".to_owned(),
        ExceptionState::NotYet => format!("holds from {} on only", exception.created()),
        ExceptionState::SelfApproved => "was approved by who asked for it".to_owned(),
        ExceptionState::NoTicket => "has no ticket".to_owned(),
    };
    Failure::new(format_args!("exception {} {what}", exception.id()), exception.place(), "it is ignored: see `tamis policy check`")
}

/// Notes in a flow what is known of a finding in history: who wrote it, and whether it is still there.
pub(crate) fn label(flow: &mut Flow, by: Option<Author>, agent: Option<&str>, in_head: Option<bool>) {
    flow.labels.insert(format!("origin={}", by.map_or("unknown", Author::as_str)));
    if let Some(agent) = agent {
        flow.agent.get_or_insert_with(|| agent.to_owned());
    }
    if let Some(in_head) = in_head {
        flow.labels.insert(format!("in-head={}", if in_head { "yes" } else { "no" }));
    }
}

/// What the flags say of a stream.
pub(crate) fn flow(args: &FlowArgs) -> Flow {
    Flow {
        surface: args.surface,
        direction: args.direction,
        destination: tamis::Destination { host: args.host.clone(), route: args.route.clone(), model: args.model.clone() },
        tool: args.tool.clone(),
        path: None,
        agent: args.agent.clone(),
        labels: args.label.iter().cloned().collect(),
    }
}

/// Reads a policy with its exceptions: those given, or those beside it. Each mistake is told in a line of its own.
pub(crate) fn file(path: &Path, exceptions: &[PathBuf]) -> Result<PolicyFile, Failure> {
    let (name, text) = read(path, "cannot read the policy")?;
    let mut file = PolicyFile::load(&name, &text).map_err(|mistakes| told(&mistakes, path))?;
    for path in exceptions_of(path, exceptions) {
        let (name, text) = read(&path, "cannot read the exceptions")?;
        file.add_exceptions(&name, &text).map_err(|mistakes| told(&mistakes, &path))?;
    }
    Ok(file)
}

/// Prints all mistakes but the last, which is the failure.
pub(crate) fn told(mistakes: &[Diagnostic], path: &Path) -> Failure {
    let Some((last, rest)) = mistakes.split_last() else { return Failure::new("bad policy", path.display(), "see docs/policy.md") };
    let line = |mistake: &Diagnostic| Failure::new("bad policy", mistake, "see docs/policy.md");
    rest.iter().for_each(|mistake| complain(line(mistake)));
    line(last)
}

/// The files of exceptions that belong to a policy.
pub(crate) fn exceptions_of(policy: &Path, given: &[PathBuf]) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.to_vec();
    }
    let name = policy.file_stem().unwrap_or_default().to_string_lossy();
    let beside = ["toml", "json"].map(|ending| policy.with_file_name(format!("{name}.exceptions.{ending}")));
    beside.into_iter().filter(|path| path.exists()).collect()
}

/// A file's name and text.
pub(crate) fn read(path: &Path, what: &str) -> Result<(String, String), Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file(what, path, &error))?;
    let name = path.display().to_string();
    let text = String::from_utf8(bytes).map_err(|_| Failure::new(what, &name, "it is not UTF-8 text"))?;
    Ok((name, text))
}
